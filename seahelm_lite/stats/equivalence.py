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
    return max(_upper_tail((difference + margin) / se, df), _upper_tail((margin - difference) / se, df))


def _upper_tail(statistic: float, df: float | None) -> float:
    return float(stats.norm.sf(statistic) if df is None else stats.t.sf(statistic, df))
