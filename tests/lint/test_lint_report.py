"""A whole report: what the card leaves out, and what stops lint itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.errors import DataError, SourceError
from seahelm_lite.lint.report import lint
from tests.small_task import SmallTask, row

BAD = [row(0), row(1, answer=7), row(2, ("ya", "ya")), row(0), row(3)]
CLEAN = [row(n, (f"{'ya' * (n % 2 + 1)} {n}", f"{'tak' * (2 - n % 2)} {n}"), n % 2) for n in range(4)]


def test_rows_that_the_card_leaves_out_are_no_findings_and_are_counted_by_reason(tmp_path: Path) -> None:
    exclude = [
        {"reason": "the key is outside", "rows": [1]},
        {"reason": "no two options differ", "rows": [2]},
        {"reason": "a repeat of row 0", "rows": [3]},
    ]
    task = SmallTask(tmp_path, BAD, changes={"exclude": exclude})
    report = lint(task.card, task.where)
    assert report.counts["error"] == 0
    assert report.asked == 2
    assert report.excluded == {"the key is outside": 1, "no two options differ": 1, "a repeat of row 0": 1}


def test_rows_left_out_by_the_sources_own_id_are_no_findings(tmp_path: Path) -> None:
    rows = [{**item, "id": 100 + number} for number, item in enumerate(BAD)]
    exclude = [{"reason": "known to be bad", "keys": [101, 102, 103]}]
    task = SmallTask(tmp_path, rows, changes={"exclude": exclude, "document": {"key": "id"}})
    assert lint(task.card, task.where).counts["error"] == 0


def test_an_example_left_out_by_its_path_is_no_finding(tmp_path: Path) -> None:
    exclude = [{"reason": "the key is outside", "rows": [0], "path": "small/shots.jsonl"}]
    task = SmallTask(tmp_path, CLEAN, [row(8, answer=9), row(9)], {"exclude": exclude})
    assert lint(task.card, task.where).counts["error"] == 0


def test_the_repeat_of_a_row_that_is_left_out_is_no_repeat(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, [row(0), row(0), row(1)], changes={"exclude": [{"reason": "misprinted", "rows": [0]}]})
    assert lint(task.card, task.where).counts["error"] == 0


def test_the_gravest_findings_come_first_and_give_the_status(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, BAD, changes={"licence": {"stated": "none stated", "redistributable": False}})
    report = lint(task.card, task.where)
    order = [("error", "warning", "note").index(finding.severity) for finding in report.findings]
    assert order == sorted(order)
    assert report.status == "errors"
    sound = SmallTask(tmp_path / "sound", CLEAN)
    assert lint(sound.card, sound.where).status == "clean"
    unlicensed = SmallTask(tmp_path / "unlicensed", CLEAN, changes={"licence": task.changes["licence"]})
    assert lint(unlicensed.card, unlicensed.where).status == "warnings"


def test_an_excluded_row_that_is_not_there_stops_lint_as_it_stops_a_run(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, CLEAN, changes={"exclude": [{"reason": "not there", "rows": [4]}]})
    with pytest.raises(DataError, match="#4: the excluded row does not exist, of 4"):
        lint(task.card, task.where)
    with pytest.raises(DataError, match="#4: the excluded row does not exist, of 4"):
        task.documents()


def test_a_test_split_that_is_empty_or_left_out_whole_stops_lint(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, [row(1)], changes={"exclude": [{"reason": "not wanted", "rows": [0]}]})
    with pytest.raises(DataError, match="the test split is empty"):
        lint(task.card, task.where)


def test_other_bytes_than_pinned_and_absent_ones_stop_lint(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, CLEAN)
    card = task.card
    path = tmp_path / "small" / "rows.jsonl"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceError, match="sha256"):
        lint(card, task.where)
    path.unlink()
    with pytest.raises(SourceError, match="was not found"):
        lint(card, task.where)


def test_what_lint_finds_unreadable_is_what_stops_a_run(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, BAD)
    (fault,) = (finding for finding in lint(task.card, task.where).findings if finding.rule == "key-outside-options")
    with pytest.raises(DataError) as stopped:
        task.documents()
    assert (stopped.value.where, stopped.value.what) == (fault.place, fault.what)
