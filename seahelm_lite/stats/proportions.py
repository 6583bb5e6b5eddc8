"""Intervals of a share of independent trials. Pure numpy and scipy."""

from __future__ import annotations

import numpy as np
from scipy import stats


def wilson(successes: float, n: float, *, level: float = 0.95, df: float | None = None) -> tuple[float, float]:
    """Wilson score interval of a proportion (Wilson 1927).

    Args:
        successes: Number of successes among `n` independent trials.
        n: Number of trials; of documents that are no independent trials, how many such they are worth.
        level: Two-sided coverage.
        df: Degrees of freedom of a t quantile, where `n` is itself an estimate; None for the normal quantile.

    Returns:
        Lower and upper bound, within [0, 1].
    """
    z = float(stats.norm.ppf(0.5 + level / 2) if df is None else stats.t.ppf(0.5 + level / 2, df))
    p = successes / n
    centre = p + z * z / (2 * n)
    half = z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    scale = 1 + z * z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def wilson_t(value: float, se: float, n_clusters: int, df: float, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a mean of clustered or graded scores between 0 and 1.

    The mean counts as a share of as many independent trials as would give it its variance, v(1-v)/se², and the normal
    quantile becomes a t quantile (Dean and Pagano 2015, Journal of Survey Statistics and Methodology 3:484, on the
    score interval with an effective sample size). As the variance of a share does, that of the mean shrinks towards 0
    and 1, so that the interval is wider on the side of one half and never leaves [0, 1].

    Args:
        value: The mean, above 0 and below 1.
        se: Its CR1 standard error, above 0. The factor C/(C-1) in it is for clusters of equal sizes; C*/(C*-1) takes
            its place, with C* = df + 1.
        n_clusters: C, at least 2.
        df: Effective number of clusters less one.
        level: Two-sided coverage.

    Returns:
        Lower and upper bound, within [0, 1].
    """
    variance = se**2 * (df + 1) / df * (n_clusters - 1) / n_clusters
    trials = value * (1 - value) / variance
    return wilson(value * trials, trials, level=level, df=df)


def clopper_pearson(successes: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a proportion: it covers at least as often as it says (Clopper and Pearson 1934).

    Args:
        successes: Number of successes among `n` independent trials.
        n: Number of trials, at least 1.
        level: Two-sided coverage.

    Returns:
        Lower and upper bound, within [0, 1].
    """
    tail = (1 - level) / 2
    lo = float(stats.beta.ppf(tail, successes, n - successes + 1)) if successes > 0 else 0.0
    hi = float(stats.beta.ppf(1 - tail, successes + 1, n - successes)) if successes < n else 1.0
    return lo, hi


def jeffreys(successes: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Equal-tailed interval of a proportion under Jeffreys' prior, Beta(1/2, 1/2).

    Without successes the lower bound is nought, and without failures the upper is one, so that the interval covers
    where it otherwise never would (Brown, Cai and DasGupta 2001, Statistical Science 16:101).

    Args:
        successes: Number of successes among `n` independent trials.
        n: Number of trials, at least 1.
        level: Two-sided coverage.

    Returns:
        Lower and upper bound, within [0, 1].
    """
    tail = (1 - level) / 2
    shape = successes + 0.5, n - successes + 0.5
    lo = float(stats.beta.ppf(tail, *shape)) if successes > 0 else 0.0
    hi = float(stats.beta.ppf(1 - tail, *shape)) if successes < n else 1.0
    return lo, hi


def upper_bound_of_none(n: int, *, level: float = 0.95) -> float:
    """The largest rate at which `n` independent trials without any failure are no surprise: 1 - (1 - level)^(1/n).

    It is the exact one-sided bound (Clopper and Pearson 1934), about 3/n at 95 %.

    Args:
        n: Number of trials, at least 1; none of them failed.
        level: One-sided coverage.
    """
    return float(-np.expm1(np.log1p(-level) / n))
