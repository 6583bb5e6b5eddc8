"""Lists that stand for another harness's own, and what there is of each of its pairs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.definitions import Pair
from seahelm_lite.cli.main import main
from seahelm_lite.errors import CardError
from tests.conftest import skip_without_data
from tests.small_task import SmallTask

NAME = "sea-helm-81"
COMMIT = "6844e6c5cae439a413281df31271d388fcbad12f"
CONFIG = f"github.com/aisingapore/SEA-HELM/{COMMIT}/seahelm_tasks/task_config.yaml"


def _pairs(catalog: Catalog) -> tuple[Pair, ...]:
    return catalog.suite(NAME).pairs


def test_the_81_pairs_are_those_of_sea_helms_official_set(shared_data: Path, catalog: Catalog) -> None:
    official = yaml.safe_load((shared_data / CONFIG).read_text(encoding="utf-8"))["seahelm"]
    wanted = [(task, language) for language, tasks in official.items() for task in tasks]
    assert [(pair.task, pair.language) for pair in _pairs(catalog)] == wanted
    assert len(set(wanted)) == 81


def test_every_pair_is_marked_and_every_doubt_has_a_note(catalog: Catalog) -> None:
    for pair in _pairs(catalog):
        assert bool(pair.ours) == (pair.how != "not obtainable"), pair.name
        assert pair.note or pair.how == "same data", pair.name


def test_what_is_called_the_same_data_is_read_from_sea_helms_rows_or_the_source_they_are_from(catalog: Catalog) -> None:
    """The sources are those that the reference names as holding the very rows of SEA-HELM."""
    sources = {"aisingapore/SEA-HELM", "IndoNLP/nusax", "dtinth/thaiexamjs"}
    for pair in _pairs(catalog):
        for name in pair.ours if pair.how == "same data" else ():
            card = catalog.task(name).card
            form = card.compat.sea_helm
            pins = card.data.test[0].pins if form is None or form.rows is None else (form.rows,)
            assert {getattr(pin, "repo", None) for pin in pins} <= sources, pair.name


def test_a_pair_whose_task_has_a_compat_mode_has_it_under_sea_helms_names(catalog: Catalog) -> None:
    for pair in _pairs(catalog):
        for name in pair.ours if pair.how == "same data" else ():
            form = catalog.task(name).card.compat.sea_helm
            if form is not None:
                assert form.language == pair.language, name
                assert form.task == pair.task or (pair.task == "thai_exam" and form.task == name)


def test_the_listing_shows_the_marks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tasks", "list", "--suites", "--json"]) == 0
    suites = {suite["suite"]: suite for suite in json.loads(capsys.readouterr().out)}
    assert suites["ms-core"]["pairs"] == []
    first = suites[NAME]["pairs"][0]
    assert first == {
        "task": "sentiment",
        "language": "id",
        "how": "same data",
        "ours": ["nusax_senti_id"],
        "note": "",
    }


def test_a_run_lists_what_cannot_be_had_with_its_reason(
    shared_data: Path, catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skip_without_data("nusax_senti_id")
    status = main(
        [
            *("run", "--model", "baseline:random", "--suite", NAME, "--compat", "sea-helm", "--limit", "5", "--json"),
            *("--mirror", str(shared_data), "--offline", "--out", str(tmp_path)),
        ]
    )
    run = json.loads(capsys.readouterr().out)
    assert status == 0
    skipped = {item["task"]: item["reason"] for item in run["skipped"]}
    absent = [pair for pair in _pairs(catalog) if pair.how == "not obtainable"]
    assert {pair.name: f"not obtainable: {pair.note}" for pair in absent}.items() <= skipped.items()
    named = {name for pair in _pairs(catalog) for name in pair.ours}
    ran = {score["task"] for score in run["scores"]}
    assert ran | (set(skipped) & named) == named


# Faults of such a list

PAIR: dict[str, Any] = {"task": "made-up", "language": "ms", "how": "same data", "ours": ["small"]}


def _load(folder: Path, pairs: list[dict[str, Any]]) -> Catalog:
    SmallTask(folder).write()
    extras = {"title": "Made up", "pairs": pairs}
    suite = {"group": "made-list", "task": ["small"], "metadata": {"version": 1.0, "seahelm_lite": extras}}
    (folder / "made-list.yaml").write_text(yaml.safe_dump(suite, sort_keys=False), encoding="utf-8")
    return load_catalog([folder])


def test_a_list_with_pairs_is_read(tmp_path: Path) -> None:
    absent = {"task": "other", "language": "my", "how": "not obtainable", "note": "gated"}
    catalog = _load(tmp_path, [PAIR, absent])
    assert [pair.name for pair in catalog.not_obtainable(["made-list"])] == ["other (my)"]
    assert catalog.not_obtainable([]) == []


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([{**PAIR, "ours": []}], "made-up (ms) is same data, so `ours` must name a task"),
        ([{**PAIR, "how": "not obtainable"}], "made-up (ms) is not obtainable, so `ours` must be empty"),
        ([{**PAIR, "how": "substitute"}], "made-up (ms) is substitute, so it needs a `note` that says why"),
        ([{**PAIR, "how": "alike"}], "how: Input should be 'same data', 'substitute' or 'not obtainable'"),
        ([{**PAIR, "ours": ["small", "smaller"]}], "the tasks and the pairs do not go together: smaller is in one of"),
    ],
)
def test_a_faulty_pair_is_named_with_file_and_line(pairs: list[dict[str, Any]], told: str, tmp_path: Path) -> None:
    with pytest.raises(CardError) as caught:
        _load(tmp_path, pairs)
    assert told in str(caught.value)
    assert f"{tmp_path / 'made-list.yaml'}:" in str(caught.value)
