"""What the readers of logs give: answers that were recorded elsewhere, in one shape whatever wrote them."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from seahelm_lite.errors import LogError
from seahelm_lite.records import AnswerForm, JsonValue, Outcome, Request


@dataclass(frozen=True)
class LogFile:
    """A file of recorded answers."""

    name: str
    """Its path in the layout of a mirror where it comes from there, else its own name: never a path of this machine."""
    data: bytes
    sha256: str
    siblings: tuple[tuple[str, bytes], ...] = ()
    """Name and content of files beside it that the format asked for."""


@dataclass(frozen=True)
class Declared:
    """What the user says of logs that do not say it themselves."""

    model: str | None = None
    task: str | None = None
    shots: int | None = None


@dataclass(frozen=True)
class Shown:
    """The document as the source showed it to the model: what is compared with the pinned data."""

    question: str
    options: tuple[str, ...] = ()
    """In the source's order, blanks included; empty where the source keeps none apart from the question."""


@dataclass(frozen=True)
class RecordedAnswer:
    """One answer of a log."""

    place: str
    """`file:line`, for messages."""
    model: str
    """As the source names it."""
    task: str
    """Name of a task of ours."""
    shots: int
    """Examples the prompt held."""
    row: str | None
    """The document's id, `source path#row`, where the source names its rows; None where content has to find it."""
    shown: Shown | None
    """None where a record without an answer does not say."""
    repeat: int
    form: AnswerForm
    requests: tuple[Request, ...]
    """The original prompts: one, or one for each option of a log-likelihood; none where there is no answer."""
    outcomes: tuple[Outcome, ...]
    recorded_on: date | None = None
    """The day of the answer, where the log says it."""
    variant: str = ""
    """Where one kind of log holds answers asked for in several ways, which way: they are different protocols."""


@dataclass(frozen=True)
class Origin:
    """Who recorded the answers, and under what terms."""

    source: str
    """Short name: the protocol is `recorded:<source>`, with the variant after a hyphen where there is one."""
    title: str
    licence: str
    """As found; `not stated` where nobody says."""
    url: str | None = None


class LogFormat(Protocol):
    """A kind of log."""

    name: str
    """What the command line calls it."""
    origin: Origin
    """Where such logs come from, unless the user says otherwise."""

    def siblings(self, name: str) -> Sequence[str]:
        """Names of files beside a log that tell more of it; those that exist are handed over with it."""
        ...

    def read(self, file: LogFile, declared: Declared) -> Iterator[RecordedAnswer]:
        """The answers of a file, in its order.

        Raises:
            LogError: With file and line, where it is not such a log, or lacks what the user must then declare.
        """
        ...


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
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"{file.name}:{number}"
        try:
            value = _loads(line)
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
        return _loads(data)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise LogError(f"is no JSON: {error}", where=f"{name}:{line}", remedy=COPY_AGAIN) from None


def _loads(data: bytes) -> JsonValue:
    """JSON as it may be stored again: NaN and infinities, which Python alone writes, become null.

    Halves of surrogate pairs, which cannot be written in UTF-8, become question marks.
    """
    value = json.loads(data, parse_constant=lambda name: None)
    return _whole(value) if _HALF.search(data) else value


_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""An escape that may be half of a pair."""


def _whole(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_whole(name): _whole(member) for name, member in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


COPY_AGAIN = "The file may have been cut off or changed: copy it again. Nothing was imported."


def member(value: JsonValue, path: str, kind: type | tuple[type, ...], place: str) -> JsonValue:
    """A member of a JSON object, of a type.

    Args:
        value: The object.
        path: Names from the outside in, joined by dots.
        kind: Type or types it must have.
        place: For the message.

    Raises:
        LogError: If it is missing or of another type.
    """
    found = value
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, kind):
        fault = "is missing" if found is None else f"is a {type(found).__name__}"
        raise LogError(f"{path!r} {fault}", where=place, remedy="Is it a log of this format, and of a known version?")
    return found


def day(stated: JsonValue) -> date | None:
    """The day of a time as logs write it (ISO 8601); None where it is none."""
    try:
        return datetime.fromisoformat(str(stated)).date()
    except ValueError:
        return None


_Fact = TypeVar("_Fact")


def stated(fact: _Fact | None, what: str, option: str, place: str) -> _Fact:
    """A fact that the log states or the user declares.

    Args:
        fact: As found; None where neither says it.
        what: What it is, in words.
        option: The option that declares it.
        place: For the message.

    Raises:
        LogError: If it is None, naming the option.
    """
    if fact is None:
        raise LogError(f"does not say {what}", where=place, remedy=f"Give it with {option}.")
    return fact
