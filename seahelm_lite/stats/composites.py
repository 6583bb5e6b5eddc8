"""A weighted mean of task scores, with an interval made of the tasks' own. Pure numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seahelm_lite.stats.intervals import Floats


@dataclass(frozen=True)
class Scored:
    """The score of one task, as far as a composite needs it."""

    value: float
    interval: tuple[float, float] | None
    """Lower and upper bound at the level wanted of the composite."""
    method: str


@dataclass(frozen=True)
class Composite:
    """A weighted mean. An interval that cannot be given is None, and `reason` says why."""

    value: float
    interval: tuple[float, float] | None
    method: str | None
    reason: str | None = None


def weighted_mean(tasks: Sequence[Scored], weights: Sequence[float], correlations: Floats | None = None) -> Composite:
    """Weighted mean of task scores, its interval by MOVER, the method of variance estimates recovery.

    L = v - sqrt(Σ_s Σ_t r_st · w_s (v_s - l_s) · w_t (v_t - l_t)), and U alike with the upper bounds (Zou and Donner
    2008, Statistics in Medicine 27:1693; with correlations, Zou 2007, Psychological Methods 12:399). The tasks are a
    fixed set: the interval says how far other documents of the same tasks would move the mean, not other tasks.

    Args:
        tasks: At least one.
        weights: Positive; they are divided by their sum.
        correlations: Of the tasks' errors, a symmetric matrix with ones on its diagonal. Without it the tasks are
            taken as independent, which they are when they share no source items.

    Returns:
        The mean; of a single task, exactly that task's interval. Bounds are not clipped to the range of the score.
    """
    shares = np.asarray(weights, dtype=np.float64) / np.sum(weights)
    values = np.asarray([task.value for task in tasks])
    if len(tasks) == 1:
        (task,) = tasks
        reason = None if task.interval is not None else "the task has no interval"
        return Composite(task.value, task.interval, task.method if task.interval is not None else None, reason)
    value = float(shares @ values)
    intervals = [task.interval for task in tasks if task.interval is not None]
    if len(intervals) < len(tasks):
        lacking = len(tasks) - len(intervals)
        return Composite(value, None, None, f"{lacking} of its {len(tasks)} tasks have no interval")
    related = np.eye(len(tasks)) if correlations is None else correlations
    lows, highs = np.asarray(intervals).T
    interval = value - _norm(shares * (values - lows), related), value + _norm(shares * (highs - values), related)
    return Composite(value, interval, "mover")


def _norm(margins: Floats, correlations: Floats) -> float:
    """Length of a vector of margins whose directions have these correlations."""
    # Rounding may put the square of a length that is nought just below it.
    return math.sqrt(max(0.0, float(margins @ correlations @ margins)))


def error_correlations(tasks: Sequence[tuple[ArrayLike, Sequence[str]]]) -> Floats:
    """Correlations of the errors of task scores whose documents share clusters, such as parallel translations.

    Args:
        tasks: For each, one score per document and the cluster of each document. Clusters of equal name in different
            tasks are the same.

    Returns:
        A matrix with ones on its diagonal: between two tasks, the product of their cluster sums of deviations from
        the mean, over the root of the products of each with itself. Nought where they share no cluster, or where one
        does not vary.
    """
    names, members = np.unique([name for _, clusters in tasks for name in clusters], return_inverse=True)
    sums = np.zeros((len(tasks), len(names)))
    start = 0
    for row, (scores, clusters) in zip(sums, tasks, strict=True):
        values = np.asarray(scores, dtype=np.float64)
        np.add.at(row, members[start : start + len(clusters)], values - values.mean())
        start += len(clusters)
    products = sums @ sums.T
    lengths = np.sqrt(np.diag(products))
    scale = np.outer(lengths, lengths)
    correlations: Floats = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    np.fill_diagonal(correlations, 1.0)
    return correlations
