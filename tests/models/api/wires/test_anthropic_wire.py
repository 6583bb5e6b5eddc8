from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.models.api.wires.anthropic_messages import AnthropicMessages
from seahelm_lite.models.api.wires.base import MalformedReplyError
from seahelm_lite.records import Message, Response, Usage
from tests.models.api.wires.wire_cases import SCHEMA, TEXTS, access, cuts, json_values, sent, stream_of, talk
from tests.models.api.wires.wire_replies import message, message_stream, text_block, thinking_block

WIRE = AnthropicMessages()
USER = {"role": "user", "content": "แมว 🐈?"}
USAGE = Usage(prompt=8, completion=4, reasoning=1, cached=2)


def read(reply: Any) -> Response:
    return WIRE.read(reply, talk())


def test_what_is_said_as_system_stands_beside_the_conversation() -> None:
    body = sent(WIRE, max_tokens=8, temperature=0, top_p=0.5)
    own = {"max_tokens": 8, "temperature": 0, "top_p": 0.5}
    assert body == {"model": "m", "system": "Jawab dengan huruf.", "messages": [USER], **own}


def test_a_conversation_without_system_sends_none() -> None:
    turns = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    assert sent(WIRE, talk(*turns), max_tokens=8) == {
        **{"model": "m", "max_tokens": 8},
        "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
    }


def test_a_limit_is_always_sent() -> None:
    assert sent(WIRE)["max_tokens"] == 4096


def test_stops_of_white_space_are_not_sent() -> None:
    assert WIRE.stops(["\n", "###", " ", "\nQ:"]) == ["###", "\nQ:"]
    assert sent(WIRE, stop=["###", "\nQ:"])["stop_sequences"] == ["###", "\nQ:"]
    assert "stop_sequences" not in sent(WIRE, stop=[])


def test_a_schema_is_sent_as_the_form_of_the_answer() -> None:
    assert sent(WIRE, json_schema=SCHEMA)["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}


def test_a_stream_is_asked_for() -> None:
    assert sent(WIRE, stream=True)["stream"] is True


@pytest.mark.parametrize(
    ("base_url", "path", "posted"),
    [
        ("https://api.anthropic.com", None, "/v1/messages"),
        ("https://api.anthropic.com/v1", None, "/messages"),
        ("https://api.ilmu.ai/anthropic", None, "/v1/messages"),
        ("https://api.ilmu.ai/anthropic", "messages", "/messages"),
    ],
)
def test_requests_are_posted_where_anthropics_client_posts_them(base_url: str, path: str | None, posted: str) -> None:
    assert WIRE.path(access(WIRE, base_url=base_url, path=path), stream=True) == posted


def test_the_version_of_the_format_is_sent() -> None:
    assert WIRE.headers() == {"anthropic-version": "2023-06-01"}


def test_text_blocks_are_the_answer_and_thinking_is_kept_apart() -> None:
    redacted = {"type": "redacted_thinking", "data": "xyz"}
    reply = message(thinking_block("hm"), redacted, text_block("Jawapan: "), text_block("B \ud83d"))
    assert read(reply) == Response("Jawapan: B \ufffd", "hm", None, None, "stop", USAGE, None, "loopback-1")


@pytest.mark.parametrize(
    ("stop", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("tool_use", "stop"),
        ("pause_turn", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        (None, None),
    ],
)
def test_stop_reasons_become_ours(stop: str | None, finish: str | None) -> None:
    assert read(message(text_block("A"), stop=stop)).finish_reason == finish


def test_an_answer_without_blocks_is_empty() -> None:
    assert read(message()).text == ""


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"content": "A"},
        {"content": ["A"]},
        {"content": [{"type": "text"}]},
        {"content": [{"type": "text", "text": 7}]},
        {"content": [{"type": "thinking", "thinking": None}]},
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    ],
)
def test_malformed_replies_are_never_answers(reply: Any) -> None:
    with pytest.raises(MalformedReplyError):
        read(reply)


BLOCKED = {
    "type": "error",
    "error": {"type": "invalid_request_error", "message": "Output blocked by content filtering policy"},
}


def test_a_content_filter_is_no_fault() -> None:
    assert read(BLOCKED).finish_reason == "content_filter"
    assert stream_of(WIRE, [*message_stream([], ["Ja"])[:4], BLOCKED]).finish_reason == "content_filter"


KEYS = ["type", "content", "text", "thinking", "usage", "error", "message", "delta", "content_block", "stop_reason"]


@given(json_values(KEYS))
def test_any_json_is_an_answer_or_malformed(reply: Any) -> None:
    if isinstance(reply, dict):
        with suppress(MalformedReplyError):
            read(reply)
        for kind in ("message_start", "content_block_start", "content_block_delta", "message_delta", "error"):
            with suppress(MalformedReplyError):
                stream_of(WIRE, [{**reply, "type": kind}])


@given(st.data(), TEXTS, TEXTS)
def test_however_a_stream_is_cut_the_answer_is_the_same(data: st.DataObject, text: str, thought: str) -> None:
    pieces = data.draw(cuts(text))
    streamed = stream_of(WIRE, message_stream(data.draw(cuts(thought)), pieces, output=100))
    usage = {**message()["usage"], "output_tokens": 100}
    assert streamed == read(message(thinking_block(thought), text_block(text), usage=usage))


def test_an_event_tells_whether_it_brought_text() -> None:
    reader = WIRE.reader()
    brought = [event["type"] for event in message_stream(["hm"], ["Ja", "wapan"]) if reader.feed(event)]
    assert brought == ["content_block_delta"] * 3


def test_events_of_kinds_that_are_not_known_are_passed_over() -> None:
    events = message_stream([], ["A"])
    assert stream_of(WIRE, [*events[:3], {"type": "tide_turned"}, *events[3:]]).text == "A"


@pytest.mark.parametrize("kept", range(7))
def test_a_stream_without_an_end_is_no_answer(kept: int) -> None:
    events = message_stream([], ["Ja", "wapan"])
    assert len(events) == 8
    with pytest.raises(MalformedReplyError, match="ended before the answer did"):
        stream_of(WIRE, events[:kept])


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        {"type": "content_block_delta", "index": 0},
        {"type": "message_delta"},
        {"error": "down"},
        {},
    ],
)
def test_a_fault_in_a_stream_is_never_part_of_an_answer(event: Any) -> None:
    events = message_stream([], ["A"])
    with pytest.raises(MalformedReplyError):
        stream_of(WIRE, [*events[:3], event, *events[3:]])


def test_repeated_words_are_kept_and_pieces_that_came_twice_are_noticed() -> None:
    assert stream_of(WIRE, message_stream([], ["ha", "ha"], output=3)).text == "haha"
    with pytest.raises(MalformedReplyError, match="5 pieces of 4 tokens: some came twice"):
        stream_of(WIRE, message_stream([], ["ha"] * 5, output=3))
