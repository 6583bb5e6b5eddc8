"""The form in which texts are compared, and finding many of them in a stream."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seahelm_lite.sources.overlap.normalise import normalised
from seahelm_lite.sources.overlap.search import SHORTEST, Searcher

ANY_LETTER = st.characters(exclude_categories=("Cs",))
OF_MARKS = st.sampled_from(
    "a\u0301\u0323\u0e19\u0e49\u0e33\u0e4d\u0e32\u0eb3\u1019\u103a\u1037\u1025\u102e\u0bc6\u0bbe\u1100\u1161\u11a8"
    "\uac00\u212b\ufb01\uff21\u2026\u00bd\u0958\u0f73\U0001d15e\u4e00 "
)


@given(st.text(ANY_LETTER | OF_MARKS), st.sampled_from(["", "x" * 300]))
@example("\u0339 \u0334", "")
@example("\u0339\u2003\u0334", "x" * 300)
def test_a_text_is_compared_as_unicode_makes_it_without_case_and_space(text: str, before: str) -> None:
    text = before + text
    # White space that NFKC makes plain spaces of still keeps marks apart that stand on either side of it.
    unseen = "\u00ad\u0085\u1680\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff"
    seen = "".join(letter for letter in text if letter not in unseen)
    assert normalised(text).decode() == "".join(unicodedata.normalize("NFKC", seen).casefold().split())


@given(st.lists(st.text(OF_MARKS.filter(lambda sign: sign != " "), min_size=1)))
def test_a_text_that_is_cut_at_white_space_is_compared_as_the_whole(words: list[str]) -> None:
    words = [*words, "x" * 300]
    assert normalised(" ".join(words)) == b"".join(normalised(word + " ") for word in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ibu kota\nMalaysia", "IBU  KOTA MALAYSIA"),
        ("น้ำตาล", "น้ำ\u200bตาล"),
        ("Việt Nam", "Vie\u0323\u0302t Nam"),
        ("soalan 1…", "soalan\u00a01..."),
        ("ដីឥដ្ឋ", "ដី\u200bឥដ្ឋ"),
    ],
)
def test_what_copies_do_to_a_text_changes_nothing(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_punctuation_stays_since_it_may_be_what_is_said() -> None:
    assert normalised("3 + 4") != normalised("3 - 4")


def letters(chance: random.Random, count: int, of: str) -> bytes:
    return "".join(chance.choices(of, k=count)).encode()


@pytest.mark.parametrize("of", ["ab", "abcdefghij ", "กขคงจฉชซ", "\x00a"])
def test_texts_are_found_where_python_finds_them_and_nowhere_else(of: str) -> None:
    chance = random.Random(of)
    data = letters(chance, 200_000, of)
    cut = [
        data[start : start + chance.randrange(SHORTEST, 300)] for start in chance.sample(range(len(data) - 300), 300)
    ]
    changed = [text[:-1] + bytes([text[-1] ^ 1]) for text in cut]
    others = [letters(chance, chance.randrange(SHORTEST, 300), of) for _ in range(300)]
    texts = list(dict.fromkeys([*cut, *changed, *others, data[:40], data[-40:]]))
    searcher = Searcher(texts)
    searcher.search(data)
    assert searcher.found == {place for place, text in enumerate(texts) if text in data}


@settings(max_examples=20)
@given(st.integers(0, 400), st.integers(0, 400), st.randoms(use_true_random=False))
def test_a_text_that_reaches_over_blocks_is_found_if_they_share_its_length(
    place: int, cut: int, chance: random.Random
) -> None:
    text = letters(chance, 60, "abc")
    data = letters(chance, place, "abc") + text + letters(chance, 400 - place, "abc")
    searcher = Searcher([text])
    searcher.search(data[:cut])
    searcher.search(data[max(0, cut - searcher.longest + 1) :])
    assert searcher.found == {0}


@pytest.mark.parametrize("place", range(17))
def test_the_shortest_text_is_found_at_every_place_up_to_the_last(place: int) -> None:
    text = letters(random.Random(place), SHORTEST, "abcdefgh")
    searcher = Searcher([text])
    searcher.search(b"-" * place + text)
    assert searcher.found == {0}


def test_texts_with_one_anchor_are_told_apart() -> None:
    same = b"yang manakah antara berikut ialah "
    texts = [same + bytes([letter]) for letter in b"abcdefgh"]
    searcher = Searcher(texts)
    searcher.search(b"?" + texts[2] + b"," + texts[5])
    assert searcher.found == {2, 5}
    searcher.search(texts[7])
    assert searcher.found == {2, 5, 7}


def test_without_texts_nothing_is_found() -> None:
    searcher = Searcher([])
    searcher.search(b"a" * 1000)
    assert searcher.found == set()
