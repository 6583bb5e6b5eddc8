"""Which rows of a source changed, where its pinned version is at hand to compare with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from seahelm_lite.catalog.pins import Pin
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.catalog.task_data import DataFile
from seahelm_lite.errors import ChangedSourceError, DataError
from seahelm_lite.sources.code import row_reader
from seahelm_lite.sources.differences import differences
from seahelm_lite.sources.formats import read_rows
from seahelm_lite.sources.load import verify
from seahelm_lite.sources.text_files import Row, read_lines
from seahelm_lite.sources.where import Verification, Where


def told_by_rows(error: ChangedSourceError, file: DataFile, where: Where) -> ChangedSourceError:
    """The same error with the rows that differ, where the pinned version is at hand.

    Args:
        error: As `find` raises it.
        file: What the pin is of: how to read it.
        where: Whose code may read it.
    """
    if error.pinned is None:
        return error
    read = _reader(file, where)
    try:
        old = read(error.pinned)
        new = _rows_of(error.changed, read)
    except DataError as broken:
        return error.with_rows(f"it can no longer be read as {file.format} ({broken.where}: {broken.what})")
    return error.with_rows(differences(old, new))


def verify_pin(card: TaskCard, pin: Pin, where: Where) -> Verification:
    """As `verify`, for one pin of a card; the error of a changed data file names its rows."""
    try:
        return verify(pin, where)
    except ChangedSourceError as error:
        file = next((file for file in (*card.data.test, *card.data.shots) if pin in file.pins), None)
        # What is no data file, such as the configuration of a peer, has no rows.
        raise (told_by_rows(error, file, where) if file is not None else error) from None


def _reader(file: DataFile, where: Where) -> Callable[[Path], list[Row]]:
    if file.format == "code":
        assert file.reader is not None
        return row_reader(file.reader, where.code).read
    if file.format == "parallel_lines":
        return lambda path: [{"line": line} for line in read_lines(path)]
    format = file.format
    return lambda path: read_rows(path, format)


def _rows_of(content: Path | bytes, read: Callable[[Path], list[Row]]) -> list[Row]:
    if isinstance(content, Path):
        return read(content)
    with tempfile.TemporaryDirectory(prefix="seahelm-lite-") as folder:
        path = Path(folder, "changed")
        path.write_bytes(content)
        return read(path)
