"""Damaged texts, other languages than the card's, texts that ask for nothing, and the licence."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.lint.characters import zawgyi_signs
from tests.lint.linting import GENERATION, found
from tests.small_task import row

SENTENCES = {
    "ms": "Harga “nasi lemak” di kafé itu naik – kata Encik Ali.",
    "vi": "Trường Đại học Quốc gia Hà Nội được thành lập năm 1906.",
    "th": "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย",
    "lo": "ວຽງຈັນເປັນນະຄອນຫຼວງຂອງປະເທດລາວ",
    "km": "ភ្នំពេញជារាជធានីនៃប្រទេសកម្ពុជា",
    "my": "နေပြည်တော်သည် မြန်မာနိုင်ငံ၏ မြို့တော် ဖြစ်သည်။",
    "ta": "சென்னை தமிழ்நாட்டின் தலைநகரம் ஆகும்.",
}
"""A sentence of our own in each language."""

each_language = pytest.mark.parametrize("language", SENTENCES)


def _said(text: str) -> list[dict[str, Any]]:
    """A row that says the text, behind one that says another."""
    return [{**row(1), "question": "2 + 2 = ?"}, {**row(2), "question": text}]


def _decoded_twice(text: str, encoding: str) -> str:
    """UTF-8 as a program reads it that takes each byte for a character; Windows-1252 leaves five bytes as they are."""
    if encoding == "latin-1":
        return text.encode().decode("latin-1")
    return "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in text.encode())


@each_language
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_text_that_was_decoded_twice_is_found_and_sound_text_is_not(
    language: str, encoding: str, tmp_path: Path
) -> None:
    broken = _said(_decoded_twice(SENTENCES[language], encoding))
    assert found("mojibake", tmp_path, broken, language=language) == [("error", "rows.jsonl#1")]
    assert found("mojibake", tmp_path, _said(SENTENCES[language]), language=language) == []


@pytest.mark.parametrize(
    "text", ["HỒ CHÍ MINH, “BÊ”", "ĐÃ…", "Là…”", "NGÃ — ÂU", "25 °C", "Niño, São Paulo, Ærø", "“Ê”", "«Â»", "Å ngström"]
)
def test_letters_with_accents_beside_quotation_marks_are_no_damage(text: str, tmp_path: Path) -> None:
    assert found("mojibake", tmp_path, _said(text), language="vi") == []


def test_the_replacement_character_is_damage_also_in_an_option(tmp_path: Path) -> None:
    rows = [row(1, ("satu", "dua"), 1), row(2, ("ya", "ti\ufffdak"))]
    assert found("mojibake", tmp_path, rows) == [("error", "rows.jsonl#1")]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("\u1031\u1014", 1),  # e before the letter it is spoken after
        ("\u1019\u103b\u102c\u1038\u1031\u1014", 1),
        ("\u101c\u102f\u1015\u1039", 1),  # the sign that closes a syllable, with nothing under it
        ("\u1004\u1039\u1038", 1),
        ("\u107e\u1000", 1),  # a shape of the medial ra
        ("\u1014\u1031", 0),
        ("\u1019\u103c\u1031", 0),  # after a medial
        ("\u1010\u1039\u1010", 0),  # one letter under another
        ("\u1004\u103a\u1039\u1002", 0),  # kinzi
        ("\u101a\u1031\u102c\u1000\u103a\u103b\u102c\u1038", 0),  # asat before a medial
        (SENTENCES["my"], 0),
    ],
)
def test_zawgyi_is_told_by_sequences_that_unicode_does_not_have(text: str, signs: int) -> None:
    assert len(zawgyi_signs(text)) == signs


@pytest.mark.parametrize(("times", "severity"), [(1, "warning"), (2, "warning"), (3, "error")])
def test_a_row_of_zawgyi_is_an_error_and_a_slip_a_warning(times: int, severity: str, tmp_path: Path) -> None:
    rows = _said(SENTENCES["my"] + " \u1031\u1014" * times)
    assert found("zawgyi", tmp_path, rows, language="my") == [(severity, "rows.jsonl#1")]
    assert found("zawgyi", tmp_path, rows, language="shn", prompt_language="my") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", unicodedata.normalize("NFD", SENTENCES["vi"])),
        ("th", "\u0e19\u0e49\u0e4d\u0e32"),
        ("lo", "\u0e99\u0ecd\u0eb2"),
    ],
)
def test_rows_in_another_form_than_the_rest_are_named(language: str, text: str, tmp_path: Path) -> None:
    rows = [*_said(text), {**row(3), "question": SENTENCES[language]}]
    assert found("mixed-normal-forms", tmp_path, rows, language=language) == [("warning", "rows.jsonl#1")]


def test_a_source_that_is_in_one_other_form_throughout_is_a_note(tmp_path: Path) -> None:
    texts = [unicodedata.normalize("NFD", SENTENCES["vi"] + str(number)) for number in range(3)]
    rows = [{**row(1), "question": text} for text in texts]
    assert found("mixed-normal-forms", tmp_path, rows, language="vi") == [("note", "small")]


@pytest.mark.parametrize(
    ("language", "text", "severity"),
    [
        ("ms", SENTENCES["th"], "error"),
        ("th", SENTENCES["lo"], "error"),
        ("my", SENTENCES["km"], "error"),
        ("km", SENTENCES["ms"], "warning"),
        ("ta", SENTENCES["vi"], "warning"),
        ("th", "จงหาค่าของ " + "sin x + cos y " * 5, None),
        ("th", "x = 12", None),
        ("id", SENTENCES["ms"], None),
        ("tts", SENTENCES["th"], None),
        ("ms-Arab", "بهاس ملايو اياله بهاس كبڠساءن", None),
        ("ms", "Maksud بهاس dalam tulisan Jawi ialah bahasa", None),
        ("zh", "马来西亚的首都是吉隆坡,它是一个很大的城市,人口很多", None),
    ],
)
def test_rows_in_another_script_than_the_language_are_named(
    language: str, text: str, severity: str | None, tmp_path: Path
) -> None:
    rows = [{**item, "options": ["1", "2"]} for item in _said(f"{text} {text}")]
    named = [(severity, "rows.jsonl#1")] if severity else []
    assert found("wrong-language", tmp_path, rows, language=language, prompt_language="en") == named


@each_language
def test_a_sentence_is_in_its_own_language(language: str, tmp_path: Path) -> None:
    assert found("wrong-language", tmp_path, _said(SENTENCES[language]), language=language) == []


def test_words_of_the_card_do_not_count_for_the_language_of_the_rows(tmp_path: Path) -> None:
    rows = [{**row(n, ("Positif", "Negatif"), n % 2), "text": SENTENCES["my"] * (1 + n)} for n in range(2)]
    card = {"passage": "text", "question": "'Apakah sentimen teks yang panjang ini menurut anda?'"}
    assert found("wrong-language", tmp_path, rows, language="my", document=card) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Satu<br/>dua", True),
        ("Kata yang <u>bergaris</u>", True),
        ('<img src="x.png"> Apakah ini?', True),
        ("A &amp; B", True),
        ("itu&#39;s", True),
        ("Nya /// ngambik ikan", True),
        ("5 < 6 dan 7 > 2", False),
        ("a<b dan c>d", False),
        ("R&D; M&S", False),
        ("https://contoh.my", False),
        ("file:///tmp", False),
        ("List<p2>", False),
    ],
)
def test_markup_left_in_a_text_is_a_warning(text: str, left: bool, tmp_path: Path) -> None:
    assert found("markup", tmp_path, _said(text)) == ([("warning", "rows.jsonl#1")] if left else [])


@pytest.mark.parametrize(
    ("language", "text", "pointed"),
    [
        ("ms", "Berdasarkan gambar rajah di bawah, apakah X?", True),
        ("ms", "Siapakah yang duduk di atas meja?", False),
        ("id", "Perhatikan tabel berikut!", True),
        ("id", "Gambar itu indah.", False),
        ("vi", "Cho hình vẽ bên. Tính x.", True),
        ("vi", "Tình hình trên thế giới", False),
        ("th", "จากตาราง ข้อใดถูกต้อง", True),
        ("th", "การดูแลสุขภาพและประสิทธิภาพในภาพรวม", False),
        ("th", "กุมภาพันธ์ตามรูปแบบใด", False),
        ("en", "Look at the table below.", True),
        ("en", "She sat at the table.", False),
        ("jv", "Delengen gambar ing ngisor iki", False),
    ],
)
def test_a_question_that_points_to_a_figure_is_a_note_where_its_words_are_known(
    language: str, text: str, pointed: bool, tmp_path: Path
) -> None:
    rows = [row(1, ("tiga", "empat"), 1), {**row(2), "question": text}]
    named = [("note", "rows.jsonl#1")] if pointed else []
    assert found("missing-figure", tmp_path, rows, language=language) == named


def test_a_translation_that_copies_and_a_text_of_three_words_are_told(tmp_path: Path) -> None:
    pairs = [("Nya ngambik ikan besar.", "Dia mengambil ikan besar."), ("Aok.", "Ya."), ("Dia pergi ke sana.",) * 2]
    rows = [{"question": text, "wanted": wanted, "topic": "am"} for text, wanted in pairs]
    assert found("reference-is-source", tmp_path, rows, **GENERATION) == [("warning", "rows.jsonl#2")]
    assert found("short-text", tmp_path, rows, **GENERATION) == [("note", "rows.jsonl#1")]
    thai = {**GENERATION, "language": "th"}
    assert found("short-text", tmp_path, rows, **thai) == []  # no spaces between words


@pytest.mark.parametrize(
    ("stated", "redistributable", "severity"),
    [
        ("none stated", False, "warning"),
        ("none stated in the repository; Apache-2.0 on the hub card", False, "warning"),
        ("", False, "warning"),
        ("Unknown", False, "warning"),
        ("none stated", True, "error"),
        ("CC-BY-4.0", True, None),
        ("research only", False, None),
    ],
)
def test_a_missing_licence_is_a_warning_and_handing_on_without_one_an_error(
    stated: str, redistributable: bool, severity: str | None, tmp_path: Path
) -> None:
    licence = {"stated": stated, "redistributable": redistributable}
    assert found("licence", tmp_path, [row(1)], licence=licence) == ([(severity, "small")] if severity else [])
