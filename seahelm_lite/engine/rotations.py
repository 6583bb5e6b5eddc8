"""Some documents of a task asked once more in every order of their options: does the choice go with the place?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.task_card import LETTER_PROTOCOLS, ProtocolName, TaskCard
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.models.base import ModelFacts
from seahelm_lite.prompts.rotation import InOrder, rotatable, rotated
from seahelm_lite.prompts.subset import limited
from seahelm_lite.records import Document, JsonValue


@dataclass(frozen=True)
class Rotations:
    """The documents of a task that are asked in every cyclic order of their options."""

    percent: int
    """Share of the documents whose options can change places."""
    documents: tuple[Document, ...]
    """As the task itself asks them."""
    left_out: Mapping[InOrder, int]
    """Of the documents that are asked: why how many of them have options that cannot change places."""

    def orders(self) -> Iterator[tuple[int, tuple[Document, ...]]]:
        """Every further order: by how many places options are moved, and the documents that have so many of them."""
        longest = max((len(document.fields["options"]) for document in self.documents), default=0)
        for steps in range(1, longest):
            yield (
                steps,
                tuple(rotated(one, steps) for one in self.documents if len(one.fields["options"]) > steps),
            )

    def to_json(self) -> dict[str, JsonValue]:
        """What the manifest says."""
        return {"percent": self.percent, "documents": len(self.documents), "left_out": dict(self.left_out)}


def rotations_of(
    asked: Sequence[Document],
    task: Sequence[Document],
    card: TaskCard,
    protocol: ProtocolName,
    spec: RunSpec,
    facts: ModelFacts,
) -> Rotations | None:
    """The documents to be asked in every order; None where that is not wanted, or would say nothing.

    Args:
        asked: The documents that are asked.
        task: All documents of the task.
        card: The task's card.
        protocol: How it is asked.
        spec: The run's settings.
        facts: The model.
    """
    if not spec.rotations or facts.capabilities.by_document or _why_not(card, protocol) is not None:
        return None
    able = rotatable(asked, task)
    count = math.ceil(spec.rotations * len(able.documents) / 100)
    drawn = limited(able.documents, count, seed=spec.seed, task=card.id) if count else []
    return Rotations(spec.rotations, tuple(drawn), able.left_out)


def _why_not(card: TaskCard, protocol: ProtocolName) -> str | None:
    if protocol not in LETTER_PROTOCOLS:
        return f"{protocol} shows no options"
    return "the right answers are withheld" if card.answers == "withheld" else None


def unrotated(
    tasks: Sequence[tuple[TaskCard, ProtocolName, Rotations | None]], spec: RunSpec, facts: ModelFacts
) -> Iterator[str]:
    """The tasks that no document of is asked in several orders though that was wanted, in sentences.

    Args:
        tasks: Each task's card, the protocol it is asked in, and what of it is rotated.
        spec: The run's settings.
        facts: The model.
    """
    if not spec.rotations:
        return
    if facts.capabilities.by_document:
        yield f"--rotations {spec.rotations} asks nothing more: {facts.name} answers by document, whatever the prompt"
        return
    for card, protocol, rotations in tasks:
        if card.kind == "multiple_choice" and (rotations is None or not rotations.documents):
            why = _why_not(card, protocol) or "the options of all its documents stand in an order of their own"
            yield f"{card.id}: --rotations {spec.rotations} asks nothing more: {why}"
