"""The wire format `gemini`: Google's own, of Gemini's API and of Vertex AI."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from seahelm_lite.catalog.access import Access
from seahelm_lite.models.api.wires.base import Body, MalformedReplyError
from seahelm_lite.models.api.wires.common import (
    asked,
    clean,
    count,
    fault_in,
    finish_reason,
    is_filtered,
    named,
    path_of,
    turns,
    without_answer,
)
from seahelm_lite.models.api.wires.streams import Gathering
from seahelm_lite.records import JsonValue, Request, RequestKind, Response, Usage

_VERSION_AT_END = re.compile(r"/v\d+\w*/?$")
_OWN_NAMES = {
    "max_tokens": "maxOutputTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "stop": "stopSequences",
    "seed": "seed",
    "json_schema": "responseJsonSchema",
}


class Gemini:
    """`POST <base-url>/v1beta/models/<model>:generateContent`."""

    name = "gemini"
    kinds: frozenset[RequestKind] = frozenset({"generate"})
    chat = True
    params = frozenset(_OWN_NAMES)

    def stops(self, stop: Sequence[str]) -> Sequence[str]:
        """All of them; how many Google takes is for the card to say."""
        return stop

    def path(self, access: Access, *, stream: bool) -> str:
        """The model's path and what is asked of it; the version too, unless the base URL ends in one.

        A card whose `path` is another, as on Vertex AI, gives the model's without the method.
        """
        version = "" if _VERSION_AT_END.search(access.base_url or "") else "/v1beta"
        model = access.model_id if "/" in access.model_id else f"models/{access.model_id}"
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return f"{path_of(access, f'{version}/{model}')}:{method}"

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    def body(self, request: Request, params: Mapping[str, JsonValue], access: Access, *, stream: bool) -> Body:
        """The conversation without what is said as system, which stands beside it, and the parameters by their names.

        The model, and whether to stream, are in the path.
        """
        said = turns(request)
        system = "\n\n".join(turn.content for turn in said if turn.role == "system")
        body: Body = {
            "contents": [
                {"role": "model" if turn.role == "assistant" else "user", "parts": [{"text": turn.content}]}
                for turn in said
                if turn.role != "system"
            ]
        }
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        config = {_OWN_NAMES[name]: value for name, value in asked(params).items()}
        if "responseJsonSchema" in config:
            config["responseMimeType"] = "application/json"
        return {**body, "generationConfig": config} if config else body

    def read(self, reply: Body, request: Request) -> Response:
        """The answer of the first candidate; none where the prompt was blocked."""
        candidate = _candidate(reply)
        model, usage = named(reply.get("modelVersion")), _usage(reply.get("usageMetadata"))
        if candidate is None:
            return Response(text=None, finish_reason="content_filter", usage=usage, model=model)
        text, thought = _said(candidate)
        return Response(
            text=clean(text),
            reasoning=clean(thought) or None,
            finish_reason=finish_reason(candidate.get("finishReason")),
            usage=usage,
            model=model,
        )

    def reader(self) -> GeminiReader:
        """For one streamed answer."""
        return GeminiReader()


class GeminiReader:
    """Puts the parts of the first candidate together."""

    def __init__(self) -> None:
        self._gathering = Gathering()

    def feed(self, event: Mapping[str, JsonValue]) -> bool:
        """As `StreamReader.feed`."""
        usage = _usage(event.get("usageMetadata"))
        if self._gathering.repeated(event, tokens=usage.completion if usage is not None else None):
            return False
        self._gathering.usage = usage or self._gathering.usage
        self._gathering.model = named(event.get("modelVersion")) or self._gathering.model
        if usage is not None and not event.get("candidates") and not _is_blocked(event) and not event.get("error"):
            return False
        candidate = _candidate(event)
        if candidate is None:
            self._gathering.end("content_filter")
            return False
        brought = self._gathering.add(*_said(candidate))
        self._gathering.end(candidate.get("finishReason"))
        return brought

    def response(self) -> Response:
        """As `StreamReader.response`."""
        return self._gathering.response()


def _candidate(reply: Mapping[str, JsonValue]) -> dict[str, JsonValue] | None:
    """The first candidate of a reply, or None where the prompt or the answer was blocked.

    Raises:
        MalformedReplyError: If there is none for another reason.
    """
    candidates = reply.get("candidates")
    if not isinstance(candidates, list) or not candidates:
        if _is_blocked(reply) or (reply.get("error") and is_filtered(reply)):
            return None
        if reply.get("error"):
            raise fault_in(reply)
        raise without_answer(reply, "candidates", "promptFeedback", "usageMetadata", "modelVersion")
    if not isinstance(candidates[0], dict):
        raise MalformedReplyError("candidates[0] is not an object")
    return candidates[0]


def _is_blocked(reply: Mapping[str, JsonValue]) -> bool:
    feedback = reply.get("promptFeedback")
    return isinstance(feedback, dict) and isinstance(feedback.get("blockReason"), str)


def _said(candidate: Mapping[str, JsonValue]) -> tuple[str, str]:
    """The text and the thoughts of a candidate; one that was stopped may have no content at all."""
    content = candidate.get("content")
    parts = content.get("parts") if isinstance(content, dict) else None
    if (content is not None and not isinstance(content, dict)) or not isinstance(parts, list | None):
        raise MalformedReplyError("candidates[0].content has no list of parts")
    said: tuple[list[str], list[str]] = ([], [])
    for part in parts or ():
        text = part.get("text", "") if isinstance(part, dict) else None
        if not isinstance(text, str):
            raise MalformedReplyError("a part of candidates[0].content holds no text")
        said[part.get("thought") is True].append(text)
    return "".join(said[0]), "".join(said[1])


def _usage(usage: JsonValue) -> Usage | None:
    """The tokens that were counted; Google counts thoughts beside the answer, others within."""
    if not isinstance(usage, dict):
        return None
    answer, thoughts = count(usage, "candidatesTokenCount"), count(usage, "thoughtsTokenCount")
    return Usage(
        prompt=count(usage, "promptTokenCount"),
        completion=None if answer is None and thoughts is None else (answer or 0) + (thoughts or 0),
        reasoning=thoughts,
        cached=count(usage, "cachedContentTokenCount"),
    )
