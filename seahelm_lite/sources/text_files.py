"""Text, lines and JSON of pinned files, and the error for a broken place in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from seahelm_lite.errors import DataError, SourceError

Row = dict[str, Any]
"""One record of a source: column name to value."""

_REMEDY = "Mend the file; where its bytes are pinned, check `format` on the card, or pin another version of the source."


def broken(path: Path, place: int | str, what: str) -> DataError:
    """The error for a place in a pinned file: a line, counted from 1, or what else there is to say."""
    return DataError(what, where=f"{path}:{place}" if isinstance(place, int) else f"{path} ({place})", remedy=_REMEDY)


def read_text(path: Path) -> str:
    """The file as UTF-8 without its byte order mark, line ends unchanged.

    Raises:
        SourceError: If it cannot be read.
        DataError: If it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise broken(path, line, f"not UTF-8 (byte 0x{error.object[error.start]:02x})") from None


def read_lines(path: Path) -> list[str]:
    """The lines of a file without LF or CRLF; the end of the last line begins no further one."""
    # Not `splitlines`, which also cuts at characters that texts contain, such as U+2028 and U+0085.
    lines = read_text(path).split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def parse_json(text: str, path: Path, first_line: int = 1) -> Any:
    """JSON as the standard has it: no NaN, no infinity, no name twice in an object."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_names)
    except json.JSONDecodeError as error:
        raise broken(path, first_line + error.lineno - 1, f"not JSON: {error.msg} (column {error.colno})") from None
    except ValueError as error:
        raise broken(path, first_line, f"not JSON: {error}") from None
    except RecursionError:
        raise broken(path, first_line, "not JSON that can be read: it is nested too deeply") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found
