"""What becomes of a run of held-out items: numbers are kept, and nothing that an item or a reply says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.engine.executors.choice import LOCAL
from seahelm_lite.engine.measure import Measured
from seahelm_lite.engine.plan import Plan
from seahelm_lite.engine.run_folder import HELD_OUT, ScoredSample
from seahelm_lite.errors import ModelError, ProtocolError
from seahelm_lite.records import Document, Failure, Sample

_STATUS = re.compile(r"HTTP \d{3}")


def is_held_out(plan: Plan) -> bool:
    """Whether the items of a run are held out; `refuse_held_out` sees to it that all are, or none."""
    return any(task.definition.card.held_out for task in plan.tasks)


def refuse_held_out(cards: Sequence[TaskCard], *, batch: bool, executor: str) -> None:
    """Refuse what would keep or spread held-out items.

    Raises:
        ProtocolError: If other tasks are asked in the same run, whose replies are to be kept.
        ModelError: If they would be handed to a batch service or a cluster, which keep what they are given.
    """
    held_out = [card.id for card in cards if card.held_out]
    if held_out and len(held_out) < len(cards):
        raise ProtocolError(
            f"{held_out[0]} is held out, and nothing of its run is kept but numbers",
            remedy="Run held-out tasks by themselves.",
        )
    if held_out and (batch or executor != LOCAL):
        raise ModelError(
            f"{held_out[0]} is held out, and a batch service or a cluster keeps what it is given",
            remedy="Leave out --batch and --executor.",
        )


def without_contents(samples: Sequence[ScoredSample]) -> list[ScoredSample]:
    """Samples with nothing that tells what was asked or answered: which families, how they ended, what they scored."""
    return [
        ScoredSample(
            sample=Sample(_bare(scored.sample.document), scored.sample.repeat, requests=(), outcomes=()),
            state=scored.state,
            prediction=None,
            note=HELD_OUT,
            value=scored.value,
        )
        for scored in samples
    ]


def without_words(measured: Measured) -> Measured:
    """What was measured, with nothing of what a model said of the requests it failed on: endpoints quote them."""
    outcomes = {
        digest: Failure(_untold(outcome.cause)) if isinstance(outcome, Failure) else outcome
        for digest, outcome in measured.outcomes.items()
    }
    return replace(measured, outcomes=outcomes)


def without_quotation(error: ModelError) -> ModelError:
    """The same error without what the model said; the remedy, which is ours, stays."""
    return ModelError(_untold(error.what), where=error.where, remedy=error.remedy)


def _untold(cause: str) -> str:
    found = _STATUS.search(cause)
    return (
        f"{found[0] if found is not None else 'failed'}; what was said of it may quote held-out items, and is not told"
    )


def _bare(document: Document) -> Document:
    return replace(document, fields={}, content_hash="")
