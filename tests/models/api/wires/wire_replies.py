"""What servers of each wire format answer, whole and as the events of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

OPENAI_USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}


def chat_chunk(content: Any = None, finish: str | None = None, **delta: Any) -> Json:
    """An event of `openai-chat`."""
    said = delta if content is None else {"content": content, **delta}
    choice = {"index": 0, "delta": said, "finish_reason": finish}
    return {**_openai("chat.completion.chunk"), "choices": [choice]}


def completion(text: Any = " A", finish: str | None = "stop", **choice: Any) -> Json:
    """A reply of `openai-completions`, or an event of it."""
    choices = [{"index": 0, "text": text, "finish_reason": finish, "logprobs": None, **choice}]
    return {**_openai("text_completion"), "choices": choices}


def counted(kind: str = "chat.completion.chunk", **usage: int) -> Json:
    """The last event of a stream of OpenAI's, with the counts."""
    return {**_openai(kind), "choices": [], "usage": {**OPENAI_USAGE, **usage}}


def _openai(kind: str) -> Json:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "loopback-1"}


ANTHROPIC_USAGE = {
    **{"input_tokens": 5, "cache_read_input_tokens": 2, "cache_creation_input_tokens": 1, "output_tokens": 4},
    "output_tokens_details": {"thinking_tokens": 1},
}


def message(*content: Json, stop: str | None = "end_turn", **changes: Any) -> Json:
    """A reply of `anthropic-messages`."""
    return {
        **{"id": "msg_1", "type": "message", "role": "assistant", "model": "loopback-1", "content": list(content)},
        **{"stop_reason": stop, "stop_sequence": None, "usage": ANTHROPIC_USAGE},
        **changes,
    }


def text_block(text: str) -> Json:
    """A block of the answer."""
    return {"type": "text", "text": text, "citations": None}


def thinking_block(text: str) -> Json:
    """A block of thinking."""
    return {"type": "thinking", "thinking": text, "signature": "c2ln"}


def message_stream(
    thoughts: Sequence[str], texts: Sequence[str], *, stop: str | None = "end_turn", output: int = 4
) -> list[Json]:
    """The events of a streamed message, with a block of thinking where there are thoughts."""
    usage = {**ANTHROPIC_USAGE, "output_tokens": 1, "output_tokens_details": None}
    events: list[Json] = [{"type": "message_start", "message": message(stop=None, usage=usage)}, {"type": "ping"}]
    blocks = [(thinking_block(""), "thinking", thoughts)] if thoughts else []
    for index, (block, kind, pieces) in enumerate([*blocks, (text_block(""), "text", texts)]):
        deltas = [{"type": f"{kind}_delta", kind: piece} for piece in pieces]
        if kind == "thinking":
            deltas.append({"type": "signature_delta", "signature": "c2ln"})
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    counts = {"output_tokens": output, "output_tokens_details": {"thinking_tokens": 1}}
    end = {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": counts}
    return [*events, end, {"type": "message_stop"}]


GEMINI_USAGE = {
    **{"promptTokenCount": 7, "candidatesTokenCount": 2, "thoughtsTokenCount": 1, "totalTokenCount": 10},
    "cachedContentTokenCount": 3,
}


def generated(*parts: Json, finish: str | None = "STOP", **changes: Any) -> Json:
    """A reply of `gemini`, or an event of it."""
    content = {"content": {"role": "model", "parts": list(parts)}} if parts else {}
    candidate = {**content, "index": 0, **({"finishReason": finish} if finish else {})}
    return {
        **{"candidates": [candidate], "usageMetadata": GEMINI_USAGE, "modelVersion": "loopback-1", "responseId": "r"},
        **changes,
    }


def blocked(reason: str = "PROHIBITED_CONTENT") -> Json:
    """What `gemini` says of a prompt that it does not take."""
    usage = {"promptTokenCount": 7, "totalTokenCount": 7}
    return {"promptFeedback": {"blockReason": reason}, "usageMetadata": usage, "modelVersion": "loopback-1"}
