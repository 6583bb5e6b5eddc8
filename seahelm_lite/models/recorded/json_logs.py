"""JSON as logs hold it: read so that everything in it can be stored again, or refused by file and line."""

from __future__ import annotations

import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Iterator

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import LogFile
from seahelm_lite.records import JsonValue

COPY_AGAIN = "The file may have been cut off or changed: copy it again. Nothing was imported."

_DEEPEST = 200
"""Levels of a value; logs have some ten, and what walks through them goes down a level at a time."""
_LARGEST = 2**64
"""Whole numbers from here on are no counts, seeds or times, and no column holds them."""
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""An escape, or bytes, that may be half of a pair."""


def json_lines(file: LogFile, data: bytes | None = None) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    """The objects of a JSON-lines file, each with its place.

    Args:
        file: The file.
        data: Its content, where that had to be unpacked first.

    Raises:
        LogError: At the first line that is no JSON object, such as half of one.
    """
    content = (file.data if data is None else data).removeprefix(BOM_UTF8)
    # Not `splitlines`, which also cuts at characters that answers contain, such as U+2028.
    for line_number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"{file.name}:{line_number}"
        try:
            value = loads(line)
        except ValueError as error:
            raise LogError(f"is no JSON: {error}", where=place, remedy=COPY_AGAIN) from None
        if not isinstance(value, dict):
            raise LogError("is no JSON object", where=place, remedy=COPY_AGAIN)
        yield place, value


def json_value(data: bytes, name: str) -> JsonValue:
    """The value of a file that is one piece of JSON.

    Args:
        data: Its content.
        name: Its name, for the message.

    Raises:
        LogError: With the line where it stops being JSON.
    """
    try:
        return loads(data)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise LogError(f"is no JSON: {error}", where=f"{name}:{line}", remedy=COPY_AGAIN) from None


def loads(data: bytes) -> JsonValue:
    """JSON as it may be stored again.

    Numbers that cannot be stored become null: NaN and infinities, which Python alone writes, those too large for a
    float, and whole ones too large for 64 bits. Halves of surrogate pairs, which cannot be written in UTF-8, become
    question marks.

    Raises:
        ValueError: If it is no JSON, or is nested so deeply that nothing can walk through it.
    """
    try:
        value = json.loads(data, parse_constant=lambda name: None, parse_float=_float, parse_int=_int)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _refuse_deep(value)
    return whole(value) if _HALF.search(data) else value


_TOO_DEEP = f"nested more than {_DEEPEST} levels deep"


def _float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _int(text: str) -> int | None:
    # Python refuses to read whole numbers of some thousand digits.
    value = int(text) if len(text) <= len(f"-{_LARGEST}") else None
    return value if value is not None and abs(value) < _LARGEST else None


def _refuse_deep(value: JsonValue) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


def whole(value: JsonValue) -> JsonValue:
    """The value with question marks for halves of surrogate pairs."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {whole(name): whole(member) for name, member in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value
