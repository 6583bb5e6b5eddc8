"""A text that a model was shown has the question and the options of a row in their order, or shows another row."""

from __future__ import annotations

import pytest

from seahelm_lite.engine.shown import letters_of
from seahelm_lite.models.recorded.base import Shown

ROW = ("Apa?", ("satu", "dua tiga"))


@pytest.mark.parametrize(
    "text",
    [
        "Apa?\nA. satu\nB. dua tiga",
        "Apa?\n\nA) satu\nB) dua\n  tiga\n\nJawapan: ",
        "Jawab.\n Apa?\n(A) satu\n(B) dua tiga\nA:",
        "Apa?\n a) satu\n b) dua tiga",
        "Apa?\nA: satu\nB: dua tiga",
        "Apa?\nก. satu\nข. dua tiga",
        "Apa?\nA. dua tiga\nB. satu\nAnswer: A\n\nApa?\nA. satu\nB. dua tiga\nAnswer:",
        "Apa? satu / dua tiga",
        "Apa? (A) satu (B) dua tiga",
        "Apa?\nA. satu\nB. dua tiga\nC.\nJawapan:",
    ],
    ids=[
        "dots",
        "brackets and lines after",
        "two brackets and a call that looks like an option",
        "small letters",
        "colons",
        "Thai letters",
        "after an example",
        "no letters",
        "one line",
        "a blank at the end",
    ],
)
def test_options_are_found_in_their_order(text: str) -> None:
    assert letters_of(ROW, Shown(text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Apa?\nA. dua tiga\nB. satu",
        "Apa?\nA. satu\nB. dua tiga\nC. empat",
        "Apa?\nA. satu",
        "Apa?\nA. satu\nB. dua tiga empat",
        "Apa?\nA. satu\nB. dua tiga\nAnswer: A\n\nApa?\nA. dua tiga\nB. satu\nAnswer:",
        "Apa?\nA. \nB. dua tiga",
        "Apa? dua tiga / satu",
        "satu, dua tiga: Apa?",
        "Siapa?\nA. satu\nB. dua tiga",
    ],
    ids=[
        "the other way round",
        "one more",
        "one less",
        "a longer one",
        "right in the example alone",
        "one blank",
        "no letters",
        "before the question",
        "another question",
    ],
)
def test_other_options_or_another_order_are_another_row(text: str) -> None:
    assert letters_of(ROW, Shown(text)) is None


def test_lettered_lines_of_the_question_are_no_options() -> None:
    talk = ("A: Hai. B: Hai. Apa?", ("satu", "dua tiga"))
    assert letters_of(talk, Shown("A: Hai.\nB: Hai.\nApa?\nsatu\ndua tiga")) == ()


@pytest.mark.parametrize("options", [("2", "12", "1"), ("11", "1"), ("satu dua", "satu"), ("satu", "satu dua")])
def test_an_option_that_is_part_of_another_is_not_taken_for_it(options: tuple[str, ...]) -> None:
    assert letters_of(("Apa?", options), Shown("Apa? " + ", ".join(options))) == ()
    assert letters_of(("Apa?", options[::-1]), Shown("Apa? " + ", ".join(options))) is None
