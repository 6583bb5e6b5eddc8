"""The share of replies that people would have passed, from the share that judges pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from seahelm_lite.records import JsonValue
from seahelm_lite.scoring.scores import numbers
from seahelm_lite.stats.intervals import Estimate, has_no_spread, proportion
from seahelm_lite.stats.misclassified import Confusion, corrected_share


def corrected(passed: Sequence[float], clusters: Sequence[str], jury: Confusion) -> dict[str, JsonValue]:
    """The share as it is and as it would be, with intervals, in the form of scores.json.

    Args:
        passed: Of each reply, whether the jury passes it (1 or 0).
        clusters: The cluster of each reply.
        jury: How the jury did in the same language on replies that people judged too; they are no part of `passed`.

    Returns:
        `observed` and `corrected`, and the jury's `sensitivity` and `specificity` that the latter rests on.
    """
    observed = proportion(passed, clusters)
    estimate = corrected_share(observed.value or 0.0, _trials(observed), jury) if passed else observed
    return {
        "observed": numbers(observed),
        "corrected": numbers(estimate),
        "sensitivity": jury.sensitivity,
        "specificity": jury.specificity,
    }


def _trials(observed: Estimate) -> float:
    """How many independent replies a share is worth: as many as would give it its variance."""
    value, se = observed.value or 0.0, observed.se
    if se is None or has_no_spread(se) or not 0 < value < 1:
        return float(observed.n_clusters)
    return min(value * (1 - value) / se**2, float(observed.n))


def confusion_of(calibrated: Mapping[str, JsonValue]) -> Confusion:
    """How the jury did in a language, from the calibration file's object of it."""
    return Confusion(**calibrated["jury"])
