"""When to ask an endpoint again, how long to wait before, and when to leave it alone."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from seahelm_lite.records import Failure

_BREAK_AFTER = 20


def is_retryable(status: int) -> bool:
    """Whether an HTTP status is worth another attempt: timeouts, conflicts, rate limits and server faults."""
    return status in (408, 409, 425, 429) or status >= 500


def parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After header.

    Args:
        header: Seconds or an HTTP-date; None when the reply had no such header.
        now: Aware time against which a date is read.

    Returns:
        Seconds to wait, not below 0; None when there is no header or it says nothing readable.
    """
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        return _seconds_until(header, now)
    return None if math.isnan(seconds) else max(0.0, seconds)


def _seconds_until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return None
    # A date with the zone "-0000" comes back naive; HTTP-dates are in UTC.
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long one request is tried.

    Raises:
        ValueError: If `max_attempts` is below 1.
    """

    max_attempts: int = 10
    """Times a request is sent at most, the first one included: of an endpoint that fails one time in five, all ten
    attempts fail once in ten million requests."""
    budget_s: float = 120.0
    """Seconds a request may spend waiting between its attempts, all waits together."""
    first_wait_s: float = 1.0
    """The longest that is waited before the second attempt; each further wait may be twice as long."""
    longest_wait_s: float = 30.0
    unreachable_attempts: int = 3
    """Times it is sent at most to an address that no connection could ever be made to, which is most likely wrong."""

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts ({self.max_attempts}) must be at least 1")

    def wait_s(self, attempt: int, waited_s: float, retry_after_s: float | None) -> float | None:
        """How long to wait after a failed attempt.

        Args:
            attempt: Number of the failed attempt, from 1.
            waited_s: Seconds that this request has waited so far.
            retry_after_s: What the endpoint asked for; it takes the place of our own backoff.

        Returns:
            Seconds, or None to give up. A wait that the budget does not cover is not shortened: an endpoint that asks
            for an hour would only refuse again.
        """
        if attempt >= self.max_attempts:
            return None
        wait = self._backoff_s(attempt) if retry_after_s is None else retry_after_s
        return wait if waited_s + wait <= self.budget_s else None

    def _backoff_s(self, attempt: int) -> float:
        """Exponential backoff with full jitter, so that workers that failed together do not come back together."""
        return random.uniform(0.0, min(self.longest_wait_s, self.first_wait_s * 2.0 ** (attempt - 1)))


class Breaker:
    """Stops the sending once an endpoint has failed many times in a row with no answer in between.

    It outlives one list of requests: an endpoint that dies during the first task is not asked about all the others.
    """

    def __init__(self) -> None:
        self.answered = False
        """Whether the endpoint has ever answered; until then a fault may be one of the configuration."""
        self._in_a_row = 0
        self._last_cause = ""

    def start(self) -> None:
        """Begin a new list of requests: an open breaker lets requests through until one more fails."""
        self._in_a_row = min(self._in_a_row, _BREAK_AFTER - 1)

    def succeeded(self) -> None:
        """Record an answer."""
        self.answered = True
        self._in_a_row = 0

    def failed(self, cause: str) -> None:
        """Record a request that the endpoint failed for good."""
        self._in_a_row += 1
        self._last_cause = cause

    def refusal(self) -> Failure | None:
        """The outcome of a request that is not to be sent; None while requests may be sent."""
        if self._in_a_row < _BREAK_AFTER:
            return None
        return Failure(f"not sent: endpoint failed {_BREAK_AFTER} times in a row, last: {self._last_cause}")
