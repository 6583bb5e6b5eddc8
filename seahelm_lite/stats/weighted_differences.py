"""What two models differ by in a weighted mean over several tasks. Pure numpy and scipy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from seahelm_lite.stats.intervals import Estimate, Floats, has_no_spread
from seahelm_lite.stats.parts import Parts, pseudo_values


@dataclass(frozen=True)
class TaskPair:
    """The answers of two models to the same documents of one task."""

    first: Parts
    second: Parts
    clusters: Sequence[str]
    """Of each document. Clusters of equal name in different tasks are the same."""
    weight: float
    """What a difference in the task's metric counts for."""


def weighted_difference(tasks: Sequence[TaskPair], *, level: float = 0.95) -> Estimate:
    """Σ_t w_t (first - second) with a clustered standard error, the tasks being a fixed set.

    SE² = Σ_c (Σ_t w_t/n_t · sqrt(C_t/(C_t-1)) · Σ_{i in c of t} (d_i - mean_t))², where d_i is what document i adds to
    the difference in task t. Of one task it is CR1; of tasks without a cluster in common it is Σ w_t² SE_t²; what tasks
    share, as parallel translations do, moves them together. The degrees of freedom of the t interval are those of
    Satterthwaite 1946 (Biometrics Bulletin 2:110), tasks with clusters in common counting as one.

    Args:
        tasks: At least one.
        level: Two-sided coverage.

    Returns:
        The estimate. Where a task has a single cluster, or every document of every task differs by the same, nothing
        tells how far the difference would move with other documents: the uncertainty is then None, never zero.
    """
    value = sum(task.weight * (_metric(task.first) - _metric(task.second)) for task in tasks)
    units = [name for task in tasks for name in task.clusters]
    groups = [set(task.clusters) for task in tasks]
    n, n_clusters = len(units), len(set(units))
    if min(map(len, groups)) < 2:
        reason = "fewer than two clusters" if len(tasks) == 1 else "a task has fewer than two clusters"
        return Estimate(value, None, None, None, None, "cr1-t", n, n_clusters, reason)
    variances, freedoms = [], []
    for together in _sharing(groups):
        variances.append(_variance([tasks[place] for place in together]))
        freedoms.append(len(set().union(*(groups[place] for place in together))) - 1)
    se = float(np.sqrt(sum(variances)))
    if has_no_spread(se):
        reason = "every document differs by the same, which says nothing of the uncertainty"
        return Estimate(value, None, None, None, None, "cr1-t", n, n_clusters, reason)
    df = sum(variances) ** 2 / sum(one**2 / freedom for one, freedom in zip(variances, freedoms, strict=True))
    half = float(stats.t.ppf(0.5 + level / 2, df)) * se
    return Estimate(value, se, float(df), value - half, value + half, "cr1-t", n, n_clusters)


def _metric(parts: Parts) -> float:
    if parts.statistic is None:
        return float(parts.counts[:, 0].mean())
    return float(parts.statistic(parts.counts.sum(axis=0, keepdims=True))[0])


def _sharing(groups: Sequence[set[str]]) -> list[list[int]]:
    """The places of tasks that share clusters, directly or over others."""
    found: list[tuple[set[str], list[int]]] = []
    for place, names in enumerate(groups):
        joined, members = set(names), [place]
        apart = []
        for others, places in found:
            if joined.isdisjoint(others):
                apart.append((others, places))
            else:
                joined |= others
                members = [*places, *members]
        found = [*apart, (joined, members)]
    return [places for _, places in found]


def _variance(tasks: Sequence[TaskPair]) -> float:
    """Of the part that some tasks have in the difference."""
    names, members = np.unique([name for task in tasks for name in task.clusters], return_inverse=True)
    sums: Floats = np.zeros(len(names))
    start = 0
    for task in tasks:
        values = pseudo_values(task.first) - pseudo_values(task.second)
        clusters = len(set(task.clusters))
        factor = task.weight / len(values) * np.sqrt(clusters / (clusters - 1))
        np.add.at(sums, members[start : start + len(values)], factor * (values - values.mean()))
        start += len(values)
    return float(np.sum(sums**2))
