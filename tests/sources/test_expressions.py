from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from seahelm_lite.sources.expressions import (
    before_options,
    expression,
    find_true,
    letter_index,
    lower_first,
    mark_index,
    shuffled,
    stem_key,
    strip_end,
    unmarked,
)


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


@pytest.mark.parametrize(("mark", "index"), [("1", 0), (4, 3), (" ๒ ", 1), ("៣", 2), ("b", 1), ("ค", 2)])
def test_an_option_is_named_by_its_number_or_its_letter(mark: Any, index: int) -> None:
    assert mark_index(mark) == index


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "", None])
def test_what_is_neither_number_nor_letter_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="is not an option letter"):
        mark_index(wrong)


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (["A. satu", "B. dua"], ["satu", "dua"]),
        (["(a) satu", "b) dua", "c: tiga"], ["satu", "dua", "tiga"]),
        (["1. หนึ่ง", "2.สอง"], ["หนึ่ง", "สอง"]),
        (["๑. หนึ่ง", "๒. สอง"], ["หนึ่ง", "สอง"]),
        (["ก. หนึ่ง", "ข. สอง"], ["หนึ่ง", "สอง"]),
        ([" A. satu ", "B. "], ["satu", ""]),
    ],
)
def test_the_marks_before_options_are_taken_off(options: list[str], texts: list[str]) -> None:
    assert unmarked(options) == texts


@pytest.mark.parametrize(
    "options", [["1.5", "2.5"], ["A. satu", "C. dua"], ["A. satu", "dua"], ["2. satu", "1. dua"], ["I. Newton", "B."]]
)
def test_what_only_looks_like_marks_is_left_as_it_is(options: list[str]) -> None:
    assert unmarked(options) == options


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ปาอยู่ที่ไหน", "ป้าอยู่ที่ไหน"),  # Thai: a tone mark
        ("ມື", "ມື້"),  # Lao: a tone mark
        ("តើកូនណា?", "តើកុនណា?"),  # Khmer: two vowel signs
        ("မိဘ", "မီဘ"),  # Burmese: two vowel signs
        ("கலி எது?", "கிலி எது?"),  # Tamil: a vowel sign
        ("ma nào?", "má nào?"),  # Vietnamese: a tone, composed
        ("ma nào?", "ma\u0301 nào?"),  # Vietnamese: a tone, not composed
    ],
)
def test_questions_that_differ_in_a_vowel_sign_or_a_tone_have_different_keys(one: str, other: str) -> None:
    assert stem_key(one) != stem_key(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("“เมืองหลวง” ของไทย คือ…?", "เมืองหลวง ของไทย คือ"),
        ("ເມືອງຫຼວງ, ແມ່ນ?", "ເມືອງຫຼວງ ແມ່ນ"),
        ("រាជធានី៖ ឈ្មោះអ្វី?", "រាជធានី ឈ្មោះអ្វី"),
        ("မြို့တော်၊ ဘာလဲ။", "မြို့တော် ဘာလဲ"),
        ("தலைநகரம் - எது?", "தலைநகரம் எது"),
        ("__Apakah  (IBU KOTA) itu…? 12", "apakah ibu kota itu 12"),
        ("Thủ đô là gì?", "thủ đô là gì"),
        ("Ya \u2764\ufe0f, ya", "ya ya"),
        ("…?", ""),
    ],
)
def test_a_key_keeps_letters_with_their_marks_and_digits_and_nothing_else(text: str, key: str) -> None:
    assert stem_key(text) == key


@pytest.mark.parametrize("text", ["Thủ đô là gì?", "กำลังจะไปที่ไหน", "மொழி", "មិនដែល", "Café"])
def test_composed_and_decomposed_writing_have_one_key(text: str) -> None:
    assert stem_key(unicodedata.normalize("NFD", text)) == stem_key(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=0x2FF)))
def test_a_key_of_latin_letters_is_what_words_of_the_regular_expressions_are(text: str) -> None:
    assert stem_key(text) == re.sub(r"[\W_]+", " ", text).strip().casefold()


OPTIONS = ["betul", "salah", "mungkin", "entah"]


def test_the_order_of_options_is_the_same_on_every_machine() -> None:
    # Recorded: another order would change the prompts of shipped tasks.
    assert shuffled(OPTIONS, "Ani pergi ke pasar.") == ["mungkin", "entah", "salah", "betul"]
    assert shuffled(OPTIONS, 7) == shuffled(OPTIONS, "7") == ["salah", "mungkin", "betul", "entah"]


def test_what_the_options_say_has_no_part_in_their_order() -> None:
    places = shuffled(range(4), "Ani")
    assert [OPTIONS[place] for place in places] == shuffled(OPTIONS, "Ani")
    assert [OPTIONS[::-1][place] for place in places] == shuffled(OPTIONS[::-1], "Ani")


@given(st.lists(st.text(), max_size=8), st.text() | st.integers())
def test_shuffled_options_are_the_same_options(options: list[str], seed: str | int) -> None:
    before = list(options)
    assert sorted(shuffled(options, seed)) == sorted(options)
    assert options == before


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_each_option_comes_first_equally_often(count: int) -> None:
    draws = 4000
    first = Counter(shuffled(range(count), f"soalan {seed}")[0] for seed in range(draws))
    expected = draws / count
    # Chi-square at one in a thousand, with one to four degrees of freedom.
    limit = {2: 10.83, 3: 13.82, 4: 16.27, 5: 18.47}[count]
    assert sum((first[option] - expected) ** 2 / expected for option in range(count)) < limit


def test_a_card_finds_the_right_option_where_the_shuffle_put_it() -> None:
    row = {"Kalimat-1": "Ani pergi.", "Right": "Ia pulang.", "Wrong": "Ia ikan."}
    options = expression("shuffled([row['Right'], row['Wrong']], row['Kalimat-1'])")(row)
    answer = expression("shuffled([0, 1], row['Kalimat-1']).index(0)")(row)
    assert options[answer] == "Ia pulang."


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("row['Option A']", "Ipoh"),
        ("row['6'] or row['']", "Perak"),
        ("row['Kalimat-1']", "Satu."),
        ("row.label ~ '/' ~ label", "ya/ya"),
        ("row | length", 5),
    ],
)
def test_columns_whose_names_no_variable_can_have_are_read_from_the_row(source: str, found: Any) -> None:
    row = {"Option A": "Ipoh", "6": "", "": "Perak", "Kalimat-1": "Satu.", "label": "ya"}
    assert expression(source)(row) == found


def test_a_column_named_row_is_that_column() -> None:
    assert expression("row")({"row": "12"}) == "12"


def test_a_column_that_the_row_has_not_is_no_empty_text() -> None:
    with pytest.raises(UndefinedError, match="Option B"):
        expression("row['Option B'] ~ ''")({"Option A": "Ipoh"})


def test_portions_are_those_of_the_hash_and_about_equal() -> None:
    texts = [f"text {n}" for n in range(2000)]
    numbers = [expression("portion(text, 10)")({"text": text}) for text in texts]
    assert numbers[:50] == [int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % 10 for text in texts[:50]]
    assert all(150 < numbers.count(number) < 250 for number in range(10))
