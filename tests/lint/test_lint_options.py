"""Options and keys: every row is looked at, also behind one that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lint.linting import findings, found
from tests.small_task import row

GOOD = row(9)


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        ("key-outside-options", row(1, answer=2)),
        ("key-outside-options", row(1, answer=-1)),
        ("key-outside-options", row(1, answer=None)),
        ("blank-key", row(1, ("ya", " ", "entah"), 1)),
        ("too-few-options", row(1, ("ya", "", None))),
        ("empty-text", {**row(1), "question": "  "}),
        ("empty-text", {**row(1), "question": None}),
        ("lettered-options", row(1, ("A. ya", "B. tidak"))),
        ("missing-column", {"question": "Soalan?", "answer": 0, "topic": "am"}),
        ("unreadable-row", {**row(1), "options": "ya, tidak"}),
    ],
)
def test_what_stops_a_run_is_an_error_that_names_its_row(rule: str, bad: dict[str, Any], tmp_path: Path) -> None:
    assert found(rule, tmp_path, [GOOD, bad, row(8)]) == [("error", "rows.jsonl#1")]


def test_all_bad_rows_are_named_not_only_the_first(tmp_path: Path) -> None:
    rows = [row(1, answer=7), GOOD, row(2, ("ya",)), {**row(3), "question": ""}]
    places = [finding.place for finding in findings(tmp_path, rows) if finding.severity == "error"]
    assert places == ["small/rows.jsonl#0", "small/rows.jsonl#2", "small/rows.jsonl#3"]


def test_a_key_that_is_no_letter_is_outside_the_options(tmp_path: Path) -> None:
    rows = [row(1, answer="A"), row(2, answer="S"), row(3, answer="")]
    named = [("error", "rows.jsonl#1"), ("error", "rows.jsonl#2")]
    assert found("key-outside-options", tmp_path, rows, document={"answer": "letter_index(answer)"}) == named


def test_a_bad_example_is_named_too_as_it_stops_a_run(tmp_path: Path) -> None:
    named = [("error", "shots.jsonl#1")]
    assert found("key-outside-options", tmp_path, [GOOD], [row(1), row(2, answer=5)]) == named


@pytest.mark.parametrize(
    ("options", "answer", "severity"),
    [
        (("ya", "tidak", "tidak"), 1, "error"),
        (("ya", "tidak", "tidak"), 0, "warning"),
        (("ya", "tidak", "tidak "), 2, "error"),
        (("ya", "de\u0301but", "d\u00e9but"), 0, "warning"),
    ],
    ids=["the key among them", "beside the key", "but for a space", "but for their normal form"],
)
def test_two_options_with_one_text_are_an_error_when_one_is_the_key(
    options: tuple[str, ...], answer: int, severity: str, tmp_path: Path
) -> None:
    assert found("repeated-option", tmp_path, [GOOD, row(1, options, answer)]) == [(severity, "rows.jsonl#1")]


def test_options_that_differ_in_case_or_punctuation_are_two_as_that_may_be_asked(tmp_path: Path) -> None:
    assert found("repeated-option", tmp_path, [row(1, ("Encik Ali", "encik Ali", "Encik, Ali"))]) == []


@pytest.mark.parametrize(
    ("options", "severity"), [(("ya", "tidak", "", None), "note"), (("ya", "", "tidak"), "warning")]
)
def test_blank_options_are_a_note_at_the_end_and_a_warning_where_letters_change(
    options: tuple[str | None, ...], severity: str, tmp_path: Path
) -> None:
    assert found("blank-option", tmp_path, [GOOD, row(1, options)]) == [(severity, "rows.jsonl#1")]


@pytest.mark.parametrize(
    ("options", "twice"),
    [
        (("a) ya", "b) tidak", "entah"), True),
        (("(A) ya", "tidak", "(C) entah"), True),
        (("A. Samad Said", "Usman Awang", "Shahnon Ahmad"), False),
        (("B. Cahaya", "A. Darus"), False),
        (("Ada", "Besar"), False),
    ],
)
def test_options_that_carry_their_own_letters_would_be_lettered_twice(
    options: tuple[str, ...], twice: bool, tmp_path: Path
) -> None:
    named = [("error", "rows.jsonl#1")] if twice else []
    assert found("lettered-options", tmp_path, [GOOD, row(1, options)]) == named


def test_letters_that_remain_after_one_was_taken_off_are_found(tmp_path: Path) -> None:
    rows = [row(1, ("A. ya", "B. tidak")), row(2, ("A. A. ya", "B. B. tidak"))]
    assert found("lettered-options", tmp_path, rows, options_lettered=True) == [("error", "rows.jsonl#1")]


def test_a_question_that_lists_its_options_already_is_found(tmp_path: Path) -> None:
    listed = {**row(1), "question": "Betulkah?\nA. ya\nB. tidak\nJawapan:"}
    spoken = {**row(2), "question": "Jawab ya atau tidak."}
    assert found("lettered-options", tmp_path, [listed, spoken]) == [("error", "rows.jsonl#0")]
