"""`--thinking on|off` for models that lm-eval's backends run: the switch is an argument of their chat template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from seahelm_lite.catalog.model_card import Reasoning, Switch
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api.thinking import Thought, resolve
from seahelm_lite.models.base import Thinking
from seahelm_lite.records import Outcome, Response

UNKNOWN = Reasoning()
"""Of a model without a card."""

_IN_TEMPLATE = "chat_template_kwargs."
_ITS_OWN = "enable_thinking"
_USUAL = Switch(field=_IN_TEMPLATE + _ITS_OWN, on=True, off=False)
"""Of templates that nobody wrote a card for: the name that lm-eval's `hf` knows too."""

_SWITCHED = frozenset({"seahelm-packed", "hf", "hf-auto", "huggingface", "vllm"})
"""Backends that hand arguments to the chat template."""

_SAID = frozenset({_ITS_OWN, "chat_template_args"})

_NEVER = "\0"
"""A text that no model writes."""

_OPENING = ("<think>", "<thinking>", "[THINK]")
"""What the prompts of some models end with."""


def thought_of(
    kind: str, arguments: Mapping[str, Any], reasoning: Reasoning, thinking: Thinking, *, spec: str
) -> Thought:
    """How a model is told to think, or not to, and what that takes.

    Args:
        kind: lm-eval's name of the backend.
        arguments: Its arguments, as the SPEC or the card has them.
        reasoning: What the model's card says.
        thinking: What was asked for.
        spec: The model SPEC, for error texts.

    Raises:
        ModelError: If the model cannot be told.
    """
    if reasoning.switch is None and reasoning.mode in ("unknown", "optional"):
        reasoning = reasoning.model_copy(update={"mode": "optional", "switch": _USUAL})
    thought = resolve(reasoning, thinking, model=spec)
    if thinking != "auto" and (said := _SAID & arguments.keys()):
        raise ModelError(
            f"{min(said)} and --thinking say the same thing", where=spec, remedy="Leave out one of the two."
        )
    if thought.fields and not (kind in _SWITCHED and all(name.startswith(_IN_TEMPLATE) for name in thought.fields)):
        raise ModelError(
            f"there is no switch by which lm-eval's {kind} turns the thinking of this model {thinking}",
            where=spec,
            remedy="Leave out --thinking; what the model does by itself is then measured.",
        )
    return thought


def refuse_without_switch(template: str | None, thought: Thought, *, spec: str) -> None:
    """Refuse a model whose template does not look at what it is given: it would think as before.

    Raises:
        ModelError: Naming the switch.
    """
    for name in _switches(thought):
        if template is None or re.search(rf"\b{re.escape(name)}\b", template) is None:
            what = "has no chat template" if template is None else f"has no {name} in its chat template"
            raise ModelError(
                f"the model {what}, so its thinking cannot be switched",
                where=spec,
                remedy="Leave out --thinking; a card can name another switch.",
            )


def backend_arguments(kind: str, thought: Thought) -> dict[str, Any]:
    """The switches as arguments of the backend."""
    switches = _switches(thought)
    if not switches or kind != "vllm":
        return {"chat_template_args": switches} if switches else {}
    # lm-eval's vllm has `enable_thinking` as an argument of its own, and forgets it among those of the template. It
    # does not think without being told where thinking ends, and would take the thinking out of the text.
    own = {_ITS_OWN: switches.pop(_ITS_OWN)} if _ITS_OWN in switches else {}
    return {**own, "chat_template_args": switches, "think_end_token": _NEVER}


def _switches(thought: Thought) -> dict[str, Any]:
    return {name.removeprefix(_IN_TEMPLATE): value for name, value in thought.fields.items()}


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
