"""How long answers took."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

from seahelm_lite.records import JsonValue, Outcome, Response

_DIGITS = 3
"""Milliseconds."""


def latency(outcomes: Iterable[Outcome]) -> dict[str, JsonValue] | None:
    """Median and 95th percentile of the seconds that answers took, from sending to the last byte of the reply.

    Returns:
        Those, the number of answers that were timed, and the same to the first token where answers were streamed; None
        where nothing was timed, as of local models.
    """
    responses = [outcome for outcome in outcomes if isinstance(outcome, Response)]
    whole = _summary([each.latency_s for each in responses if each.latency_s is not None])
    first = _summary([each.first_token_s for each in responses if each.first_token_s is not None])
    return None if whole is None else {**whole, "first_token": first}


def _summary(seconds: Sequence[float]) -> dict[str, JsonValue] | None:
    if not seconds:
        return None
    ordered = sorted(seconds)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    median = round(statistics.median(ordered), _DIGITS)
    return {"responses": len(ordered), "median_s": median, "p95_s": round(p95, _DIGITS)}
