"""The rows of one data file of a card, with what the manifest says of where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from seahelm_lite.catalog.pins import GithubPin, HubPin, PackagedPin, Pin
from seahelm_lite.catalog.task_data import Beside, DataFile, RubricFile
from seahelm_lite.errors import ChangedSourceError, DataError
from seahelm_lite.records import JsonValue
from seahelm_lite.sources.changes import told_by_rows
from seahelm_lite.sources.code import row_reader
from seahelm_lite.sources.fetch import locate
from seahelm_lite.sources.held_out import held_out_rows
from seahelm_lite.sources.hub import load_hub
from seahelm_lite.sources.load import load_rows
from seahelm_lite.sources.rubrics import Rubric, rubric_of, with_rubrics
from seahelm_lite.sources.text_files import Row
from seahelm_lite.sources.where import Where


@dataclass(frozen=True)
class LoadedFile:
    """The rows of a file that was found and verified."""

    name: str
    """What document ids begin with."""
    rows: list[Row]
    origins: tuple[Mapping[str, JsonValue], ...]
    """Per pin: `source`, `sha256`, and `pinned`, which says whether the pin fixes the bytes for good."""


def load_file(file: DataFile, where: Where) -> LoadedFile:
    """Read a data file.

    Raises:
        SourceError, DataError: As `load_rows`.
    """
    try:
        loaded = _load(file, where)
    except ChangedSourceError as error:
        raise told_by_rows(error, file, where) from None
    if file.rubrics:
        return replace(loaded, rows=with_rubrics(loaded.rows, [load_rubric(one, where) for one in file.rubrics]))
    return loaded if file.beside is None else replace(loaded, rows=_joined(loaded.rows, file.beside, where))


def load_rubric(file: RubricFile, where: Where) -> Rubric:
    """Read a file of questions; raises as `load_rows`."""
    loaded = load_file(DataFile(format=file.format, pin=file.pin), where)
    return rubric_of(loaded.rows, file, loaded.name)


def _load(file: DataFile, where: Where) -> LoadedFile:
    if isinstance(file.pin, HubPin):
        rows, found = load_hub(file.pin, where)
        return LoadedFile(_name(file.pin), rows, (_origin(file.pin, found.sha256),))
    if file.format == "code":
        return _with_code(file, where)
    if file.encrypted is not None:
        assert isinstance(file.pin, GithubPin | PackagedPin)
        return LoadedFile(_name(file.pin), held_out_rows(file.pin, where), (_origin(file.pin, file.pin.sha256),))
    rows = load_rows(file.pin, file.format, where, file.columns)
    return LoadedFile(_name(file.pins[0]), rows, tuple(_origin(pin, pin.sha256 or "") for pin in file.pins))


def _joined(rows: list[Row], beside: Beside, where: Where) -> list[Row]:
    """The rows, each with what the file beside says of its key."""
    facts = load_file(DataFile(format=beside.format, pin=beside.pin), where)
    known = {row.get(beside.by): row for row in facts.rows}
    for number, row in enumerate(rows):
        if row.get("key") not in known:
            what = f"its key {row.get('key')!r} stands in no row of {facts.name} under {beside.by!r}"
            raise DataError(what, where=f"row {number}", remedy="Correct `beside:` on the card, or leave it out.")
    return [{**row, "beside": known[row["key"]]} for row in rows]


def _with_code(file: DataFile, where: Where) -> LoadedFile:
    """The rows that a reader of the suite's own gives; its code is an input of the data like the file."""
    assert file.reader is not None
    assert isinstance(file.pin, GithubPin | PackagedPin)
    reader = row_reader(file.reader, where.code)
    rows = reader.read(locate(file.pin, where))
    code: dict[str, JsonValue] = {"source": f"reader {reader.name}", "sha256": reader.sha256, "pinned": False}
    return LoadedFile(_name(file.pin), rows, (_origin(file.pin, file.pin.sha256), code))


def _name(pin: Pin) -> str:
    if isinstance(pin, GithubPin | PackagedPin):
        return pin.path
    return f"{pin.id}/{pin.data_files or (pin.config or 'default') + '/' + pin.split}"


def _origin(pin: Pin, sha256: str) -> dict[str, JsonValue]:
    return {"source": pin.describe(), "sha256": sha256, "pinned": pin.is_pinned}
