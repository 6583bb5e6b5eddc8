"""Files of probe families."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.errors import DataError
from seahelm_lite.sources.probes import probe_rows, read_families
from tests.probe_families import FILE, changed, families

Change = Callable[[dict[str, Any]], object]


def test_a_family_makes_two_rows_and_its_twin_has_the_other_answer() -> None:
    rows = probe_rows(FILE)
    assert [row["id"] for row in rows[:2]] == ["MY-REL-001", "MY-REL-001-B"]
    for probe, twin in zip(rows[::2], rows[1::2], strict=True):
        assert {probe["answer"], twin["answer"]} == {0, 1}
        for row in (probe, twin):
            assert row["options"][row["answer"]] == row["reference"]
            assert row["options_en"][row["answer"]] == row["reference_en"]
            assert row["probe"]["rubric"]["must"]
            assert row["probe"]["checks"]


def test_a_norm_from_memory_counts_in_no_score() -> None:
    assert {family.id: family.counts for family in families().values()} == {
        "MY-REL-001": True,
        "SG-REL-001": True,
        "TH-NAM-001": False,
    }


def test_a_norm_that_is_partly_from_memory_counts_in_no_score(tmp_path: Path) -> None:
    def doubtful(body: dict[str, Any]) -> None:
        body["norm"]["sources"].append({"title": "A further part", "ref": "none", "verified": "memory"})

    assert not read_families(_written(tmp_path, changed("MY-REL-001", doubtful)))[0].counts


def _status(status: str) -> Change:
    return lambda body: body["review"].update(status=status)


@pytest.mark.parametrize("status", ["contested", "retired"])
def test_a_contested_or_retired_family_counts_in_no_score(status: str, tmp_path: Path) -> None:
    path = _written(tmp_path, changed("MY-REL-001", _status(status)))
    assert not read_families(path)[0].counts


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda body: body.pop("control"), "control: Field required"),
        (lambda body: body["norm"].update(sources=[]), "norm.sources: Tuple should have at least 1 item"),
        (lambda body: body["prompt"].update(en=None), "the probe is not in English as well"),
        (lambda body: body["control"]["pairs"][0].pop("appropriate_en"), "the twin is not in English as well"),
        (
            lambda body: body["checks"][0].update(pattern="(beer"),
            "does not compile: missing ), unterminated",
        ),
        (lambda body: body["checks"][0].update(type="not_refusal"), "a check of type not_refusal takes no argument"),
        (lambda body: body["norm"].update(volatile=True), "a volatile norm needs `recheck_by`"),
        (lambda body: body["norm"].update(type="law+taste"), "'law+taste' must be one or more of law, "),
        (lambda body: body["control"].update(id="MY-REL-002-B"), "the twin of MY-REL-001 must be MY-REL-001-B"),
        (lambda body: body.update(country="SG"), "does not begin with the country SG"),
        (lambda body: body.update(region="SG-01"), "the region SG-01 is not in MY"),
        (lambda body: body.update(dimension="national_law_agents"), "`ruling` is given for national_law_agents"),
        (lambda body: body.update(hint="culture"), "hint: Extra inputs are not permitted"),
    ],
)
def test_a_family_that_is_not_whole_is_refused_with_file_line_and_fault(
    change: Change, said: str, tmp_path: Path
) -> None:
    path = _written(tmp_path, changed("SG-REL-001", lambda body: None), changed("MY-REL-001", change))
    with pytest.raises(DataError) as refused:
        read_families(path)
    assert str(path) + ":2: the probe family MY-REL-001 is not whole" in refused.value.sentence()
    assert said in refused.value.sentence()


def test_an_id_is_used_once(tmp_path: Path) -> None:
    twice = changed("SG-REL-001", lambda body: None)
    with pytest.raises(DataError, match="SG-REL-001 stands there twice"):
        read_families(_written(tmp_path, twice, twice))


def _written(folder: Path, *bodies: dict[str, Any]) -> Path:
    path = folder / "families.jsonl"
    path.write_text("".join(json.dumps(body, ensure_ascii=False) + "\n" for body in bodies), encoding="utf-8")
    return path
