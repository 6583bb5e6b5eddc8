from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from seahelm_lite.errors import DataError, SourceError
from seahelm_lite.sources import read_rows


def workbook(path: Path, *sheets: list[list[Any]]) -> Path:
    """A workbook as another program would write it."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for number, lines in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet{number}")
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


def test_rows_of_a_sheet_keep_text_numbers_and_order(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "s.xlsx", [["id", "teks"], [1, " Pagi,\n\u201cibu\u201d "], [2.5, "e\u0301"], [3.0, True]]
    )
    rows = read_rows(path, "xlsx")
    assert rows == [
        {"id": 1, "teks": " Pagi,\n\u201cibu\u201d "},
        {"id": 2.5, "teks": "e\u0301"},
        {"id": 3, "teks": True},
    ]
    assert isinstance(rows[2]["id"], int)


def test_the_name_of_the_file_need_not_end_in_xlsx(tmp_path: Path) -> None:
    assert read_rows(workbook(tmp_path / "s.xlsx", [["a"], [1]]).rename(tmp_path / "s"), "xlsx") == [{"a": 1}]


def test_a_column_without_a_name_is_known_by_its_letter(tmp_path: Path) -> None:
    path = workbook(tmp_path / "s.xlsx", [[None, "Text"], [0, "ora"], [1, "enggak", "catatan"]])
    assert read_rows(path, "xlsx") == [{"A": 0, "Text": "ora", "C": ""}, {"A": 1, "Text": "enggak", "C": "catatan"}]


def test_empty_rows_are_rows_so_that_numbers_stay_those_of_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "s.xlsx", [["a", "b"], ["x", None], [None, None], ["y", "z"]])
    assert read_rows(path, "xlsx") == [{"a": "x", "b": ""}, {"a": "", "b": ""}, {"a": "y", "b": "z"}]


def test_a_carriage_return_that_the_format_escapes_comes_back_as_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "s.xlsx", [["a"], ["satu_x000D_\ndua"]])
    assert read_rows(path, "xlsx") == [{"a": "satu\r\ndua"}]


def test_dates_are_text(tmp_path: Path) -> None:
    assert read_rows(workbook(tmp_path / "s.xlsx", [["a"], [date(2024, 2, 29)]]), "xlsx") == [
        {"a": "2024-02-29T00:00:00"}
    ]


@pytest.mark.parametrize(
    ("sheets", "what"),
    [
        ([[["a"], [1]], [["b"], [2]]], "2 sheets"),
        ([[["a", "a"], [1, 2]]], "two columns are named 'a'"),
        ([[[None], [1]]], "no header line"),
        ([[]], "no header line"),
    ],
)
def test_a_workbook_that_can_be_read_in_two_ways_is_refused(
    sheets: list[list[list[Any]]], what: str, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "s.xlsx", *sheets)
    with pytest.raises(DataError, match=what) as error:
        read_rows(path, "xlsx")
    assert error.value.where is not None
    assert str(path) in error.value.where


def test_a_file_that_is_no_workbook_is_refused_by_name(tmp_path: Path) -> None:
    text, archive, cut = tmp_path / "text.xlsx", tmp_path / "archive.xlsx", tmp_path / "cut.xlsx"
    text.write_text("id,teks\n1,pagi\n")
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("a.txt", "pagi")
    cut.write_bytes(workbook(tmp_path / "s.xlsx", [["a"], ["x" * 5000]]).read_bytes()[:-300])
    for path in (text, archive, cut):
        with pytest.raises(DataError, match="not a spreadsheet") as error:
            read_rows(path, "xlsx")
        assert error.value.where == f"{path} (workbook)"
    with pytest.raises(SourceError, match="cannot be read"):
        read_rows(tmp_path / "none.xlsx", "xlsx")
