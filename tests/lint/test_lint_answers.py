"""Accepted texts of questions that are answered in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lint.linting import found

ASKED: dict[str, Any] = {
    "kind": "generation",
    "protocols": ["gen"],
    "metrics": ["f1_token"],
    "instruction": "Jawab.",
    "asking": "question",
    "document": {"options": None, "answer": None, "references": "wanted", "passage": "text"},
}


def asked(number: int, wanted: Any, text: str = "Ibu kota Malaysia ialah Kuala Lumpur.") -> dict[str, Any]:
    return {"question": f"Soalan {number}?", "text": text, "wanted": wanted, "topic": "am"}


GOOD = [asked(number, ["Kuala Lumpur"]) for number in (7, 8, 9)]


@pytest.mark.parametrize("wanted", [[], [""], ["Kuala Lumpur", " "]])
def test_a_question_needs_accepted_texts_none_of_them_empty(wanted: list[str], tmp_path: Path) -> None:
    assert found("empty-text", tmp_path, [asked(1, wanted), *GOOD], **ASKED) == [("error", "rows.jsonl#0")]


def test_accepted_texts_must_be_a_list(tmp_path: Path) -> None:
    assert found("unreadable-row", tmp_path, [asked(1, "Kuala"), *GOOD], **ASKED) == [("error", "rows.jsonl#0")]


def test_an_accepted_text_that_stands_twice_is_noted(tmp_path: Path) -> None:
    rows = [asked(1, ["Kuala Lumpur", "kuala  lumpur"]), *GOOD]
    assert found("repeated-reference", tmp_path, rows, **ASKED) == [("note", "rows.jsonl#0")]


@pytest.mark.parametrize("wanted", [["Ipoh"], ["Kuala Lumpur", "KL"]])
def test_an_answer_that_no_quoting_reaches_is_a_warning(wanted: list[str], tmp_path: Path) -> None:
    rows = [asked(1, wanted), *GOOD]
    assert found("answer-not-in-passage", tmp_path, rows, **ASKED) == [("warning", "rows.jsonl#0")]


def test_case_and_spaces_hide_no_answer(tmp_path: Path) -> None:
    rows = [asked(1, ["kuala lumpur"], "KUALA\n LUMPUR"), *GOOD]
    assert found("answer-not-in-passage", tmp_path, rows, **ASKED) == []


def test_a_task_whose_answers_are_mostly_no_spans_is_noted_once(tmp_path: Path) -> None:
    rows = [*GOOD, *(asked(number, ["Sebuah kota"]) for number in range(6))]
    assert found("answer-not-in-passage", tmp_path, rows, **ASKED) == [("note", "small")]


def test_an_answer_without_a_passage_is_not_looked_for(tmp_path: Path) -> None:
    changes = {**ASKED, "document": {**ASKED["document"], "passage": None}}
    assert found("answer-not-in-passage", tmp_path, [asked(1, ["Ipoh"]), *GOOD], **changes) == []
