"""A new suite out of a file of questions: its card, its items where they are the author's own, and its test."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.pins import GithubPin
from seahelm_lite.catalog.task_card import TODO, TaskCard
from seahelm_lite.errors import CardError, DataError, SeahelmError
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.export import lm_eval_fields, to_yaml
from seahelm_lite.prompts.words import available_languages, language_words
from seahelm_lite.records import Document, sha256_hex
from seahelm_lite.scaffold_files import Layout, suite_test
from seahelm_lite.sources.documents import TaskRow, read_rows
from seahelm_lite.sources.fetch import upstream_name
from seahelm_lite.sources.formats import Format
from seahelm_lite.sources.formats import read_rows as read_file
from seahelm_lite.sources.guess import Reading, guess
from seahelm_lite.sources.text_files import Row
from seahelm_lite.sources.where import Where

FORMATS: Mapping[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv"}

_GITHUB = re.compile(r"(?P<repo>[^@]+)@(?P<commit>[^:]+):(?P<path>.+)")
_UPSTREAM = re.compile(r"github\.com/(?P<repo>[^/]+/[^/]+)/(?P<commit>[^/]+)/(?P<path>.+)")
_TODO_LICENCE = f"{TODO}: the licence's SPDX id, the words that were found, or `none stated`"
_TODO_CITATION = f"{TODO}: who made the items, what they are called, when, and where to read of them"
_TODO_MEASURES = f"{TODO}: one sentence for a reader on what a score says, and what it does not"


@dataclass(frozen=True)
class NewSuite:
    """What the user wants."""

    name: str
    """Of the suite, and of its one task."""
    file: Path
    language: str
    pillar: str
    own: bool
    """Whether the items are the author's, to be copied beside the task file."""
    github: str | None
    """`owner/name@commit:path`, where the file is from there."""
    expressions: Mapping[str, str | None] = field(default_factory=dict)
    """`question`, `options` and `answer`, where they are not to be guessed."""


@dataclass(frozen=True)
class Scaffold:
    """A suite that is ready to be written."""

    name: str
    folder: Mapping[str, bytes]
    """Path below the tasks folder to content."""
    test: bytes
    reading: Reading
    unused: tuple[str, ...]
    rows: int
    unreadable: tuple[str, ...]
    """What is wrong with rows of an upstream file, which only an exclusion can mend."""
    card: TaskCard
    source: str
    upstream: bool
    """Whether the file stays where it is, and is found in a mirror, the cache or the network."""


def scaffold(wish: NewSuite, catalog: Catalog, *, layout: Layout) -> Scaffold:
    """Make a suite of a file; nothing is written.

    Args:
        wish: What is wanted.
        catalog: The suites that there are, so that no name is taken twice.
        layout: Whether the suite's test runs in a checkout of ours, or beside the suite in a folder to trust.

    Raises:
        SeahelmError: If the name is taken or the file cannot be read as questions with options and a key.
    """
    _check_name(wish.name, catalog)
    format = FORMATS.get(wish.file.suffix.lower())
    if format is None:
        known = ", ".join(FORMATS)
        raise SeahelmError("has no ending that tells its format", where=str(wish.file), remedy=f"Known: {known}.")
    rows = _rows(wish.file, format)
    content = wish.file.read_bytes()
    pin = _pin(wish, content)
    try:
        reading = guess(rows, **{name: wish.expressions.get(name) for name in ("question", "options", "answer")})
    except DataError as error:
        raise DataError(error.what, where=str(wish.file), remedy=error.remedy) from None
    raw = _raw_card(wish, {**pin, "format": format}, reading)
    try:
        raw, read = _read(raw, content)
    except CardError as error:  # an expression that the user gave
        raise CardError(error.what, where=str(wish.file)) from None
    return _assembled(wish, content, raw, read, reading, list(rows[0]), layout)


def _assembled(
    wish: NewSuite,
    content: bytes,
    raw: dict[str, Any],
    read: tuple[TaskRow, ...],
    reading: Reading,
    columns: list[str],
    layout: Layout,
) -> Scaffold:
    card = TaskCard.model_validate(raw)
    good = [row.document for row in read if row.document is not None]
    faults = tuple(row.fault.sentence() for row in read if row.fault is not None)
    own = raw["data"]["test"][0]["kind"] == "packaged"
    if faults and (own or not good):
        raise DataError(f"{faults[0]} ({len(faults)} of {len(read)} rows cannot be read)", where=str(wish.file))
    fields = lm_eval_fields(card, card.protocols[0])
    folder = {f"{wish.name}/{wish.name}.yaml": to_yaml(fields, {"version": "1.0", "seahelm_lite": raw}).encode()}
    if own:
        folder[str(raw["data"]["test"][0]["path"])] = content
    test = suite_test(wish.name, _first_prompt(card, good[0]), own=own, layout=layout)
    return Scaffold(
        name=wish.name,
        folder=folder,
        test=test.encode(),
        reading=reading,
        unused=tuple(reading.unused(columns)),
        rows=len(read),
        unreadable=faults,
        card=card,
        source=card.data.test[0].pins[0].describe(),
        upstream=not own,
    )


