"""What the vendors' documentation says that an answer looks like, whole and streamed, on a server of this machine.

All of them say the same: the answer `A`, in two pieces where it is streamed, 11 tokens of prompt of which 2 were
cached, and 9 of answer. That these are the vendors' shapes, their own clients show in `test_official_clients`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.loopback import Canned, Handler, Seen

PIECES = ("Jawapan: ", "A")
TEXT = "".join(PIECES)
THOUGHT = "Ibu negara ialah Kuala Lumpur."
PROMPT, CACHED, COMPLETION, THINKING = 11, 2, 9, 5
"""Counts of tokens; those of thinking are among those of the completion."""

_OPENAI_USAGE = {
    "prompt_tokens": PROMPT,
    "completion_tokens": COMPLETION,
    "total_tokens": PROMPT + COMPLETION,
    "prompt_tokens_details": {"cached_tokens": CACHED, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": THINKING,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
}


def openai_chat(model: str, thought: str | None = None) -> dict[str, Any]:
    """`POST /chat/completions` (platform.openai.com, API reference); `reasoning_content` is DeepSeek's addition."""
    message: dict[str, Any] = {"role": "assistant", "content": TEXT, "refusal": None, "annotations": []}
    if thought is not None:
        message["reasoning_content"] = thought
    return {
        "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
        "object": "chat.completion",
        "created": 1741569952,
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _OPENAI_USAGE,
        "service_tier": "default",
        "system_fingerprint": "fp_44709d6fcb",
    }


def openai_chat_stream(model: str) -> list[dict[str, Any]]:
    """Chunks of the same, with `stream_options: {include_usage: true}`."""

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {
            "id": "chatcmpl-123",
            "object": "chat.completion.chunk",
            "created": 1694268190,
            "model": model,
            "system_fingerprint": "fp_44709d6fcb",
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
            "usage": None,
        }

    pieces = [chunk({"content": piece}) for piece in PIECES]
    last = {**chunk({}), "choices": [], "usage": _OPENAI_USAGE}
    return [chunk({"role": "assistant", "content": "", "refusal": None}), *pieces, chunk({}, "stop"), last]


def openai_completions(model: str) -> dict[str, Any]:
    """`POST /completions`."""
    return {
        "id": "cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7",
        "object": "text_completion",
        "created": 1589478378,
        "model": model,
        "system_fingerprint": "fp_44709d6fcb",
        "choices": [{"text": TEXT, "index": 0, "logprobs": None, "finish_reason": "stop"}],
        "usage": _OPENAI_USAGE,
    }


def openai_completions_stream(model: str) -> list[dict[str, Any]]:
    """Chunks of the same."""
    whole = {**openai_completions(model), "usage": None}
    choice = {"index": 0, "logprobs": None}
    pieces = [{**whole, "choices": [{**choice, "text": piece, "finish_reason": None}]} for piece in PIECES]
    end = {**whole, "choices": [{**choice, "text": "", "finish_reason": "stop"}]}
    return [*pieces, end, {**whole, "choices": [], "usage": _OPENAI_USAGE}]


def anthropic(model: str, thought: str | None = None) -> dict[str, Any]:
    """`POST /v1/messages` (docs.anthropic.com); cached tokens of the prompt are counted apart from the others."""
    thinking = [] if thought is None else [{"type": "thinking", "thinking": thought, "signature": "EqQBCgIYAhIM"}]
    return {
        "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [*thinking, {"type": "text", "text": TEXT, "citations": None}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": PROMPT - CACHED,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": CACHED,
            "output_tokens": COMPLETION,
            "service_tier": "standard",
        },
    }


def anthropic_stream(model: str) -> list[dict[str, Any]]:
    """Events of the same; each one's `type` is also its `event:` line."""
    whole = anthropic(model)
    start = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    pieces = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}} for piece in PIECES
    ]
    return [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *pieces,
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": COMPLETION},
        },
        {"type": "message_stop"},
    ]


def gemini(model: str, thought: str | None = None) -> dict[str, Any]:
    """`POST /v1beta/models/<model>:generateContent` (ai.google.dev); thinking is counted apart from the answer."""
    parts = [{"text": TEXT}] if thought is None else [{"text": thought, "thought": True}, {"text": TEXT}]
    return {
        "candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {
            "promptTokenCount": PROMPT,
            "cachedContentTokenCount": CACHED,
            "candidatesTokenCount": COMPLETION - THINKING,
            "thoughtsTokenCount": THINKING,
            "totalTokenCount": PROMPT + COMPLETION,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": PROMPT}],
        },
        "modelVersion": model,
        "responseId": "Yv0aaYCqF6Ck1MkP6vHK4Ac",
    }


def gemini_stream(model: str) -> list[dict[str, Any]]:
    """Events of `:streamGenerateContent?alt=sse`; each is a reply of its own, and the last one has the counts."""
    whole = gemini(model)

    def part(text: str, **end: Any) -> dict[str, Any]:
        candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0, **end}
        return {**whole, "candidates": [candidate]}

    begun = {**part(PIECES[0]), "usageMetadata": {"promptTokenCount": PROMPT, "totalTokenCount": PROMPT}}
    return [begun, part(PIECES[1], finishReason="STOP")]


def event_stream(events: Iterable[dict[str, Any]], *, named: bool = False, done: bool = False) -> Canned:
    """Server-sent events: with their type as Anthropic names them, with `[DONE]` as OpenAI ends them."""
    lines = [
        (f"event: {event['type']}\n" if named else "") + f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
        for event in events
    ]
    return Canned("".join(lines) + "data: [DONE]\n\n" * done, headers={"Content-Type": "text/event-stream"})


def vendor(thought: str | None = None) -> Handler:
    """Every vendor in one: the path says which, and the path or the body whether the answer is streamed."""

    async def handler(seen: Seen) -> Canned:
        path, body = seen.path.partition("?")[0], seen.body
        if path.endswith("GenerateContent") or path.endswith(":generateContent"):
            model = path.rpartition("/")[2].partition(":")[0]
            return event_stream(gemini_stream(model)) if "stream" in path else Canned(gemini(model, thought))
        model, streamed = body["model"], body.get("stream", False)
        if path.endswith("/messages"):
            return event_stream(anthropic_stream(model), named=True) if streamed else Canned(anthropic(model, thought))
        if path.endswith("/chat/completions"):
            return (
                event_stream(openai_chat_stream(model), done=True) if streamed else Canned(openai_chat(model, thought))
            )
        if path.endswith("/completions"):
            whole = Canned(openai_completions(model))
            return event_stream(openai_completions_stream(model), done=True) if streamed else whole
        return Canned({"error": {"message": f"no such path: {path}"}}, status=404)

    return handler
