"""Which documents `--limit N` takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from seahelm_lite.records import Document, sha256_hex


def limited(documents: Sequence[Document], limit: int | None, *, seed: int, task: str) -> list[Document]:
    """A seeded subset with the same share of every stratum, in source order.

    Subsets are nested: the documents of a smaller limit are among those of a larger one. Each stratum is put in a
    seeded order and spread evenly over [0, 1); the N documents with the smallest positions are taken.

    Args:
        documents: All documents of the task.
        limit: How many; None or more than there are means all.
        seed: The run's seed.
        task: The task's name, so that tasks draw differently; those that hold the same items in other languages draw
            alike, by item.
    """
    if limit is None or limit >= len(documents):
        return list(documents)
    strata: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for index, document in enumerate(documents):
        drawn = f"{task}:{document.id}" if document.item is None else document.item
        strata[document.stratum].append((sha256_hex(f"{seed}:{drawn}"), index))
    positions = [
        ((rank + 0.5) / len(members), draw, index)
        for members in strata.values()
        for rank, (draw, index) in enumerate(sorted(members))
    ]
    chosen = {index for _, _, index in sorted(positions)[:limit]}
    return [document for index, document in enumerate(documents) if index in chosen]
