"""What the readers of logs give: answers that were recorded elsewhere, in one shape whatever wrote them."""

from __future__ import annotations

import math
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
    model_sha256: str | None = None
    """SHA-256 of what the log says of the model beyond its name, such as its arguments; answers under one name must
    agree in it. None where the log says no more."""


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


def member(value: JsonValue, path: str, kind: type | tuple[type, ...], place: str) -> JsonValue:
    """A member of a JSON object, of a type.

    Args:
        value: The object.
        path: Names from the outside in, joined by dots.
        kind: Type or types it must have; a boolean is no number.
        place: For the message.

    Raises:
        LogError: If it is missing or of another type.
    """
    found = value
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(found, kinds) or (isinstance(found, bool) and bool not in kinds):
        fault = "is missing" if found is None else f"is a {type(found).__name__}"
        raise LogError(f"{path!r} {fault}", where=place, remedy="Is it a log of this format, and of a known version?")
    return found


def day(stated: JsonValue) -> date | None:
    """The day of a time as logs write it (ISO 8601); None where it is none."""
    try:
        return datetime.fromisoformat(str(stated)).date()
    except ValueError:
        return None


def number(value: JsonValue) -> int | float | None:
    """The value if it is a number; None for anything else, booleans included."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def count(value: JsonValue) -> int | None:
    """The value if it is a whole number from nought on, such as a number of tokens; None for anything else."""
    found = number(value)
    return int(found) if found is not None and math.isfinite(found) and found >= 0 and found == int(found) else None


_Fact = TypeVar("_Fact")


def stated(fact: _Fact | None, what: str, option: str, place: str) -> _Fact:
    """A fact that the log states or the user declares.

    Args:
        fact: As found; None, or an empty text, where neither says it.
        what: What it is, in words.
        option: The option that declares it.
        place: For the message.

    Raises:
        LogError: If there is none, naming the option.
    """
    if fact is None or (isinstance(fact, str) and not fact.strip()):
        raise LogError(f"does not say {what}", where=place, remedy=f"Give it with {option}.")
    return fact


def declared_or_logged(declared: _Fact | None, logged: _Fact | None, what: str, option: str, place: str) -> _Fact:
    """A fact that the user declares where the log does not state it; what the log states cannot be overridden.

    Args:
        declared: What the user says; None where the option is not given.
        logged: What the log states; None, or an empty text, where it does not.
        what: What it is, in words, with its article.
        option: The option that declares it.
        place: For the message.

    Raises:
        LogError: If neither says it, or if they differ.
    """
    if isinstance(logged, str) and not logged.strip():
        logged = None
    if declared is not None and logged is not None and declared != logged:
        remedy = f"Leave {option} away, or leave this file out."
        raise LogError(f"says {what} is {logged}, but {option} says {declared}", where=place, remedy=remedy)
    return stated(logged if declared is None else declared, f"what {what} is", option, place)
