from __future__ import annotations

from typing import Any

import pytest

from seahelm_lite.catalog.access import Access
from seahelm_lite.catalog.model_card import Reasoning
from seahelm_lite.errors import ModelError, ProtocolError
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.params import SystemRole
from seahelm_lite.models.base import Thinking
from seahelm_lite.records import Message, Request, canonical_json

ASKED = {"max_tokens": 16, "temperature": 0, "stop": ["\n"]}


def model(*, reasoning: dict[str, Any] | None = None, thinking: Thinking = "auto", **access: Any) -> ApiModel:
    system_role: SystemRole = access.pop("system_role", "unknown")
    facts = Access.model_validate(
        {"id": "test", "wire": "openai-chat", "base_url": "http://h/v1", "model_id": "m", **access}
    )
    known = Reasoning.model_validate(reasoning or {})
    return ApiModel(facts, reasoning=known, thinking=thinking, system_role=system_role)


def request(params: dict[str, Any] = ASKED, *turns: Message, seed: int = 7) -> Request:
    return Request("generate", params, messages=turns or (Message("user", "Q"),), seed=seed)


def sent(made: ApiModel, asked: Request | None = None) -> dict[str, Any]:
    """The body, without what is in every one."""
    body = made.body(asked or request())
    return {name: value for name, value in body.items() if name not in ("model", "messages")}


WHOLE = {**ASKED, "seed": 7}


@pytest.mark.parametrize(
    ("params", "body", "notes"),
    [
        ({}, WHOLE, []),
        (
            {"unsupported": ["seed"]},
            ASKED,
            ["the endpoint takes no seed, so none was sent: a repeated request may be answered differently"],
        ),
        (
            {"unsupported": ["stop", "logprobs"]},
            {"max_tokens": 16, "temperature": 0, "seed": 7},
            ["the endpoint takes no stop, so none was sent: answers run on to their own end or to the limit of tokens"],
        ),
        (
            {"rename": {"seed": "random_seed", "max_tokens": "max_completion_tokens"}},
            {"max_completion_tokens": 16, "temperature": 0, "stop": ["\n"], "random_seed": 7},
            [],
        ),
        (
            {"fixed": {"temperature": 1, "extra.deep": True}},
            {**WHOLE, "temperature": 1, "extra": {"deep": True}},
            ["temperature is 1 in every request, whatever was asked: the endpoint takes no other"],
        ),
        (
            {"unsupported": ["temperature"], "fixed": {"temperature": 0}},
            WHOLE,
            [],
        ),
        (
            {"zero_temperature_as": {"top_p": 0}},
            {"max_tokens": 16, "stop": ["\n"], "seed": 7, "top_p": 0},
            ["a temperature of 0 was sent as top_p 0, which the endpoint understands"],
        ),
    ],
    ids=["nothing", "unsupported", "stop", "rename", "fixed", "fixed to what is asked", "zero temperature"],
)
def test_what_a_card_says_of_parameters_is_sent_and_what_is_lost_is_told(
    params: dict[str, Any], body: dict[str, Any], notes: list[str]
) -> None:
    made = model(params=params)
    assert sent(made) == body
    assert list(made.plan([request()]).notes) == notes


@pytest.mark.parametrize(
    ("capabilities", "lacks", "note"),
    [
        ({"seed": "unsupported"}, "seed", "takes no seed"),
        ({"stop": "unsupported"}, "stop", "takes no stop"),
        ({"stop": "ignored"}, None, "is known to ignore stop"),
    ],
)
def test_what_a_probe_found_counts_like_what_a_card_says(
    capabilities: dict[str, str], lacks: str | None, note: str
) -> None:
    made = model(capabilities=capabilities)
    assert set(WHOLE) - set(sent(made)) == ({lacks} if lacks else set())
    (told,) = made.plan([request()]).notes
    assert note in told


def test_only_what_was_asked_for_is_told() -> None:
    made = model(params={"unsupported": ["stop", "seed"], "zero_temperature_as": {"top_p": 0}})
    (told,) = made.plan([request({"max_tokens": 16, "temperature": 0.7, "stop": []})]).notes
    assert "takes no seed" in told


