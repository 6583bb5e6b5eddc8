"""Which of many models differ, compared on the same documents with one bound over all pairs. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.stats.intervals import Floats

Decisions = NDArray[np.bool_]
"""Models × models: whether that of the row is significantly better than that of the column."""

_BLOCK = 250
"""Sign patterns drawn at once: bounds the memory to this many times the number of clusters and of models."""

_STATISTICS = 2_000_000
"""Statistics held at once, of some patterns and all pairs."""

_TIE = 1e-9
"""Statistics of binary scores take few values; what differs by less than this is the same value, rounded."""


@dataclass(frozen=True)
class TaskTable:
    """The scores of all models on the documents of one task."""

    scores: Floats
    """Models × documents, repeats averaged."""
    clusters: Sequence[str]
    """Of each document. Clusters of equal name in different tasks are the same."""
    weight: float
    """The task's part of the headline; positive. Weights are divided by their sum."""


@dataclass(frozen=True)
class Comparisons:
    """All pairs of models."""

    differences: Floats
    """Models × models: the weighted mean of the row's model less that of the column's."""
    p: Floats
    """Models × models, symmetric: adjusted for the number of pairs."""
    errors: Floats
    """Models × models, symmetric: the CR1 standard error of the difference. Nought where two models score alike
    everywhere; not a number where a task has a single cluster, which says nothing of how scores vary."""
    df: int
    """Degrees of freedom of these errors: clusters of all tasks less one."""
    draws: int
    """Sign patterns that the p-values are counted over."""

    def better(self, level: float) -> Decisions:
        """The pairs that differ, the probability of any wrong one being at most `level`."""
        decisions: Decisions = (self.p <= level) & (self.differences > 0)
        return decisions


def compare_all(tasks: Sequence[TaskTable], *, seed: int, draws: int = 10_000) -> Comparisons:
    """Test every pair of models by flipping the signs of whole clusters, jointly for all pairs, in steps.

    A pair's statistic is |Σ_c D_c| / sqrt(Σ_c D_c²), where D_c is what the documents of cluster c add to the weighted
    mean difference. If the two models are equally good, D_c could as well have the other sign. Each draw flips the
    same clusters for all pairs. The pair with the largest statistic is held against the largest of all pairs in each
    draw, the next one against the largest of all but the first, and so on; a pair's p-value is the share of draws that
    reach its statistic, the observed signs counted among them, and no less than that of the pair before (step-down
    max-T: Westfall and Young 1993; Romano and Wolf 2005, JASA 100:94). So the probability of any wrong decision is
    bounded over all pairs together, whichever of them are equal.

    The length sqrt(Σ_c D_c²) is the same under every pattern, which makes the test of two models exact where D_c is as
    likely of either sign. It costs nothing against a standard error: with C clusters the t statistic of a pair is
    T / sqrt((1 - T²/C) · C/(C-1)), which orders pairs and draws alike. Where models are equal over all tasks and not
    in each, the squares hold the tasks' means beside the variances, so that flipped sums spread more than real ones in
    every direction, and their largest is larger (Anderson 1955, Proc. AMS 6:170): the bound holds, with less power.
    Where D_c is nought on average and lopsided, as of many small gains against few large losses, the bound holds for
    many clusters: of 20 such models any two were wrongly told apart in 6.3 % of boards of 40 clusters, and in 5.0 % of
    400 (`make bench BENCH=stats`). Right-or-wrong documents without clusters cannot be lopsided.

    Args:
        tasks: All with the same models in the same order.
        seed: Of the signs; equal seeds give equal results.
        draws: Random sign patterns. Where there are no more patterns than this, each is taken once, and the p-values
            are exact.

    Returns:
        Differences with their errors, and adjusted p-values. A pair with equal answers has p = 1.
    """
    sums = _cluster_sums(tasks, [task.scores for task in tasks])
    means = sums.sum(axis=1)
    differences: Floats = means[:, None] - means[None, :]
    lengths = _lengths(sums)
    # Sums of equal scores in different order differ in their last bits.
    alike = lengths <= _TIE * np.abs(sums).max(axis=1, initial=0.0)[:, None]
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=~alike)
    clusters = sums.shape[1]
    exact = bool(2 ** (clusters - 1) <= draws)
    patterns = _every_pattern(clusters) if exact else _random_patterns(clusters, seed, draws)
    pairs = _Steps(np.abs(differences) * scale, scale)
    counted = 0
    for signs in patterns:
        pairs.count(sums @ signs.T)
        counted += len(signs)
    p = pairs.p_values(counted, observed_is_among=exact)
    return Comparisons(differences, np.where(alike, 1.0, p), *pair_errors(tasks), counted)


def pair_errors(tasks: Sequence[TaskTable]) -> tuple[Floats, int]:
    """CR1 standard errors of the weighted mean differences of all pairs of models, and their degrees of freedom.

    Cluster sums of residuals are added over the tasks before they are squared, so that translations of the same items
    count once; the residuals of each task carry the small-sample factor C/(C-1) of its own clusters.

    Args:
        tasks: All with the same models in the same order.

    Returns:
        As in `Comparisons`.
    """
    residuals = _cluster_sums(tasks, [_residuals(task) for task in tasks])
    return _lengths(residuals), residuals.shape[1] - 1


