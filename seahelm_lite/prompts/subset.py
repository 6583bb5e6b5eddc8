"""Which documents `--limit N` takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from seahelm_lite.records import Document, sha256_hex


def limited(documents: Sequence[Document], limit: int | None, *, seed: int, task: str) -> list[Document]:
    """A seeded subset with the same share of every stratum, in source order.

    Subsets are nested: the documents of a smaller limit are among those of a larger one. Each stratum is put in a
    seeded order and spread evenly over [0, 1); the N documents with the smallest positions are taken. Tasks that hold
    the same items in several languages draw alike, and items that belong together are drawn together.

    Args:
        documents: All documents of the task.
        limit: How many; None or more than there are means all.
        seed: The run's seed.
        task: The task's name, so that tasks draw differently.
    """
    if limit is None or limit >= len(documents):
        return list(documents)
    strata: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for index, document in enumerate(documents):
        strata[document.stratum].append((sha256_hex(f"{seed}:{_drawn(document, task)}"), index))
    positions = [
        ((rank + 0.5) / len(members), draw, index)
        for members in strata.values()
        for rank, (draw, index) in enumerate(sorted(members))
    ]
    chosen = {index for _, _, index in sorted(positions)[:limit]}
    return [document for index, document in enumerate(documents) if index in chosen]


def _drawn(document: Document, task: str) -> str:
    """What a document is drawn by."""
    if document.item is not None:
        return document.item
    return f"{task}:{document.id if document.pair is None else document.pair}"
