"""Some items of a task as published and with their options shuffled: which does a model find likelier?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import ProtocolError
from seahelm_lite.models.base import ModelFacts
from seahelm_lite.prompts.rotation import InOrder, rotatable
from seahelm_lite.prompts.shuffling import other_orders, whole_item
from seahelm_lite.prompts.subset import limited
from seahelm_lite.records import Document, JsonValue, Request

DOCUMENTS = 200
"""Of a task at most: enough to tell a gap of a fifth of its standard deviation from none, four times in five."""
ORDERS = 4
"""Other orders of the options of a document, where it has so many."""


@dataclass(frozen=True)
class Shuffled:
    """The documents of a task that are read in several orders of their options."""

    documents: tuple[Document, ...]
    left_out: Mapping[InOrder, int]
    """Of the documents that are asked: why how many of them have options that cannot change places."""

    def to_json(self) -> dict[str, JsonValue]:
        """What the manifest says."""
        return {"orders": ORDERS, "documents": len(self.documents), "left_out": dict(self.left_out)}


def shuffled_of(asked: Sequence[Document], task: Sequence[Document], card: TaskCard, spec: RunSpec) -> Shuffled | None:
    """The documents to be read in several orders; None where that is not wanted, or nothing is chosen.

    Args:
        asked: The documents that are asked.
        task: All documents of the task.
        card: The task's card.
        spec: The run's settings.
    """
    if not spec.shuffled or card.kind != "multiple_choice":
        return None
    able = rotatable(asked, task)
    drawn = limited(able.documents, DOCUMENTS, seed=spec.seed, task=card.id)
    return Shuffled(tuple(drawn), able.left_out)


def readings(card: TaskCard, document: Document, *, seed: int) -> list[Request]:
    """A request for the likelihood of the item as published, then one for each other order.

    The options are read right after the question, in plain text: no system prompt, template or example.
    """
    written = whole_item(card)
    orders = [tuple(document.fields["options"]), *other_orders(document, ORDERS, seed=seed, task=card.id)]
    texts = [written(document, order) for order in orders]
    return [
        Request(kind="loglikelihood", params={}, context=before, continuation=options, seed=seed)
        for before, options in texts
    ]


def refuse_shuffled(spec: RunSpec, facts: ModelFacts) -> None:
    """Only a model that gives the likelihood of a text can say which order it finds likelier.

    Raises:
        ProtocolError: If that is wanted of another.
    """
    if spec.shuffled and not facts.capabilities.prompt_logprobs:
        raise ProtocolError(
            f"{facts.name} gives no log-likelihood of a text, which --shuffled compares between orders of options",
            remedy="Leave --shuffled out; it is for local models, and for endpoints that echo a prompt.",
        )


def unshuffled(tasks: Sequence[tuple[TaskCard, Shuffled | None]], spec: RunSpec) -> Iterator[str]:
    """The tasks that no document of is read in several orders though that was wanted, in sentences.

    Args:
        tasks: Each task's card, and what of it is read so.
        spec: The run's settings.
    """
    if not spec.shuffled:
        return
    for card, shuffled in tasks:
        if shuffled is None or not shuffled.documents:
            own = "the options of all its documents stand in an order of their own"
            why = own if shuffled is not None else "nothing is chosen from options"
            yield f"{card.id}: --shuffled asks nothing more: {why}"
