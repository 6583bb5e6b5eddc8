"""Which of many models differ, compared on the same documents with one bound over all pairs. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.stats.intervals import Floats

Decisions = NDArray[np.bool_]
"""Models × models: whether that of the row is significantly better than that of the column."""

_BLOCK = 500
"""Sign patterns drawn at once: bounds the memory to this many times the number of clusters and of models."""

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
    """The task's share of the statistic; the shares of all tasks add up to one."""


@dataclass(frozen=True)
class Comparisons:
    """All pairs of models."""

    differences: Floats
    """Models × models: the weighted mean of the row's model less that of the column's."""
    p: Floats
    """Models × models, symmetric: adjusted for the number of pairs."""
    draws: int
    """Sign patterns that the p-values are counted over."""

    def better(self, level: float) -> Decisions:
        """The pairs that differ, the probability of any wrong one being at most `level`."""
        decisions: Decisions = (self.p <= level) & (self.differences > 0)
        return decisions


def compare_all(tasks: Sequence[TaskTable], *, seed: int, draws: int = 10_000) -> Comparisons:
    """Test every pair of models by flipping the signs of whole clusters, jointly for all pairs.

    A pair's statistic is |Σ_c D_c| / sqrt(Σ_c D_c²), where D_c is what the documents of cluster c add to the weighted
    mean difference. If the two models are equally good, D_c could as well have the other sign. Each draw flips the
    same clusters for all pairs and keeps the largest statistic of any pair (single-step max-T, Westfall and Young
    1993); a pair's p-value is the share of draws whose largest reaches the pair's own, the observed signs counted
    among them. So the probability of any wrong decision is bounded over all pairs together.

    Args:
        tasks: All with the same models in the same order.
        seed: Of the signs; equal seeds give equal results.
        draws: Random sign patterns. Where there are no more patterns than this, each is taken once, and the p-values
            are exact.

    Returns:
        Differences and adjusted p-values. A pair with equal answers has p = 1.
    """
    sums = _cluster_sums(tasks)
    means = sums.sum(axis=1)
    differences: Floats = means[:, None] - means[None, :]
    scale = _inverse_lengths(sums)
    clusters = sums.shape[1]
    exact = bool(2 ** (clusters - 1) <= draws)
    blocks = _every_pattern(clusters) if exact else _random_patterns(clusters, seed, draws)
    largest = np.sort(np.concatenate([_largest(sums @ signs.T, scale) for signs in blocks]))
    reached = len(largest) - np.searchsorted(largest, np.abs(differences) * scale - _TIE)
    p = reached / len(largest) if exact else (1 + reached) / (1 + len(largest))
    return Comparisons(differences, np.where(scale > 0, p, 1.0), len(largest))


def _cluster_sums(tasks: Sequence[TaskTable]) -> Floats:
    """Models × clusters: what each cluster adds to each model's weighted mean."""
    names, members = np.unique([name for task in tasks for name in task.clusters], return_inverse=True)
    sums = np.zeros((len(names), len(tasks[0].scores)))
    start = 0
    for task in tasks:
        documents = len(task.clusters)
        np.add.at(sums, members[start : start + documents], (task.weight / documents * task.scores).T)
        start += documents
    return np.ascontiguousarray(sums.T)


def _inverse_lengths(sums: Floats) -> Floats:
    """Models × models: 1 / sqrt(Σ_c D_c²); nought for a pair whose answers score alike everywhere."""
    scale = np.zeros((len(sums), len(sums)))
    for first, row in enumerate(sums):
        lengths = np.sqrt(np.sum((row - sums) ** 2, axis=1))
        # Sums of equal scores in different order differ in their last bits.
        scale[first] = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > _TIE * np.abs(row).max())
    return scale


def _every_pattern(clusters: int) -> Iterator[Floats]:
    """Every pattern of signs, those that are another's opposite left out: they have the same statistic."""
    numbers = np.arange(2 ** (clusters - 1))
    yield np.where((numbers[:, None] >> np.arange(clusters)) & 1, -1.0, 1.0)


def _random_patterns(clusters: int, seed: int, draws: int) -> Iterator[Floats]:
    """Random signs, in blocks of draws × clusters."""
    generator = np.random.default_rng(seed)
    for size in np.diff(np.r_[0:draws:_BLOCK, draws]):
        yield np.where(generator.integers(0, 2, size=(size, clusters), dtype=np.int8), -1.0, 1.0)


def _largest(flipped: Floats, scale: Floats) -> Floats:
    """For each draw the largest statistic of any pair.

    Args:
        flipped: Models × draws: the flipped sums. A pair's is the difference of its two models', which is why no
            matrix of pairs × clusters is needed.
        scale: As from `_inverse_lengths`.
    """
    largest = np.zeros(flipped.shape[1])
    for first in range(len(flipped) - 1):
        distances = np.abs(flipped[first + 1 :] - flipped[first])
        distances *= scale[first, first + 1 :, None]
        np.maximum(largest, distances.max(axis=0), out=largest)
    return largest


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
