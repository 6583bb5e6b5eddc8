"""JSON of logs is read so that it can be stored again, or refused by file and line."""

from __future__ import annotations

import pytest

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import LogFile
from seahelm_lite.models.recorded.json_logs import json_lines, json_value, loads

DEEP = {"without end": b"[" * 200_000, "too deep to walk through": b"[" * 300 + b"]" * 300}


@pytest.mark.parametrize("nested", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deeply_is_refused_with_its_place(nested: bytes) -> None:
    with pytest.raises(LogError, match=r"x\.jsonl:2: is no JSON: nested more than 200 levels deep"):
        list(json_lines(LogFile("x.jsonl", b"{}\n" + nested, "")))
    with pytest.raises(LogError, match=r"x\.json:1: is no JSON: nested more than 200 levels deep"):
        json_value(nested, "x.json")


@pytest.mark.parametrize(
    "number", [b"NaN", b"-Infinity", b"1e999", b"-1e999", b"1" + b"0" * 30, b"9" * 5000], ids=lambda number: number[:9]
)
def test_numbers_that_cannot_be_stored_become_null(number: bytes) -> None:
    assert loads(b"[" + number + b", 1.5, -3, 18446744073709551615]") == [None, 1.5, -3, 18446744073709551615]


@pytest.mark.parametrize("half", [rb"\ud83d", b"\xed\xa0\xbd"], ids=["escaped", "as bytes"])
def test_half_a_character_becomes_question_marks(half: bytes) -> None:
    value = loads(b'{"a' + half + b'": ["b' + half + b'"]}')
    assert value == {"a?": ["b?"]}


def test_a_whole_character_in_two_escapes_stays() -> None:
    assert loads(rb'"\ud83d\ude00"') == "\U0001f600"