def _check_name(name: str, catalog: Catalog) -> None:
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise SeahelmError(f"{name!r} is no name for a suite", remedy="Use a to z in lower case, 0 to 9 and _.")
    for kind, known in (("task", catalog.tasks), ("suite", catalog.suites)):
        if name in known:
            raise SeahelmError(f"there is a {kind} {name!r} already", remedy="Choose another name.")


def _rows(path: Path, format: Format) -> list[Row]:
    try:
        rows = read_file(path, format)
    except DataError as error:
        raise DataError(error.what, where=error.where, remedy="Mend it there.") from None
    if not rows:
        raise DataError("holds no row", where=str(path))
    return rows


def _pin(wish: NewSuite, content: bytes) -> dict[str, Any]:
    """Where the task finds the file again: beside it, or upstream.

    Raises:
        SeahelmError: If nobody has said whose the items are, or the pin is none.
    """
    sha256 = sha256_hex(content)
    if wish.own:
        return {"kind": "packaged", "path": f"{wish.name}/items/{wish.file.name}", "sha256": sha256}
    named = upstream_name(wish.file.resolve().as_posix())
    found = _GITHUB.fullmatch(wish.github) if wish.github is not None else _UPSTREAM.fullmatch(named or "")
    if found is None and wish.github is not None:
        raise SeahelmError(f"--github {wish.github!r} is not owner/name@commit:path")
    if found is None:
        raise SeahelmError(
            "nobody has said whose the items are",
            where=str(wish.file),
            remedy="Add --own if you wrote them (they are copied), or --github owner/name@commit:path (they are not).",
        )
    try:
        return GithubPin.model_validate({**found.groupdict(), "sha256": sha256}).model_dump(mode="json")
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        what = f"--github {wish.github!r}: {fault['loc'][0]}: {fault['msg'].removeprefix('Value error, ')}"
        raise SeahelmError(what, remedy="Its form is owner/name@commit:path, with all 40 digits.") from None


def _raw_card(wish: NewSuite, file: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    """The card as the task file holds it: what can be known, and what a person has to say."""
    card: dict[str, Any] = {
        "id": wish.name,
        "suite": wish.name,
        "title": wish.name.replace("_", " ").capitalize(),
        "measures": _TODO_MEASURES,
        "language": wish.language,
        "prompt_language": _prompt_language(wish.language),
        "pillar": wish.pillar,
        "kind": "multiple_choice",
        "protocols": ["ll-letter", "gen-letter", "ll-cloze"],
        "metrics": ["acc"],
        "licence": {"stated": _TODO_LICENCE, "redistributable": False},
        "citation": _TODO_CITATION,
        "data": {"test": [dict(file)]},
        "document": {"passage": reading.passage, "question": reading.question, "options": reading.options},
    }
    card["document"]["answer"] = reading.answer
    if reading.passage is not None:
        card["document"]["cluster"] = f"stem_key({reading.passage})"
    card["document"] = {name: value for name, value in card["document"].items() if value is not None}
    card = {name: value for name, value in card.items() if value is not None}
    try:
        TaskCard.model_validate(card)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in fault["loc"])
        remedy = "Use a BCP-47 tag, such as ms, id, th or ms-Arab." if name == "language" else ""
        raise CardError(f"{name}: {fault['msg'].removeprefix('Value error, ')}", remedy=remedy) from None
    return card


def _prompt_language(language: str) -> str | None:
    """English, where we have no words of the language itself or of the one its speakers read instructions in."""
    try:
        language_words(language)
    except SeahelmError:
        assert "en" in available_languages()
        return "en"
    return None


def _read(raw: dict[str, Any], content: bytes) -> tuple[dict[str, Any], tuple[TaskRow, ...]]:
    """The rows as the card reads them; it is told of letters that the source wrote before its options."""
    with tempfile.TemporaryDirectory(prefix="seahelm-lite-") as scratch:
        file = raw["data"]["test"][0]
        mirrored = "" if file["kind"] == "packaged" else f"github.com/{file['repo']}/{file['commit']}/"
        place = Path(scratch, mirrored + file["path"])
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
        where = Where(Path(scratch), Path(scratch, "cache"), offline=True, task_roots=(Path(scratch),))
        rows = read_rows(TaskCard.model_validate(raw), where).test
        lettered = {**raw, "options_lettered": True}
        if all(getattr(row.fault, "rule", "") == "lettered-options" for row in rows):
            return lettered, read_rows(TaskCard.model_validate(lettered), where).test
        return raw, rows


def _first_prompt(card: TaskCard, document: Document) -> str:
    asker = Asker(card.id, card, card.protocols[0], Asking(layout="plain"))
    return asker.requests(document)[0].context or ""
