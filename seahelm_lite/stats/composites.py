"""A weighted mean of task scores, with an interval made of the tasks' own. Pure numpy and scipy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from seahelm_lite.stats.intervals import Floats


@dataclass(frozen=True)
class Scored:
    """The score of one task, as far as a composite needs it."""

    value: float
    interval: tuple[float, float] | None
    """Lower and upper bound at the level wanted of the composite."""
    method: str
    df: float | None = None
    """Degrees of freedom of the t quantile that the interval was made with; None for the normal one."""


@dataclass(frozen=True)
class Composite:
    """A weighted mean. An interval that cannot be given is None, and `reason` says why."""

    value: float
    interval: tuple[float, float] | None
    method: str | None
    reason: str | None = None


def weighted_mean(tasks: Sequence[Scored], weights: Sequence[float], correlations: Floats | None = None) -> Composite:
    """Weighted mean of task scores, its interval by MOVER, the method of variance estimates recovery.

    L = v - q · sqrt(Σ_s Σ_t r_st · w_s (v_s - l_s)/q_s · w_t (v_t - l_t)/q_t), and U alike with the upper bounds (Zou
    and Donner 2008, Statistics in Medicine 27:1693; with correlations, Zou 2007, Psychological Methods 12:399). q_t is
    the quantile of a task's own interval. The mean of many tasks needs a smaller one than each of them, if they have
    few clusters: q has Welch's degrees of freedom, of the squared margins, (Σ M)²/Σ_t(M_t²/df_t) where tasks are
    independent. In simulated evaluations of regions, intervals with 1.96 for q cover 93 %, with the tasks' margins
    added as they are 96 %, and this way 95 %.

    The tasks are a fixed set: the interval says how far other documents of the same tasks would move the mean, not
    other tasks.

    Args:
        tasks: At least one.
        weights: Positive; they are divided by their sum.
        correlations: Of the tasks' errors, a symmetric matrix with ones on its diagonal, and nought where two tasks
            share no source items. Without it all tasks are taken as independent.

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
    df = np.asarray([math.inf if task.df is None else task.df for task in tasks])
    below, above = (_margin(shares * margins, related, df) for margins in (values - lows, highs - values))
    return Composite(value, (value - below, value + above), "mover")


def _margin(margins: Floats, correlations: Floats, df: Floats) -> float:
    """One side's margin of the mean.

    Args:
        margins: Of the tasks, times their shares.
        correlations: Of the tasks' errors.
        df: Degrees of freedom of the tasks' quantiles.
    """
    errors = margins / _quantile(df)
    # Rounding may put the square of a length that is nought just below it.
    length = math.sqrt(max(0.0, float(errors @ correlations @ errors)))
    added = margins * (correlations @ margins)
    # Tasks that share items share the chance in their variances too: those of equal tasks count as one.
    scatter = float(added @ np.where(correlations != 0, 1 / np.sqrt(np.outer(df, df)), 0.0) @ added)
    freedom = max(1.0, float(added.sum()) ** 2 / scatter) if scatter > 0 else math.inf
    return float(_quantile(np.asarray([freedom]))[0]) * length


def _quantile(df: Floats) -> Floats:
    """Of the t distribution, at 97.5 %."""
    return np.asarray(stats.t.ppf(0.975, df))


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
