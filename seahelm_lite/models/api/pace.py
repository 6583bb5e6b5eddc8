"""How many requests are in flight at once, and how fast they follow one another.

The window grows as long as answers come as fast as before and is halved when the endpoint says that it is too much.
What a card says of requests and tokens a minute is kept by spreading them evenly, without bursts.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import NamedTuple

from seahelm_lite.catalog.access import Limits

MOST_IN_FLIGHT = 64
"""Where nobody says how many the endpoint takes."""
_START = 16
_ROUND = 8
"""Answers that a judgement of the latency rests on at least."""
_SLOWER = 2.0
"""Latency holds while the median of a round is within this factor of the best round's."""
_NEARLY = 0.9
_FORGET = 1.05
"""A round that does not hold lets the best one count a little less: later tasks may have longer answers."""


class Ticket(NamedTuple):
    """What a request was sent under."""

    round: int
    halvings: int
    tokens: float
    """Estimate of what it takes."""


class Window:
    """How many requests may be in flight: doubled each round until the first refusal, then one more each round.

    A refusal halves it. As it may have been a passing one, the window is soon let grow again to nearly what it was.
    """

    def __init__(self, most: int) -> None:
        self.size = min(most, _START)
        self._most = most
        self._round = 0
        self._halvings = 0
        self._latencies: list[float] = []
        self._best: float | None = None
        self._regrown = 0.0
        """Up to which size it grows by one for every second answer."""
        self._answers = 0

    def ticket(self, tokens: float = 0.0) -> Ticket:
        """For a request that is sent now."""
        return Ticket(self._round, self._halvings, tokens)

    def answered(self, ticket: Ticket, latency_s: float) -> None:
        """Record an answer; those to requests of an earlier round say nothing of this one's size."""
        if self.size >= self._most:
            return
        if self.size < self._regrown:
            self._answers += 1
            self.size += self._answers % 2
            return
        if ticket.round != self._round:
            return
        self._latencies.append(latency_s)
        if len(self._latencies) < max(self.size, _ROUND):
            return
        median = sorted(self._latencies)[len(self._latencies) // 2]
        self._best = median if self._best is None else min(self._best, median)
        if median <= _SLOWER * self._best:
            self.size = min(self._most, self.size * 2 if self._halvings == 0 else self.size + 1)
        else:
            self._best *= _FORGET
        self._next_round()

    def refused(self, ticket: Ticket) -> None:
        """Record that the endpoint said it is too much. Many that were sent together are one refusal."""
        if ticket.halvings == self._halvings:
            self._regrown = _NEARLY * self.size
            self.size = max(1, self.size // 2)
            self._halvings += 1
            self._next_round()

    def _next_round(self) -> None:
        self._round += 1
        self._latencies.clear()


class Meter:
    """When the next request may be sent, by the limits of a card. Times are those of one monotonic clock."""

    def __init__(self, limits: Limits) -> None:
        per_minute = 60.0 / limits.rpm if limits.rpm is not None else 0.0
        per_second = 1.0 / limits.rps if limits.rps is not None else 0.0
        self._request_s = max(per_minute, per_second)
        self._token_s = 60.0 / limits.tpm if limits.tpm is not None else 0.0
        self._next_request = self._next_token = self._held_until = float("-inf")
        self._counted_requests = 0
        self._counted_tokens = 0

    def wait_s(self, now: float) -> float:
        """Seconds until the next request may be sent; not above 0 when it may be sent now."""
        return max(self._next_request, self._next_token, self._held_until) - now

    def send(self, now: float, size: int) -> float:
        """Record that a request is sent.

        Args:
            now: The time.
            size: Bytes of its body.

        Returns:
            The tokens that it is counted with until its usage is known: as many as others took on average; before
            any are known, one for every three bytes.
        """
        if self._request_s:
            self._next_request = max(self._next_request, now) + self._request_s
        if not self._token_s:
            return 0.0
        tokens = self._counted_tokens / self._counted_requests if self._counted_requests else size / 3
        self._next_token = max(self._next_token, now) + tokens * self._token_s
        return tokens

    def count(self, estimate: float, tokens: int) -> None:
        """Put the tokens that a request took in the place of the estimate."""
        self._counted_requests += 1
        self._counted_tokens += tokens
        self._next_token += (tokens - estimate) * self._token_s

    def hold(self, until: float) -> None:
        """Send nothing before a time, as the endpoint asked."""
        self._held_until = max(self._held_until, until)


class Gate:
    """Lets requests through as window and meter allow, in the order in which they come; belongs to one event loop."""

    def __init__(self, window: Window, meter: Meter) -> None:
        self._window = window
        self._meter = meter
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turn = asyncio.Lock()

    async def enter(self, size: int) -> Ticket:
        """Wait until a request with a body of so many bytes may be sent."""
        if self._in_flight < self._window.size and not self._waiting:
            self._in_flight += 1
        else:
            freed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(freed)
            await freed
        if self._turn.locked() or self._meter.wait_s(time.monotonic()) > 0:
            async with self._turn:
                while (wait_s := self._meter.wait_s(time.monotonic())) > 0:
                    await asyncio.sleep(wait_s)
                return self._window.ticket(self._meter.send(time.monotonic(), size))
        return self._window.ticket(self._meter.send(time.monotonic(), size))

    def leave(self) -> None:
        """Make room after a request that has come back, with whatever outcome, and its window been told."""
        self._in_flight -= 1
        while self._waiting and self._in_flight < self._window.size:
            freed = self._waiting.popleft()
            if not freed.done():  # it is, where an interruption has cancelled the request that waits
                self._in_flight += 1
                freed.set_result(None)
