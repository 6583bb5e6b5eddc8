from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.models.api.wires.base import MalformedReplyError
from seahelm_lite.models.api.wires.openai_chat import OpenAIChat
from seahelm_lite.records import Request, Response, Usage
from tests.loopback import chat
from tests.models.api.wires.wire_cases import SCHEMA, TEXTS, access, cuts, json_values, sent, stream_of, talk
from tests.models.api.wires.wire_replies import chat_chunk, counted

WIRE = OpenAIChat()
TURNS = [{"role": "system", "content": "Jawab dengan huruf."}, {"role": "user", "content": "แมว 🐈?"}]


def read(reply: Any) -> Response:
    return WIRE.read(reply, talk())


def test_body_is_exactly_what_was_asked() -> None:
    params = {"max_tokens": 8, "temperature": 0, "stop": ["\n", "###", "a", "b", "c"], "seed": 7}
    assert sent(WIRE, **params) == {"model": "m", "messages": TURNS, **params}


@pytest.mark.parametrize("params", [{}, {"stop": []}, {"stop": None}])
def test_no_stop_is_sent_where_there_is_none(params: dict[str, Any]) -> None:
    body = sent(WIRE, Request("generate", {}, context="Q"), **params)
    assert body == {"model": "m", "messages": [{"role": "user", "content": "Q"}]}


def test_a_schema_is_sent_as_the_form_of_the_answer() -> None:
    form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
    assert sent(WIRE, json_schema=SCHEMA) == {"model": "m", "messages": TURNS, "response_format": form}


def test_a_stream_is_asked_to_count_its_tokens() -> None:
    assert sent(WIRE, stream=True, max_tokens=8) == {
        **{"model": "m", "messages": TURNS, "max_tokens": 8},
        **{"stream": True, "stream_options": {"include_usage": True}},
    }


@pytest.mark.parametrize(("path", "posted"), [(None, "/chat/completions"), ("/chat", "/chat"), ("v2/chat", "/v2/chat")])
def test_requests_are_posted_where_the_card_says(path: str | None, posted: str) -> None:
    assert WIRE.path(access(WIRE, path=path), stream=False) == posted


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
        ({"prompt_tokens": 5, "completion_tokens": 2, "prompt_cache_hit_tokens": 3}, Usage(5, 2, None, 3)),
        ({"prompt_tokens": 5, "completion_tokens": 2, "precached_prompt_tokens": 1}, Usage(5, 2, None, 1)),
        ({"prompt_tokens": 5, "completion_tokens": 2, "reasoning_tokens": 9}, Usage(5, 2, 9)),
        (
            {"prompt_tokens": 5, "completion_tokens": 2, "reasoning_tokens": 9, "total_tokens": 16},
            Usage(5, 11, 9),
        ),
        (
            {"prompt_tokens": 5, "completion_tokens": 9, "reasoning_tokens": 9, "total_tokens": 14},
            Usage(5, 9, 9),
        ),
        ({"prompt_tokens": "5", "completion_tokens": True, "prompt_tokens_details": None}, Usage()),
        ({"prompt_tokens": -125, "completion_tokens": 3}, Usage(completion=3)),
        (None, None),
        ("many", None),
    ],
)
def test_usage_is_what_the_server_counted(usage: Any, expected: Usage | None) -> None:
    assert read({**chat(), "usage": usage}).usage == expected


@pytest.mark.parametrize(("model", "kept"), [("loopback-1", "loopback-1"), (None, None), (7, None), ("", None)])
def test_the_servers_name_of_the_model_is_kept(model: Any, kept: str | None) -> None:
    assert read({**chat(), "model": model}).model == kept


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"choices": None},
        {"choices": []},
        {"choices": {}},
        {"choices": ["A"]},
        {"choices": [{}]},
        {"choices": [{"message": "A"}]},
        {"choices": [{"message": {"content": 7}}]},
        {"choices": [{"message": {"content": ["A"]}}]},
        {"choices": [{"message": {"content": [{"type": "text", "text": 7}]}}]},
        {"choices": [{"message": {"content": "half an ans"}, "finish_reason": "error"}]},
    ],
)
def test_malformed_replies_are_never_answers(reply: Any) -> None:
    with pytest.raises(MalformedReplyError):
        read(reply)


