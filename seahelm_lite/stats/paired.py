"""Paired tests of models that were asked the same documents, and what is left of them when several are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from seahelm_lite.stats.intervals import Floats
from seahelm_lite.stats.parts import Parts

_BLOCK = 500
"""Patterns drawn at once: bounds the memory to this many times the number of clusters and of totals."""

_TIE = 1e-9
"""Statistics take few values where scores are right or wrong; what differs by less is the same value, rounded."""


@dataclass(frozen=True)
class PairedTask:
    """The answers of some models to the same documents of one task."""

    parts: Sequence[Parts]
    """One a model, all of the same documents in the same order."""
    clusters: Sequence[str]
    """Of each document. Clusters of equal name in different tasks are the same."""
    weight: float = 1.0
    """The task's share of what is compared; the shares of all tasks add up to one."""


@dataclass(frozen=True)
class PairedTest:
    """Whether two models differ."""

    p: float
    """Two-sided."""
    method: Literal["exact-binomial", "exact-swap", "swap"]
    """The sign test on the clusters that differ, which for single right-or-wrong documents is McNemar's exact test;
    every pattern of swapped clusters; or random patterns."""
    draws: int | None
    """Patterns that p is counted over; None for the sign test."""


def swap_tests(
    tasks: Sequence[PairedTask], pairs: Sequence[tuple[int, int]], *, seed: int, draws: int = 10_000
) -> list[PairedTest]:
    """Test whether the members of each pair differ in the weighted mean of their metrics.

    If two models are equally good, either could as well have given what the other answered to a cluster of documents.
    Each pattern exchanges the answers of some clusters, the same in all tasks, and p is the share of patterns whose
    difference is at least as large as the one observed, which is counted among them. Of means this is the sign-flip
    test on the cluster sums of differences; for F1 or chrF++, which are no means, it is the same test on their totals
    (approximate randomisation, Noreen 1989). Models that are equal on average alone, one of which gains little in most
    clusters and loses much in some, are told apart more often than the level says where clusters are few: in 7 % of
    evaluations of 40 clusters at a level of 5 %, and in 5 % of those of 400 (`make bench BENCH=stats`).

    Args:
        tasks: All with the same models in the same order.
        pairs: Places of two models.
        seed: Of the patterns; equal seeds give equal results for equal models. Beside others, a p of random patterns
            may be of other patterns.
        draws: Random patterns. Where there are no more patterns than this, each is taken once, and p is exact.

    Returns:
        A test for each pair. Two models with equal answers have p = 1.
    """
    summed = _Summed(tasks)
    decided = {pair: test for pair in pairs if (test := summed.sign_test(pair)) is not None}
    left = [pair for pair in pairs if pair not in decided]
    exact = 2 ** (summed.clusters - 1) <= draws
    observed = {pair: abs(float(summed.differences(pair, None)[0])) for pair in left}
    reached = dict.fromkeys(left, 0)
    counted = 0
    patterns = _every_pattern(summed.clusters) if exact else _random_patterns(summed.clusters, seed, draws)
    for swapped in patterns if left else ():
        moved = summed.moved(swapped)
        counted += len(swapped)
        for pair in left:
            reached[pair] += int(np.sum(np.abs(summed.differences(pair, moved)) >= observed[pair] - _TIE))
    for pair in left:
        p = reached[pair] / counted if exact else (1 + reached[pair]) / (1 + counted)
        decided[pair] = PairedTest(p, "exact-swap" if exact else "swap", counted)
    return [decided[pair] for pair in pairs]


class _Summed:
    """The answers of all models summed by cluster, clusters in which no model differs from another left out."""

    def __init__(self, tasks: Sequence[PairedTask]) -> None:
        names, members = np.unique([name for task in tasks for name in task.clusters], return_inverse=True)
        self._tasks = tasks
        self._totals: list[Floats] = []
        sums: list[Floats] = []
        start = 0
        for task in tasks:
            counts = np.stack([parts.counts for parts in task.parts])
            of_task = np.zeros((len(names), *counts.shape[::2]))
            np.add.at(of_task, members[start : start + len(task.clusters)], counts.transpose(1, 0, 2))
            sums.append(of_task)
            self._totals.append(of_task.sum(axis=0))
            start += len(task.clusters)
        live = np.zeros(len(names), dtype=bool)
        for of_task in sums:
            live |= np.any(np.ptp(of_task, axis=1) > _TIE, axis=1)
        self._sums = [of_task[live] for of_task in sums]
        self.clusters = max(1, int(live.sum()))

    def sign_test(self, pair: tuple[int, int]) -> PairedTest | None:
        """The exact test where all clusters that differ do so by the same amount; None where they do not."""
        if any(parts.statistic is not None for task in self._tasks for parts in task.parts):
            return None
        sums: Floats = np.zeros(len(self._sums[0]))
        for task, of_task in zip(self._tasks, self._sums, strict=True):
            sums = sums + task.weight / len(task.clusters) * (of_task[:, pair[0], 0] - of_task[:, pair[1], 0])
        differing = sums[np.abs(sums) > _TIE]
        if len(differing) == 0:
            return PairedTest(1.0, "exact-binomial", None)
        if np.ptp(np.abs(differing)) > _TIE:
            return None
        for_first = int(np.sum(differing > 0))
        return PairedTest(float(stats.binomtest(for_first, len(differing)).pvalue), "exact-binomial", None)

    def moved(self, swapped: Floats) -> list[Floats]:
        """For each task, patterns × models × totals: what the exchanged clusters hold."""
        return [np.einsum("pc,cmk->pmk", swapped, of_task, optimize=True) for of_task in self._sums]

    def differences(self, pair: tuple[int, int], moved: Sequence[Floats] | None) -> Floats:
        """The first of a pair less the second: as observed, or under each pattern."""
        first, second = pair
        told: Floats = np.zeros(1)
        for place, (task, totals) in enumerate(zip(self._tasks, self._totals, strict=True)):
            exchanged = 0.0 if moved is None else moved[place][:, second] - moved[place][:, first]
            mine = np.atleast_2d(totals[first] + exchanged)
            other = np.atleast_2d(totals[second] - exchanged)
            told = told + task.weight * (_metric(task, first, mine) - _metric(task, second, other))
        return told


def _metric(task: PairedTask, model: int, totals: Floats) -> Floats:
    statistic = task.parts[model].statistic
    return totals[:, 0] / len(task.clusters) if statistic is None else statistic(totals)


def _every_pattern(clusters: int) -> Iterator[Floats]:
    """Every pattern, those that are another's opposite left out: they have the same difference but for its sign."""
    numbers: NDArray[np.int64] = np.arange(2 ** (clusters - 1))
    for block in np.array_split(numbers, max(1, len(numbers) // _BLOCK)):
        yield ((block[:, None] >> np.arange(clusters)) & 1).astype(np.float64)


def _random_patterns(clusters: int, seed: int, draws: int) -> Iterator[Floats]:
    generator = np.random.default_rng(seed)
    for size in np.diff(np.r_[0:draws:_BLOCK, draws]):
        yield generator.integers(0, 2, size=(size, clusters), dtype=np.int8).astype(np.float64)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number, so that the probability of any wrong decision is bounded (Holm 1979).

    Args:
        p_values: Of all tests that are asked about, in any order.

    Returns:
        The adjusted values in the same order; a decision at level α is wrong anywhere with probability α at most.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in adjusted]
