"""Estimates with the interval that covers what it says. Pure numpy and scipy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from seahelm_lite.stats.proportions import wilson, wilson_t

Floats = NDArray[np.float64]

_NO_SPREAD = 1e-9
"""Standard errors up to this are what sums of floating-point numbers leave of nought; scores are of the order of 1."""

_BLOCK = 250
"""Resamples drawn at once: bounds the memory to this many times the number of clusters."""


@dataclass(frozen=True)
class Estimate:
    """A statistic with its uncertainty. A number that cannot be given is None, and `reason` says why."""

    value: float | None
    se: float | None
    df: float | None
    """Degrees of freedom of the t quantile; None where none is used."""
    lo: float | None
    hi: float | None
    method: str
    n: int
    n_clusters: int
    reason: str | None = None


def has_no_spread(se: float | None) -> bool:
    """Whether a standard error is nought but for rounding, which says that nothing varied, not that all is certain."""
    return se is not None and se <= _NO_SPREAD


def cluster_robust(values: Sequence[float], clusters: Sequence[str], *, level: float = 0.95) -> Estimate:
    """Mean with the CR1 standard error and a t interval on C - 1 degrees of freedom.

    SE = sqrt(C/(C-1) · Σ_c (Σ_{i in c} (s_i - mean))²) / n (Miller 2024, arXiv 2411.00640, App. A, with the
    small-sample factor C/(C-1)). With one document per cluster it is the usual sd/√n.

    Args:
        values: One score per document, repeats already averaged.
        clusters: The cluster of each document.
        level: Two-sided coverage.

    Returns:
        The estimate; the interval is not clipped to the range of the score. With fewer than two clusters the
        uncertainty is None, never zero.
    """
    scores = np.asarray(values, dtype=np.float64)
    n = len(scores)
    if n == 0:
        return Estimate(None, None, None, None, None, "cr1-t", 0, 0, "no documents")
    _, members = np.unique(np.asarray(clusters, dtype=object).astype(str), return_inverse=True)
    count = int(members.max()) + 1
    mean = float(scores.mean())
    if count < 2:
        return Estimate(mean, None, None, None, None, "cr1-t", n, count, "fewer than two clusters")
    sums = np.bincount(members, weights=scores - mean)
    se = float(np.sqrt(count / (count - 1) * np.sum(sums**2)) / n)
    half = float(stats.t.ppf(0.5 + level / 2, count - 1)) * se
    return Estimate(mean, se, float(count - 1), mean - half, mean + half, "cr1-t", n, count)


def effective_clusters(sizes: ArrayLike) -> float:
    """How many clusters of equal size tell as much as these do: n²/Σ_c m_c² (Kish 1965), at least two.

    Args:
        sizes: Documents of each of two clusters or more.
    """
    counts = np.asarray(sizes, dtype=np.float64)
    return max(2.0, float(counts.sum() ** 2 / np.sum(counts**2)))


def proportion(values: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """Mean of scores between 0 and 1, with an interval of Wilson's kind and the CR1 standard error.

    Where scores are 0/1 and no two documents share a cluster it is Wilson's interval; else `wilson_t`, with as many
    degrees of freedom as there are effective clusters less one. In simulated tasks of 40 to 1,000 documents this covers
    95 %; the t interval of `cluster_robust` covers 93 %, and less than 90 % with few clusters near 0 and 1. Scores
    outside [0, 1] keep the t interval.

    Where all clusters have the same mean, CR1 is zero, which would pass for certainty. There is then no standard
    error; the interval is Wilson's with the clusters as trials where scores are 0/1, and none where they are not.

    Args:
        values: One score in [0, 1] per document, repeats already averaged.
        clusters: The cluster of each document.
    """
    estimate = cluster_robust(values, clusters)
    n, n_clusters, mean = estimate.n, estimate.n_clusters, estimate.value
    binary = bool(values) and all(value in (0.0, 1.0) for value in values)
    if binary and n_clusters == n:
        lo, hi = wilson(round(sum(values)), n)
        return Estimate(mean, estimate.se, None, lo, hi, "wilson", n, n_clusters, estimate.reason)
    if mean is None or estimate.se is None:
        return estimate
    if has_no_spread(estimate.se):
        if not binary:
            reason = "every cluster has the same mean, which says nothing of the uncertainty"
            return Estimate(mean, None, None, None, None, "wilson-t", n, n_clusters, reason)
        lo, hi = wilson(mean * n_clusters, n_clusters)
        reason = "every cluster has the same mean: no standard error, and Wilson's interval on the clusters"
        if mean in (0.0, 1.0):
            reason = "all documents scored alike: no standard error, and Wilson's interval on the clusters"
        return Estimate(mean, None, None, lo, hi, "wilson-clusters", n, n_clusters, reason)
    if any(not 0 <= value <= 1 for value in values):
        return estimate
    df = effective_clusters(list(Counter(clusters).values())) - 1
    lo, hi = wilson_t(mean, estimate.se, n_clusters, df)
    return Estimate(mean, estimate.se, df, lo, hi, "wilson-t", n, n_clusters)


def cluster_bootstrap(
    counts: Floats, clusters: Sequence[str], statistic: Callable[[Floats], Floats], *, seed: int, draws: int = 2000
) -> Estimate:
    """Percentile interval of a statistic of summed counts, resampling whole clusters.

    Few clusters scatter less among their resamples than others of their kind would: the percentiles are therefore
    those that a normal deviate of t_{.975, C*-1}·sqrt(C*/(C*-1)) has in place of 1.96 (the expanded percentiles of
    Hesterberg 2015, The American Statistician 69:371), with C* effective clusters.

    Args:
        counts: Shape (documents, k): what each document adds to the k totals the statistic is made of.
        clusters: The cluster of each document.
        statistic: From totals of shape (m, k) to m values.
        seed: Of the resampling; equal seeds give equal intervals.
        draws: Number of resamples.

    Returns:
        Value of the statistic on all documents, standard deviation over the resamples, and their percentiles, which
        with many clusters are 2.5 and 97.5.
    """
    n = len(counts)
    value = float(statistic(counts.sum(axis=0, keepdims=True))[0]) if n else None
    _, members = np.unique(np.asarray(clusters, dtype=object).astype(str), return_inverse=True)
    groups = int(members.max()) + 1 if n else 0
    if groups < 2:
        return Estimate(value, None, None, None, None, "cluster-bootstrap", n, groups, "fewer than two clusters")
    totals = np.zeros((groups, counts.shape[1]))
    np.add.at(totals, members, counts)
    generator = np.random.default_rng(seed)
    resampled = np.concatenate(
        [
            statistic(generator.multinomial(groups, np.full(groups, 1 / groups), size=block) @ totals)
            for block in np.diff(np.r_[0:draws:_BLOCK, draws])
        ]
    )
    effective = effective_clusters(np.bincount(members))
    df = effective - 1
    tail = 100 * float(stats.norm.cdf(-math.sqrt(effective / df) * stats.t.ppf(0.975, df)))
    lo, hi = np.percentile(resampled, [tail, 100 - tail])
    spread = float(np.std(resampled, ddof=1))
    if has_no_spread(spread):
        reason = "every resample gives the same value, which says nothing of its uncertainty"
        return Estimate(value, None, None, None, None, "cluster-bootstrap", n, groups, reason)
    return Estimate(value, spread, df, float(lo), float(hi), "cluster-bootstrap", n, groups)
