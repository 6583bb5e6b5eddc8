"""Which columns are the question, the options and the key."""

from __future__ import annotations

from typing import Any

import pytest

from seahelm_lite.errors import DataError
from seahelm_lite.sources.expressions import expression
from seahelm_lite.sources.guess import column, guess

GIVEN: dict[str, str | None] = {"question": None, "options": None, "answer": None}


def _guess(rows: list[dict[str, Any]], **given: str) -> tuple[str, str, str]:
    found = guess(rows, **{**GIVEN, **given})
    return found.question, found.options, found.answer


def _keys(rows: list[dict[str, Any]]) -> list[int]:
    answer = expression(guess(rows, **GIVEN).answer)
    return [answer(row) for row in rows]


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ([{"question": "q", "options": ["x", "y", "z"], "answer": key} for key in (0, 2)], [0, 2]),
        ([{"question": "q", "options": ["x", "y", "z"], "answer": key} for key in (1, 3)], [0, 2]),
        ([{"question": "q", "choices": ["x", "y", "z"], "label": key} for key in ("C", "a")], [2, 0]),
        ([{"question": "q", "choices": ["x", "y", "z"], "gold": key} for key in ("z", "x")], [2, 0]),
        ([{"soalan": "q", "a": "x", "b": "y", "jawapan": key} for key in ("B", "A")], [1, 0]),
        ([{"Pertanyaan": "q", "Pilihan_1": "x", "Pilihan_2": "y", "Kunci": key} for key in ("0", "1")], [0, 1]),
        ([{"Pertanyaan": "q", "opsi1": "x", "opsi2": "y", "jawaban": key} for key in ("1", "2")], [0, 1]),
        ([{"คำถาม": "q", "A": "x", "B": "y", "คำตอบ": key} for key in ("ข", "ก")], [1, 0]),
        ([{"Question": "q", "Option A": "x", "Option B": "y", "Correct Answer": key} for key in ("A", "B")], [0, 1]),
        ([{"question": "q", "choice0": "x", "choice1": "y", "correctAnswer": key} for key in (1, 0)], [1, 0]),
        # A blank option is no key, so that the five columns may hold three options.
        ([{"question": "q", "a": "x", "b": "y", "c": "", "answer": key} for key in ("A", "B")], [0, 1]),
        # Two columns that agree.
        ([{"question": "q", "options": ["x", "y"], "answer": "y", "key": "B"}], [1]),
    ],
)
def test_the_key_is_an_index_however_the_file_writes_it(rows: list[dict[str, Any]], keys: list[int]) -> None:
    assert _keys(rows) == keys


def test_a_passage_is_found_beside_the_question() -> None:
    row = {"petikan": "p", "soalan": "q", "a": "x", "b": "y", "jawapan": "B"}
    assert guess([row], **GIVEN).passage == "petikan"


def test_what_is_given_is_not_guessed() -> None:
    rows = [{"text": "q", "label": name} for name in ("negative", "positive")]
    given = {"question": "text", "options": "['no', 'yes']", "answer": "['negative', 'positive'].index(label)"}
    assert _guess(rows, **given) == tuple(given.values())


def test_columns_that_are_not_read_are_known() -> None:
    row = {"id": 1, "question": "q", "Option A": "x", "Option B": "y", "answer": "A", "a": "0"}
    assert guess([row], **GIVEN).unused(list(row)) == ["id", "a"]


@pytest.mark.parametrize("name", ["plain", "Option A", "it's", "back\\slash", "และ", "in", "1st", 'a"b', "row"])
def test_a_column_of_any_name_can_be_read(name: str) -> None:
    assert expression(column(name))({name: "value"} if name != "row" else {"row": {"row": "value"}}) == "value"


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (
            [{"text": "q", "a": "x", "b": "y", "answer": "A"}],
            "no question column was found among 'text', 'a', 'b', 'an",
        ),
        ([{"question": "q", "a": "x", "answer": "A"}], "no options column was found among"),
        ([{"question": "q", "left": ["x"], "right": ["y"], "answer": "A"}], "no options column was found among"),
        ([{"question": "q", "a": "x", "b": "y"}], "no key column was found among 'question', 'a', 'b'"),
        (
            [{"question": "q", "a": "x", "b": "y", "answer": key} for key in ("A", "B", "E")],
            "'letter_index(answer)' is the place of an option in 2 of 3 rows, but not in row 2 (counted from 0), where",
        ),
        (
            [{"question": "q", "options": ["x", "y", "z"], "answer": key} for key in (1, 2)],
            "the key can be read in two ways: 'answer' gives option 1 of row 0, 'answer - 1' gives option 0 (",
        ),
        (
            [{"question": "q", "options": ["x", "y"], "answer": "x", "key": "B"}],
            "the key can be read in two ways: 'options.index(answer)' gives option 0 of row 0, 'letter_index(key)' giv",
        ),
        ([{"question": "q", "options": ["x", "y"], "answer": True}], "no key column was found: "),
    ],
)
def test_a_guess_that_does_not_hold_for_every_row_is_no_guess(rows: list[dict[str, Any]], what: str) -> None:
    with pytest.raises(DataError) as caught:
        guess(rows, **GIVEN)
    assert what in caught.value.what
    assert "--" in caught.value.remedy
