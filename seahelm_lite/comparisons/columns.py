"""What is compared: the answers of some runs to the same documents, asked in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.paired import PairedTest
from seahelm_lite.stats.parts import Parts

Against = Literal["other", "last", "best"]
"""What a run is compared with: the other of two, or the last or the best of a series."""


@dataclass(frozen=True)
class Answers:
    """What one run answered to the documents that all runs of a column have."""

    estimate: Estimate
    """The headline metric on those documents."""
    parts: Parts
    clusters: tuple[str, ...]
    """Of each document, or of each pair of documents. Equal names in tasks of one suite are the same source item."""
    n_more: int
    """Documents that the run has besides those."""
    repeats: int


@dataclass(frozen=True)
class Lacking:
    """A run that has no value in a column."""

    reason: str
    incomplete: bool
    """Whether it was asked the same and lacks answers, so that its mean lacks them too."""


@dataclass(frozen=True)
class Column:
    """One task in one protocol, with the runs that were asked the same."""

    task: str
    version: str
    protocol: str
    shots: int
    metric: str
    chance: float | None
    seed: int
    """Of draws: made of what was asked, and not of who was asked."""
    answers: Mapping[int, Answers]
    """By the place of the run."""
    lacking: Mapping[int, Lacking]
    """Of the other runs."""
    notes: tuple[str, ...] = ()
    """What readers should know of how the runs differ all the same."""


@dataclass(frozen=True)
class NotCompared:
    """A task that fewer than two runs have a value in, so that there is nothing to compare."""

    task: str
    protocol: str
    shots: int
    lacking: Mapping[int, str]
    """Why, by the place of the run."""


@dataclass(frozen=True)
class Contrast:
    """The difference of two runs on the same documents."""

    run: int
    than: int
    against: Against
    difference: Estimate
    """The run less the one it is compared with, with a 95 % interval of its own."""
    test: PairedTest
    p_adjusted: float
    """By Holm, for all tests of its family."""
    family: int
    """Number of those tests."""


@dataclass(frozen=True)
class Compared:
    """A column, or the mean of several, with the differences that were asked about."""

    column: Column | None
    """None for the mean."""
    points: Mapping[int, Estimate]
    """By the place of the run."""
    lacking: Mapping[int, str]
    best: int | None
    """The run with the highest value, the first of equals; None for two runs."""
    contrasts: Sequence[Contrast]
