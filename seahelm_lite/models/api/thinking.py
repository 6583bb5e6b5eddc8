"""Whether a model thinks before it answers: how it is told to, what that takes, and where the thinking is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seahelm_lite.catalog.access import OnOff
from seahelm_lite.catalog.model_card import Reasoning
from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Thinking
from seahelm_lite.records import JsonValue, Response


@dataclass(frozen=True, slots=True)
class Thought:
    """What thinking means for the requests and the answers of a run."""

    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the switch sets, by dotted path in the body."""
    tokens: int = 0
    """Added to a request's limit of tokens."""
    tag: str | None = None
    """Between which tags the thinking stands in the text, such as `think`."""
    surely: bool = False
    """Whether every answer has thinking before it."""


def resolve(reasoning: Reasoning, thinking: Thinking, *, model: str) -> Thought:
    """What the card of a model makes of the wish that it shall think, or not.

    Raises:
        ModelError: If the model cannot be told so.
    """
    fields: dict[str, JsonValue] = {}
    if thinking != "auto" and not _is_always_so(reasoning, thinking):
        fields = _switched(reasoning, thinking, model)
    thinks = thinking == "on" or (
        thinking == "auto" and (reasoning.mode == "always" or (reasoning.mode == "optional" and _default(reasoning)))
    )
    budget = reasoning.budget_tokens if isinstance(reasoning.budget_tokens, int) else 0
    tag = reasoning.output.removeprefix("tag:").strip("<>") if reasoning.output.startswith("tag:") else None
    surely = thinking == "on" or reasoning.mode == "always"
    return Thought(fields, budget if thinks else 0, tag, surely)


def _default(reasoning: Reasoning) -> bool:
    # Where nobody knows: room that a model does not use costs nothing, room that it lacks costs it every answer.
    return reasoning.default != "off"


def _is_always_so(reasoning: Reasoning, thinking: Thinking) -> bool:
    return (reasoning.mode, thinking) in (("always", "on"), ("none", "off"))


def _switched(reasoning: Reasoning, thinking: OnOff, model: str) -> dict[str, JsonValue]:
    if reasoning.mode == "none":
        raise ModelError(f"{model} does not think", remedy="Leave out --thinking on.")
    if reasoning.mode == "always":
        raise ModelError(f"{model} always thinks", remedy="Leave out --thinking off.")
    switch = reasoning.switch
    if switch is not None and switch.turns(thinking):
        return {switch.field: switch.on if thinking == "on" else switch.off}
    if reasoning.mode == "optional" and reasoning.default == thinking:
        return {}  # what it does by itself
    raise ModelError(
        f"nothing is known of how thinking is turned {thinking} at {model}",
        remedy="Write it into a model card, under reasoning.switch.",
    )


def split(response: Response, tag: str, *, surely: bool = False) -> Response:
    """Part the thinking from the answer, where it stands between tags at the head of the text.

    A text that is all thinking, with a tag that never closes, stays as it is: that it was cut off is told by the
    scoring. Without any tag it could not tell.

    Args:
        response: The answer as it came.
        tag: Between which the thinking stands.
        surely: Whether there is thinking before every answer of the model.
    """
    opening, closing = f"<{tag}>", f"</{tag}>"
    thinking, closed, answer = (response.text or "").partition(closing)
    thinking = thinking.strip()
    if surely and response.finish_reason == "length" and not (closed or response.reasoning or opening in thinking):
        # The template put the opening tag into the prompt, and the closing one never came.
        return replace(response, text="", reasoning=thinking or None)
    # Some templates put the opening tag into the prompt. Words before one in the text are no thinking.
    if not closed or (opening in thinking and not thinking.startswith(opening)):
        return response
    thinking = thinking.removeprefix(opening).strip()
    parts = [part for part in (response.reasoning, thinking) if part]
    return replace(response, text=answer.lstrip("\n"), reasoning="\n".join(parts) or None)
