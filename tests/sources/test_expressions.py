from __future__ import annotations

from typing import Any

import pytest

from seahelm_lite.sources.expressions import before_options, find_true, letter_index, lower_first, stem_key, strip_end


@pytest.mark.parametrize(
    ("letter", "index"),
    [("A", 0), ("e", 4), (" c ", 2), ("ข", 1), ("จ", 4), ("ဂ", 2), ("ဃ", 3), ("ខ", 1), ("ຂ", 1), ("H", 7)],
)
def test_a_letter_has_its_place_in_the_series_of_its_script(letter: str, index: int) -> None:
    assert letter_index(letter) == index


@pytest.mark.parametrize("wrong", ["", "I", "AB", "1", None, 3, "É"])
def test_what_is_no_letter_of_a_series_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="is not an option letter"):
        letter_index(wrong)


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("Hujan turun.", "Hujan turun"),
        ("Hujan turun", "Hujan turun"),
        ("Betul?! ", "Betul"),
        ("น้ำท่วม", "น้ำท่วม"),
        ("", ""),
    ],
)
def test_only_the_punctuation_that_ends_a_sentence_is_cut(text: str, stripped: str) -> None:
    assert strip_end(text) == stripped


def test_small_functions_of_cards() -> None:
    assert lower_first("Dia pergi") == "dia pergi"
    assert lower_first("") == ""
    assert find_true([False, True, False]) == 1
    assert stem_key("Apakah  itu…?") == stem_key("apakah itu")
    assert stem_key("Apakah ini?") != stem_key("Apakah itu?")
    assert before_options("Apa?\nA. x\nB. y", ["A. x", "B. y"]) == "Apa?"


@pytest.mark.parametrize("flags", [[], [False], [True, True]])
def test_not_exactly_one_right_option_is_refused(flags: list[bool]) -> None:
    with pytest.raises(ValueError, match="options are marked as right, not one"):
        find_true(flags)


def test_a_question_that_does_not_list_its_options_is_refused() -> None:
    with pytest.raises(ValueError, match="the options do not follow the question"):
        before_options("Apa? A. x", ["A. x"])
