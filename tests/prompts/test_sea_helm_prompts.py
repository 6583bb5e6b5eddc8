"""The prompts of `--compat sea-helm` against those that were worked out from SEA-HELM's own files."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.engine.compat import load_as_peer
from seahelm_lite.errors import AbsentSourceError, DataError
from seahelm_lite.prompts.peers import PeerTask
from seahelm_lite.prompts.sea_helm import load_sea_helm
from seahelm_lite.records import Message
from seahelm_lite.scoring.sea_helm import read_label
from seahelm_lite.sources.where import Where
from tests.conftest import SHARED_DATA, skip_without_data

OURS = {
    ("sentiment", "id"): "nusax_senti_id",
    ("causal", "id"): "xcopa_id",
    ("nli", "th"): "nli_th",
    ("toxicity", "vi"): "toxicity_vi",
    ("belebele-qa-mc", "ms"): "belebele_ms",
}
COVERED = [name for name, task in load_catalog().tasks.items() if "sea-helm" in task.card.compat.peers]

each_first_item = pytest.mark.parametrize("item", OURS, ids="/".join)


def _first_item(shared_data: Path, item: tuple[str, str]) -> dict[str, Any]:
    path = shared_data / "derived" / "seahelm_parity" / "first_items.json"
    (found,) = (one for one in json.loads(path.read_text(encoding="utf-8")) if (one["task"], one["lang"]) == item)
    return dict(found)


def _loaded(catalog: Catalog, where: Where, task: str) -> PeerTask:
    return load_as_peer(catalog.task(task), "sea-helm", where)


@each_first_item
def test_the_first_prompt_is_sea_helms_to_the_last_character(
    item: tuple[str, str], shared_data: Path, catalog: Catalog, where: Where
) -> None:
    wanted = _first_item(shared_data, item)
    asked = _loaded(catalog, where, OURS[item])
    (request,) = asked.requests(asked.data.test[0])
    assert request.messages == tuple(Message(**turn) for turn in wanted["messages"])
    assert request.params["max_tokens"] == wanted["max_tokens"]


@each_first_item
def test_all_rows_are_asked_and_have_sea_helms_labels(
    item: tuple[str, str], shared_data: Path, catalog: Catalog, where: Where
) -> None:
    wanted = _first_item(shared_data, item)
    asked = _loaded(catalog, where, OURS[item])
    right = [document.fields["options"][document.fields["answer"]] for document in asked.data.test]
    assert right[0] == wanted["gold"]
    assert Counter(right) == wanted["label_counts"]
    assert len(right) == wanted["n_items"]
    assert 1 / len(asked.form.labels) == pytest.approx(wanted["baseline"])


@each_first_item
def test_replies_are_taken_as_sea_helm_takes_them(
    item: tuple[str, str], shared_data: Path, catalog: Catalog, where: Where
) -> None:
    wanted = _first_item(shared_data, item)
    form = _loaded(catalog, where, OURS[item]).form
    assert form.tag is not None
    assert wanted["regex"] == rf"{form.tag}[\s\*]*({'|'.join(sorted(form.labels))})+"
    for reply, label in wanted["extraction_examples"].items():
        index = read_label(reply, form.tag, form.labels)
        assert ("null" if index is None else form.labels[index]) == label, reply


@pytest.mark.parametrize("task", COVERED)
def test_every_card_gives_what_the_templates_ask_for_and_every_label_is_the_right_one_somewhere(
    task: str, catalog: Catalog, where: Where
) -> None:
    skip_without_data(task)
    asked = _loaded(catalog, where, task)
    right = {document.fields["options"][document.fields["answer"]] for document in asked.data.test}
    # SEA-HELM takes for labels what occurs in the rows, and corrects for chance by their number.
    assert right == set(asked.form.labels)
    assert not any("{" + name + "}" in asked.data.test[0].fields["question"] for name in ("text", "answer_tag"))


def test_the_configuration_file_is_pinned_and_among_the_sources(catalog: Catalog, where: Where) -> None:
    skip_without_data("nli_th")
    *_, config = _loaded(catalog, where, "nli_th").data.sources
    assert config["source"] == "github aisingapore/SEA-HELM@6844e6c seahelm_tasks/nlr/nli/config.yaml"
    assert config["pinned"]
    assert catalog.task("nli_th").card.compat.pins[0] in catalog.task("nli_th").card.pins


def test_a_mirror_without_the_configuration_file_is_told_which_one_is_missing(
    catalog: Catalog, where: Where, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    bare = dataclasses.replace(where, mirror=tmp_path / "empty")
    with pytest.raises(AbsentSourceError, match=r"seahelm_tasks/nlr/nli/config\.yaml was not found .*--mirror"):
        _loaded(catalog, bare, "nli_th")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"language": "tlh"}, "has no templates of 'nli' in 'tlh'"),
        ({"task": "nil"}, "has no templates of 'nil' in 'th'"),
        ({"variables": "{'sentence1': prompts[0].sentence1}"}, "#0: SEA-HELM's template asks for 'sentence2'"),
        ({"variables": "prompts"}, "#0: 'prompts' gives no names with values"),
        ({"variables": "prompts[0].premise"}, "#0: a column is missing: prompts"),
        ({"answer": "3"}, "#0: the answer 3 is outside"),
        ({"answer": "label"}, "#0: the answer 'contradiction' is outside"),
        ({"options": "['A', 'B', 'X']"}, "#0: ['A', 'B', 'X'] are not all among the labels"),
    ],
)
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the mirror of real data (../shared/data) is not here")
def test_a_card_that_does_not_fit_names_row_and_fault(
    changes: dict[str, Any], told: str, catalog: Catalog, where: Where
) -> None:
    card = catalog.task("nli_th").card
    assert card.compat.sea_helm is not None
    with pytest.raises(DataError) as caught:
        load_sea_helm(card, card.compat.sea_helm.model_copy(update=changes), where)
    assert told in str(caught.value)