FAULTS = [
    {"error": {"message": "upstream is down", "code": 502}},
    {"error": "upstream is down"},
    {"object": "error", "message": "upstream is down", "code": 502},
]
"""How gateways report a fault of the model behind them with status 200."""


@pytest.mark.parametrize("reply", FAULTS)
def test_a_fault_with_status_200_is_named(reply: dict[str, Any]) -> None:
    with pytest.raises(MalformedReplyError, match="no choices: upstream is down"):
        read(reply)
    with pytest.raises(MalformedReplyError, match="reports a fault instead of an answer: upstream is down"):
        stream_of(WIRE, [chat_chunk("Ja"), reply, chat_chunk(None, "stop")])


@pytest.mark.parametrize(
    "reply", [{"error": {"message": "no", "code": "content_filter"}}, {"code": "DataInspectionFailed"}]
)
def test_a_content_filter_with_status_200_is_no_fault(reply: dict[str, Any]) -> None:
    for response in (read(reply), stream_of(WIRE, [chat_chunk(""), reply])):
        assert (response.text or None, response.finish_reason) == (None, "content_filter")


KEYS = ["choices", "message", "delta", "content", "usage", "error", "type", "text", "finish_reason", "model"]


@given(json_values(KEYS))
def test_any_json_is_an_answer_or_malformed(reply: Any) -> None:
    if isinstance(reply, dict):
        with suppress(MalformedReplyError):
            read(reply)
        with suppress(MalformedReplyError):
            stream_of(WIRE, [reply, reply])


def test_a_stream_becomes_the_answer_it_is_pieces_of() -> None:
    events = [
        chat_chunk("", role="assistant"),
        chat_chunk(reasoning_content="hm"),
        chat_chunk("Ja"),
        chat_chunk("wapan"),
        chat_chunk("", "stop"),
    ]
    assert stream_of(WIRE, [*events, counted()]) == Response(
        "Jawapan", "hm", None, None, "stop", Usage(7, 3), None, "loopback-1"
    )


def test_an_event_tells_whether_it_brought_text() -> None:
    reader = WIRE.reader()
    events = [
        chat_chunk("", role="assistant"),
        chat_chunk(reasoning="hm"),
        chat_chunk("A"),
        chat_chunk(None, "stop"),
        counted(),
    ]
    assert [reader.feed(event) for event in events] == [False, True, True, False, False]


@given(st.data(), TEXTS, TEXTS)
def test_however_a_stream_is_cut_the_answer_is_the_same(data: st.DataObject, text: str, reasoning: str) -> None:
    pieces = [chat_chunk(reasoning_content=piece) for piece in data.draw(cuts(reasoning))]
    pieces += [chat_chunk(piece) for piece in data.draw(cuts(text))]
    counts = counted(completion_tokens=len(pieces) + 1)
    streamed = stream_of(WIRE, [*pieces, chat_chunk(None, "stop"), counts])
    whole = read({**chat(text, reasoning_content=reasoning), "usage": counts["usage"]})
    assert streamed == whole


@pytest.mark.parametrize("text", ["A \ud83d", "\ud83d\udc08"])
def test_halves_of_surrogate_pairs_meet_or_are_replaced(text: str) -> None:
    streamed = stream_of(WIRE, [*(chat_chunk(half) for half in text), chat_chunk(None, "stop")])
    assert streamed.text == read(chat(text)).text


def test_a_stream_without_an_end_is_no_answer() -> None:
    with pytest.raises(MalformedReplyError, match="ended before the answer did"):
        stream_of(WIRE, [chat_chunk("Ja"), chat_chunk("wapan")])


