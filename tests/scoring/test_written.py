from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_eval.tasks.drop.utils import _compute_f1 as drop_f1
from rouge_score.rouge_scorer import RougeScorer
from sklearn.feature_extraction.text import CountVectorizer

from seahelm_lite.scoring.tokens import letters, script_units, words
from seahelm_lite.scoring.written import common_subsequence, exact, f1_char, f1_token, rouge_l

ASCII = st.text(string.ascii_letters + string.digits + "  .,-'\n", max_size=60)
THAI = st.text("กขคงจดตนปมยรลวสอาิีุู่้์ ", min_size=1, max_size=30)


def doc(*texts: str) -> dict[str, Any]:
    return {"references": list(texts), "reference": texts[0]}


def squad_f1(prediction: str, truth: str) -> float:
    """The formula of SQuAD's evaluation script over counts that scikit-learn makes; without words, F1 is equality."""
    counts = CountVectorizer(analyzer=words)
    if not words(prediction) or not words(truth):
        return float(words(prediction) == words(truth))
    one, other = counts.fit_transform([prediction, truth]).toarray()
    shared = int(sum(map(min, one, other)))
    if shared == 0:
        return 0.0
    precision, recall = shared / one.sum(), shared / other.sum()
    return float(2 * precision * recall / (precision + recall))


@given(ASCII, ASCII)
def test_f1_of_words_is_that_of_squad(prediction: str, truth: str) -> None:
    assert f1_token(prediction, doc(truth)) == pytest.approx(squad_f1(prediction, truth))


@given(st.sets(st.sampled_from("abcdefgh"), min_size=1), st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_f1_of_words_that_do_not_repeat_is_that_of_drop(prediction: set[str], truth: set[str]) -> None:
    found = f1_token(" ".join(sorted(prediction)), doc(" ".join(sorted(truth))))
    assert found == pytest.approx(drop_f1(prediction, truth), abs=0.005)  # lm-eval rounds to two digits


@pytest.mark.parametrize(
    ("text", "taken_apart"),
    [
        ("The U.S. Army, 1945!", ["the", "us", "army", "1945"]),
        ("mata-mata  \n“Jakarta”", ["matamata", "jakarta"]),
        ("Tie\u0302\u0301ng Viê\u0323t", ["tiếng", "việt"]),
        ("๒๕๖๗ ปี", ["2567", "ปี"]),
        ("?!", []),
    ],
)
def test_words_lose_case_punctuation_and_spelling_but_no_article(text: str, taken_apart: list[str]) -> None:
    assert words(text) == taken_apart


@pytest.mark.parametrize(
    ("text", "taken_apart"),
    [
        ("ที่ น้ำ", ["ที่", "น้", "ำ"]),
        ("ไปไหน", ["ไ", "ป", "ไ", "ห", "น"]),
        ("ມື້ນີ້", ["ມື້", "ນີ້"]),
        ("ភាសា", ["ភា", "សា"]),
        ("မြန်မာ", ["မြ", "န်", "မာ"]),
        ("A1-b", ["a", "1", "b"]),
    ],
)
def test_letters_keep_the_marks_on_them(text: str, taken_apart: list[str]) -> None:
    assert letters(text) == taken_apart


def test_a_text_of_two_scripts_is_words_in_one_and_letters_in_the_other() -> None:
    assert script_units("พบ Google Maps ที่กทม. ปี 2567") == [
        *("พ", "บ", "google", "maps", "ที่", "ก", "ท", "ม", "ปี", "2567")
    ]


def test_a_thai_span_with_one_word_more_is_nearly_right() -> None:
    # One token to a splitter at spaces, which would call it wholly wrong.
    gold, longer = doc("พรรคแรงงานออสเตรเลีย"), "คือพรรคแรงงานออสเตรเลีย"
    assert f1_token(longer, gold) == 0.0
    shared, given = 19, 21
    assert f1_char(longer, gold) == pytest.approx(2 * shared / (shared + given))


@given(THAI, THAI)
def test_f1_of_letters_is_the_overlap_of_two_bags(prediction: str, truth: str) -> None:
    one, other = letters(prediction), letters(truth)
    if not one or not other:
        return
    rest = list(other)
    for letter in one:
        if letter in rest:
            rest.remove(letter)
    shared = len(other) - len(rest)
    assert f1_char(prediction, doc(truth)) == pytest.approx(2 * shared / (len(one) + len(other)))


@pytest.mark.parametrize("metric", [exact, f1_token, f1_char, rouge_l])
def test_the_nearest_of_the_accepted_texts_counts(metric: Callable[..., float]) -> None:
    assert metric("KL", doc("Kuala Lumpur", "kl")) == 1.0
    assert metric("KL", doc("Kuala Lumpur", "Ipoh")) < 1.0


@pytest.mark.parametrize("metric", [f1_token, f1_char, rouge_l])
def test_texts_that_share_nothing_score_nothing(metric: Callable[..., float]) -> None:
    assert metric("abc", doc("xyz")) == metric("", doc("xyz")) == metric("abc", doc("?")) == 0.0
    assert metric("!", doc("?")) == 1.0


@given(ASCII, ASCII)
def test_rouge_l_is_that_of_the_package_rouge_score(prediction: str, truth: str) -> None:
    expected = RougeScorer(["rougeL"]).score(truth, prediction)["rougeL"].fmeasure
    if script_units(truth) and script_units(prediction):
        assert rouge_l(prediction, doc(truth)) == pytest.approx(expected)


@given(THAI, THAI)
def test_rouge_l_of_thai_is_that_of_the_package_given_our_letters(prediction: str, truth: str) -> None:
    class Letters:
        def tokenize(self, text: str) -> list[str]:
            return letters(text)

    expected = RougeScorer(["rougeL"], tokenizer=Letters()).score(truth, prediction)["rougeL"].fmeasure
    if letters(truth) and letters(prediction):
        assert rouge_l(prediction, doc(truth)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("one", "other", "length"), [("abcbdab", "bdcaba", 4), ("", "a", 0), ("aaa", "aa", 2), ("abc", "cba", 1)]
)
def test_the_longest_common_subsequence_by_hand(one: str, other: str, length: int) -> None:
    assert common_subsequence(one, other) == common_subsequence(other, one) == length


@pytest.mark.parametrize(
    ("text", "right"),
    [("“Jakarta.”", True), ("**Jakarta**", True), ("-5", False), ("5", True), ("C++", False), ("di Jakarta", False)],
)
def test_signs_around_an_exact_answer_do_not_count_but_a_sign_of_a_number_does(text: str, right: bool) -> None:
    assert exact(text, doc("Jakarta", "5", "C")) == float(right)
