from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.models.api.wires.base import MalformedReplyError, NotAnApiError
from seahelm_lite.models.api.wires.common import error_message, finish_reason, is_blank, is_content_filter, parse
from seahelm_lite.models.api.wires.registry import wire_named
from seahelm_lite.records import Message, Request, Response
from tests.loopback import chat
from tests.models.api.wires.wire_cases import json_values
from tests.models.api.wires.wire_replies import generated, message, text_block


@pytest.mark.parametrize(
    "reply", [b"", b'{"choices": [{"mess', b"[]", b"null", b"7", b'{"a": "\xff"}', b"[" * 100_000, b'{"a": 1} {}']
)
def test_broken_json_is_malformed(reply: bytes) -> None:
    with pytest.raises(MalformedReplyError) as caught:
        parse(reply)
    assert not isinstance(caught.value, NotAnApiError)


@pytest.mark.parametrize("reply", [b"<!doctype html><h1>Hi</h1>", b"  <html>", b"data: {}\n\n", b"OK"])
def test_pages_and_streams_are_told_from_broken_json(reply: bytes) -> None:
    with pytest.raises(NotAnApiError):
        parse(reply)


@pytest.mark.parametrize(
    ("wire", "reply"),
    [
        ("openai-chat", message(text_block("A"))),
        ("openai-chat", {"model": "m", "message": {"role": "assistant", "content": "A"}, "done": True}),
        ("openai-completions", generated({"text": "A"})),
        ("anthropic-messages", {"status": "ok"}),
        ("gemini", chat("A")),
    ],
    ids=["Anthropic's", "Ollama's own", "Gemini's", "of no API", "OpenAI's"],
)
def test_the_replies_of_another_api_are_told_from_answers_that_lack_something(wire: str, reply: dict[str, Any]) -> None:
    request = Request("generate", {}, messages=(Message("user", "?"),))
    with pytest.raises(NotAnApiError, match="JSON without "):
        wire_named(wire).read(reply, request)


@given(st.binary())
def test_any_bytes_are_an_object_or_malformed(body: bytes) -> None:
    with suppress(MalformedReplyError):
        assert isinstance(parse(body), dict)
    assert isinstance(error_message(body), str)


@given(json_values(["error", "message", "code", "innererror"]))
def test_any_json_has_an_error_message(reply: Any) -> None:
    body = json.dumps(reply).encode()
    assert isinstance(error_message(body), str)
    assert is_content_filter(body) in (True, False)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("stop", "stop"),
        ("eos", "stop"),
        ("tool_calls", "stop"),
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("STOP", "stop"),
        ("OTHER", "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("MAX_TOKENS", "length"),
        ("model_context_window_exceeded", "length"),
        ("content_filter", "content_filter"),
        ("blacklist", "content_filter"),
        ("sensitive", "content_filter"),
        ("refusal", "content_filter"),
        ("SAFETY", "content_filter"),
        ("RECITATION", "content_filter"),
        ("PROHIBITED_CONTENT", "content_filter"),
        ("FINISH_REASON_UNSPECIFIED", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_finish_reasons_of_vendors_become_ours(sent: Any, reason: str | None) -> None:
    assert finish_reason(sent) == reason


@pytest.mark.parametrize("sent", ["error", "abort", "network_error", "insufficient_system_resource"])
def test_an_answer_that_the_server_broke_off_is_none(sent: str) -> None:
    with pytest.raises(MalformedReplyError, match=sent):
        finish_reason(sent)


@pytest.mark.parametrize(
    ("response", "blank"),
    [
        (Response(text="", finish_reason="stop"), True),
        (Response(text=" \n", finish_reason="stop"), True),
        (Response(text=""), True),
        (Response(finish_reason="content_filter"), False),
        (Response(text="", finish_reason="content_filter"), False),
        (Response(text="", finish_reason="length"), False),
        (Response(text="A", finish_reason="stop"), False),
        (Response(loglikelihood=-1.5), False),
    ],
)
def test_only_a_voluntary_silence_is_blank(response: Response, blank: bool) -> None:
    assert is_blank(response) is blank


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "too long", "code": 400}}, "too long"),
        ({"error": "model not found"}, "model not found"),
        ({"message": "bad stop"}, "bad stop"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"loc": ["body"]}]}, '{"detail": [{"loc": ["body"]}]}'),
        ({"type": "error", "error": {"type": "invalid_request_error", "message": "stop_sequences"}}, "stop_sequences"),
        ([{"error": {"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"}}], "API key not valid"),
        ([], "[]"),
    ],
)
def test_error_message_is_found_where_servers_put_it(body: Any, message: str) -> None:
    assert error_message(json.dumps(body).encode()) == message


@pytest.mark.parametrize(
    "fault",
    [
        {"code": "content_filter", "message": "x"},
        {"code": None, "type": "content_filter", "message": "x"},
        {"code": "bad", "innererror": {"code": "ResponsibleAIPolicyViolation"}, "message": "x"},
        {"code": "bad", "innererror": {"code": "content_filter"}, "message": "x"},
        {"code": 400, "message": "The response was filtered due to Azure OpenAI's content management policy."},
        {"code": "data_inspection_failed", "message": "x"},
        {"code": "1301", "message": "x"},
        {"code": "invalid_request_error", "message": "Content Exists Risk"},
        {"type": "invalid_request_error", "message": "Output blocked by content filtering policy"},
        {"message": "<400> InternalError.Algo.DataInspectionFailed: Input text data may be bad."},
        {"code": 403, "message": "Model requires moderation. Your input was flagged for violence."},
    ],
)
def test_content_filters_are_recognised(fault: dict[str, Any]) -> None:
    assert is_content_filter(json.dumps({"error": fault}).encode())
    assert is_content_filter(json.dumps(fault).encode())


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"code": 400, "message": "Unsupported parameter: stop"}}',
        b'{"error": {"code": "context_length_exceeded", "innererror": "none", "message": "too long"}}',
        b"<html>",
        b"",
        b"[]",
    ],
)
def test_other_errors_are_no_content_filters(body: bytes) -> None:
    assert not is_content_filter(body)
