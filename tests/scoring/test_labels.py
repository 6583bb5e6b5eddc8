from __future__ import annotations

import pytest

from seahelm_lite.prompts.words import available_languages, language_words
from seahelm_lite.scoring.labels import without_label


@pytest.mark.parametrize("code", available_languages())
def test_the_labels_of_every_language_are_taken_off(code: str) -> None:
    words = language_words(code)
    for label in (words.answer, words.translation, words.summary):
        assert without_label(f"{label}{words.colon} 1957", words, ["x"]) == "1957"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Jawaban: Jakarta", "Jakarta"),
        ("**Jawaban:** Jakarta", "Jakarta"),
        ("**Jawaban**: Jakarta", "Jakarta"),
        ("jawaban akhir : Jakarta", "Jakarta"),
        ("Answer: Jakarta", "Jakarta"),
        ("Jawaban:\nJakarta", "Jakarta"),
        ("Jawaban：Jakarta", "Jakarta"),
        ("Jakarta", "Jakarta"),
        ("Jawaban: Jawaban: Jakarta", "Jawaban: Jakarta"),
        ("Jawaban Jakarta", "Jawaban Jakarta"),
        ("Kota itu, jawaban: Jakarta", "Kota itu, jawaban: Jakarta"),
        ("Jawaban:", "Jawaban:"),
        ("Jawabannya ada di Jakarta", "Jawabannya ada di Jakarta"),
    ],
)
def test_a_label_goes_only_from_the_beginning_and_only_with_its_colon(text: str, said: str) -> None:
    assert without_label(text, language_words("id"), ["Jakarta"]) == said


def test_a_wanted_text_that_begins_with_a_label_keeps_it() -> None:
    assert without_label("Jawaban: ya", language_words("id"), ["Jawaban: ya"]) == "Jawaban: ya"
