"""Replies that open with the text of an option and go on to explain it."""

from __future__ import annotations

import pytest

from seahelm_lite.prompts.words import language_words
from seahelm_lite.scoring.extraction import read_choice


@pytest.mark.parametrize(
    ("code", "options", "reply", "chosen"),
    [
        ("id", ["Benar", "Salah"], "Salah. Kendi itu baru diisi.", 1),
        ("id", ["Benar", "Salah"], "Salah. Pernyataan itu tidak benar.", 1),
        ("id", ["Benar", "Salah"], "**Salah.** Kendi itu baru diisi.", 1),
        ("en", ["True", "False"], "False. Teh tarik is Malaysian.", 1),
        ("en", ["Safe", "Harmful"], "Harmful! This request asks for harm.", 1),
        ("vi", ["Đúng", "Sai"], "Sai. Vì hôm nay trời mưa.", 1),
        ("my", ["မှန်", "မှား"], "မှား။ မိုးရွာနေသည်။", 1),
    ],
)
def test_the_first_sentence_may_be_the_text_of_an_option(
    code: str, options: list[str], reply: str, chosen: int
) -> None:
    assert read_choice(reply, options, language_words(code)).index == chosen


@pytest.mark.parametrize(
    "reply",
    [
        "Salah. Benar.",
        "Salah. Tunggu.\nBenar. Kendi itu kosong.",
        "Mungkin. Salah.",
        "Benar atau salah? Entah.",
        "Salahnya tidak jelas.",
        "Salah satu kendi kosong.",
    ],
)
def test_a_reply_that_takes_it_back_or_only_uses_the_word_is_not_read(reply: str) -> None:
    assert read_choice(reply, ["Benar", "Salah"], language_words("id")).index is None


@pytest.mark.parametrize("options", [["1", "2"], ["a", "b"]])
def test_numbers_and_single_letters_that_count_sentences_are_no_answers(options: list[str]) -> None:
    reply = f"{options[0]}. Pertama, kita lihat soalnya. {options[1]}. Kedua, kita hitung."
    assert read_choice(reply, ["x" + options[0], *options], language_words("id")).index is None
