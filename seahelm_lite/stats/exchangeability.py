"""Whether a published order is likelier than other orders that say the same.

Who never met a text has no reason to find the order in which it was published likelier than another (Oren et al. 2023,
arXiv 2310.17623). Here the order is that of the options of a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from seahelm_lite.stats.intervals import Estimate, cluster_robust, has_no_spread


@dataclass(frozen=True)
class Gap:
    """How much likelier documents are as published than in other orders."""

    mean: Estimate
    """Over documents, of the log-likelihood as published less its mean over the other orders, in nats."""
    p: float | None
    """Probability of a mean as large, if orders were exchangeable: one-sided t test on C - 1 degrees of freedom. None
    where there is no standard error."""
    likeliest: float | None
    """Share of the documents whose published order is likelier than each of the others; None without documents."""
    chance: float | None
    """That share, if orders were exchangeable and no two equally likely."""


def gap_to_shuffled(published: Sequence[float], others: Sequence[Sequence[float]], clusters: Sequence[str]) -> Gap:
    """The gap, with the CR1 standard error of its mean.

    Args:
        published: Log-likelihood of each document in its published order, in nats.
        others: The same of each document in its other orders, of which each has one at least.
        clusters: The cluster of each document.
    """
    gaps = [own - float(np.mean(other)) for own, other in zip(published, others, strict=True)]
    mean = cluster_robust(gaps, clusters)
    if not gaps:
        return Gap(mean, None, None, None)
    if has_no_spread(mean.se):
        reason = "every cluster has the same gap, which says nothing of the uncertainty"
        mean = replace(mean, se=None, df=None, lo=None, hi=None, reason=reason)
    p = float(stats.t.sf(np.mean(gaps) / mean.se, mean.df)) if mean.se is not None else None
    first = [own > max(other) for own, other in zip(published, others, strict=True)]
    return Gap(mean, p, float(np.mean(first)), float(np.mean([1 / (1 + len(other)) for other in others])))
