"""Made-up populations of documents, and evaluations of a model drawn from them.

A world is a fixed set of tasks in some languages. Each task is a population of documents that a model of one ability
answers right with a probability that differs from document to document; its true score is the mean of that
probability. An evaluation draws new documents from every task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from seahelm_lite.stats.intervals import Floats

LANGUAGES = 5
CLASSES = 4
"""Of tasks whose metric is balanced accuracy."""

_KNOTS = 4000
"""Probabilities are looked up in a table of this many equal steps, so that their mean is known exactly."""


@dataclass(frozen=True)
class Population:
    """A task: what its documents are like, and how many of them an evaluation asks."""

    language: int
    weight: float
    """Within its language."""
    members: NDArray[np.intp]
    """The cluster of each document; clusters are numbered from nought and stand together."""
    within: float
    """Share of a cluster in what makes a document hard."""
    probabilities: Floats
    """Of a right answer, at equal steps of difficulty."""
    runs: int
    steps: int
    """A run's score is a number of these: one where answers are right or wrong."""
    balanced: bool
    """Whether the metric is balanced accuracy; else it is the mean."""
    source: int | None = None
    """Place of the task whose documents these are, in other words."""
    likeness: float = 0.0
    """Correlation of the difficulty of a document with that of another translation of its source."""

    @property
    def documents(self) -> int:
        """How many an evaluation asks."""
        return len(self.members)

    @property
    def clusters(self) -> int:
        """How many an evaluation asks."""
        return int(self.members[-1]) + 1

    @property
    def starts(self) -> NDArray[np.intp]:
        """The first document of each cluster."""
        return np.flatnonzero(np.diff(self.members, prepend=-1))

    @property
    def classes(self) -> NDArray[np.intp]:
        """The class of each document: of a mean, all have one."""
        kinds = CLASSES if self.balanced else 1
        return np.arange(self.documents) * 7 % 11 % kinds

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Documents of each cluster."""
        return np.bincount(self.members)

    @property
    def truth(self) -> float:
        """The mean probability: exact, because difficulty is uniform and the table is read between its entries."""
        return float(np.trapezoid(self.probabilities) / _KNOTS)


@dataclass(frozen=True)
class Drawn:
    """The answers of some evaluations to one task."""

    scores: Floats
    """Evaluations × documents: the mean over the runs."""
    spread: Floats
    """Evaluations × documents: the variance of a document's score over its runs, divisor R."""


def world(generator: np.random.Generator, runs: int) -> list[Population]:
    """Five tasks in each language, of 40 to 1,000 documents; one of them has balanced accuracy for its metric.

    In every language one task has the items of the first task of all in other words, as parallel translations have;
    in the first language that makes two tasks of the same items, as of a dialect and the standard variety.
    """
    tasks: list[Population] = []
    for language in range(LANGUAGES):
        tasks += [_population(generator, language, runs) for _ in range(3)]
        tasks.append(_population(generator, language, runs, balanced=True))
    likeness = float(generator.uniform(0.4, 0.95))
    for language in range(LANGUAGES):
        tasks.append(_translation(generator, tasks[0], language, likeness))
    return tasks


def _population(generator: np.random.Generator, language: int, runs: int, *, balanced: bool = False) -> Population:
    size = float(generator.uniform(1.5, 6)) if generator.random() < 2 / 3 else 1.0
    documents = round(float(np.exp(generator.uniform(np.log(40), np.log(1000)))))
    return Population(
        language,
        weight=float(generator.uniform(1, 3)),
        members=_members(generator, documents, size),
        within=float(generator.uniform(0.05, 0.5)),
        probabilities=_probabilities(generator),
        runs=runs,
        steps=1 if balanced else int(generator.choice([1, 1, 1, 4])),
        balanced=balanced,
    )


def _translation(generator: np.random.Generator, source: Population, language: int, likeness: float) -> Population:
    return Population(
        language,
        weight=float(generator.uniform(1, 3)),
        members=source.members,
        within=source.within,
        probabilities=_probabilities(generator),
        runs=source.runs,
        steps=source.steps,
        balanced=False,
        source=0,
        likeness=likeness,
    )


def _members(generator: np.random.Generator, documents: int, size: float) -> NDArray[np.intp]:
    """Clusters of unequal sizes: geometric, of this mean."""
    sizes = generator.geometric(1 / size, size=documents)
    members = np.repeat(np.arange(documents), sizes)[:documents]
    return np.asarray(members, dtype=np.intp)


def _probabilities(generator: np.random.Generator) -> Floats:
    """Beta-distributed; every fifth task is nearly too hard or nearly too easy."""
    if generator.random() < 0.2:
        mean = float(generator.choice([generator.uniform(0.02, 0.08), generator.uniform(0.92, 0.98)]))
    else:
        mean = float(generator.uniform(0.15, 0.85))
    concentration = float(generator.uniform(0.7, 5))
    middle = np.linspace(0, 1, _KNOTS + 1)
    return np.asarray(stats.beta.ppf(middle, mean * concentration, (1 - mean) * concentration))


def draw(generator: np.random.Generator, tasks: Sequence[Population], evaluations: int) -> list[Drawn]:
    """New documents, and a model's answers to them, for every task."""
    hardness: list[Floats] = []
    for task in tasks:
        shape = evaluations, task.documents
        if task.source is None:
            own = generator.standard_normal(shape)
            shared = generator.standard_normal((evaluations, task.clusters))[:, task.members]
            hardness.append(np.sqrt(task.within) * shared + np.sqrt(1 - task.within) * own)
        else:
            fresh = generator.standard_normal(shape)
            hardness.append(np.sqrt(task.likeness) * hardness[task.source] + np.sqrt(1 - task.likeness) * fresh)
    return [_answered(generator, task, hard) for task, hard in zip(tasks, hardness, strict=True)]


def _answered(generator: np.random.Generator, task: Population, hardness: Floats) -> Drawn:
    place = special.ndtr(hardness) * _KNOTS
    below = np.minimum(place.astype(np.intp), _KNOTS - 1)
    lower = task.probabilities[below]
    right = lower + (place - below) * (task.probabilities[below + 1] - lower)
    total, squares = np.zeros_like(right), np.zeros_like(right)
    for _ in range(task.runs):
        score = generator.binomial(task.steps, right) / task.steps
        total += score
        squares += score**2
    mean = total / task.runs
    return Drawn(mean, np.maximum(squares / task.runs - mean**2, 0.0))
