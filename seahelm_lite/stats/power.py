"""How large a difference has to be before a task can show it. Pure numpy and scipy."""

from __future__ import annotations

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
    multiplier = float(stats.t.ppf(1 - level / 2, clusters - 1) + stats.t.ppf(power, clusters - 1))
    scale = multiplier**2 * effect / n
    if not binary:
        least = float(np.sqrt(scale * variance))
        return least if least <= 1 else None
    least = float(np.sqrt(scale * variance / (1 + scale)))
    return least if least <= variance else scale / (1 + scale)
