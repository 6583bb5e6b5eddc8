"""`--thinking on|off` for models that lm-eval's backends run: the switch is an argument of their chat template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seahelm_lite.catalog.model_card import Reasoning, Switch
from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Thinking
from seahelm_lite.records import Outcome, Response

UNKNOWN = Reasoning()
"""Of a model without a card."""

_IN_TEMPLATE = "chat_template_kwargs."
_USUAL = Switch(field=f"{_IN_TEMPLATE}enable_thinking", on=True, off=False)
"""Of templates that nobody wrote a card for: the name that lm-eval's `hf` knows too."""

_SWITCHED = frozenset({"seahelm-packed", "hf", "hf-auto", "huggingface", "vllm"})
"""Backends that hand arguments to the chat template."""

_SAID = frozenset({"enable_thinking", "chat_template_args"})

_NEVER = "\0"
"""A text that no model writes."""

_OPENING = ("<think>", "<thinking>", "[THINK]")
"""What the prompts of some models end with."""


def template_arguments(
    kind: str, arguments: Mapping[str, Any], reasoning: Reasoning, thinking: Thinking, *, spec: str
) -> dict[str, Any]:
    """What the chat template is given for a model to think, or not to; empty where it does so anyway.

    Args:
        kind: lm-eval's name of the backend.
        arguments: Its arguments, as the SPEC or the card has them.
        reasoning: What the model's card says.
        thinking: What was asked for.
        spec: The model SPEC, for error texts.

    Raises:
        ModelError: If the model cannot be told.
    """
    if thinking != "auto" and (said := _SAID & arguments.keys()):
        raise ModelError(
            f"{min(said)} and --thinking say the same thing", where=spec, remedy="Leave out one of the two."
        )
    if thinking == "auto" or (reasoning.mode, thinking) in (("none", "off"), ("always", "on")):
        return {}
    if (reasoning.mode, thinking) in (("none", "on"), ("always", "off")):
        what = "does not think" if thinking == "on" else "cannot be kept from thinking"
        raise ModelError(f"the model {what}, as its card says", where=spec, remedy="Leave out --thinking.")
    switch = reasoning.switch or _USUAL
    value = switch.on if thinking == "on" else switch.off
    if value is None and reasoning.default == thinking:
        return {}
    if kind not in _SWITCHED or value is None or not switch.field.startswith(_IN_TEMPLATE):
        raise ModelError(
            f"there is no switch by which lm-eval's {kind} turns the thinking of this model {thinking}",
            where=spec,
            remedy="Leave out --thinking; what the model does by itself is then measured.",
        )
    return {switch.field.removeprefix(_IN_TEMPLATE): value}


def refuse_without_switch(template: str | None, switches: Mapping[str, Any], *, spec: str) -> None:
    """Refuse a model whose template does not look at what it is given: it would think as before.

    Raises:
        ModelError: Naming the switch.
    """
    for name in switches:
        if template is None or re.search(rf"\b{re.escape(name)}\b", template) is None:
            what = "has no chat template" if template is None else f"has no {name} in its chat template"
            raise ModelError(
                f"the model {what}, so its thinking cannot be switched",
                where=spec,
                remedy="Leave out --thinking; a card can name another switch.",
            )


def backend_arguments(kind: str, switches: Mapping[str, Any]) -> dict[str, Any]:
    """The switches as arguments of the backend."""
    if not switches:
        return {}
    # lm-eval's vllm does not think without being told where thinking ends, and would take the thinking out of the text.
    ends = {"think_end_token": _NEVER} if kind == "vllm" else {}
    return {"chat_template_args": dict(switches), **ends}


def thinking_tokens(reasoning: Reasoning, thinking: Thinking) -> int:
    """What is added to the limit of an answer; nothing where the model does not think, or its card gives no budget."""
    thinks = thinking == "on" or (thinking == "auto" and (reasoning.mode == "always" or reasoning.default == "on"))
    budget = reasoning.budget_tokens
    return budget if thinks and budget != "unknown" and reasoning.mode != "none" else 0


def with_its_beginning(outcome: Outcome, prompt: str, model: Any) -> Outcome:
    """A text together with the tag by which its prompt had opened the thinking.

    Without it, thinking that never ends would pass for an answer. Where the backend takes the thinking out, the text
    begins after it.
    """
    kept = getattr(model, "think_end_token", None) in (None, _NEVER)
    if not kept or not isinstance(outcome, Response) or outcome.text is None:
        return outcome
    opened = next((tag for tag in _OPENING if prompt.rstrip().endswith(tag)), "")
    return replace(outcome, text=opened + outcome.text) if opened else outcome
