"""From a pin to rows, or to the knowledge that its data is here and right."""

from __future__ import annotations

from collections.abc import Mapping

from seahelm_lite.catalog.pins import FilePin, HubPin, Pin
from seahelm_lite.errors import CardError
from seahelm_lite.sources.fetch import find, locate
from seahelm_lite.sources.formats import Format, read_rows
from seahelm_lite.sources.hub import hub_rows, load_hub
from seahelm_lite.sources.text_files import Row
from seahelm_lite.sources.where import Verification, Where


def load_rows(
    pin: Pin | None, format: Format | None, where: Where, columns: Mapping[str, Pin] | None = None
) -> list[Row]:
    """The rows of pinned data, verified.

    Args:
        pin: The data; None where `columns` has it.
        format: How to read a file; of no meaning for a hub pin, which gives rows.
        where: Places to look at.
        columns: For `parallel_lines`: column names and the files whose line n they are.

    Raises:
        SourceError: If data is missing, unreachable, or not what its pin says.
        DataError: If the content cannot be read as the format says.
        CardError: If pins and format do not fit each other.
    """
    if (pin is None) == (columns is None):
        raise CardError("give either one pin or `columns`")
    if isinstance(pin, HubPin):
        return hub_rows(pin, where)
    if format is None:
        raise CardError("a pin of a file needs a format", where=pin.describe() if pin is not None else "")
    if pin is not None:
        return read_rows(locate(pin, where), format)
    return read_rows({name: locate(_file(name, each), where) for name, each in (columns or {}).items()}, format)


def verify(pin: Pin, where: Where) -> Verification:
    """Find pinned data, fetching it if need be, and check its hash.

    Raises:
        SourceError: If it is missing, unreachable, or not what its pin says.
        DataError: If the rows of a hub pin hold a value that cannot be hashed.
    """
    return load_hub(pin, where)[1] if isinstance(pin, HubPin) else find(pin, where)


def _file(column: str, pin: Pin) -> FilePin:
    if isinstance(pin, HubPin):
        raise CardError(f"column {column!r} of parallel_lines needs a file", where=pin.describe())
    return pin
