"""The `openai-chat` wire format: a request as a body, a reply as a response. No network here."""

from __future__ import annotations

import json
from collections.abc import Mapping

from seahelm_lite.records import FinishReason, JsonValue, Request, Response, Usage

_CUT_OFF = frozenset({"length", "max_tokens", "model_length"})
_FILTERED = frozenset({"content_filter", "blacklist"})
"""OpenAI, Azure and most others; GigaChat."""

_FILTER_CODES = frozenset(
    {"content_filter", "responsibleaipolicyviolation", "data_inspection_failed", "datainspectionfailed"}
)
"""Azure; Alibaba's DashScope in both of its spellings."""
_FILTER_PHRASES = (
    "content management policy",  # Azure
    "content exists risk",  # DeepSeek
    "datainspectionfailed",  # DashScope, where the code stands in the message
    "your input was flagged",  # OpenRouter, as HTTP 403
)


class MalformedReplyError(Exception):
    """A reply of status 200 that is no chat answer; retried like a server fault."""


class NotAnApiError(MalformedReplyError):
    """A reply that is not even the beginning of JSON: a web page, an event stream."""


def encode(request: Request, model: str) -> bytes:
    """The body that asks a generation. Every parameter of the request is in it; an empty `stop` means none."""
    params = {name: value for name, value in request.params.items() if not (name == "stop" and not value)}
    turns: list[dict[str, JsonValue]]
    if request.messages is not None:
        turns = [{"role": turn.role, "content": turn.content} for turn in request.messages]
    else:
        turns = [{"role": "user", "content": request.context}]
    return json.dumps({"model": model, "messages": turns, "seed": request.seed, **params}).encode()


def decode(body: bytes, latency_s: float) -> Response:
    """Read the body of a reply of status 200.

    Raises:
        MalformedReplyError: If it is not a chat answer, or the server says that generating broke down.
        NotAnApiError: If it is not JSON at all.
    """
    reply = _parse(body)
    choice = _first_choice(reply)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise MalformedReplyError("choices[0] has no message")
    finish = choice.get("finish_reason")
    if finish == "error":
        raise MalformedReplyError("the server ended the generation with an error")
    model = reply.get("model")
    return Response(
        text=_clean(_text(message)),
        reasoning=_reasoning(message),
        finish_reason=_finish_reason(finish),
        usage=_usage(reply.get("usage")),
        latency_s=latency_s,
        model=model if isinstance(model, str) else None,
    )


def is_blank(response: Response) -> bool:
    """Whether a model stopped of its own accord without saying anything, which is worth asking once more."""
    return not (response.text or "").strip() and response.finish_reason not in ("length", "content_filter")


def error_message(body: bytes) -> str:
    """What an error reply says: its message where it has one, else its text."""
    fault = _fault(body)
    for name in ("message", "detail", "error"):
        if isinstance(fault.get(name), str) and fault[name]:
            return str(fault[name])
    return body.decode(errors="replace")


def is_content_filter(body: bytes) -> bool:
    """Whether an error reply says that a content filter stopped the prompt or the answer."""
    fault = _fault(body)
    inner = fault.get("innererror")
    codes = [fault.get("code"), fault.get("type"), inner.get("code") if isinstance(inner, dict) else None]
    if any(isinstance(code, str) and code.casefold() in _FILTER_CODES for code in codes):
        return True
    message = error_message(body).casefold()
    return any(phrase in message for phrase in _FILTER_PHRASES)


def _parse(body: bytes) -> dict[str, JsonValue]:
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        start = body.lstrip()[:1]
        if start in (b"", b"{", b"["):
            raise MalformedReplyError("invalid or cut-off JSON") from None
        raise NotAnApiError(f"not JSON: {body.decode(errors='replace')}") from None
    if not isinstance(reply, dict):
        raise MalformedReplyError("not a JSON object")
    return reply


def _first_choice(reply: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    choices = reply.get("choices")
    if not isinstance(choices, list) or not choices:
        # Some gateways report a fault of the model behind them with status 200.
        said = f": {error_message(json.dumps(reply).encode())}" if reply.get("error") else ""
        raise MalformedReplyError(f"no choices{said}")
    if not isinstance(choices[0], dict):
        raise MalformedReplyError("choices[0] is not an object")
    return choices[0]


def _text(message: Mapping[str, JsonValue]) -> str:
    """The answer; a refusal that came in its own field is the answer where there is no other."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(_part(part) for part in content)
    if content is None or content == "":
        refusal = message.get("refusal")
        return refusal if isinstance(refusal, str) else ""
    if not isinstance(content, str):
        raise MalformedReplyError("message.content is neither text nor a list of parts")
    return content


def _part(part: JsonValue) -> str:
    if not isinstance(part, dict):
        raise MalformedReplyError("a part of message.content is not an object")
    text = part.get("text", "") if part.get("type") == "text" else ""
    if not isinstance(text, str):
        raise MalformedReplyError("a text part of message.content holds no text")
    return text


def _reasoning(message: Mapping[str, JsonValue]) -> str | None:
    for name in ("reasoning_content", "reasoning"):
        value = message.get(name)
        if isinstance(value, str) and value:
            return _clean(value)
    return None


def _clean(text: str) -> str:
    """JSON can carry half a surrogate pair (a cut-off emoji), which no file or database stores."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _finish_reason(reason: JsonValue) -> FinishReason | None:
    if not isinstance(reason, str):
        return None
    if reason.casefold() in _CUT_OFF:
        return "length"
    return "content_filter" if reason.casefold() in _FILTERED else "stop"


def _usage(usage: JsonValue) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    return Usage(
        prompt=_count(usage, "prompt_tokens"),
        completion=_count(usage, "completion_tokens"),
        reasoning=_count(usage.get("completion_tokens_details"), "reasoning_tokens"),
        cached=_count(usage.get("prompt_tokens_details"), "cached_tokens"),
    )


def _count(counts: JsonValue, name: str) -> int | None:
    value = counts.get(name) if isinstance(counts, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _fault(body: bytes) -> dict[str, JsonValue]:
    """The object that describes an error: `error` where it is one, else the whole reply; empty when unreadable."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(reply, dict):
        return {}
    inner = reply.get("error")
    return inner if isinstance(inner, dict) else reply
