"""The wire format `openai-completions`: plain text that is continued, and the log-likelihood of a given continuation.

Few servers tell the latter: vLLM does. Whether one does shows in its replies, and one that does not is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from seahelm_lite.catalog.access import Access
from seahelm_lite.errors import ProtocolError
from seahelm_lite.models.api.wires.base import Body, MalformedReplyError, NoLikelihoodError
from seahelm_lite.models.api.wires.common import asked, clean, finish_reason, named, openai_usage, path_of
from seahelm_lite.models.api.wires.echo import likelihood
from seahelm_lite.models.api.wires.openai_chat import first_choice, streaming, take_event
from seahelm_lite.models.api.wires.streams import Gathering
from seahelm_lite.records import JsonValue, Request, RequestKind, Response


class OpenAICompletions:
    """`POST <base-url>/completions`."""

    name = "openai-completions"
    kinds: frozenset[RequestKind] = frozenset({"generate", "loglikelihood"})
    chat = False
    params = frozenset({"max_tokens", "temperature", "top_p", "stop", "seed"})

    def stops(self, stop: Sequence[str]) -> Sequence[str]:
        """All of them; how many a vendor takes is for its card to say."""
        return stop

    def path(self, access: Access, *, stream: bool) -> str:
        """`/completions`: the version is part of the base URL."""
        return path_of(access, "/completions")

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    def body(self, request: Request, params: Mapping[str, JsonValue], access: Access, *, stream: bool) -> Body:
        """The text to continue; or context and continuation to be echoed with the probability of each token.

        Raises:
            ProtocolError: If the request is a conversation.
        """
        if request.context is None:
            raise ProtocolError(
                f"{access.model_id} is asked over openai-completions, which takes plain text and no conversation",
                remedy="Leave the chat template off.",
            )
        if request.kind == "generate":
            return {"model": access.model_id, "prompt": request.context, **asked(params), **streaming(stream)}
        # One token is generated and left out: some servers take 0 for "as many as you like", others refuse it.
        whole = request.context + (request.continuation or "")
        return {
            **{"model": access.model_id, "prompt": whole, "max_tokens": 1, "temperature": 0},
            **{"echo": True, "logprobs": 1},
        }

    def read(self, reply: Body, request: Request) -> Response:
        """The text of the first choice, or the log-likelihood of the continuation in it."""
        choice = first_choice(reply)
        model, usage = named(reply.get("model")), openai_usage(reply.get("usage"))
        if choice is None and request.kind == "loglikelihood":
            raise NoLikelihoodError("a content filter took the log-likelihood away")
        if choice is None:
            return Response(text=None, finish_reason="content_filter", usage=usage, model=model)
        text = choice.get("text")
        if not isinstance(text, str):
            raise MalformedReplyError("choices[0] has no text")
        finish = finish_reason(choice.get("finish_reason"))
        if request.kind == "generate":
            return Response(text=clean(text), finish_reason=finish, usage=usage, model=model)
        found = likelihood(
            choice.get("logprobs"),
            request.context or "",
            request.continuation or "",
            generated=usage.completion if usage is not None else None,
            said=text,
        )
        return Response(
            loglikelihood=found.loglikelihood,
            is_greedy=found.is_greedy,
            joined=found.joined or None,
            usage=usage,
            model=model,
        )

    def reader(self) -> CompletionReader:
        """For one streamed text; log-likelihoods are not streamed."""
        return CompletionReader()


class CompletionReader:
    """Puts the pieces of the first choice together."""

    def __init__(self) -> None:
        self._gathering = Gathering()

    def feed(self, event: Mapping[str, JsonValue]) -> bool:
        """As `StreamReader.feed`."""
        choice = take_event(event, self._gathering)
        if choice is None:
            return False
        text = choice.get("text")
        if not isinstance(text, str | None):
            raise MalformedReplyError("choices[0].text of an event is no text")
        brought = self._gathering.add(text or "")
        self._gathering.end(choice.get("finish_reason"))
        return brought

    def response(self) -> Response:
        """As `StreamReader.response`."""
        return self._gathering.response()
