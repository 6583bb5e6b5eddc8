"""How far the numbers of a comparison can reach: intervals are shown no wider, and the JSON has them as computed."""

from __future__ import annotations

import math

from seahelm_lite.comparisons.columns import Compared
from seahelm_lite.comparisons.result import Comparison
from seahelm_lite.pages.numbers import bounds
from seahelm_lite.stats.intervals import Estimate


def reach(part: Compared, compared: Comparison, *, of_difference: bool = False) -> tuple[float, float]:
    """The least and the greatest that a value, or a difference of two, can be."""
    columns = [one.column for one in (compared.columns if part.column is None else [part]) if one.column is not None]
    floor, top = min(bounds(column.metric) for column in columns)
    if part.column is None and compared.headline is not None and compared.headline.normalised:
        # What chance is corrected by may be much.
        floor = -math.inf
    return (floor - top, top - floor) if of_difference else (floor, top)


def within(estimate: Estimate, reached: tuple[float, float]) -> tuple[float, float] | None:
    """The interval, no wider than that; None where there is none."""
    if estimate.lo is None or estimate.hi is None:
        return None
    lo, hi = (min(max(bound, reached[0]), reached[1]) for bound in (estimate.lo, estimate.hi))
    return lo, hi
