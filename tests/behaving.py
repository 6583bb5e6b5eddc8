"""An endpoint of the OpenAI kind whose behaviour is known, for tests of what a probe finds out.

The model behind it writes three-digit numbers that follow from the prompt and, when it samples, from the seed: one
that follows no instruction at all, unless it is told to be strong.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.loopback import Canned, Seen

KNOWN = frozenset(
    {
        *(
            "model",
            "messages",
            "prompt",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "seed",
            "stop",
            "stream",
            "stream_options",
        ),
        *("response_format", "tools", "tool_choice", "logprobs", "top_logprobs", "echo"),
    }
)


@dataclass(frozen=True)
class Manners:
    """What the endpoint does; every field has `honours`, `ignores` and `refuses`, and the words beside it."""

    strong: bool = False
    """Whether the model does what system message and tools ask of it."""
    counts: bool = True
    """Whether usage is told."""
    stop: str = "honours"
    """Also `keeps`: ends after the stop word, which stays; `ragged`: with the token that completed it."""
    seed: str = "honours"
    """Also `wavers`: answers with one seed part late."""
    temperature: str = "honours"
    """Also `samples`: always; `greedy`: never; `refuses` a temperature of any kind."""
    system: str = "honours"
    logprobs: str = "honours"
    """Also `equal`: all of them 0; `few`: at most 5."""
    schema: str = "honours"
    """Also `json`: some JSON; `blanks`: brackets and blanks up to the limit."""
    tools: str = "honours"
    """Also `forced`: the model calls one only when told to; `deaf`: the tool reaches the model, which calls none."""
    echo: str = "honours"
    """Also `equal`: every token scores 0; `fixed`: every text scores the same; `reversed`: the absurd scores higher."""
    stream: str = "honours"
    """Also `whole`: one event with everything in it."""
    unknown: str = "ignores"
    limit: str = "honours"
    """Also `renamed`: takes `max_completion_tokens` alone."""
    says: str = ""
    """What the model says to everything, where it is to be of no use."""
    null: bool = False
    """Whether answers come without a text."""
    thinks: int = 0
    """Tokens that go by before the first of the answer."""


@dataclass
class Behaving:
    """The endpoint: a handler of `ChatServer`."""

    manners: Manners = field(default_factory=Manners)
    draws: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    async def __call__(self, seen: Seen) -> Canned:
        await asyncio.sleep(0)
        body, manners = dict(seen.body), self.manners
        if (fault := self._refusal(body)) is not None:
            return Canned({"error": {"message": fault}}, status=400)
        if "echo" in body:
            return Canned(self._echoed(body))
        text, finish, tokens = self._written(body)
        message: dict[str, Any] = {"role": "assistant", "content": None if manners.null else text}
        choice: dict[str, Any] = {"index": 0, "message": message, "text": text, "finish_reason": finish}
        if self._calls(body):
            message |= {"content": None, "tool_calls": [_call(body["tools"][0]["function"]["name"])]}
        if manners.logprobs != "ignores" and "logprobs" in body:
            choice["logprobs"] = _logprobs(body, text, 0.0 if manners.logprobs == "equal" else 1.0)
        usage = {"prompt_tokens": len(self._prompt(body).split()), "completion_tokens": tokens}
        reply = {"model": "behaving-1", "choices": [choice], **({"usage": usage} if manners.counts else {})}
        if body.get("stream") and manners.stream != "ignores":
            return self._streamed(text, finish, usage)
        return Canned(reply)

    def _refusal(self, body: dict[str, Any]) -> str | None:
        manners = self.manners
        told = ("stop", "seed", "temperature", "logprobs", "tools", "echo", "stream")
        refused = {**{name: getattr(manners, name) for name in told}, "response_format": manners.schema}
        faults = {f"Unsupported parameter: {name}": name in body for name in refused if refused[name] == "refuses"}
        faults |= {
            "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.": (
                manners.limit == "renamed" and "max_tokens" in body
            ),
            "max_tokens must be at least 20": manners.limit == "refuses" and body.get("max_tokens", 64) < 20,
            "top_logprobs must not exceed 5": manners.logprobs == "few" and body.get("top_logprobs", 0) > 5,
            "System role not supported": (
                manners.system == "refuses" and any(turn["role"] == "system" for turn in body.get("messages", ()))
            ),
            "Unexpected fields": manners.unknown == "refuses" and bool(set(body) - KNOWN),
        }
        return next((fault for fault, applies in faults.items() if applies), None)

    def _prompt(self, body: dict[str, Any]) -> str:
        """What reaches the model."""
        if "prompt" in body:
            return str(body["prompt"])
        kept = [turn for turn in body["messages"] if self.manners.system != "ignores" or turn["role"] != "system"]
        tools = json.dumps(body["tools"]) if "tools" in body and self.manners.tools != "ignores" else ""
        return " ".join([tools, *(turn["content"] for turn in kept)])

    def _written(self, body: dict[str, Any]) -> tuple[str, str, int]:
        """The answer, why it ended, and its tokens."""
        manners, prompt = self.manners, self._prompt(body)
        if manners.says:
            return manners.says, "stop", len(manners.says.split())
        if manners.strong and "single word zebrafish" in prompt:
            return "zebrafish", "stop", 1
        if manners.schema == "honours" and "response_format" in body:
            schema = body["response_format"]["json_schema"]["schema"]
            return json.dumps({key: rule["enum"][0] for key, rule in schema["properties"].items()}), "stop", 9
        if manners.schema == "json" and "response_format" in body:
            return '{"answer": 1}', "stop", 4
        if manners.schema == "blanks" and "response_format" in body:
            return "{" + " " * 80, "length", 64
        most = body.get("max_completion_tokens", body.get("max_tokens", 64))
        whole = 70 if manners.limit != "ignores" else 90
        kept = whole if manners.limit == "ignores" else max(0, min(whole, most - manners.thinks))
        tokens = list(itertools.islice(self._tokens(body, prompt), kept))
        finish = "length" if kept < whole else "stop"
        text = "".join(tokens)
        if "stop" in body and manners.stop in ("honours", "keeps", "ragged"):
            place = min((text.find(word) for word in body["stop"] if word in text), default=-1)
            if place >= 0:
                finish = "stop"
                end = place + len(body["stop"][0])
                cuts = {"honours": place, "keeps": end, "ragged": (end + 4) // 4 * 4}
                text = text[: cuts[manners.stop]]
        return text, finish, kept + min(manners.thinks, most)

    def _tokens(self, body: dict[str, Any], prompt: str) -> Iterator[str]:
        manners = self.manners
        warm = body.get("temperature", 1) > 0 or manners.temperature in ("samples", "ignores")
        chance = ""
        if warm and manners.temperature != "greedy":
            chance = str(body["seed"]) if "seed" in body and manners.seed != "ignores" else str(next(self.draws))
        late = str(next(self.draws)) if manners.seed == "wavers" and chance else ""
        for place in itertools.count():
            key = f"{prompt}|{chance}|{late if place > 40 else ''}|{place}"
            yield f"{100 + int(hashlib.sha256(key.encode()).hexdigest(), 16) % 900} "

    def _calls(self, body: dict[str, Any]) -> bool:
        if "tools" not in body or self.manners.tools in ("ignores", "deaf"):
            return False
        return "tool_choice" in body or (self.manners.tools == "honours")

    def _echoed(self, body: dict[str, Any]) -> dict[str, Any]:
        """The log-probabilities of the prompt: what the model itself would write costs less than anything else."""
        prompt = body["prompt"]
        tokens = [f"{word} " for word in prompt.split(" ")]
        tokens[-1] = tokens[-1][:-1]
        own, other = {"honours": (-0.5, -9.0), "reversed": (-9.0, -0.01)}.get(self.manners.echo, (-1.0, -1.0))
        each = other if "qzxv" in prompt else own
        values: list[float | None] = [None, *(each * (1 + place % 3) for place in range(1, len(tokens)))]
        if self.manners.echo == "fixed":
            values[1:] = [-8.0 if place == 1 else 0.0 for place in range(1, len(tokens))]
        if self.manners.echo == "equal":
            values[1:] = [0.0] * (len(tokens) - 1)
        scores: dict[str, Any] = {"tokens": tokens, "token_logprobs": values, "top_logprobs": None}
        choice = {"index": 0, "text": prompt, "logprobs": scores, "finish_reason": "length"}
        if self.manners.echo == "ignores":
            choice |= {"logprobs": None, "text": "123"}
        return {"model": "behaving-1", "choices": [choice]}

    def _streamed(self, text: str, finish: str, usage: dict[str, int]) -> Canned:
        size = len(text) if self.manners.stream == "whole" else 4
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        events: list[dict[str, Any]] = [
            {"model": "behaving-1", "choices": [{"index": 0, "delta": {"content": piece}, "text": piece}]}
            for piece in pieces
        ]
        events.append({"choices": [{"index": 0, "delta": {}, "text": "", "finish_reason": finish}]})
        if self.manners.counts:
            events.append({"choices": [], "usage": usage})
        lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        return Canned(lines, headers={"Content-Type": "text/event-stream"})


def _call(name: str) -> dict[str, Any]:
    return {"id": "call-1", "type": "function", "function": {"name": name, "arguments": '{"numbers": [101, 202]}'}}


def _logprobs(body: dict[str, Any], text: str, scale: float) -> dict[str, Any]:
    """Of the tokens of an answer, in the form of the wire format that asked."""
    words = text.split()
    if "messages" not in body:
        return {"top_logprobs": [{str(n): -scale * n / 7 for n in range(body["logprobs"])} for _ in words]}
    return {
        "content": [
            {"token": word, "logprob": 0.0, "top_logprobs": [{"logprob": -scale * n / 7} for n in range(top)]}
            for word in words
            for top in (body["top_logprobs"],)
        ]
    }


@dataclass
class AnthropicBehaving:
    """The same endpoint in the format of Anthropic's messages."""

    manners: Manners

    def __post_init__(self) -> None:
        self._inner = Behaving(self.manners)

    async def __call__(self, seen: Seen) -> Canned:
        asked = dict(seen.body)
        system = [{"role": "system", "content": asked.pop("system")}] if "system" in asked else []
        asked["messages"] = [*system, *asked["messages"]]
        if "stop_sequences" in asked:
            asked["stop"] = asked.pop("stop_sequences")
        if "output_config" in asked:
            asked["response_format"] = {"json_schema": asked.pop("output_config")["format"]}
        if "tools" in asked:
            asked["tools"] = [{"function": {"name": tool["name"]}} for tool in asked["tools"]]
        stream = asked.pop("stream", False) and self.manners.stream == "honours"
        canned = await self._inner(replace(seen, body=asked))
        if canned.status != 200:
            return Canned({"type": "error", **canned.body}, status=canned.status)
        (choice,), usage = canned.body["choices"], canned.body["usage"]
        content: list[dict[str, Any]] = [{"type": "text", "text": choice["message"]["content"] or ""}]
        for call in choice["message"].get("tool_calls", ()):
            arguments = json.loads(call["function"]["arguments"])
            content = [{"type": "tool_use", "id": "t", "name": call["function"]["name"], "input": arguments}]
        reason = {"stop": "end_turn", "length": "max_tokens"}[choice["finish_reason"]]
        counts = {"input_tokens": usage["prompt_tokens"], "output_tokens": usage["completion_tokens"]}
        reply = {"type": "message", "role": "assistant", "model": "behaving-1", "content": content}
        if not stream:
            return Canned({**reply, "stop_reason": reason, "usage": counts})
        pieces = [content[0]["text"][at : at + 4] for at in range(0, len(content[0]["text"]), 4)]
        events: list[dict[str, Any]] = [
            {"type": "message_start", "message": {**reply, "content": [], "usage": counts}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            *(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
                for piece in pieces
            ),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": counts},
            {"type": "message_stop"},
        ]
        return _events(events)


@dataclass
class GeminiBehaving:
    """The same endpoint in Gemini's own format."""

    manners: Manners

    def __post_init__(self) -> None:
        self._inner = Behaving(self.manners)

    async def __call__(self, seen: Seen) -> Canned:
        body, settings = seen.body, dict(seen.body.get("generationConfig", {}))
        turns = [("user", content) for content in body["contents"]]
        if "systemInstruction" in body:
            turns.insert(0, ("system", body["systemInstruction"]))
        asked: dict[str, Any] = {
            "messages": [
                {"role": role, "content": "".join(part["text"] for part in content["parts"])} for role, content in turns
            ]
        }
        known = {"maxOutputTokens": "max_tokens", "temperature": "temperature", "seed": "seed", "stopSequences": "stop"}
        asked |= {known[name]: value for name, value in settings.items() if name in known}
        schema = settings.get("responseJsonSchema") or settings.get("responseSchema")
        if schema is not None:
            asked["response_format"] = {"json_schema": {"schema": schema}}
        if "tools" in body:
            (function,) = body["tools"][0]["functionDeclarations"]
            asked["tools"] = [{"function": {"name": function["name"]}}]
        if "toolConfig" in body:
            asked["tool_choice"] = "forced"
        if "logprobs" in settings:
            asked |= {"logprobs": True, "top_logprobs": settings["logprobs"]}
        asked |= {name: value for name, value in body.items() if name not in GEMINI}
        canned = await self._inner(replace(seen, body=asked))
        if canned.status != 200:
            return canned
        (choice,), usage = canned.body["choices"], canned.body["usage"]
        parts: list[dict[str, Any]] = [{"text": choice["message"]["content"] or ""}]
        for call in choice["message"].get("tool_calls", ()):
            arguments = json.loads(call["function"]["arguments"])
            parts = [{"functionCall": {"name": call["function"]["name"], "args": arguments}}]
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}}
        candidate["finishReason"] = {"stop": "STOP", "length": "MAX_TOKENS"}[choice["finish_reason"]]
        if "logprobs" in choice:
            candidate["logprobsResult"] = {
                "topCandidates": [
                    {"candidates": [{"logProbability": top["logprob"]} for top in position["top_logprobs"]]}
                    for position in choice["logprobs"]["content"]
                ]
            }
        counts = {"promptTokenCount": usage["prompt_tokens"], "candidatesTokenCount": usage["completion_tokens"]}
        reply = {"candidates": [candidate], "usageMetadata": counts, "modelVersion": "behaving-1"}
        if "stream" not in seen.path or self.manners.stream == "ignores":
            return Canned(reply)
        text = parts[0]["text"]
        pieces: list[dict[str, Any]] = [
            {"candidates": [{"content": {"role": "model", "parts": [{"text": text[at : at + 4]}]}}]}
            for at in range(0, len(text), 4)
        ]
        pieces[-1]["candidates"][0]["finishReason"] = candidate["finishReason"]
        return _events([*pieces[:-1], {**pieces[-1], "usageMetadata": counts}])


GEMINI = frozenset({"contents", "systemInstruction", "generationConfig", "tools", "toolConfig"})


def _events(events: list[dict[str, Any]]) -> Canned:
    lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Canned(lines, headers={"Content-Type": "text/event-stream"})
