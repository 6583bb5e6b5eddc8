"""What a run would ask, for `--dry-run`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from seahelm_lite.engine.plan import Plan, PlannedTask
from seahelm_lite.engine.store import ResponseStore
from seahelm_lite.models.base import DocumentModel, Model
from seahelm_lite.records import Request

Encode = Callable[[str], Sequence[Any]]


def forecast(plan: Plan, model: Model | DocumentModel, fingerprint: str, store: Path) -> dict[str, Any]:
    """Documents, requests in every wording and draw, how many are answered already, and how much distinct text.

    The distinct amount counts shared beginnings once: it is what a backend that shares prefixes has to read. It is in
    tokens where the model's tokenizer is at hand, else in characters, as `unit` says.
    """
    encode: Encode | None = getattr(model, "encode", None)
    return {
        "unit": "characters" if encode is None else "tokens",
        "tasks": [_task(task, encode, fingerprint, store) for task in plan.tasks],
        "skipped": [{"task": item.task, "reason": item.reason} for item in plan.skipped],
        "deviations": list(plan.deviations),
        "cost": {"value": None, "reason": "no price is known for this model"},
    }


def _task(task: PlannedTask, encode: Encode | None, fingerprint: str, store: Path) -> dict[str, Any]:
    requests = {
        digest: request
        for sample in task.every_sample()
        for digest, request in zip(sample.hashes, sample.requests, strict=True)
    }
    stored = 0
    if store.is_file():
        with ResponseStore(store) as responses:
            stored = len(responses.lookup(fingerprint, requests))
    return {
        "task": task.key,
        "documents": len({sample.document.id for sample in task.samples}),
        "requests": len(requests),
        "stored": stored,
        "distinct": distinct_length([_text(request) for request in requests.values()], encode),
    }


def _text(request: Request) -> str:
    if request.messages is not None:
        return "\n".join(turn.content for turn in request.messages) + (request.continuation or "")
    return (request.context or "") + (request.continuation or "")


def distinct_length(texts: Sequence[str], encode: Encode | None = None) -> int:
    """Nodes of the trie of some texts: in sorted order each adds what it does not share with the one before."""
    units = sorted({tuple(encode(text)) if encode is not None else tuple(text) for text in texts})
    if not units:
        return 0
    return len(units[0]) + sum(len(after) - _shared(before, after) for before, after in pairwise(units))


def _shared(first: Sequence[Any], second: Sequence[Any]) -> int:
    for index, (left, right) in enumerate(zip(first, second, strict=False)):
        if left != right:
            return index
    return min(len(first), len(second))