def test_a_stream_that_lacks_only_the_counts_is_an_answer() -> None:
    assert stream_of(WIRE, [chat_chunk("A"), chat_chunk(None, "length")]) == Response(
        "A", finish_reason="length", model="loopback-1"
    )


@pytest.mark.parametrize(
    "event",
    [
        {"error": {"message": "upstream is down", "code": 502}},
        {"error": "upstream is down"},
        {"choices": [{"delta": {"content": "upstream is down"}, "finish_reason": "error"}]},
        {"choices": [{"delta": "upstream is down"}]},
        {"choices": ["upstream is down"]},
        {"choices": {"a": 1}},
        {"choices": [{"delta": {"content": 7}}]},
        {"message": "upstream is down"},
        {},
    ],
)
def test_a_fault_in_a_stream_is_never_part_of_an_answer(event: dict[str, Any]) -> None:
    with pytest.raises(MalformedReplyError):
        stream_of(WIRE, [chat_chunk("Ja"), event, chat_chunk("wapan"), chat_chunk(None, "stop")])


def test_a_content_filter_that_stops_a_stream_leaves_what_came_before() -> None:
    filtered = {"error": {"message": "no", "code": "content_filter"}}
    assert stream_of(WIRE, [chat_chunk("Ja"), filtered]) == Response(
        "Ja", finish_reason="content_filter", model="loopback-1"
    )


def test_repeated_words_are_kept() -> None:
    events = [chat_chunk("ha"), chat_chunk("ha"), chat_chunk("!"), chat_chunk(None, "stop"), counted()]
    assert stream_of(WIRE, events).text == "haha!"


def test_pieces_that_came_twice_are_noticed_by_the_count_of_tokens() -> None:
    events = [
        chat_chunk("ha"),
        chat_chunk("ha"),
        chat_chunk("ha"),
        chat_chunk("!"),
        chat_chunk(None, "stop"),
        counted(),
    ]
    with pytest.raises(MalformedReplyError, match="4 pieces of 3 tokens: some came twice"):
        stream_of(WIRE, events)


def test_pieces_that_came_twice_are_left_out_where_each_counts_the_tokens() -> None:
    pieces = [{**chat_chunk("ha"), "usage": {"completion_tokens": 1 + place}} for place in range(2)]
    end = {**chat_chunk(None, "stop"), "usage": {"completion_tokens": 3}}
    events = [pieces[0], pieces[0], pieces[1], end, end]
    assert stream_of(WIRE, events).text == "haha"


@pytest.mark.parametrize("tokens", [0, None])
def test_repeated_words_are_kept_where_the_counts_are_filled_in_at_the_end(tokens: int | None) -> None:
    piece = {**chat_chunk("ha"), "usage": {"completion_tokens": tokens}}
    assert stream_of(WIRE, [piece, piece, chat_chunk("!"), chat_chunk(None, "stop"), counted()]).text == "haha!"


def test_pieces_smaller_than_tokens_are_no_repetition() -> None:
    events = [*(chat_chunk(letter) for letter in "Muhammad"), chat_chunk(None, "stop"), counted()]
    assert stream_of(WIRE, events).text == "Muhammad"


def test_an_empty_reason_is_no_end() -> None:
    events = [chat_chunk("A", ""), chat_chunk("B", ""), chat_chunk(None, "stop")]
    assert stream_of(WIRE, events).text == "AB"
    with pytest.raises(MalformedReplyError, match="ended before"):
        stream_of(WIRE, events[:2])


def test_text_after_the_end_is_a_fault() -> None:
    with pytest.raises(MalformedReplyError, match="after the end"):
        stream_of(WIRE, [chat_chunk("A"), chat_chunk(None, "stop"), chat_chunk("A"), chat_chunk(None, "stop")])
