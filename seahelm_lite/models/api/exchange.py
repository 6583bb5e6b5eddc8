"""Asks one request of an endpoint, with all its attempts."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from seahelm_lite.models.api.connection import Connection, Message
from seahelm_lite.models.api.faults import Fault, Kind, fault_of_malformed, fault_of_no_reply, fault_of_status
from seahelm_lite.models.api.manners import Manners
from seahelm_lite.models.api.pace import Gate, Ticket
from seahelm_lite.models.api.retry import parse_retry_after
from seahelm_lite.models.api.transport import NoReply, Reply
from seahelm_lite.models.api.wires.base import Body, MalformedReplyError, StreamReader, Wire
from seahelm_lite.models.api.wires.common import is_blank, is_content_filter, parse
from seahelm_lite.records import Failure, Outcome, Request, Response


class Exchange:
    """Asks single requests in one session.

    Args:
        connection: With the endpoint.
        wire: How replies are read.
        body: Makes the body of a request.
        tidy: What becomes of an answer before it is handed on, given its latency and its time to the first
            token, in seconds.
        manners: How the endpoint is treated.
        stream: Whether answers are streamed.
    """

    def __init__(
        self,
        *,
        connection: Connection,
        wire: Wire,
        body: Callable[[Request], Body],
        tidy: Callable[[Response, float, float | None], Response],
        manners: Manners,
        stream: bool,
    ) -> None:
        self._connection = connection
        self._endpoint = connection.endpoint
        self._wire = wire
        self._body = body
        self._tidy = tidy
        self._policy, self._breaker = manners.policy, manners.breaker
        self._window, self._meter = manners.window, manners.meter
        self._gate = Gate(manners.window, manners.meter)
        self._stream = stream

    async def ask(self, request: Request) -> Outcome:
        """The outcome of a request. An answer without any text is asked for once more."""
        body = json.dumps(self._body(request)).encode()
        outcome = await self._ask(request, body)
        if isinstance(outcome, Response) and is_blank(outcome):
            return await self._ask(request, body)
        return outcome

    async def _ask(self, request: Request, body: bytes) -> Outcome:
        """Send a body until it is answered or given up."""
        attempt, waited_s = 1, 0.0
        while True:
            result = await self._attempt(request, body)
            if isinstance(result, Response):
                self._breaker.succeeded()
                return result
            if not self._is_worth_retrying(result, attempt):
                return self._give_up(result, attempt)
            retry_after_s = parse_retry_after(result.retry_after, datetime.now(UTC))
            wait_s = self._policy.wait_s(attempt, waited_s, retry_after_s)
            if wait_s is None:
                return self._give_up(result, attempt, retry_after_s)
            if result.too_much and retry_after_s is not None:
                # It speaks of the endpoint, not of this request alone.
                self._meter.hold(time.monotonic() + wait_s)
            await asyncio.sleep(wait_s)
            attempt, waited_s = attempt + 1, waited_s + wait_s

    async def _attempt(self, request: Request, body: bytes) -> Response | Fault:
        """Send a body once."""
        ticket = await self._gate.enter(len(body))
        try:
            result = await self._send(request, body, ticket)
            if isinstance(result, Fault) and result.too_much:
                self._window.refused(ticket)
            return result
        finally:
            self._gate.leave()

    async def _send(self, request: Request, body: bytes, ticket: Ticket) -> Response | Fault:
        reader = self._wire.reader() if self._stream else None
        try:
            got = await self._connection.send(Message(self._endpoint.url, body), _feeding(reader))
        except MalformedReplyError as error:
            return fault_of_malformed(error, None, self._endpoint)
        if isinstance(got, Fault):
            return got
        if isinstance(got, NoReply):
            return fault_of_no_reply(got, self._endpoint)
        return self._read(got, reader, request, ticket)

    def _read(self, got: Reply, reader: StreamReader | None, request: Request, ticket: Ticket) -> Response | Fault:
        if got.status != 200:
            # OpenRouter says with 403 what Azure and others say with 400.
            if got.status in (400, 403) and is_content_filter(got.body):
                return Response(text=None, finish_reason="content_filter")
            return fault_of_status(got, self._endpoint)
        try:
            if reader is not None and got.streamed:
                response = reader.response()
            else:
                response = self._wire.read(parse(got.body), request)
        except MalformedReplyError as error:
            return fault_of_malformed(error, got.retry_after, self._endpoint)
        self._window.answered(ticket, got.latency_s)
        if response.usage is not None:
            self._meter.count(ticket.tokens, (response.usage.prompt or 0) + (response.usage.completion or 0))
        return self._tidy(response, got.latency_s, got.first_token_s)

    def _is_worth_retrying(self, fault: Fault, attempt: int) -> bool:
        answered = self._breaker.answered
        if fault.kind is Kind.UNREACHABLE and not answered and attempt >= self._policy.unreachable_attempts:
            return False
        return fault.is_worth_retrying(answered)

    def _give_up(self, fault: Fault, attempts: int, retry_after_s: float | None = None) -> Failure:
        if fault.is_fatal(self._breaker.answered):
            raise fault.error(attempts, self._endpoint)
        note = ""
        if retry_after_s is not None and attempts < self._policy.max_attempts:
            note = f" (asked to wait {retry_after_s:g} s, beyond the retry budget of {self._policy.budget_s:g} s)"
        cause = fault.cause(attempts, note)
        # One long prompt says nothing of the next; an endpoint that has never taken any rejects what they share.
        if fault.kind is not Kind.REJECTED or not self._breaker.answered:
            self._breaker.failed(cause)
        return Failure(cause)


def _feeding(reader: StreamReader | None) -> Callable[[bytes], bool] | None:
    """Hands the events of a stream to a reader."""
    return None if reader is None else lambda event: reader.feed(parse(event))
