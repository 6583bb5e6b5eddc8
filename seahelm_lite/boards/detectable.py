"""The difference that two models must have to be told apart, by the answers of those that were asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seahelm_lite.boards.scale import rounded
from seahelm_lite.stats.comparisons import TaskTable, pair_errors
from seahelm_lite.stats.intervals import Floats, has_no_spread
from seahelm_lite.stats.power import detectable


def detectable_by(tasks: Sequence[TaskTable]) -> float | None:
    """The weighted mean difference that a test of one pair of models finds four times in five.

    Args:
        tasks: All with the same models in the same order.

    Returns:
        The median over the pairs that do not answer alike; None without such, or where a task has a single cluster.
    """
    return typical(*pair_errors(tasks))


def typical(errors: Floats, df: int) -> float | None:
    """As `detectable_by`, from the standard errors of all differences.

    Args:
        errors: Models × models.
        df: Degrees of freedom of all of them.
    """
    pairs = errors[np.triu_indices(len(errors), 1)]
    differing = [float(error) for error in pairs if np.isfinite(error) and not has_no_spread(float(error))]
    return rounded(detectable(float(np.median(differing)), df)) if differing else None
