"""Columns that a card reads and that say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.lint.columns import columns_of
from tests.lint.linting import findings, found
from tests.small_task import row

ASKS_EFFECT: dict[str, Any] = {
    "document": {
        "question": "premise ~ {'cause': ' Sebabnya?', 'effect': ' Akibatnya?'}[question]",
        "stratum": None,
    }
}
"""The card of a task like XCOPA, whose `question` says which of two things is asked."""


def test_a_column_that_should_tell_items_apart_and_does_not_is_a_warning(tmp_path: Path) -> None:
    rows = [{**row(n, answer=n % 2), "premise": f"Hujan hari {n}.", "question": "effect"} for n in range(12)]
    assert found("constant-column", tmp_path, rows, **ASKS_EFFECT) == [("warning", "small")]
    rows[5]["question"] = "cause"
    assert found("constant-column", tmp_path, rows, **ASKS_EFFECT) == []


def test_a_column_that_only_groups_rows_is_a_note(tmp_path: Path) -> None:
    rows = [row(n, answer=n % 2) for n in range(12)]
    named = [("note", "small")]
    assert found("constant-column", tmp_path, rows, document={"subgroups": {"of": "topic"}}) == named


def test_a_column_that_the_card_does_not_read_may_be_constant(tmp_path: Path) -> None:
    rows = [{**row(n, answer=n % 2), "topic": f"t{n}", "licence": "x"} for n in range(12)]
    assert found("constant-column", tmp_path, rows) == []


def test_a_key_that_is_always_the_same_is_a_warning(tmp_path: Path) -> None:
    rows = [{**row(n), "topic": f"t{n}"} for n in range(12)]
    assert found("constant-column", tmp_path, rows) == [("warning", "small")]


def test_the_value_inside_a_column_is_looked_at(tmp_path: Path) -> None:
    rows = [{**row(n), "meta": {"ask": "akibat", "id": n}} for n in range(12)]
    whats = [
        f.what for f in findings(tmp_path, rows, document={"question": "question ~ meta.ask", "cluster": "meta.id"})
    ]
    assert "column 'meta.ask' is 'akibat' in all 12 rows" in whats
    assert not [what for what in whats if "meta.id" in what]


def test_few_rows_may_agree_by_chance(tmp_path: Path) -> None:
    assert found("constant-column", tmp_path, [row(n) for n in range(9)]) == []


def test_rows_that_lack_what_others_have_are_named(tmp_path: Path) -> None:
    rows = [{**row(n), "task": f"Pilih {n}."} for n in range(20)]
    rows[3]["question"] = None
    rows[7]["question"] = " "
    card: dict[str, Any] = {"document": {"question": "task ~ (question or '')"}}
    named = [("warning", "rows.jsonl#3"), ("warning", "rows.jsonl#7")]
    assert found("blank-column", tmp_path, rows, **card) == named
    for item in rows[8:]:
        item["question"] = ""  # as often empty as not: an optional column
    assert found("blank-column", tmp_path, rows, **card) == []


def test_nought_is_no_blank(tmp_path: Path) -> None:
    rows = [{**row(n), "idx": n} for n in range(12)]
    assert found("blank-column", tmp_path, rows, document={"question": "question ~ idx"}) == []


def test_a_letter_of_a_column_is_looked_at(tmp_path: Path) -> None:
    rows = [{**row(n, answer=n % 2), "topic": f"t{n}", "target": "AB"[n % 2] + "."} for n in range(12)]
    card: dict[str, Any] = {"document": {"answer": "letter_index(target[0])"}}
    assert found("constant-column", tmp_path, rows, **card) == []


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("question", {("question",)}),
        ("'Apa sentimennya?'", set()),
        ("prompts[0].question", {("prompts", 0, "question")}),
        ("premise.strip() ~ {'cause': 'a'}[question]", {("premise",), ("question",)}),
        ("choices.values() | map(attribute='text') | list", {("choices",)}),
        ("letter_index(key)", {("key",)}),
        ("stem_key(context) if context else set ~ '/' ~ no", {("context",), ("set",), ("no",)}),
        ("metadata['id'].split('/')[-1]", {("metadata", "id")}),
        ("row['Option A'] ~ row['meta'].id", {("Option A",), ("meta", "id")}),
    ],
)
def test_the_columns_of_an_expression_are_those_it_reads(source: str, columns: set[tuple[str | int, ...]]) -> None:
    assert columns_of(source) == columns


def test_the_column_by_which_rows_are_chosen_says_the_same_in_all_of_them(tmp_path: Path) -> None:
    rows = [{**row(n, answer=n % 2), "topic": f"t{n}", "ours": True} for n in range(12)]
    assert found("constant-column", tmp_path, rows, document={"only": "ours"}) == []
