"""How a probe asks for tools and log-probabilities is what the vendors' own SDKs send and read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from seahelm_lite.models.api.probe_fields import TOOL, Fields, fields_of


def fields(wire: str) -> Fields:
    found = fields_of(wire)
    assert found is not None
    return found


def known(params: Any, body: Any) -> Any:
    """What of a body an SDK's typed parameters know; they raise on a value of the wrong type."""
    adapter = TypeAdapter(params)
    return json.loads(adapter.dump_json(adapter.validate_python(body)))


def test_openai_knows_what_its_chat_is_asked() -> None:
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming as Params

    asked, body = fields("openai-chat"), {"model": "m", "messages": [{"role": "user", "content": "?"}]}
    assert asked.tool is not None
    assert asked.logprobs is not None
    body |= {**asked.tool, **asked.force, **asked.logprobs(20)}
    assert known(Params, body) == body


def test_openai_knows_what_its_completions_are_asked() -> None:
    from openai.types.completion_create_params import CompletionCreateParamsNonStreaming as Params

    asked = fields("openai-completions")
    assert asked.logprobs is not None
    body = {"model": "m", "prompt": "?", **asked.logprobs(5)}
    assert known(Params, body) == body


def test_anthropic_knows_what_it_is_asked() -> None:
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming as Params

    asked = fields("anthropic-messages")
    assert asked.tool is not None
    body = {"model": "m", "max_tokens": 8, "messages": [{"role": "user", "content": "?"}], **asked.tool, **asked.force}
    assert known(Params, body) == body


def test_google_knows_what_it_is_asked() -> None:
    from google.genai import types as google

    asked = fields("gemini")
    assert asked.tool is not None
    assert asked.logprobs is not None
    for kind, body in (
        (google.Tool, asked.tool["tools"][0]),
        (google.ToolConfig, asked.force["toolConfig"]),
        (google.GenerationConfig, asked.logprobs(20)["generationConfig"]),
    ):
        told = kind.model_validate(body).model_dump(mode="json", by_alias=True, exclude_none=True)
        assert json.loads(json.dumps(told).lower()) == json.loads(json.dumps(body).lower())


def test_a_chat_reply_of_openais_that_calls_a_tool_and_tells_log_probabilities_is_read() -> None:
    from openai.types.chat import ChatCompletion

    def reply(arguments: str, name: str = TOOL) -> dict[str, Any]:
        top = [{"token": "1", "logprob": -0.1}, {"token": "2", "logprob": -2.5}]
        call = {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
        choice = {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {"role": "assistant", "content": None, "tool_calls": [call]},
            "logprobs": {"content": [{"token": "1", "logprob": -0.1, "top_logprobs": top}]},
        }
        whole = {"id": "1", "created": 1, "model": "m", "object": "chat.completion", "choices": [choice]}
        return dict(ChatCompletion.model_validate(whole).model_dump(mode="json"))

    read = fields("openai-chat")
    assert read.called(reply('{"numbers": [1]}'))
    assert not read.called(reply('{"numbers": [1'))
    assert not read.called(reply("[1]"))
    assert not read.called(reply('{"numbers": [1]}', name="another"))
    assert read.told(reply("{}")) == [[-0.1, -2.5]]
    assert read.is_null(reply("{}"))


def test_a_text_of_openais_that_tells_log_probabilities_is_read() -> None:
    from openai.types import Completion

    logprobs = {"tokens": ["1"], "token_logprobs": [-0.1], "top_logprobs": [{"1": -0.1, "2": -2.5}]}
    choice = {"index": 0, "finish_reason": "stop", "text": "1", "logprobs": logprobs}
    whole = {"id": "1", "created": 1, "model": "m", "object": "text_completion", "choices": [choice]}
    read = fields("openai-completions")
    assert read.told(Completion.model_validate(whole).model_dump(mode="json")) == [[-0.1, -2.5]]


def test_a_reply_of_anthropics_that_calls_a_tool_is_read() -> None:
    from anthropic.types import ToolUseBlock

    def reply(**more: Any) -> dict[str, Any]:
        block = ToolUseBlock.model_validate({"id": "1", "type": "tool_use", "name": TOOL, "input": {}, **more})
        return {"content": [{"type": "text", "text": "So:"}, block.model_dump(mode="json")]}

    read = fields("anthropic-messages")
    assert read.called(reply(input={"numbers": [1]}))
    assert not read.called(reply(name="another"))
    assert not read.called({"content": [{"type": "text", "text": TOOL}]})


def test_a_reply_of_googles_that_calls_a_tool_and_tells_log_probabilities_is_read() -> None:
    from google.genai import types as google

    top = [{"token": "1", "logProbability": -0.1}, {"token": "2", "logProbability": -2.5}]
    candidate = google.Candidate.model_validate(
        {
            "content": {"role": "model", "parts": [{"functionCall": {"name": TOOL, "args": {"numbers": [1]}}}]},
            "logprobsResult": {"topCandidates": [{"candidates": top}]},
        }
    )
    reply = {"candidates": [candidate.model_dump(mode="json", by_alias=True, exclude_none=True)]}
    read = fields("gemini")
    assert read.called(reply)
    assert read.told(reply) == [[-0.1, -2.5]]


@pytest.mark.parametrize("wire", ["openai-chat", "openai-completions", "anthropic-messages", "gemini"])
@pytest.mark.parametrize("reply", [{}, {"choices": []}, {"choices": [None]}, {"content": "x"}, {"candidates": {}}])
def test_a_reply_of_another_shape_calls_nothing_and_tells_nothing(wire: str, reply: dict[str, Any]) -> None:
    read = fields(wire)
    assert not read.called(reply)
    assert list(read.told(reply)) == []
