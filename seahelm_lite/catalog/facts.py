"""What the data of tasks came to when it was last at hand: `facts.json` in a task folder, an entry a task.

Cards say what can be said without the data; these numbers need it. They are kept, so that a listing and a page have
them without it, each with the hash of the card that they were worked out from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.task_card import Metric, TaskCard
from seahelm_lite.errors import CardError
from seahelm_lite.records import JsonValue, canonical_json, sha256_hex

FACTS_FILE = "facts.json"
FACTS_SCHEMA: Literal["seahelm-lite/task-facts/1"] = "seahelm-lite/task-facts/1"

_WORDS = frozenset(("title", "measures", "citation", "defects", "human", "compat"))
"""Fields of a card that change no number; the other harnesses of `compat` have their own."""

Severity = Literal["error", "warning", "note"]
"""Of what lint finds. An error: the card must leave the row out, or be mended. A warning: a reader of scores must know.
A note: may."""
Status = Literal["errors", "warnings", "clean"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LintFacts(_Part):
    """What `tasks lint` found."""

    status: Status
    rules: dict[str, dict[Severity, int]]
    """Rule to the number of its findings by severity, the gravest first."""


class QuickFacts(_Part):
    """The subset that `--quick` takes of a task, registered before anything was asked of it."""

    id: str
    """As of `subset_id`."""
    documents: int
    documents_sha256: str
    """As of `documents_hash`."""
    times_as_wide: float | None
    """How many times as wide its intervals are as those of the whole task; None where there are too few clusters."""
    detectable: float | None
    """As `detectable` of the whole task."""


class Facts(_Part):
    """The numbers of one task."""

    version: str
    card_sha256: str
    """As of `card_hash`."""
    data_sha256: str
    documents: int
    clusters: int
    shots: int
    """Documents that examples may be drawn from."""
    excluded: dict[str, int]
    """Reason to number of test rows left out for it."""
    options: tuple[int, int] | None
    """The fewest and the most options of a document; None where there is nothing to choose from."""
    metric: Metric
    """The headline metric, which the next three are of."""
    chance: float | None
    baselines: dict[str, float]
    detectable: float | None
    """Two models have to differ by so much before the task can tell them apart; a fraction."""
    reasons: dict[str, str]
    """Name of each number that cannot be given, and why."""
    lint: LintFacts
    quick: QuickFacts | None = None
    """None where the whole task is taken, and in files that are older than it."""


class FactsFileError(CardError):
    """A facts file is there and can be read, but its content is none of ours: it has to be made again."""


class _FactsFile(_Part):
    schema_: Literal["seahelm-lite/task-facts/1"]
    tasks: dict[str, Facts]

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_"))


@dataclass(frozen=True)
class Known:
    """What is known of a task's data."""

    state: Literal["current", "stale", "missing"]
    facts: Facts | None
    """None unless current: numbers of another card are nobody's."""
    reason: str | None
    """Why there are none."""

    def told(self) -> dict[str, JsonValue]:
        """For a JSON document: the same names in every state, null where the number is not known."""
        numbers = self.facts.model_dump(mode="json") if self.facts is not None else dict.fromkeys(Facts.model_fields)
        return {"state": self.state, "reason": self.reason, **numbers}


def card_hash(card: TaskCard) -> str:
    """The card's identity as far as numbers go: its canonical JSON, without the fields that are words for readers.

    Defaults are left out, so that a field that cards get later changes no hash of a card that does not use it.
    """
    fields = card.model_dump(mode="json", exclude_defaults=True, exclude=set(_WORDS))
    return sha256_hex(canonical_json(fields))


def read_facts(roots: Iterable[Path]) -> dict[str, Facts]:
    """The entries of the facts files of some task folders; a folder need not have one.

    Raises:
        FactsFileError: If a file is none of ours.
        CardError: If a file cannot be read.
    """
    found: dict[str, Facts] = {}
    for path in (root / FACTS_FILE for root in roots):
        if path.is_file():
            found.update(read_facts_file(path))
    return found


def read_facts_file(path: Path) -> dict[str, Facts]:
    """The entries of one file; raises as `read_facts`."""
    remedy = "Make it again with `seahelm-lite tasks lint --write`."
    try:
        body = json.loads(path.read_bytes())
        if not isinstance(body, dict):
            raise FactsFileError("is no facts file: it holds no JSON object", where=str(path), remedy=remedy)
        return _FactsFile.model_validate(body).tasks
    except OSError as error:
        raise CardError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        fault = "no JSON object" if first["type"] in ("model_type", "dict_type") else first["msg"]
        raise FactsFileError(f"is no facts file: {place}: {fault}", where=str(path), remedy=remedy) from None
    except ValueError as error:
        raise FactsFileError(f"is no JSON: {error}", where=str(path), remedy=remedy) from None


def facts_text(entries: Mapping[str, Facts]) -> str:
    """The text of a facts file: a line a task, by name, so that a change to it reads by task."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(entries[name].model_dump(mode='json'), ensure_ascii=False)}"
        for name in sorted(entries)
    ]
    head = json.dumps(FACTS_SCHEMA)
    return f'{{\n"schema": {head},\n"tasks": {{\n' + ",\n".join(lines) + "\n}\n}\n"


def known_of(task: TaskDefinition, entries: Mapping[str, Facts]) -> Known:
    """What the entries say of a task, or why they say nothing."""
    again = f"`seahelm-lite tasks lint {task.name} --write` works them out"
    if task.name not in entries:
        if any(pin.kind == "hub" for file in (*task.card.data.test, *task.card.data.shots) for pin in file.pins):
            return Known(
                "missing", None, "the data is on a hub alone, and was never at hand where the numbers were made"
            )
        return Known("missing", None, f"the numbers were never worked out; with the data at hand, {again}")
    facts = entries[task.name]
    if (facts.version, facts.card_sha256) != (task.version, card_hash(task.card)):
        return Known("stale", None, f"the card has changed since the numbers were worked out; {again} again")
    return Known("current", facts, None)


def all_known(tasks: Sequence[TaskDefinition], roots: Iterable[Path]) -> dict[str, Known]:
    """What is known of some tasks, by name; raises as `read_facts`."""
    entries = read_facts(roots)
    return {task.name: known_of(task, entries) for task in tasks}
