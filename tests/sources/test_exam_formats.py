from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.errors import DataError
from seahelm_lite.sources import read_rows

SETS: dict[str, Any] = {
    "set1.pdf": {
        "quizzes": {"3": {"no": "3", "question": "Apa?", "choice": ["A. ya"]}, "10": {"question": "Siapa?"}},
        "answers": {"3": "B", "99": "C"},
    },
    "set2.pdf": {"quizzes": {"1": {"question": "Mana?"}}, "answers": {}},
}

RECORDS = """\
no: 1
objektif: Pilih jawapan.
soalan: Baca sajak.
Penyair: A. Samad Said
A. Samad Said menulis:

Senja menangis

A. senja

B. malam
yang gelap
jawapan: B, https://example.org/1
asal soalan: Contoh 2020, no 1

no: 2
objektif: Pilih jawapan.
soalan:
I. Satu.
II. Dua.
A. I
B. I dan II
C. tiada
jawapan: C
asal soalan: Contoh 2020, no 2
"""


def write(folder: Path, content: str) -> Path:
    path = folder / "file"
    path.write_bytes(content.encode())
    return path


@pytest.mark.parametrize("layout", [SETS, [{name: exam} for name, exam in SETS.items()]], ids=["object", "list"])
def test_each_quiz_of_each_set_is_a_row_with_its_answer_or_none(layout: Any, tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, json.dumps(layout)), "json_sets") == [
        {"no": "3", "question": "Apa?", "choice": ["A. ya"], "set": "set1.pdf", "answer": "B"},
        {"question": "Siapa?", "set": "set1.pdf", "no": "10", "answer": None},
        {"question": "Mana?", "set": "set2.pdf", "no": "1", "answer": None},
    ]


@pytest.mark.parametrize(
    ("layout", "place", "what"),
    [
        ([1], "the file", "holds a int, not an object"),
        ({"s": []}, "set 's'", "holds a list, not an object"),
        ({"s": {}}, "`quizzes` of set 's'", "holds a NoneType, not an object"),
        ({"s": {"quizzes": {"1": "x"}}}, "set 's', quiz '1'", "holds a str, not an object"),
        ({"s": {"quizzes": {"1": {"no": "2"}}}}, "set 's', quiz '1'", "its own 'no' is '2', not '1'"),
    ],
)
def test_another_layout_is_refused_with_the_place(layout: Any, place: str, what: str, tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps(layout))
    with pytest.raises(DataError) as error:
        read_rows(path, "json_sets")
    assert (error.value.where, error.value.what) == (f"{path} ({place})", what)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_typed_records_become_rows_with_options(line_end: str, tmp_path: Path) -> None:
    first, second = read_rows(write(tmp_path, RECORDS.replace("\n", line_end)), "text_records")
    assert first == {
        "no": "1",
        "objektif": "Pilih jawapan.",
        "soalan": "Baca sajak.\nPenyair: A. Samad Said\nA. Samad Said menulis:\n\nSenja menangis",
        "jawapan": "B, https://example.org/1",
        "asal soalan": "Contoh 2020, no 1",
        "options": ["senja", "malam\nyang gelap"],
    }
    assert (second["soalan"], second["options"]) == ("I. Satu.\nII. Dua.", ["I", "I dan II", "tiada"])
    assert second["jawapan"] == "C"


def test_lines_like_keys_are_text_unless_the_first_record_has_them_as_keys(tmp_path: Path) -> None:
    path = write(tmp_path, "no: 1\nsoalan: x\njawapan: y\n\nno: 2\nsoalan: Oleh\nA. Samad Said\njawapan:\nsubjek: rasa")
    assert read_rows(path, "text_records") == [
        {"no": "1", "soalan": "x", "jawapan": "y", "options": []},
        {"no": "2", "soalan": "Oleh\nA. Samad Said", "jawapan": "subjek: rasa", "options": []},
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("jawapan: C\n", "", 24, "'asal soalan:' stands where 'jawapan:' should"),
        ("asal soalan: Contoh 2020, no 2\n", "", 16, "this record has no line 'asal soalan:'"),
        ("no 1\n\nno: 2", "no 1\nno: 2", 15, "'no:' cannot stand here, or not for a second time"),
        ("C. tiada", "D. tiada", 23, "option D stands where C should"),
        ("no 2\n", "no 2\nno: 3\n", 26, "'no:' stands where a blank line and the next record should"),
        ("objektif: Pilih", "options: Pilih", 2, "'options:' cannot stand here"),
    ],
)
def test_a_record_that_breaks_the_pattern_is_named_with_its_line(
    old: str, new: str, line: int, what: str, tmp_path: Path
) -> None:
    assert old in RECORDS
    path = write(tmp_path, RECORDS.replace(old, new, 1))
    with pytest.raises(DataError) as error:
        read_rows(path, "text_records")
    assert error.value.where == f"{path}:{line}"
    assert what in error.value.what


@pytest.mark.parametrize("content", ["", "\n\n", "Soalan 1\nno: 1\n"])
def test_a_file_without_records_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="begins with a `key: value` line"):
        read_rows(write(tmp_path, content), "text_records")
