"""Single calls of any kind to an endpoint, paced and asked again like the requests of a run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from seahelm_lite.models.api.connection import Connection, Message
from seahelm_lite.models.api.endpoint import Endpoint
from seahelm_lite.models.api.faults import Fault, Kind, fault_of_no_reply, fault_of_status
from seahelm_lite.models.api.manners import Manners
from seahelm_lite.models.api.pace import Gate
from seahelm_lite.models.api.retry import is_retryable, parse_retry_after
from seahelm_lite.models.api.transport import NoReply, Reply


class Caller:
    """Sends what is no request of a run: the calls of a probe, and those that make, follow and fetch a batch."""

    def __init__(self, connection: Connection, manners: Manners) -> None:
        self._connection = connection
        self._manners = manners
        self._gate = Gate(manners.window, manners.meter)
        self.answered = False
        """Whether any call was ever answered; until then a fault may be one of the configuration."""

    @property
    def endpoint(self) -> Endpoint:
        """Where calls go, and what may be repeated of what it says."""
        return self._connection.endpoint

    async def call(
        self, message: Message, *, take: Callable[[bytes], bool] | None = None, repeatable: bool = True
    ) -> Reply | Fault:
        """Send until a reply comes that asking again would not change.

        Args:
            message: What is sent.
            take: As for `transport.send`.
            repeatable: Whether it may be sent again where nobody knows whether it has arrived.

        Returns:
            The reply, whatever its status; a fault where none came, or only such as ask for another attempt.

        Raises:
            ModelError: If no call was ever answered and the endpoint cannot be reached.
        """
        attempt, waited_s = 1, 0.0
        while True:
            got = await self._send(message, take)
            if isinstance(got, Reply) and not is_retryable(got.status):
                self.answered = self.answered or got.status < 300
                return got
            fault = self._fault(got)
            wait_s = self._wait_s(got, fault, attempt, waited_s, repeatable=repeatable)
            if wait_s is None:
                if fault.is_fatal(self.answered):
                    raise fault.error(attempt, self.endpoint)
                return fault
            await asyncio.sleep(wait_s)
            attempt, waited_s = attempt + 1, waited_s + wait_s

    async def _send(self, message: Message, take: Callable[[bytes], bool] | None) -> Reply | NoReply | Fault:
        await self._gate.enter(len(message.body or b""))
        try:
            return await self._connection.send(message, take)
        finally:
            self._gate.leave()

    def check(self, reply: Reply) -> None:
        """Raise ModelError where a refusal says, before anything was answered, that key, model or path are wrong."""
        fault = fault_of_status(reply, self.endpoint)
        if reply.status >= 300 and fault.is_fatal(self.answered):
            raise fault.error(1, self.endpoint)

    def _fault(self, got: Reply | NoReply | Fault) -> Fault:
        if isinstance(got, Fault):
            return got
        return fault_of_status(got, self.endpoint) if isinstance(got, Reply) else fault_of_no_reply(got, self.endpoint)

    def _wait_s(
        self, got: Reply | NoReply | Fault, fault: Fault, attempt: int, waited_s: float, *, repeatable: bool
    ) -> float | None:
        """Seconds until the next attempt; None where there shall be none."""
        policy = self._manners.policy
        turned_away = isinstance(got, Fault) or fault.kind is Kind.UNREACHABLE or fault.too_much
        if not (repeatable or turned_away) or not fault.is_worth_retrying(self.answered):
            return None
        if fault.kind is Kind.UNREACHABLE and not self.answered and attempt >= policy.unreachable_attempts:
            return None
        retry_after_s = parse_retry_after(fault.retry_after, datetime.now(UTC))
        wait_s = policy.wait_s(attempt, waited_s, retry_after_s)
        if wait_s is not None and fault.too_much and retry_after_s is not None:
            self._manners.meter.hold(time.monotonic() + wait_s)
        return wait_s
