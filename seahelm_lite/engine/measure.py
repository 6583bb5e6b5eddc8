"""The measuring step: look up what is stored, ask the rest, and gather samples."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from seahelm_lite.engine.plan import Plan, PlannedTask, Variation
from seahelm_lite.engine.progress import Progress
from seahelm_lite.engine.store import ResponseStore
from seahelm_lite.models.base import DocumentModel, Model, PlanningModel
from seahelm_lite.records import Failure, Outcome, Response, Sample, Usage


@dataclass(frozen=True)
class Measured:
    """What came back for a plan."""

    outcomes: Mapping[str, Outcome]
    """By request hash."""
    sent: int
    """Requests that were asked and came back, answered or failed, in this session."""
    interrupted: bool
    """Whether the user stopped the run; some requests then have no outcome."""
    notes: tuple[str, ...] = ()
    """What the model had to say of the requests."""

    def samples(self, task: PlannedTask | Variation) -> list[Sample]:
        """The samples of a task, or of one variation of it, in the order of the plan."""
        return [
            Sample(
                planned.document, planned.repeat, planned.hashes, tuple(self.outcomes[key] for key in planned.hashes)
            )
            for planned in task.samples
        ]


def measure(
    plan: Plan, model: Model | DocumentModel, store: ResponseStore, fingerprint: str, progress: Progress
) -> Measured:
    """Ask everything of a plan that the store has not.

    Each response is in the store before the next is looked at. Ctrl-C ends the asking; what was answered is kept.

    Raises:
        ModelError: If the model fails as a whole.
        RunFolderError: If the store cannot be written.
    """
    distinct = plan.distinct()
    stored = store.lookup(fingerprint, distinct)
    outcomes: dict[str, Outcome] = dict(stored)
    missing = [(digest, request) for digest, request in distinct.items() if digest not in stored]
    documents = sum(1 for task in plan.tasks for _ in task.every_sample())
    progress.begin(documents=documents, requests=len(distinct), stored=len(stored))

    def deliver(index: int, outcome: Outcome) -> None:
        digest = missing[index][0]
        outcome = _storable(outcome)
        if isinstance(outcome, Response):
            outcome = store.append(fingerprint, digest, outcome)
        outcomes[digest] = outcome
        progress.answered(outcome)

    interrupted = False
    known = len(outcomes)
    notes: tuple[str, ...] = ()
    try:
        if missing:
            if isinstance(model, PlanningModel):
                notes = model.plan(list(distinct.values())).notes
            model.answer([request for _, request in missing], deliver)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        progress.end()
    sent = len(outcomes) - known
    for digest, _ in missing:
        outcomes.setdefault(digest, Failure("the run was interrupted" if interrupted else "the model gave no answer"))
    return Measured(outcomes, sent, interrupted, notes)


def _storable(outcome: Outcome) -> Outcome:
    """What can be written: finite numbers, and texts without halves of surrogate pairs.

    A log-likelihood that is infinite or not a number is no measurement.
    """
    if isinstance(outcome, Failure):
        return Failure(_whole(outcome.cause) or "")
    value = outcome.loglikelihood
    if value is not None and not math.isfinite(value):
        return Failure(f"the backend returned the log-likelihood {value}, which is not a finite number")
    texts = outcome.text, outcome.reasoning, outcome.model
    text, reasoning, model = map(_whole, texts)
    return (
        outcome if texts == (text, reasoning, model) else replace(outcome, text=text, reasoning=reasoning, model=model)
    )


def _whole(text: str | None) -> str | None:
    return text if text is None or text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def served_models(outcomes: Iterable[Outcome]) -> list[str]:
    """The names under which the endpoint answered."""
    return sorted({outcome.model for outcome in outcomes if isinstance(outcome, Response) and outcome.model})


def total_usage(outcomes: Iterable[Outcome]) -> dict[str, int | None]:
    """Tokens over all responses that state them, and how many do."""
    stated = [outcome.usage for outcome in outcomes if isinstance(outcome, Response) and outcome.usage]

    def total(name: str) -> int | None:
        values = [value for usage in stated if (value := getattr(usage, name)) is not None]
        return sum(values) if values else None

    return {"responses_with_usage": len(stated), **{name: total(name) for name in Usage.__dataclass_fields__}}
