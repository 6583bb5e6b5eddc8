"""The difference that two models must have to be told apart, by the answers of those that were asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from seahelm_lite.stats.comparisons import TaskTable, pair_errors
from seahelm_lite.stats.intervals import Floats, has_no_spread

_LEVEL = 0.05
_POWER = 0.8


def detectable(tasks: Sequence[TaskTable]) -> float | None:
    """The weighted mean difference that a test of one pair of models tells from nought four times in five.

    Args:
        tasks: All with the same models in the same order.

    Returns:
        The median over the pairs that do not answer alike; None without such, or with fewer than two clusters.
    """
    return typical(*pair_errors(tasks))


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
    return float(np.median(differing)) * float(stats.t.ppf(1 - _LEVEL / 2, df) + stats.t.ppf(_POWER, df))
