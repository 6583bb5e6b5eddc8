"""Questions that stand twice, with one key or with two, among the test rows and among the examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lint.linting import GENERATION, found
from tests.small_task import SmallTask, row

OTHERS = [row(n) for n in range(10, 20)]


def _asked(question: str, options: tuple[str, ...] = ("ya", "tidak"), answer: int = 0) -> dict[str, Any]:
    return {"question": question, "options": list(options), "answer": answer, "topic": "am"}


@pytest.mark.parametrize(
    "second",
    [
        _asked("Siapa ___ itu?"),
        _asked("siapa  ___ itu?"),
        _asked("Siapa _______ itu?"),
        _asked("Siapa …… itu?"),
        _asked("Siapa ___ itu?", ("tidak", "ya"), 1),
        _asked("Siapa ___ itu?", (" ya", "tidak ")),
    ],
    ids=[
        "itself",
        "case and spaces",
        "a longer gap",
        "dots for a gap",
        "options in another order",
        "spaces in options",
    ],
)
def test_a_question_with_the_same_options_and_key_is_a_repeat_of_the_first(
    second: dict[str, Any], tmp_path: Path
) -> None:
    rows = [_asked("Siapa ___ itu?"), *OTHERS, second]
    assert found("duplicate-question", tmp_path, rows) == [("error", "rows.jsonl#11")]
    assert found("conflicting-keys", tmp_path, rows) == []


@pytest.mark.parametrize(
    "second",
    [_asked("Siapa itu?", ("Ya", "tidak")), _asked("Siapa ini?"), _asked("Siapa itu?", ("ya", "tidak", "entah"))],
    ids=["options of another case", "another question", "one more option"],
)
def test_items_that_differ_are_no_repeats(second: dict[str, Any], tmp_path: Path) -> None:
    rows = [_asked("Siapa itu?"), *OTHERS, second]
    assert found("duplicate-question", tmp_path, rows) == []


def test_every_row_of_a_question_with_two_keys_is_named(tmp_path: Path) -> None:
    rows = [_asked("Siapa?"), *OTHERS, _asked("Siapa?"), _asked("Siapa?", answer=1)]
    named = [("error", f"rows.jsonl#{number}") for number in (0, 11, 12)]
    assert found("conflicting-keys", tmp_path, rows) == named
    assert found("duplicate-question", tmp_path, rows) == []


def test_the_same_question_on_two_passages_is_asked_twice_and_is_no_repeat(tmp_path: Path) -> None:
    rows = [{**_asked("Siapa?"), "text": text} for text in ("Ali datang.", "Abu pergi.")]
    assert found("duplicate-question", tmp_path, rows, document={"passage": "text"}) == []


def test_a_question_with_other_options_is_a_note(tmp_path: Path) -> None:
    rows = [_asked("Siapa?"), *OTHERS, _asked("Siapa?", ("dia", "kami"))]
    assert found("repeated-question", tmp_path, rows) == [("note", "rows.jsonl#11")]


def test_where_most_questions_are_one_instruction_it_is_said_once(tmp_path: Path) -> None:
    rows = [_asked("Pilih ayat yang betul.", (f"ayat {n}", f"kalimat {n}")) for n in range(10)]
    assert found("repeated-question", tmp_path, rows) == [("note", "small")]


def test_a_repeated_text_to_translate_is_a_warning_and_a_second_translation_a_note(tmp_path: Path) -> None:
    rows = [{"question": q, "wanted": w, "topic": "am"} for q, w in [("Nya.", "Dia."), ("Nya.", "Dia."), ("Kau.", "A")]]
    assert found("duplicate-question", tmp_path, rows, **GENERATION) == [("warning", "rows.jsonl#1")]
    rows.append({"question": "Kau.", "wanted": "Engkau.", "topic": "am"})
    named = [("note", "rows.jsonl#2"), ("note", "rows.jsonl#3")]
    assert found("conflicting-keys", tmp_path, rows, **GENERATION) == named


def test_an_example_that_is_a_test_item_but_for_its_spelling_is_an_overlap(tmp_path: Path) -> None:
    shots = [_asked("Lain?"), _asked("SOALAN 12?"), _asked("Soalan 13?", ("tidak", "ya"), 1)]
    named = [("error", "shots.jsonl#1"), ("error", "shots.jsonl#2")]
    assert found("train-test-overlap", tmp_path, OTHERS, shots) == named


def test_an_example_equal_to_a_test_item_is_a_note_as_the_loader_never_draws_it(tmp_path: Path) -> None:
    assert found("train-test-overlap", tmp_path, OTHERS, [row(12), row(1)]) == [("note", "shots.jsonl#0")]


def test_an_example_that_asks_a_test_question_with_other_options_is_a_warning(tmp_path: Path) -> None:
    shots = [_asked("Soalan 12?", ("dia", "kami"))]
    assert found("train-test-overlap", tmp_path, OTHERS, shots) == [("warning", "shots.jsonl#0")]


def test_an_example_on_a_passage_of_the_test_split_is_a_note(tmp_path: Path) -> None:
    rows = [{**item, "text": "Ali datang ke pasar."} for item in OTHERS]
    shots = [{**row(1), "text": "Ali datang ke pasar."}, {**row(2), "text": "Abu pergi."}]
    named = [("note", "shots.jsonl#0")]
    assert found("shared-passage", tmp_path, rows, shots, document={"passage": "text"}) == named


def test_examples_drawn_from_the_test_file_are_an_error_of_the_card(tmp_path: Path) -> None:
    assert found("shots-from-test", tmp_path, OTHERS, OTHERS) == [("error", "small")]
    assert found("shots-from-test", tmp_path, OTHERS, [row(1)]) == []


@pytest.mark.parametrize(("of_shots", "severities"), [("no % 2", []), ("no < 3", ["error"])], ids=["apart", "both"])
def test_one_file_may_hold_both_splits_where_the_card_divides_its_rows(
    of_shots: str, severities: list[str], tmp_path: Path
) -> None:
    rows = [row(n, no=n) for n in range(8)]
    data = SmallTask(tmp_path, rows).raw_card["data"]
    expressions = {"question": "question", "options": "options", "answer": "answer"}
    told = found(
        "shots-from-test",
        tmp_path,
        rows,
        data={**data, "shots": data["test"]},
        document={"only": "no % 2 == 0"},
        shot_document={**expressions, "only": of_shots},
    )
    assert [severity for severity, _ in told] == severities
