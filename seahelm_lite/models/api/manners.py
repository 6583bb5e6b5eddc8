"""How an endpoint is treated, whatever is asked of it."""

from __future__ import annotations

from dataclasses import dataclass

from seahelm_lite.models.api.pace import Meter, Window
from seahelm_lite.models.api.retry import Breaker, RetryPolicy


@dataclass(frozen=True, slots=True)
class Manners:
    """It outlives one list of requests: what was learned of the endpoint is kept."""

    policy: RetryPolicy
    breaker: Breaker
    window: Window
    meter: Meter
