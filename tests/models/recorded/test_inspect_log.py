"""JSON logs of Inspect AI. The fixtures have the shape that version 0.3.285 writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import Shown
from seahelm_lite.records import Failure, Message, Response, Usage
from tests.models.recorded.reading import read, response

PROMPT = "Answer with a letter.\n\nIbu negara Malaysia?\n\nA) Ipoh\nB) Kuala Lumpur"


def output(text: str, stop_reason: str = "stop", content: Any = None, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text if content is None else content}
    return {
        "model": "some-model-2026",
        "choices": [{"message": message, "stop_reason": stop_reason}],
        "completion": text,
        **more,
    }


def sample(text: str = "ANSWER: B", **changes: Any) -> dict[str, Any]:
    given = output(text)
    return {
        "id": "regional_basics/items/ms.jsonl#0",
        "epoch": 1,
        "input": "Ibu negara Malaysia?",
        "choices": ["Ipoh", "Kuala Lumpur"],
        "target": "B",
        "messages": [{"role": "user", "content": PROMPT, "source": "input"}, given["choices"][0]["message"]],
        "output": given,
        **changes,
    }


def log(*samples: dict[str, Any], **changes: Any) -> dict[str, Any]:
    evaluation = {
        "task": "suites/regional_basics_ms",
        "model": "openai/some-model",
        "task_args": {"shots": 0},
        "model_generate_config": {"temperature": 0.7, "max_tokens": 20},
        **changes.pop("evaluation", {}),
    }
    plan = {"name": "plan", "config": {"temperature": 0.0}}
    return {"version": 2, "status": "success", "eval": evaluation, "plan": plan, "samples": list(samples), **changes}


def of(whole: Any, **declared: Any) -> list[Any]:
    return read("inspect", "log.json", json.dumps(whole).encode(), **declared)


def test_a_sample_is_an_answer() -> None:
    [answer] = of(log(sample()))
    assert (answer.task, answer.model, answer.shots) == ("regional_basics_ms", "openai/some-model", 0)
    assert answer.row == "regional_basics/items/ms.jsonl#0"
    assert answer.shown == Shown("Ibu negara Malaysia?", ("Ipoh", "Kuala Lumpur"))
    assert answer.form.kind == "letter"
    assert answer.outcomes == (Response(text="ANSWER: B", finish_reason="stop", model="some-model-2026"),)
    [request] = answer.requests
    assert request.messages == (Message("user", PROMPT),)
    assert request.params == {"temperature": 0.0, "max_tokens": 20}


def test_epochs_are_repeats() -> None:
    answers = of(log(sample("ANSWER: A"), sample("ANSWER: B", epoch=2)))
    assert [(answer.repeat, response(answer.outcomes[0]).text) for answer in answers] == [
        (0, "ANSWER: A"),
        (1, "ANSWER: B"),
    ]


@pytest.mark.parametrize(
    ("stop_reason", "finish"),
    [
        ("stop", "stop"),
        ("max_tokens", "length"),
        ("model_length", "length"),
        ("content_filter", "content_filter"),
        ("unknown", None),
    ],
)
def test_how_generation_ended_is_kept(stop_reason: str, finish: str | None) -> None:
    [answer] = of(log(sample(output=output("", stop_reason))))
    assert response(answer.outcomes[0]).finish_reason == finish


def test_tokens_of_the_cache_are_counted_with_the_prompt_as_servers_do() -> None:
    counted = {"input_tokens": 50, "output_tokens": 7, "input_tokens_cache_read": 5, "reasoning_tokens": 2}
    [answer] = of(log(sample(output=output("B", usage=counted))))
    assert response(answer.outcomes[0]).usage == Usage(prompt=55, completion=7, reasoning=2, cached=5)


def test_reasoning_is_kept_apart_from_the_answer() -> None:
    content = [{"type": "reasoning", "reasoning": "A? No."}, {"type": "text", "text": "B"}]
    [answer] = of(log(sample(output=output("B", content=content))))
    assert (response(answer.outcomes[0]).text, response(answer.outcomes[0]).reasoning) == ("B", "A? No.")


@pytest.mark.parametrize(
    "broken", [{"error": {"message": "Bearer sk-secret refused"}}, {"output": {"choices": [], "completion": ""}}]
)
def test_a_sample_without_an_answer_is_a_failure_that_quotes_nothing(broken: dict[str, Any]) -> None:
    [answer] = of(log(sample(**broken)))
    [outcome] = answer.outcomes
    assert isinstance(outcome, Failure)
    assert "sk-secret" not in outcome.cause


def test_messages_and_attachments_are_read_like_a_text() -> None:
    turns = [
        {"role": "system", "content": "Jawab."},
        {"role": "user", "content": [{"type": "text", "text": "Ibu negara Malaysia?"}]},
    ]
    prompt = {"role": "user", "content": "attachment://abc"}
    [answer] = of(log(sample(input=turns, messages=[prompt], attachments={"abc": PROMPT})))
    assert answer.shown == Shown("Jawab.\n\nIbu negara Malaysia?", ("Ipoh", "Kuala Lumpur"))
    assert answer.requests[0].messages == (Message("user", PROMPT),)


def test_earlier_turns_belong_to_the_prompt() -> None:
    turns = [
        {"role": role, "content": text}
        for role, text in (("user", "1+1?"), ("assistant", "B"), ("user", "2+2?"), ("assistant", "A"))
    ]
    [answer] = of(log(sample(messages=turns)))
    assert answer.requests[0].messages == (Message("user", "1+1?"), Message("assistant", "B"), Message("user", "2+2?"))


def test_an_id_of_its_own_is_no_row() -> None:
    answers = of(log(sample(id=17), sample(id="astronomy-3")))
    assert [answer.row for answer in answers] == [None, None]


def test_a_task_that_wants_a_text_is_answered_by_one() -> None:
    [answer] = of(log(sample(choices=None), evaluation={"task": "dialect"}), task="malay_dialect_sarawak")
    assert (answer.task, answer.form.kind) == ("malay_dialect_sarawak", "text")


def test_what_the_log_does_not_say_may_be_declared() -> None:
    nameless = log(sample(), evaluation={"model": "", "task": "inspect_evals/mmlu", "task_args": {}})
    [answer] = of(nameless, model="m", task="regional_basics_id", shots=5)
    assert (answer.model, answer.task, answer.shots) == ("m", "regional_basics_id", 5)


def test_what_the_log_says_may_be_said_again() -> None:
    [answer] = of(log(sample()), model="openai/some-model", task="regional_basics_ms", shots=0)
    assert (answer.model, answer.task, answer.shots) == ("openai/some-model", "regional_basics_ms", 0)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"model": "m"}, "says the model is openai/some-model, but --model says m"),
        ({"task": "regional_basics_id"}, "says the task is regional_basics_ms, but --task says regional_basics_id"),
        ({"shots": 5}, "says the number of examples is 0, but --shots says 5"),
    ],
)
def test_what_the_log_says_cannot_be_overridden(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(LogError, match=rf"log\.json: {told}"):
        of(log(sample()), **declared)


def test_numbers_that_are_none_are_unknown() -> None:
    counted = {"input_tokens": -50, "output_tokens": True, "reasoning_tokens": 2.5}
    setting = {"model_generate_config": {"temperature": True, "top_p": 1}}
    [answer] = of(log(sample(output=output("B", usage=counted, time=True)), evaluation=setting, plan={}))
    assert response(answer.outcomes[0]).usage == Usage()
    assert response(answer.outcomes[0]).latency_s is None
    assert answer.requests[0].params == {"top_p": 1}


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        (log(sample(), evaluation={"task_args": {}}), "Give it with --shots"),
        (log(sample(), evaluation={"task_args": {"fewshot": True}}), "Give it with --shots"),
        (log(sample(), evaluation={"task": "inspect_evals/mmlu"}), r"no task 'mmlu'.*--task"),
        (log(sample(), version=3), "version 3 of Inspect's logs"),
        (log(sample(), version=None), "'version' is missing"),
        (log(sample(), samples=None), "holds no samples.*--log-samples"),
        (log(sample(), evaluation={"model": 3}), "'eval.model' is a int"),
        (log(sample(), evaluation={"model": " "}), "does not say what the model is.*--model"),
        (log(sample(), version=True), "'version' is a bool"),
        (log(sample(epoch=True)), "sample 1: 'epoch' is a bool"),
        (log(sample(), evaluation={"task_args": {"shots": -1}}), "Give it with --shots"),
        (log(sample(), sample(epoch=0)), "sample 2: 'epoch' counts from 1"),
        (log(sample(choices="AB")), "sample 1: 'choices' is no list"),
        (log(sample(output=None)), "sample 1: 'output' is missing"),
        ([], "'version' is missing"),
    ],
)
def test_a_log_that_is_not_one_is_refused_with_its_place(whole: Any, told: str) -> None:
    with pytest.raises(LogError, match=rf"log\.json: ?.*{told}"):
        of(whole)


def test_half_a_log_is_refused_with_the_line_where_it_ends() -> None:
    data = json.dumps(log(sample()), indent=1).encode()
    with pytest.raises(LogError, match=r"log\.json:\d+: is no JSON"):
        read("inspect", "log.json", data[: len(data) // 2])
