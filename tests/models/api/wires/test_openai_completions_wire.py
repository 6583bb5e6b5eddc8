from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.errors import ProtocolError
from seahelm_lite.models.api.wires.base import MalformedReplyError, NoLikelihoodError
from seahelm_lite.models.api.wires.openai_completions import OpenAICompletions
from seahelm_lite.records import Request, Response, Usage
from tests.models.api.wires.wire_cases import TEXTS, access, cuts, json_values, sent, stream_of, talk
from tests.models.api.wires.wire_replies import OPENAI_USAGE, completion, counted

WIRE = OpenAICompletions()
ASKED = Request("generate", {}, context="Soal:")
COMPARED = Request("loglikelihood", {}, context="Soal:", continuation=" A")


def test_a_text_is_continued_with_exactly_what_was_asked() -> None:
    params = {"max_tokens": 8, "temperature": 0, "stop": ["\n"], "seed": 7}
    assert sent(WIRE, ASKED, **params) == {"model": "m", "prompt": "Soal:", **params}


def test_a_stream_is_asked_to_count_its_tokens() -> None:
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    assert sent(WIRE, ASKED, stream=True) == {"model": "m", "prompt": "Soal:", **streamed}


def test_a_log_likelihood_is_asked_as_an_echo_of_the_whole() -> None:
    body = {"model": "m", "prompt": "Soal: A", "max_tokens": 1, "temperature": 0, "echo": True, "logprobs": 1}
    assert sent(WIRE, COMPARED) == body


def test_a_conversation_is_refused() -> None:
    with pytest.raises(ProtocolError, match="takes plain text and no conversation"):
        sent(WIRE, talk())


def test_requests_are_posted_below_the_base_url() -> None:
    assert WIRE.path(access(WIRE), stream=False) == "/completions"


def test_the_text_is_the_answer() -> None:
    reply = {**completion(" A \ud83d", "length"), "usage": OPENAI_USAGE}
    assert WIRE.read(reply, ASKED) == Response(
        " A \ufffd", finish_reason="length", usage=Usage(7, 3), model="loopback-1"
    )


def test_the_log_likelihood_is_the_continuations() -> None:
    logprobs = {
        "tokens": ["So", "al", ":", " A", "\n"],
        "token_logprobs": [None, -2.0, -1.0, -0.5, -3.0],
        "top_logprobs": [None, {"al": -2.0}, {":": -1.0}, {" A": -0.5}, {"\n": -3.0}],
        "text_offset": [0, 2, 4, 5, 7],
    }
    usage = {"prompt_tokens": 4, "completion_tokens": 1, "total_tokens": 5}
    reply = {**completion("Soal: A\n", "length", logprobs=logprobs), "usage": usage}
    assert WIRE.read(reply, COMPARED) == Response(
        loglikelihood=-0.5, is_greedy=True, usage=Usage(4, 1), model="loopback-1"
    )


def test_a_token_across_the_boundary_is_noted() -> None:
    logprobs = {"tokens": ["Soa", "l: ", "A", "\n"], "token_logprobs": [None, -2.0, -0.5, -3.0]}
    response = WIRE.read(completion("Soal: A\n", "length", logprobs=logprobs), COMPARED)
    assert (response.loglikelihood, response.joined) == (-0.5, True)


@pytest.mark.parametrize(
    "reply",
    [
        # As llama.cpp's server answers: what it generated, whatever was asked.
        completion(" B", "length", logprobs={"content": [{"token": " B", "logprob": -0.1, "top_logprobs": []}]}),
        completion(" B", "length", logprobs={"tokens": [" B"], "token_logprobs": [-0.1], "top_logprobs": []}),
        completion(" B", "length"),
        completion("Soal: A\n", "length"),
        completion("Soal: A\n", "length", logprobs={"tokens": ["Soal:", " A"], "token_logprobs": [0.0, 0.0]}),
    ],
)
def test_a_server_that_cannot_tell_log_likelihoods_is_refused(reply: Any) -> None:
    with pytest.raises(NoLikelihoodError):
        WIRE.read(reply, COMPARED)


@pytest.mark.parametrize("request_", [ASKED, COMPARED], ids=["generate", "loglikelihood"])
@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"choices": []},
        {"choices": [{}]},
        {"error": {"message": "down"}},
        completion(None),
        completion("A", "abort"),
    ],
)
def test_malformed_replies_are_never_answers(reply: Any, request_: Request) -> None:
    with pytest.raises(MalformedReplyError):
        WIRE.read(reply, request_)


def test_a_content_filter_is_no_fault() -> None:
    response = WIRE.read({"error": {"code": "content_filter"}}, ASKED)
    assert (response.text, response.finish_reason) == (None, "content_filter")


def test_a_content_filter_leaves_no_log_likelihood() -> None:
    with pytest.raises(NoLikelihoodError, match="content filter"):
        WIRE.read({"error": {"code": "content_filter"}}, COMPARED)


@given(json_values(["choices", "text", "logprobs", "tokens", "token_logprobs", "usage", "error", "finish_reason"]))
def test_any_json_is_an_answer_or_malformed(reply: Any) -> None:
    if isinstance(reply, dict):
        for request in (ASKED, COMPARED):
            with suppress(MalformedReplyError):
                WIRE.read(reply, request)
        with suppress(MalformedReplyError):
            stream_of(WIRE, [reply, reply])


@given(st.data(), TEXTS)
def test_however_a_stream_is_cut_the_answer_is_the_same(data: st.DataObject, text: str) -> None:
    pieces = [completion(piece, None) for piece in data.draw(cuts(text))]
    counts = counted("text_completion", completion_tokens=len(pieces) + 1)
    streamed = stream_of(WIRE, [*pieces, completion("", "stop"), counts])
    assert streamed == WIRE.read({**completion(text), "usage": counts["usage"]}, ASKED)


@pytest.mark.parametrize(
    "events",
    [
        [completion("A", None)],
        [completion("A", None), {"error": {"message": "down"}}],
        [completion("A", None), completion(7, "stop")],
        [completion("A", "abort")],
        [completion("A", "stop"), completion("A", "stop")],
    ],
)
def test_a_stream_with_a_fault_is_no_answer(events: list[Any]) -> None:
    with pytest.raises(MalformedReplyError):
        stream_of(WIRE, events)