def test_what_a_card_fixes_is_told_whichever_request_asks_for_something_else() -> None:
    made = model(params={"fixed": {"temperature": 1}})
    asked = [request({"temperature": temperature}) for temperature in (0, 1)]
    (told,) = made.plan(asked).notes
    assert told.startswith("temperature is 1 in every request")
    assert made.plan(asked[::-1]).notes == (told,)
    assert made.plan(asked[1:]).notes == ()


def test_one_stop_sequence_may_stand_by_itself() -> None:
    assert sent(model(), request({"stop": "END"})) == {"stop": ["END"], "seed": 7}


def test_a_parameter_of_nobody_we_know_is_handed_on_as_it_is() -> None:
    assert sent(model(), request({"repetition_penalty": 1.1})) == {"repetition_penalty": 1.1, "seed": 7}


def test_each_request_is_planned_by_itself() -> None:
    assert model().plan([request(), request()]).units == ((0,), (1,))


# Messages of the system


@pytest.mark.parametrize(
    ("turns", "merged"),
    [
        ([("system", "S"), ("user", "Q")], [("user", "S\n\nQ")]),
        (
            [("system", "S"), ("user", "E"), ("assistant", "A"), ("user", "Q")],
            [("user", "S\n\nE"), ("assistant", "A"), ("user", "Q")],
        ),
        ([("user", "Q")], [("user", "Q")]),
        ([("system", "S")], [("user", "S")]),
    ],
)
@pytest.mark.parametrize("access", [{"system_role": "merged"}, {"capabilities": {"system": "no"}}])
def test_where_there_is_no_system_role_it_stands_before_the_first_question(
    access: dict[str, Any], turns: list[tuple[Any, str]], merged: list[tuple[str, str]]
) -> None:
    asked = request(ASKED, *(Message(*turn) for turn in turns))
    made = model(**access)
    assert [(turn["role"], turn["content"]) for turn in made.body(asked)["messages"]] == merged
    told = [note for note in made.plan([asked]).notes if "system message" in note]
    assert len(told) == (turns[0][0] == "system")


# Schemas


SCHEMA = {"type": "object", "properties": {"answer": {"enum": ["A", "B"]}}}


@pytest.mark.parametrize(
    "access", [{"capabilities": {"json_schema": "no"}}, {"params": {"unsupported": ["json_schema"]}}]
)
def test_an_answer_that_has_to_fit_a_schema_is_refused_where_nothing_holds_it(access: dict[str, Any]) -> None:
    made = model(**access)
    assert not made.facts.capabilities.json_schema
    with pytest.raises(ProtocolError, match="gen-letter"):
        made.body(request({"json_schema": SCHEMA}))


@pytest.mark.parametrize(("known", "notes"), [("yes", 0), ("unknown", 1)])
def test_whether_a_schema_is_heeded_is_told_where_nobody_knows(known: str, notes: int) -> None:
    made = model(capabilities={"json_schema": known})
    assert made.body(request({"json_schema": SCHEMA}))["response_format"]["json_schema"]["schema"] == SCHEMA
    assert len(made.plan([request({"json_schema": SCHEMA})]).notes) == notes


# Thinking

SWITCH = {"field": "chat_template_kwargs.enable_thinking", "on": True, "off": False}
OPTIONAL = {"mode": "optional", "switch": SWITCH, "budget_tokens": 1000}


