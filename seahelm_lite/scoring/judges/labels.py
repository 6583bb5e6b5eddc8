"""What people said of replies: one answer of one rater to one criterion, and what most of them said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from seahelm_lite.scoring.judges.criteria import Criterion

Label = Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion about one reply, as people and judges are asked it."""

    response: str
    """What tells the reply from all others."""
    model: str
    """Who wrote it."""
    language: str
    prompt: str
    norm: str
    reply: str
    criterion: Criterion


@dataclass(frozen=True)
class Labelled:
    """One criterion about one reply, with what people said."""

    asked: Asked
    labels: Mapping[str, Label] = field(default_factory=dict)
    """By rater."""

    @property
    def majority(self) -> Label | None:
        """What more than half of the raters said; None where there is no such answer."""
        counts = Counter(self.labels.values())
        return next((label for label, count in counts.items() if 2 * count > counts.total()), None)

    @property
    def fails_critically(self) -> bool:
        """Whether most people found what fails a reply whatever else it does."""
        return self.asked.criterion.critical and self.majority == "yes"


def by_response(labelled: Iterable[Labelled]) -> dict[str, list[Labelled]]:
    """The criteria of each reply, in their order."""
    found: dict[str, list[Labelled]] = {}
    for one in labelled:
        found.setdefault(one.asked.response, []).append(one)
    return found


def by_criterion(labelled: Iterable[Labelled]) -> dict[str, list[Labelled]]:
    """The replies of which each criterion was asked, by its id."""
    found: dict[str, list[Labelled]] = {}
    for one in labelled:
        found.setdefault(one.asked.criterion.id, []).append(one)
    return found


def majorities(labelled: Sequence[Labelled]) -> dict[str, Label]:
    """What most people said of each criterion of one reply, where most said the same."""
    return {one.asked.criterion.id: label for one in labelled if (label := one.majority) is not None}
