"""Which options can change places, and how they do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from seahelm_lite.prompts.rotation import rotatable, rotated
from seahelm_lite.prompts.words import available_languages, language_words
from seahelm_lite.records import Document


def _document(options: Sequence[str], language: str = "en", answer: int = 0, number: int = 0) -> Document:
    fields = {"language": language, "question": f"Question {number}?", "options": list(options), "answer": answer}
    return Document(f"rows.jsonl#{number}", fields, cluster=str(number))


def _reason(options: Sequence[str], language: str = "en") -> str | None:
    document = _document(options, language)
    found = rotatable([document], [document])
    return next(iter(found.left_out), None)


def test_every_order_has_the_same_options_and_the_same_right_one() -> None:
    document = _document(("satu", "dua", "tiga"), answer=1)
    turned = [rotated(document, steps).fields for steps in range(4)]
    assert [fields["options"] for fields in turned] == [
        ["satu", "dua", "tiga"], ["dua", "tiga", "satu"], ["tiga", "satu", "dua"], ["satu", "dua", "tiga"],
    ]  # fmt: skip
    assert [fields["options"][fields["answer"]] for fields in turned] == ["dua"] * 4
    assert sorted(fields["answer"] for fields in turned[:3]) == [0, 1, 2]
    assert document.fields["options"] == ["satu", "dua", "tiga"]


@pytest.mark.parametrize(
    ("language", "option"),
    [
        ("en", "All of the above"), ("en", "None of these."), ("en", "Both A and C"), ("en", "a & b"),
        ("en", "B, C"), ("id", "Semua jawaban benar."), ("id", "Jawaban a, b, dan c benar"), ("id", "A dan B benar"),
        ("id", "Salah semua"), ("ms", "Tiada satu pun di atas"), ("ms", "kedua-dua b dan c"), ("ms", "Semua"),
        ("th", "ถูกทุกข้อ"), ("th", "ข้อ ก. และข้อ ข."), ("th", "ข้อก. ข้อเดียว"), ("th", "ก และ ค"),
        ("vi", "Tất cả những điều trên."), ("vi", "cả A và B"), ("fil", "Wala sa nabanggit"),
        ("fil", "parehong b at c"), ("my", "အထက်ပါ အားလုံး"), ("my", "A နှင့် B နှစ်ခုလုံး"),
    ],
)  # fmt: skip
def test_options_that_speak_of_others_stay_where_they_are(language: str, option: str) -> None:
    assert _reason(["x1 y", "y z", "z w", option], language) == "about_options"


@pytest.mark.parametrize(
    ("language", "option"),
    [
        ("en", "a dog and a cat"), ("en", "Vitamin E and K"), ("en", "the roof above the door"), ("en", "R&D"),
        ("id", "Semua orang boleh masuk"), ("id", "b/d inkontinuitas"), ("ms", "di atas bukit"),
        ("ms", "tiada kesalahan"), ("th", "แจ้งให้ผู้ที่มีความเกี่ยวข้อง"), ("th", "พื้นที่ทั้งหมดของประเทศ"),
        ("th", "กินข้าว และ ขนม"), ("vi", "tất cả mọi người"), ("fil", "lahat ng pera niya"),
    ],
)  # fmt: skip
def test_options_that_only_sound_like_it_may_move(language: str, option: str) -> None:
    assert _reason(["x1 y", "y z", "z w", option], language) is None


@pytest.mark.parametrize("code", available_languages())
def test_every_language_knows_how_its_options_speak_of_others(code: str) -> None:
    words = language_words(code)
    for phrase in words.about_options:
        option = phrase.replace("{letter}", words.letters[0])
        assert _reason(["x", "y", option], code) == "about_options", option


@pytest.mark.parametrize(
    "options",
    [
        ["10", "20", "30"], ["1.500", "1,2", "0.9"], ["RM 5", "RM 7", "RM 12"], ["๑ คำ", "๒ คำ", "๓ คำ"],
        ["1 jam 20 minit", "1 jam 40 minit", "2 jam 10 minit"], ["-3", "1", "2"], ["1.000.000", "2.000.000"],
    ],
)  # fmt: skip
def test_numbers_that_rise_or_fall_stay_where_they_are(options: Sequence[str]) -> None:
    assert _reason(options) == "ordered_numbers"


@pytest.mark.parametrize(
    "options", [["10", "30", "20"], ["10 kg", "20 m"], ["10", "20", "ten"], ["5", "5"], ["a", "b"]]
)
def test_numbers_in_no_order_may_move(options: Sequence[str]) -> None:
    assert _reason(options) is None


def test_labels_are_known_by_the_whole_task_and_stay_where_they_are() -> None:
    labels = [_document(("Benar", "Salah"), "id", number=number) for number in range(3)]
    others = [_document((f"x{number}", "Salah"), "id", number=number) for number in range(3, 6)]
    found = rotatable([labels[0], *others], [*labels, *others])
    assert found.documents == tuple(others)
    assert found.left_out == {"labels": 1}
    assert rotatable(labels[:2], labels[:2]).left_out == {}
