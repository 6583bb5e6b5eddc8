"""How a model that runs here is told to think, and what becomes of thinking that never ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from seahelm_lite.catalog.model_card import Reasoning, Switch
from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Thinking
from seahelm_lite.models.switches import (
    UNKNOWN,
    backend_arguments,
    refuse_without_switch,
    thought_of,
    with_its_beginning,
)
from seahelm_lite.records import Failure, Outcome, Response

SEA_LION = Reasoning(
    mode="optional", default="on", switch=Switch(field="chat_template_kwargs.thinking_mode", on="on", off="off"),
    budget_tokens=2048,
)  # fmt: skip
EFFORT = Reasoning(mode="optional", switch=Switch(field="reasoning_effort", on="high", off="none"))


@pytest.mark.parametrize(
    ("kind", "reasoning", "thinking", "given", "tokens"),
    [
        ("seahelm-packed", UNKNOWN, "auto", {}, 0),
        ("seahelm-packed", UNKNOWN, "on", {"enable_thinking": True}, 0),
        ("hf", UNKNOWN, "off", {"enable_thinking": False}, 0),
        ("seahelm-packed", SEA_LION, "on", {"thinking_mode": "on"}, 2048),
        ("seahelm-packed", SEA_LION, "off", {"thinking_mode": "off"}, 0),
        ("seahelm-packed", SEA_LION, "auto", {}, 2048),
        ("seahelm-packed", Reasoning(mode="always", budget_tokens=900), "on", {}, 900),
        ("seahelm-packed", Reasoning(mode="none"), "off", {}, 0),
    ],
)
def test_the_switch_goes_to_the_chat_template_and_the_budget_to_the_limit(
    kind: str, reasoning: Reasoning, thinking: Thinking, given: dict[str, Any], tokens: int
) -> None:
    thought = thought_of(kind, {}, reasoning, thinking, spec="hf:x")
    assert backend_arguments(kind, thought) == ({"chat_template_args": given} if given else {})
    assert thought.tokens == tokens


@pytest.mark.parametrize(
    ("kind", "arguments", "reasoning", "thinking"),
    [
        pytest.param("seahelm-packed", {}, Reasoning(mode="none"), "on", id="does not think"),
        pytest.param("seahelm-packed", {}, Reasoning(mode="always"), "off", id="always thinks"),
        pytest.param("seahelm-packed", {}, EFFORT, "on", id="the switch is one of an API"),
        pytest.param("local-chat-completions", {}, UNKNOWN, "on", id="the template is elsewhere"),
        pytest.param("sglang", {}, UNKNOWN, "off", id="the backend hands nothing to the template"),
        pytest.param("hf", {"enable_thinking": "True"}, UNKNOWN, "on", id="said twice"),
    ],
)
def test_what_a_model_cannot_be_told_is_refused(
    kind: str, arguments: dict[str, str], reasoning: Reasoning, thinking: Thinking
) -> None:
    with pytest.raises(ModelError):
        thought_of(kind, arguments, reasoning, thinking, spec=f"lmeval:{kind},model=m")


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (None, "hf:x: the model has no chat template, so its thinking cannot be switched."),
        ("{{ messages }}", "hf:x: the model has no enable_thinking in its chat template"),
        ("{% if my_enable_thinking_x %}", "hf:x: the model has no enable_thinking in its chat template"),
    ],
)
def test_a_template_that_does_not_look_at_the_switch_is_refused(template: str | None, sentence: str) -> None:
    thought = thought_of("hf", {}, UNKNOWN, "on", spec="hf:x")
    with pytest.raises(ModelError) as caught:
        refuse_without_switch(template, thought, spec="hf:x")
    assert str(caught.value).startswith(sentence)
    refuse_without_switch("{% if enable_thinking %}<think>{% endif %}", thought, spec="hf:x")


@dataclass
class Backend:
    think_end_token: str | None = None


@pytest.mark.parametrize(
    ("prompt", "outcome", "found"),
    [
        ("<|user|>?<|assistant|><think>\n", Response(text="hm"), Response(text="<think>hm")),
        ("<|user|>?<|assistant|>[THINK]", Response(text="hm"), Response(text="[THINK]hm")),
        ("<|user|>?<|assistant|>", Response(text="A"), Response(text="A")),
        ("<|assistant|><think>\n\n</think>\n\n", Response(text="A"), Response(text="A")),
        ("<think>\n", Failure("out of memory"), Failure("out of memory")),
        ("<think>\n", Response(loglikelihood=-1.0), Response(loglikelihood=-1.0)),
    ],
)
def test_a_text_whose_prompt_opened_the_thinking_begins_with_it(prompt: str, outcome: Outcome, found: Outcome) -> None:
    assert with_its_beginning(outcome, prompt, Backend()) == found


def test_a_text_that_the_backend_took_the_thinking_out_of_is_left_alone() -> None:
    assert with_its_beginning(Response(text="A"), "<think>\n", Backend("</think>")) == Response(text="A")
    kept = backend_arguments("vllm", thought_of("vllm", {}, UNKNOWN, "on", spec="lmeval:vllm,pretrained=x"))
    told = with_its_beginning(Response(text="hm"), "<think>\n", Backend(kept["think_end_token"]))
    assert told == Response(text="<think>hm"), "vllm is told of an end that never comes"
