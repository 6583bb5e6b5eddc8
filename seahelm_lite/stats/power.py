"""How large a difference has to be before a task can show it. Pure numpy and scipy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats


def minimum_detectable_difference(
    cluster_sizes: Sequence[int],
    *,
    variance: float,
    within: float,
    binary: bool,
    level: float = 0.05,
    power: float = 0.8,
) -> float | None:
    """The smallest difference between two models that a paired test on the same documents finds with this power.

    (t_{1-level/2, C-1} + t_{power, C-1}) · sqrt(variance · deff / n), with n documents in C clusters: the multiplier of
    Bloom 1995 (Evaluation Review 19(5), "Minimum detectable effects"), and deff = 1 + (Σ_c m_c²/n - 1) · within, the
    design effect of clusters of unequal sizes m_c (Kish 1965). With many clusters of one document each it is the usual
    2.80 · sd/√n (Miller 2024, arXiv 2411.00640, section 5). Where scores are right or wrong, variance is what remains
    of the disagreement between the models when their difference is taken off: q - δ².

    Args:
        cluster_sizes: Documents of each cluster.
        variance: Of the difference between the two models' scores over documents. For right-or-wrong scores it is q,
            the share of documents on which just one of them is right.
        within: Correlation of that difference between two documents of one cluster.
        binary: Whether scores are 0 or 1. Models that differ by more than q disagree on just as many documents as they
            differ by.
        level: Of the two-sided test.
        power: Probability of finding the difference.

    Returns:
        The difference as a fraction; None where there are fewer than two clusters, or where scores between 0 and 1
        cannot differ enough.
    """
    sizes = np.asarray(cluster_sizes, dtype=np.float64)
    clusters = len(sizes)
    if clusters < 2:
        return None
    n = float(sizes.sum())
    effect = 1 + (float(np.sum(sizes**2)) / n - 1) * within
    scale = _multiplier(clusters - 1, level, power) ** 2 * effect / n
    if not binary:
        least = float(np.sqrt(scale * variance))
        return least if least <= 1 else None
    least = float(np.sqrt(scale * variance / (1 + scale)))
    return least if least <= variance else scale / (1 + scale)


def detectable(se: float, df: float | None, *, level: float = 0.05, power: float = 0.8) -> float:
    """The smallest difference that a test with this standard error finds with this power.

    (t_{1-level/2, df} + t_{power, df}) · se, the multiplier of Bloom 1995; with many degrees of freedom 2.80 · se.

    Args:
        se: Standard error of the difference.
        df: Degrees of freedom of the t quantiles; None for normal ones.
        level: Of the two-sided test.
        power: Probability of finding the difference.
    """
    return _multiplier(df, level, power) * se


def documents_needed(
    difference: float,
    *,
    variance: float,
    binary: bool,
    cluster_size: float = 1.0,
    within: float = 0.0,
    level: float = 0.05,
    power: float = 0.8,
) -> int:
    """How many documents a paired test needs to find a difference with this power.

    Args:
        difference: Wanted, as a fraction above nought.
        variance: Of the difference between the two models' scores over documents; for right-or-wrong scores the share
            of documents on which just one of them is right.
        binary: Whether scores are 0 or 1, where the variance left is q - δ².
        cluster_size: Documents a cluster, all alike.
        within: Correlation of the difference between two documents of one cluster.
        level: Of the two-sided test.
        power: Probability of finding the difference.

    Returns:
        The least number of documents, of at least two clusters.

    Raises:
        ValueError: If right-or-wrong scores are to differ by more than they disagree.
    """
    if binary and difference > variance:
        raise ValueError(f"models that disagree on {variance:.1%} of documents cannot differ by {difference:.1%}")
    spread = variance - difference**2 if binary else variance
    effect = spread * (1 + (cluster_size - 1) * within)
    clusters = 2
    # The quantiles shrink as clusters are added, so that the first number that is enough is the least.
    while _multiplier(clusters - 1, level, power) ** 2 * effect > difference**2 * clusters * cluster_size:
        fewer = _multiplier(None, level, power) ** 2 * effect / (difference**2 * cluster_size)
        clusters = max(clusters + 1, int(fewer))
    return math.ceil(clusters * cluster_size)


def _multiplier(df: float | None, level: float, power: float) -> float:
    """Standard errors between nought and a difference that is found with this power."""
    quantile = stats.norm.ppf if df is None else stats.t(df).ppf
    return float(quantile(1 - level / 2) + quantile(power))
