"""What a wire format does: requests become bodies, replies become responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from seahelm_lite.catalog.access import Access
from seahelm_lite.records import JsonValue, Request, RequestKind, Response

Body = dict[str, JsonValue]
"""A JSON object that is sent or came back."""


class MalformedReplyError(Exception):
    """A reply of status 200 that is no answer; retried like a server fault."""


class NotAnApiError(MalformedReplyError):
    """A reply that is not even the beginning of what an API says, such as a web page."""


class NoLikelihoodError(MalformedReplyError):
    """A reply that does not tell the log-likelihood it was asked for. Asked again, the endpoint would say the same;
    and one that has never told any cannot be asked at all."""


class StreamReader(Protocol):
    """Puts one streamed answer together."""

    def feed(self, event: Mapping[str, JsonValue]) -> bool:
        """Take the next event; whether it brought text of the answer or of its reasoning.

        Raises:
            MalformedReplyError: If it is no event of an answer, or says that generating broke down.
        """

    def response(self) -> Response:
        """The whole answer, once the stream has ended.

        Raises:
            MalformedReplyError: If the stream ended before the answer did.
        """


@runtime_checkable
class Wire(Protocol):
    """A wire format. It has no state: one serves all endpoints and requests."""

    @property
    def name(self) -> str:
        """As cards write it."""

    @property
    def kinds(self) -> frozenset[RequestKind]:
        """What can be asked: log-likelihoods only where true ones of a given text come back."""

    @property
    def chat(self) -> bool:
        """Whether it takes messages; one that does not continues plain text, and none does both."""

    @property
    def params(self) -> frozenset[str]:
        """The parameters it can express, by our names: `max_tokens`, `temperature`, `top_p`, `stop`, `seed`,
        `json_schema`, …"""

    def stops(self, stop: Sequence[str]) -> Sequence[str]:
        """Those of the stop sequences that it can express: some formats take none of white space alone."""

    def path(self, access: Access, *, stream: bool) -> str:
        """Where requests are posted, below the base URL, beginning with a slash, with its query where it has one."""

    def headers(self) -> Mapping[str, str]:
        """Headers that the format demands, such as `anthropic-version`."""

    def body(self, request: Request, params: Mapping[str, JsonValue], access: Access, *, stream: bool) -> Body:
        """What is sent, before the card's renamed and fixed parameters.

        Args:
            request: What is asked.
            params: By our names, all of them among `self.params`: what is left of the request's own, and its seed.
                Log-likelihoods need none.
            access: Has the model's name.
            stream: Whether the answer shall be streamed.
        """

    def read(self, reply: Body, request: Request) -> Response:
        """The answer in a whole reply; times are filled in by the client.

        Raises:
            MalformedReplyError: If it is none.
            NoLikelihoodError: If it lacks the log-likelihood that was asked for.
        """

    def reader(self) -> StreamReader:
        """For one streamed answer."""
