from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.catalog.model_card import Reasoning
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.thinking import split
from seahelm_lite.models.api.transport import Events
from seahelm_lite.records import Failure, FinishReason, Outcome, Response, Usage
from tests.loopback import Canned, ChatServer, chat, script
from tests.models.api.asking import access, answers, ask, one, text

NOW = {"Retry-After": "0"}


def event(content: str | None = None, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """One event of a streamed chat answer."""
    said = {**delta, **({} if content is None else {"content": content})}
    return {"model": "loopback-1", "choices": [{"index": 0, "delta": said, "finish_reason": finish}]}


def stream(*events: Any, end: str = "data: [DONE]\n\n", line: str = "\n") -> Canned:
    whole = "".join(f"data: {json.dumps(each)}{line}{line}" for each in events)
    return Canned(whole + end, headers={"Content-Type": "text/event-stream; charset=utf-8", **NOW})


COUNTS = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}
WHOLE = (event(role="assistant"), event("Jawapan: "), event("B"), event(finish="stop"), COUNTS)


def streamed(*replies: Canned, asked: int = 1) -> tuple[list[Outcome], ChatServer]:
    with ChatServer(script(*replies)) as server:
        model = ApiModel(access(server.base_url, stream=True, concurrency=1))
        outcomes = answers(model, [ask(str(number)) for number in range(asked)])
    return outcomes, server


@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["data: [DONE]\n\n", "", ": a comment\n\n"])
def test_a_streamed_answer_is_put_together_and_its_first_token_timed(end: str, line: str) -> None:
    (outcome,), server = streamed(stream(*WHOLE, end=end, line=line))
    assert server.requests[0].body["stream"] is True
    assert isinstance(outcome, Response)
    assert (outcome.text, outcome.finish_reason, outcome.model) == ("Jawapan: B", "stop", "loopback-1")
    assert outcome.usage == Usage(prompt=7, completion=2)
    assert outcome.first_token_s is not None
    assert outcome.latency_s is not None
    assert 0 < outcome.first_token_s <= outcome.latency_s


def test_an_answer_that_is_not_streamed_has_no_first_token() -> None:
    with ChatServer() as server:
        outcome = one(server)
    assert isinstance(outcome, Response)
    assert outcome.first_token_s is None
    assert "stream" not in server.requests[0].body


def test_a_server_that_does_not_stream_is_understood() -> None:
    (outcome,), _ = streamed(Canned(chat("B")))
    assert text(outcome) == "B"


@pytest.mark.parametrize(
    "broken",
    [
        stream(*WHOLE[:2], end=""),
        stream(),
        stream(event("B"), {"error": {"message": "out of memory"}}),
        stream(event("B"), event(finish="stop"), event("C")),
        stream(event("B"), event("B"), event(finish="stop"), {**COUNTS, "usage": {"completion_tokens": 1}}),
        Canned("data: {\n\n", headers={"Content-Type": "text/event-stream", **NOW}),
    ],
    ids=["no end", "nothing", "an error", "goes on", "a piece twice", "half an event"],
)
def test_a_stream_that_breaks_is_asked_for_again(broken: Canned) -> None:
    outcomes, server = streamed(stream(*WHOLE), broken, stream(*WHOLE), asked=2)
    assert [text(outcome) for outcome in outcomes] == ["Jawapan: B", "Jawapan: B"]
    assert len(server.requests) == 3


def test_a_stream_that_always_breaks_is_a_failure() -> None:
    with ChatServer(script(stream(*WHOLE), stream(*WHOLE[:2], end=""))) as server:
        _, outcome = answers(ApiModel(access(server.base_url, stream=True, concurrency=1)), [ask("a"), ask("b")])
    assert isinstance(outcome, Failure)
    assert "the stream ended before the answer did" in outcome.cause


def test_a_stream_of_something_else_is_no_api() -> None:
    page = Canned("data: <html>\n\n", headers={"Content-Type": "text/event-stream"})
    with pytest.raises(ModelError, match="did not answer as an API"):
        streamed(page)


@given(st.lists(st.text(alphabet="ab: é", min_size=1), max_size=6), st.data())
def test_events_are_the_same_wherever_the_stream_is_cut(said: list[str], data: st.DataObject) -> None:
    whole = "".join(f"event: x\ndata: {each}\nid: 1\n\n" for each in said).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    events, got = Events(), []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        got += events.of(whole[start:end])
    assert got == [each.encode() for each in said]


# Thinking in the text


@pytest.mark.parametrize(
    ("said", "answer", "thinking"),
    [
        ("<think>hm</think>B", "B", "hm"),
        ("\n<think>\nhm\n</think>\n\nB", "B", "hm"),
        ("hm</think>B", "B", "hm"),
        ("<think></think>B", "B", None),
        ("<think>hm</think>", "", "hm"),
        ("B", "B", None),
        ("<think>hm, and then", "<think>hm, and then", None),
        ("B, see <think>hm</think>", "B, see <think>hm</think>", None),
        ("", "", None),
        (None, None, None),
    ],
)
def test_thinking_between_tags_is_parted_from_the_answer(
    said: str | None, answer: str | None, thinking: str | None
) -> None:
    got = split(Response(text=said), "think")
    assert (got.text, got.reasoning) == (answer, thinking)


def test_thinking_that_came_apart_is_kept_beside_that_of_the_text() -> None:
    assert split(Response(text="<think>b</think>A", reasoning="a"), "think").reasoning == "a\nb"


@pytest.mark.parametrize(
    ("said", "finish", "answer", "thinking"),
    [
        ("The answer is A, but", "length", "", "The answer is A, but"),
        ("The answer is A", "stop", "The answer is A", None),
        ("<think>The answer is A, but", "length", "<think>The answer is A, but", None),
        ("hm</think>The answer is", "length", "The answer is", "hm"),
        ("", "length", "", None),
    ],
)
def test_what_was_cut_off_before_the_thinking_closed_is_no_answer_of_a_model_that_surely_thinks(
    said: str, finish: FinishReason, answer: str, thinking: str | None
) -> None:
    got = split(Response(text=said, finish_reason=finish), "think", surely=True)
    assert (got.text, got.reasoning) == (answer, thinking)


def test_an_answer_that_came_apart_from_its_thinking_stays_where_it_was_cut_off() -> None:
    came = Response(text="The answer", reasoning="hm", finish_reason="length")
    assert split(came, "think", surely=True) == came


def test_a_card_says_between_which_tags_the_thinking_stands() -> None:
    reasoning = Reasoning.model_validate({"mode": "always", "output": "tag:<think>"})
    with ChatServer(script(Canned(chat("<think>hm</think>B")))) as server:
        (outcome,) = answers(ApiModel(access(server.base_url), reasoning=reasoning), [ask()])
    assert isinstance(outcome, Response)
    assert (outcome.text, outcome.reasoning) == ("B", "hm")
