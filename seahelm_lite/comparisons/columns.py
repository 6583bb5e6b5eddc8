"""What is compared: the answers of some runs to the same documents, asked in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from seahelm_lite.records import Document, JsonValue
from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.paired import PairedTest
from seahelm_lite.stats.parts import Parts

Kind = Literal["pair", "models", "series"]
"""Two runs; more, of which every two are asked about; or the checkpoints of one training."""

Against = Literal["other", "first", "last", "best"]
"""What a run is compared with: another, the first of several models, or the last or the best of a series."""

Hidden = Literal["licence", "hurtful"]
"""Why the documents of a task are not shown: the licence does not clearly allow it, or they may hurt their reader."""

Key = tuple[str, str, int]
"""Task, protocol and number of examples: what a column is headed by."""


@dataclass(frozen=True)
class Shown:
    """A document and what two runs answered to it, for the few that are shown."""

    passage: str | None
    """What the question is about, where it is about a text."""
    question: str
    options: tuple[str, ...]
    """None where a text was asked for."""
    wanted: str | None
    """None where a rule looks at what was written."""
    said: tuple[str | None, str | None]
    """The answer that was read of each the first time; None where none could be."""

    def to_json(self) -> dict[str, JsonValue]:
        """As the JSON has it."""
        of_run, of_than = self.said
        return {
            "passage": self.passage,
            "question": self.question,
            "options": list(self.options),
            "wanted": self.wanted,
            "run": of_run,
            "than": of_than,
        }


@dataclass(frozen=True)
class Flip:
    """A document, or a pair of them, that two runs score differently."""

    document: str
    scores: tuple[float, float]
    """Of the run and of the one it is compared with, repeats averaged."""
    shown: Shown | None
    """None beyond the first few, and where the documents of a task are not shown."""


@dataclass(frozen=True)
class Flips:
    """On how many documents each of two runs is ahead."""

    run: int
    than: int
    right_or_wrong: bool
    """Whether answers are right or wrong, so that these are documents that only one of the two gets right."""
    documents: tuple[Flip, ...] = ()
    """Those of the run first, then those of the other; in each the largest differences first. None for a mean."""


@dataclass(frozen=True)
class Verdict:
    """What a comparison of two runs comes to."""

    better: int | None
    """The better one, by its place; None where no difference is shown."""
    equivalent: bool
    """Whether they are shown to differ by less than the margin."""
    margin: float
    p_equivalent: float | None
    """Of two one-sided tests that the difference is as large as the margin; None where nothing tells."""
    p_equivalent_adjusted: float | None
    """By Holm, for all comparisons of the family."""
    detectable: float | None
    """The difference that the test finds four times in five, at the level that Holm leaves to one of the family."""
    reason: str | None
    """Why that is not known."""


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
    limited: bool = False
    """Whether the run was asked some of the task's documents only."""
    units: tuple[str, ...] = ()
    """The document, or the pair of documents, that each of the clusters is of."""
    scores: tuple[float, ...] | None = None
    """Of each of these by itself; None where there is none."""
    said: Mapping[str, str | None] = field(default_factory=dict)
    """What was read of each document's first answer; none where the documents are not shown."""


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
    language: str = "und"
    """Of the documents (BCP 47)."""
    right_or_wrong: bool = True
    """Whether the metric is made of answers that are right or wrong."""
    documents: Mapping[str, Document] = field(default_factory=dict)
    """Those that may be shown, by id."""
    hidden: Hidden | None = None
    """Why none may."""

    @property
    def key(self) -> Key:
        """What it is headed by."""
        return self.task, self.protocol, self.shots


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
    verdict: Verdict | None = None
    """None in a series, whose differences are read as a curve."""
    flips: Flips | None = None
    """None in a series, and where documents have no score by themselves."""


@dataclass(frozen=True)
class Compared:
    """A column, or the mean of several, with the differences that were asked about."""

    column: Column | None
    """None for the mean."""
    points: Mapping[int, Estimate]
    """By the place of the run."""
    lacking: Mapping[int, str]
    best: int | None
    """The run of a series with the highest value, the first of equals; None for other runs."""
    contrasts: Sequence[Contrast]
