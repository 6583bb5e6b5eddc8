from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.models.api.openai_wire import (
    MalformedReplyError,
    NotAnApiError,
    decode,
    encode,
    error_message,
    is_blank,
    is_content_filter,
)
from seahelm_lite.records import Message, Request, Response, Usage
from tests.loopback import chat


def read(reply: Any) -> Response:
    return decode(json.dumps(reply).encode(), 0.25)


def test_body_is_exactly_what_was_asked() -> None:
    turns = (Message("system", "Jawab dengan huruf."), Message("user", "แมว 🐈?"))
    params = {"max_tokens": 8, "temperature": 0, "stop": ["\n", "###", "a", "b", "c"], "chat_template_kwargs": {"x": 1}}
    body = json.loads(encode(Request("generate", params, messages=turns, seed=7), "typhoon-v2.5"))
    assert body == {
        "model": "typhoon-v2.5",
        "messages": [
            {"role": "system", "content": "Jawab dengan huruf."},
            {"role": "user", "content": "แมว 🐈?"},
        ],
        "max_tokens": 8,
        "temperature": 0,
        "stop": ["\n", "###", "a", "b", "c"],
        "chat_template_kwargs": {"x": 1},
        "seed": 7,
    }


@pytest.mark.parametrize("params", [{}, {"stop": []}, {"stop": None}])
def test_no_stop_is_sent_where_there_is_none(params: dict[str, Any]) -> None:
    body = json.loads(encode(Request("generate", params, context="Q"), "m"))
    assert body == {"model": "m", "messages": [{"role": "user", "content": "Q"}], "seed": 0}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("B", "B"),
        (None, ""),
        ("", ""),
        ([], ""),
        ([{"type": "text", "text": "Jawapan: "}, {"type": "text", "text": "B"}], "Jawapan: B"),
        ([{"type": "thinking", "thinking": []}, {"type": "text", "text": "B"}], "B"),
        ("cut \ud83d", "cut \ufffd"),
    ],
)
def test_content_becomes_text(content: Any, text: str) -> None:
    assert read(chat(content)).text == text


def test_a_refusal_in_its_own_field_is_the_answer() -> None:
    assert read(chat(None, refusal="Maaf, saya tidak dapat membantu.")).text == "Maaf, saya tidak dapat membantu."


@pytest.mark.parametrize(
    ("fields", "reasoning"),
    [
        ({"reasoning_content": "think"}, "think"),
        ({"reasoning": "think"}, "think"),
        ({"reasoning_content": "", "reasoning": "think"}, "think"),
        ({"reasoning_content": None}, None),
        ({}, None),
    ],
)
def test_reasoning_is_kept_apart(fields: dict[str, Any], reasoning: str | None) -> None:
    response = read(chat("B", **fields))
    assert (response.text, response.reasoning) == ("B", reasoning)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("MAX_TOKENS", "length"),
        ("content_filter", "content_filter"),
        ("blacklist", "content_filter"),
        ("tool_calls", "stop"),
        ("eos", "stop"),
        (None, None),
    ],
)
def test_finish_reasons_of_vendors_become_ours(sent: str | None, reason: str | None) -> None:
    assert read(chat("B", finish=sent)).finish_reason == reason


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 2}, Usage(5, 2)),
        (
            {
                "prompt_tokens": 5,
                "completion_tokens": 2,
                "completion_tokens_details": {"reasoning_tokens": 1},
                "prompt_tokens_details": {"cached_tokens": 4},
            },
            Usage(5, 2, 1, 4),
        ),
        ({"prompt_tokens": "5", "completion_tokens": True, "prompt_tokens_details": None}, Usage()),
        ({"prompt_tokens": -125, "completion_tokens": 3}, Usage(completion=3)),
        (None, None),
        ("many", None),
    ],
)
def test_usage_is_what_the_server_counted(usage: Any, expected: Usage | None) -> None:
    assert read({**chat(), "usage": usage}).usage == expected


def test_server_model_and_latency_are_kept() -> None:
    response = read(chat())
    assert (response.model, response.latency_s) == ("loopback-1", 0.25)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b'{"choices": [{"mess',
        b"[]",
        b"null",
        b"7",
        b"{}",
        b'{"choices": null}',
        b'{"choices": []}',
        b'{"choices": {}}',
        b'{"choices": ["A"]}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": "A"}]}',
        b'{"choices": [{"message": {"content": 7}}]}',
        b'{"choices": [{"message": {"content": ["A"]}}]}',
        b'{"choices": [{"message": {"content": [{"type": "text", "text": 7}]}}]}',
        b'{"choices": [{"message": {"content": "half an ans"}, "finish_reason": "error"}]}',
        b'{"choices": [{"message": {"content": "\xff"}}]}',
        b"[" * 100_000,
    ],
)
def test_malformed_replies_are_never_answers(reply: bytes) -> None:
    with pytest.raises(MalformedReplyError) as caught:
        decode(reply, 0.0)
    assert not isinstance(caught.value, NotAnApiError)


@pytest.mark.parametrize("reply", [b"<!doctype html><h1>Hi</h1>", b"  <html>", b"data: {}\n\n", b"OK"])
def test_pages_and_streams_are_told_from_broken_json(reply: bytes) -> None:
    with pytest.raises(NotAnApiError):
        decode(reply, 0.0)


def test_a_fault_with_status_200_is_named() -> None:
    with pytest.raises(MalformedReplyError, match="no choices: upstream is down"):
        read({"error": {"message": "upstream is down", "code": 502}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["choices", "message", "content", "usage", "error", "type", "text"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_an_answer_or_malformed(reply: Any) -> None:
    body = json.dumps(reply).encode()
    with suppress(MalformedReplyError):
        assert isinstance(decode(body, 0.0).text, str)
    assert isinstance(error_message(body), str)
    assert is_content_filter(body) in (True, False)


@given(st.binary())
def test_any_bytes_are_an_answer_or_malformed(body: bytes) -> None:
    with suppress(MalformedReplyError):
        decode(body, 0.0)
    assert isinstance(error_message(body), str)


@pytest.mark.parametrize(
    ("text", "finish", "blank"),
    [
        ("", "stop", True),
        (" \n", "stop", True),
        ("", None, True),
        (None, "content_filter", False),
        ("", "content_filter", False),
        ("", "length", False),
        ("A", "stop", False),
    ],
)
def test_only_a_voluntary_silence_is_blank(text: str | None, finish: Any, blank: bool) -> None:
    assert is_blank(Response(text=text, finish_reason=finish)) is blank


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "too long", "code": 400}}, "too long"),
        ({"error": "model not found"}, "model not found"),
        ({"message": "bad stop"}, "bad stop"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"loc": ["body"]}]}, '{"detail": [{"loc": ["body"]}]}'),
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
        {"code": "invalid_request_error", "message": "Content Exists Risk"},
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
