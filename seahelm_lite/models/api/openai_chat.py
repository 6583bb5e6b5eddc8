"""Models behind an OpenAI-compatible chat API: `openai:<base-url>#<model>`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seahelm_lite.errors import ProtocolError
from seahelm_lite.models.api import openai_wire as wire
from seahelm_lite.models.api.endpoint import Endpoint, check_base_url, read_key
from seahelm_lite.models.api.faults import Fault, Kind, fault_of_malformed, fault_of_no_reply, fault_of_status
from seahelm_lite.models.api.retry import Breaker, RetryPolicy, parse_retry_after
from seahelm_lite.models.api.transport import NoReply, Reply, open_session, post, run_pool, run_to_end
from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts
from seahelm_lite.records import Failure, Outcome, Request, Response

if TYPE_CHECKING:
    import aiohttp


class OpenAIChat:
    """Answers generations over `POST <base-url>/chat/completions`.

    Args:
        base_url: Address of the API up to and including its version, such as `http://localhost:8000/v1`.
        model: The id under which the endpoint knows the model.
        api_key_env: Environment variable that holds the key; without a value the requests carry none.
        concurrency: Requests in flight at most.
        timeout_s: Seconds until an attempt without a whole reply is given up.
        max_attempts: Times a request is sent at most.
        retry_budget_s: Seconds a request may spend waiting between its attempts, all waits together.

    Raises:
        ModelError: If the base URL is not a plain http(s) address.
        ValueError: If `concurrency` or `max_attempts` is below 1.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key_env: str = "OPENAI_API_KEY",
        concurrency: int = 16,
        timeout_s: float = 120,
        max_attempts: int = 5,
        retry_budget_s: float = 120,
    ) -> None:
        if concurrency < 1 or max_attempts < 1:
            raise ValueError(f"concurrency ({concurrency}) and max_attempts ({max_attempts}) must be at least 1")
        self._base_url, self._host = check_base_url(base_url)
        self._model = model
        self._api_key_env = api_key_env
        self._concurrency = concurrency
        self._timeout_s = timeout_s
        self._policy = RetryPolicy(max_attempts=max_attempts, budget_s=retry_budget_s)
        self._breaker = Breaker()

    @property
    def facts(self) -> ModelFacts:
        """Identity and abilities. The key is no part of them."""
        return ModelFacts(
            name=self._model,
            fingerprint={"kind": "openai", "endpoint": self._base_url, "model": self._model, "wire": "openai-chat"},
            capabilities=Capabilities(chat=True, plain=False, prompt_logprobs=False, host=self._host),
        )

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        """Answer every request, delivering each outcome once, from one thread.

        That is the calling thread, unless an event loop runs in it already, as in a notebook. An interruption
        (Ctrl-C) stops it at once; requests in flight are then not delivered.

        Raises:
            ProtocolError: If a request asks for a log-likelihood; nothing is sent then.
            ModelError: If the endpoint cannot be used at all (unreachable, no access, no API) and has never answered.
        """
        if any(request.kind == "loglikelihood" for request in requests):
            raise ProtocolError(
                f"{self._model} is behind a chat API, which cannot give log-likelihoods of a given answer",
                remedy="Use the protocol gen-letter.",
            )
        run_to_end(lambda: self._answer_all(requests, deliver))

    async def _answer_all(self, requests: Sequence[Request], deliver: Deliver) -> None:
        endpoint = Endpoint(
            url=f"{self._base_url}/chat/completions",
            host=self._host,
            model=self._model,
            key_env=self._api_key_env,
            key=read_key(self._api_key_env),
        )
        workers = min(self._concurrency, len(requests))
        self._breaker.start()
        async with open_session(key=endpoint.key, concurrency=self._concurrency, timeout_s=self._timeout_s) as session:
            asker = _Asker(session, endpoint, self._policy, self._breaker)

            async def answer_one(numbered: tuple[int, Request]) -> None:
                index, request = numbered
                deliver(index, self._breaker.refusal() or await asker.ask(request))

            await run_pool(enumerate(requests), answer_one, workers)


class _Asker:
    """Asks single requests in one session, with all their attempts."""

    def __init__(
        self, session: aiohttp.ClientSession, endpoint: Endpoint, policy: RetryPolicy, breaker: Breaker
    ) -> None:
        self._session = session
        self._endpoint = endpoint
        self._policy = policy
        self._breaker = breaker

    async def ask(self, request: Request) -> Outcome:
        """The outcome of a request. An answer without any text is asked for once more."""
        body = wire.encode(request, self._endpoint.model)
        outcome = await self._exchange(body)
        if isinstance(outcome, Response) and wire.is_blank(outcome):
            return await self._exchange(body)
        return outcome

    async def _exchange(self, body: bytes) -> Outcome:
        """Send a body until it is answered or given up."""
        attempt, waited_s = 1, 0.0
        while True:
            got = await post(self._session, self._endpoint.url, body)
            result = self._read(got)
            if isinstance(result, Response):
                self._breaker.succeeded()
                return result
            if not result.is_worth_retrying(self._breaker.answered):
                return self._give_up(result, attempt)
            retry_after_s = _retry_after_s(got)
            wait_s = self._policy.wait_s(attempt, waited_s, retry_after_s)
            if wait_s is None:
                return self._give_up(result, attempt, retry_after_s)
            await asyncio.sleep(wait_s)
            attempt, waited_s = attempt + 1, waited_s + wait_s

    def _read(self, got: Reply | NoReply) -> Response | Fault:
        if isinstance(got, NoReply):
            return fault_of_no_reply(got, self._endpoint)
        if got.status != 200:
            # OpenRouter says with 403 what Azure and others say with 400.
            if got.status in (400, 403) and wire.is_content_filter(got.body):
                return Response(text=None, finish_reason="content_filter")
            return fault_of_status(got, self._endpoint)
        try:
            return wire.decode(got.body, got.latency_s)
        except wire.MalformedReplyError as error:
            return fault_of_malformed(error, self._endpoint)

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


def _retry_after_s(got: Reply | NoReply) -> float | None:
    return parse_retry_after(got.retry_after, datetime.now(UTC)) if isinstance(got, Reply) else None
