"""Reader of spreadsheets in Office Open XML (.xlsx)."""

from __future__ import annotations

import io
import re
import warnings
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from seahelm_lite.errors import SourceError
from seahelm_lite.sources.text_files import Row, broken

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How the format writes characters that XML does not keep, such as a carriage return (ECMA-376 part 1, 22.9.2.19)."""


def xlsx(path: Path) -> list[Row]:
    """Rows of the one sheet of a workbook, under the names that its first row gives.

    A column without a name is known by its letter (`A`, `K`). Texts are kept, a whole number is an int, a date is text
    in ISO form, a formula is its last result, and an empty cell is an empty text, as in CSV. Empty rows are rows, so
    that row n of a document id is always line n + 2 of the sheet.

    Raises:
        SourceError: If the file cannot be read.
        DataError: If it is no workbook, has several sheets or no header, or names two columns alike.
    """
    read = list(sheets(path).values())
    if len(read) != 1:
        raise broken(path, "workbook", f"it has {len(read)} sheets, and only one can be meant")
    lines = read[0]
    if not lines or not any(cell != "" for cell in lines[0]):
        raise broken(path, "line 1", "no header line")
    width = max(map(len, lines))
    names = [_name(lines[0], column) for column in range(width)]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise broken(path, "line 1", f"two columns are named {min(doubled)!r}")
    return [dict(zip(names, line + [""] * (width - len(line)), strict=True)) for line in lines[1:]]


def _name(header: list[Any], column: int) -> str:
    from openpyxl.utils import get_column_letter

    written = str(header[column]).strip() if column < len(header) else ""
    return written or get_column_letter(column + 1)


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    """Name of each sheet of a workbook to its lines; cells are as `xlsx` has them, and raises as it does."""
    from openpyxl import load_workbook

    try:
        content = io.BytesIO(path.read_bytes())
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=str(path)) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions, which we do not look at
        try:
            found = load_workbook(content, read_only=True, data_only=True).worksheets
            # All rows are read before anything is said of them: a broken archive shows itself only there.
            return {
                each.title: [list(map(_value, line)) for line in each.iter_rows(values_only=True)] for each in found
            }
        # The reader has no exception of its own for what a damaged archive or its XML does to it.
        except Exception as error:
            raise broken(path, "workbook", f"not a spreadsheet in .xlsx: {error}") from None


def _value(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell) if isinstance(cell, timedelta) else cell
