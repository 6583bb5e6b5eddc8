"""The difference that two models must have to be told apart, by the answers of those that were asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seahelm_lite.stats import power
from seahelm_lite.stats.comparisons import TaskTable
from seahelm_lite.stats.intervals import Floats, has_no_spread


def detectable(tasks: Sequence[TaskTable]) -> float | None:
    """The weighted mean difference that a test of one pair of models tells from nought four times in five.

    Args:
        tasks: All with the same models in the same order.

    Returns:
        The median over the pairs that do not answer alike; None without such, or with fewer than two clusters.
    """
    errors, df = _pair_errors(tasks)
    return typical(errors, df)


def typical(errors: Floats, df: float) -> float | None:
    """As `detectable`, from the standard errors of all differences.

    Args:
        errors: Models × models.
        df: Degrees of freedom of all of them.
    """
    pairs = errors[np.triu_indices(len(errors), 1)]
    differing = [float(error) for error in pairs if np.isfinite(error) and not has_no_spread(float(error))]
    if df < 1 or not differing:
        return None
    return power.detectable(float(np.median(differing)), df)


def _pair_errors(tasks: Sequence[TaskTable]) -> tuple[Floats, float]:
    """CR1 standard errors of the differences of all models, and their degrees of freedom."""
    names, members = np.unique([name for task in tasks for name in task.clusters], return_inverse=True)
    sums = np.zeros((len(names), len(tasks[0].scores)))
    start = 0
    for task in tasks:
        documents = len(task.clusters)
        off = task.scores - task.scores.mean(axis=1, keepdims=True)
        np.add.at(sums, members[start : start + documents], (task.weight / documents * off).T)
        start += documents
    count = len(names)
    products = sums.T @ sums
    lengths = np.diag(products)
    squares = np.maximum(lengths[:, None] + lengths[None, :] - 2 * products, 0.0)
    return np.sqrt(squares * count / max(count - 1, 1)), float(count - 1)