@pytest.mark.parametrize(
    ("reasoning", "thinking", "fields", "tokens"),
    [
        ({}, "auto", {}, 16),
        ({**OPTIONAL, "default": "off"}, "auto", {}, 16),
        ({**OPTIONAL, "default": "on"}, "auto", {}, 1016),
        (OPTIONAL, "on", {"chat_template_kwargs": {"enable_thinking": True}}, 1016),
        (OPTIONAL, "off", {"chat_template_kwargs": {"enable_thinking": False}}, 16),
        (
            {"mode": "optional", "switch": {"field": "reasoning_effort", "off": None}},
            "off",
            {"reasoning_effort": None},
            16,
        ),
        ({"mode": "optional", "default": "on"}, "on", {}, 16),
        ({"mode": "always", "budget_tokens": 1000}, "auto", {}, 1016),
        ({"mode": "always", "budget_tokens": 1000}, "on", {}, 1016),
        ({"mode": "none"}, "off", {}, 16),
    ],
)
def test_thinking_sets_the_switch_and_adds_its_budget(
    reasoning: dict[str, Any], thinking: Thinking, fields: dict[str, Any], tokens: int
) -> None:
    made = model(reasoning=reasoning, thinking=thinking)
    assert sent(made) == {**WHOLE, "max_tokens": tokens, **fields}
    raised = [note for note in made.plan([request()]).notes if "for the thinking" in note]
    assert len(raised) == (tokens > 16)


@pytest.mark.parametrize(
    ("reasoning", "thinking", "what"),
    [
        ({"mode": "none"}, "on", "m does not think"),
        ({"mode": "always"}, "off", "m always thinks"),
        ({}, "on", "nothing is known of how thinking is turned on"),
        ({"mode": "optional", "default": "on"}, "off", "nothing is known of how thinking is turned off"),
        (
            {"mode": "optional", "switch": {"field": "x", "on": 1}},
            "off",
            "nothing is known of how thinking is turned off",
        ),
    ],
)
def test_a_model_that_cannot_be_told_so_is_refused(reasoning: dict[str, Any], thinking: Thinking, what: str) -> None:
    with pytest.raises(ModelError, match=what):
        model(reasoning=reasoning, thinking=thinking)


def test_a_switch_within_what_a_card_fixes_leaves_the_card_as_it_is() -> None:
    facts = Access.model_validate(
        {"id": "test", "wire": "openai-chat", "base_url": "http://h/v1", "model_id": "m"}
        | {"params": {"fixed": {"chat_template_kwargs": {"style": {"short": True}}}}}
    )
    known = Reasoning.model_validate(
        {"mode": "optional", "switch": {"field": "chat_template_kwargs.style.think", "on": 1, "off": 0}}
    )
    made = ApiModel(facts, reasoning=known, thinking="on")
    before = canonical_json(dict(made.facts.fingerprint))
    assert sent(made)["chat_template_kwargs"] == {"style": {"short": True, "think": 1}}
    assert canonical_json(dict(made.facts.fingerprint)) == before
    assert sent(ApiModel(facts, reasoning=known))["chat_template_kwargs"] == {"style": {"short": True}}


# The fingerprint


def test_how_a_model_is_told_to_think_is_part_of_the_fingerprint() -> None:
    low, high = (
        model(reasoning={"mode": "optional", "switch": {"field": "reasoning_effort", "on": effort}}, thinking="on")
        for effort in ("low", "high")
    )
    assert low.facts.fingerprint != high.facts.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"path": "/generate"},
        {"headers": {"OpenAI-Beta": "x"}},
        {"params": {"unsupported": ["seed"]}},
        {"params": {"rename": {"seed": "random_seed"}}},
        {"params": {"fixed": {"top_k": 1}}},
        {"params": {"zero_temperature_as": {"top_p": 0}}},
        {"capabilities": {"stop": "unsupported"}},
        {"system_role": "merged"},
        {"reasoning": OPTIONAL, "thinking": "on"},
        {"reasoning": OPTIONAL, "thinking": "off"},
        {"reasoning": {"mode": "always", "budget_tokens": 10}},
    ],
)
def test_what_changes_a_request_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert model(**change).facts.fingerprint != model().facts.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"timeout_s": 1},
        {"limits": {"rpm": 10}},
        {"auth": {"kind": "bearer", "env": "ABSENT_KEY", "required": False}},
        {"stream": True},
        {"verified": "docs"},
        {"capabilities": {"stop": "honoured", "tools": "yes"}},
        {"reasoning": {"mode": "optional", "default": "off"}},
    ],
)
def test_what_changes_no_answer_does_not(change: dict[str, Any]) -> None:
    assert model(**change).facts.fingerprint == model().facts.fingerprint
