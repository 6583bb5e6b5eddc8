"""How wide an interval is to be expected, before anything was asked. Pure numpy and scipy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats


def half_width(cluster_sizes: Sequence[int], *, within: float, level: float = 0.95) -> float | None:
    """Half the width of the interval of a mean of scores with variance 1, on documents in C clusters.

    t_{C-1} · sqrt(deff / n), with deff = 1 + (Σ_c m_c²/n - 1) · within, the design effect of clusters of unequal sizes
    m_c (Kish 1965).

    Args:
        cluster_sizes: Documents of each cluster.
        within: Correlation of the scores of two documents of one cluster.
        level: Two-sided coverage.

    Returns:
        The half-width; None where there are fewer than two clusters.
    """
    sizes = np.asarray(cluster_sizes, dtype=np.float64)
    if len(sizes) < 2:
        return None
    n = float(sizes.sum())
    effect = 1 + (float(np.sum(sizes**2)) / n - 1) * within
    return float(stats.t.ppf(0.5 + level / 2, len(sizes) - 1)) * float(np.sqrt(effect / n))