def _cluster_sums(tasks: Sequence[TaskTable], scores: Sequence[Floats]) -> Floats:
    """What each cluster adds to each model's weighted mean.

    Args:
        tasks: The tasks.
        scores: Of each task, models × documents.

    Returns:
        Models × clusters, the clusters of all tasks sorted by name.
    """
    names, members = np.unique([name for task in tasks for name in task.clusters], return_inverse=True)
    whole = sum(task.weight for task in tasks)
    sums = np.zeros((len(names), len(scores[0])))
    start = 0
    for task, of_task in zip(tasks, scores, strict=True):
        documents = len(task.clusters)
        np.add.at(sums, members[start : start + documents], (task.weight / whole / documents * of_task).T)
        start += documents
    return np.ascontiguousarray(sums.T)


def _residuals(task: TaskTable) -> Floats:
    """Scores less their mean, times the root of the small-sample factor of the task's clusters."""
    clusters = len(set(task.clusters))
    factor = np.sqrt(clusters / (clusters - 1)) if clusters > 1 else np.nan
    return np.asarray(factor * (task.scores - task.scores.mean(axis=1, keepdims=True)))


def _lengths(sums: Floats) -> Floats:
    """Models × models: sqrt(Σ_c D_c²)."""
    # Row by row: by products of all rows, what nearly equal models differ by would be lost in rounding.
    return np.stack([np.sqrt(np.sum((row - sums) ** 2, axis=1)) for row in sums])


class _Steps:
    """The pairs by their statistics, the largest first, and in how many draws each was reached."""

    def __init__(self, observed: Floats, scale: Floats) -> None:
        first, second = np.triu_indices(len(observed), 1)
        order = np.argsort(-observed[first, second], kind="stable")
        self._first, self._second = first[order], second[order]
        self._observed = observed[self._first, self._second]
        self._scale = scale[self._first, self._second]
        self._reached = np.zeros(len(order), dtype=np.int64)
        self._models = len(observed)

    def count(self, flipped: Floats) -> None:
        """Hold each pair against the largest of it and all after it.

        Args:
            flipped: Models × draws: the flipped sums. A pair's is the difference of its two models', which is why no
                matrix of pairs × clusters is needed.
        """
        at_once = max(1, _STATISTICS // max(1, len(self._observed)))
        for start in range(0, flipped.shape[1], at_once):
            some = flipped[:, start : start + at_once]
            statistics = np.abs(some[self._first] - some[self._second])
            statistics *= self._scale[:, None]
            largest = np.maximum.accumulate(statistics[::-1], axis=0)[::-1]
            self._reached += np.count_nonzero(largest >= self._observed[:, None] - _TIE, axis=1)

    def p_values(self, counted: int, *, observed_is_among: bool) -> Floats:
        """Models × models, after `counted` draws."""
        shares = self._reached / counted if observed_is_among else (1 + self._reached) / (1 + counted)
        p = np.ones((self._models, self._models))
        p[self._first, self._second] = p[self._second, self._first] = np.maximum.accumulate(shares)
        return p


def _every_pattern(clusters: int) -> Iterator[Floats]:
    """Every pattern of signs, those that are another's opposite left out: they have the same statistic."""
    numbers = np.arange(2 ** (clusters - 1))
    for block in np.array_split(numbers, -(-len(numbers) // _BLOCK)):
        yield np.where((block[:, None] >> np.arange(clusters)) & 1, -1.0, 1.0)


def _random_patterns(clusters: int, seed: int, draws: int) -> Iterator[Floats]:
    """Random signs, in blocks of draws × clusters."""
    generator = np.random.default_rng(seed)
    for size in np.diff(np.r_[0:draws:_BLOCK, draws]):
        yield np.where(generator.integers(0, 2, size=(size, clusters), dtype=np.int8), -1.0, 1.0)


def rank_intervals(better: Decisions) -> list[tuple[int, int]]:
    """The places each model may have: 1 + the number that are significantly better, to all less those worse."""
    models = len(better)
    return [(1 + int(above), models - int(below)) for above, below in zip(better.sum(0), better.sum(1), strict=True)]


def tie_groups(better: Decisions) -> list[int]:
    """Groups of models, numbered from 1, walking down a table.

    A model starts a new group when the first model of the current group is significantly better. A group says nothing
    else: a model of a lower group may still not be told from some of a higher one, and two models of one group may
    differ. Which places a model may have is what `rank_intervals` says.

    Args:
        better: Models in the order of the table, best first.
    """
    groups: list[int] = []
    first = 0
    for place in range(len(better)):
        starts = place == 0 or bool(better[first, place])
        groups.append((groups[-1] if groups else 0) + starts)
        first = place if starts else first
    return groups
