"""Whether two models are as good as each other within a margin. Pure numpy and scipy.

That a test finds no difference does not show that there is none: equivalence is tested for by itself.
"""

from __future__ import annotations

from scipy import stats


def equivalence(difference: float, se: float, df: float | None, *, margin: float) -> float:
    """Two one-sided tests that a difference lies between -margin and margin (Schuirmann 1987).

    Args:
        difference: As measured.
        se: Its standard error, above nought.
        df: Degrees of freedom of the t quantile; None for the normal one.
        margin: The largest difference that does not matter, above nought, on the scale of `difference`.

    Returns:
        The larger p-value of the two tests. Equivalence is shown at level α where it is at most α, that is where the
        interval of level 1 - 2α lies wholly between the margins.
    """
    return _two_one_sided(difference, (se, se), df, margin)


def equivalence_by_interval(
    difference: float, interval: tuple[float, float], df: float | None = None, *, margin: float, level: float = 0.95
) -> float:
    """The same where there is an interval and no standard error: each side's error is its margin over the quantile.

    Args:
        difference: As measured, between the bounds of its interval.
        interval: Lower and upper bound; their distances to the difference need not be equal.
        df: Degrees of freedom of the quantile that the interval was made with; None for the normal one.
        margin: The largest difference that does not matter, above nought.
        level: Two-sided coverage of the interval.

    Returns:
        The larger p-value of the two tests.
    """
    quantile = _quantile(0.5 + level / 2, df)
    below, above = difference - interval[0], interval[1] - difference
    return _two_one_sided(difference, (below / quantile, above / quantile), df, margin)


def _two_one_sided(difference: float, errors: tuple[float, float], df: float | None, margin: float) -> float:
    """Against -margin with the error of the lower side, against margin with that of the upper."""
    return max(
        _upper_tail((difference + margin) / errors[0], df),
        _upper_tail((margin - difference) / errors[1], df),
    )


def _quantile(probability: float, df: float | None) -> float:
    return float(stats.norm.ppf(probability) if df is None else stats.t.ppf(probability, df))


def _upper_tail(statistic: float, df: float | None) -> float:
    return float(stats.norm.sf(statistic) if df is None else stats.t.sf(statistic, df))
