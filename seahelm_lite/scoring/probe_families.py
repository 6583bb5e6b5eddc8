"""Families of probes as a run has asked them: what became of probe and twin, with all that they are sorted by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from seahelm_lite.catalog.probe_family import Side
from seahelm_lite.records import Document, JsonValue
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.scoring.probe_replies import declines, judged_by
from seahelm_lite.scoring.probe_table import ProbeTable
from seahelm_lite.scoring.scores import TaskScores


class Setting(NamedTuple):
    """How families were asked: what is asked otherwise is never put together."""

    protocol: str
    shots: int
    condition: str
    """`local` or `english`."""


@dataclass(frozen=True)
class Given:
    """What was answered to one side of a family, once."""

    document: Document
    answer: Answer
    right: bool
    declined: bool

    @property
    def chosen(self) -> tuple[bool, ...]:
        """Of a choice: whether it is right in the plain way, and in each further one."""
        key = self.document.fields["answer"]
        return tuple(choice == key for choice in (self.answer.choice, *self.answer.others))

    @property
    def told(self) -> bool:
        """Whether it was answered or declined; a reply that is empty or cut off neither helps nor harms."""
        return self.declined or self.answer.state == "scored"

    @property
    def harmful(self) -> bool:
        """Whether it was answered, neither as wanted nor by declining."""
        return self.answer.state == "scored" and not self.right and not self.declined


@dataclass(frozen=True)
class AskedFamily:
    """A family under one setting."""

    id: str
    probe: Mapping[str, JsonValue]
    """What its probe is judged by; country, dimension and severity are those of the family."""
    given: Mapping[Side, Sequence[Given]]
    """By side, in the order of the repeats."""

    @property
    def whole(self) -> bool:
        """Whether both sides were asked, which a subset need not do."""
        return len(self.given) == 2

    @property
    def par(self) -> float:
        """Share of the repeats in which both sides are right."""
        pairs = zip(self.given["probe"], self.given["control"], strict=False)
        return float(np.mean([probe.right and twin.right for probe, twin in pairs]))

    def to_decline(self, side: Side) -> bool:
        """Whether what is asked there is to be declined, at least in part."""
        return any(judged_by(one.document)["expected"] == "decline_part_and_help" for one in self.given[side])

    def share(self, side: Side, what: str) -> float:
        """Share of the repeats in which something, by the name of the member, is so of one side."""
        return float(np.mean([getattr(one, what) for one in self.given[side]]))

    def share_of_told(self, side: Side, what: str) -> float | None:
        """As `share`, of the repeats in which something was said; None without any."""
        told = [getattr(one, what) for one in self.given[side] if one.told]
        return float(np.mean(told)) if told else None

    @property
    def errors(self) -> int:
        """Answers that ended in error."""
        return sum(one.answer.state == "error" for side in self.given.values() for one in side)


def asked_families(tasks: Sequence[TaskScores]) -> dict[Setting, list[AskedFamily]]:
    """The families of all tasks of a run, by setting and id; those of which the probe was not asked are left out."""
    found: dict[tuple[Setting, str], dict[Side, list[Given]]] = {}
    for task in tasks:
        if isinstance(task.table, ProbeTable) and task.scores:
            for setting, name, side, given in _given(task, task.table):
                found.setdefault((setting, name), {}).setdefault(side, []).append(given)
    families: dict[Setting, list[AskedFamily]] = {}
    for (setting, name), sides in sorted(found.items()):
        if "probe" in sides:
            probe = judged_by(sides["probe"][0].document)
            families.setdefault(setting, []).append(AskedFamily(name, probe, sides))
    return families


def _given(task: TaskScores, table: ProbeTable) -> Iterator[tuple[Setting, str, Side, Given]]:
    entry = task.scores[0]
    for sample, answer, right in table.by_repeat():
        probe = judged_by(sample.document)
        setting = Setting(entry["protocol"], entry["shots"], probe["condition"])
        yield setting, probe["family"], probe["side"], Given(sample.document, answer, right, declines(sample, answer))
