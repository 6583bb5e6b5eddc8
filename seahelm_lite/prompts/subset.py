"""Which documents `--limit N` and `--quick` take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from seahelm_lite.catalog.quick import DOCUMENTS, RULE
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


def quick_subset(documents: Sequence[Document], *, task: str, rule: str = RULE) -> list[Document]:
    """The subset that is registered for `--quick`: DOCUMENTS of them, or all where there are no more, in source order.

    Every document is as likely to be in it as any other, so that the mean of its scores is an unbiased estimate of
    the task's and needs no weights: each stratum gets its share, a fraction of a document is rounded up or down by a
    draw whose mean is the fraction (Cox 1987, "A constructive procedure for unbiased controlled rounding"), and within
    the stratum the documents that come first in a seeded order are taken. As for `limited`, tasks that hold the same
    items draw alike. Documents that are only right together are taken or left together; others are drawn one by one
    though they may share a passage, since so many more passages come in, and the interval is narrower.

    Args:
        documents: All documents of the task.
        task: The task's name.
        rule: The seed of all draws.
    """
    if len(documents) <= DOCUMENTS:
        return list(documents)
    units: dict[tuple[bool, str], list[Document]] = defaultdict(list)
    for document in documents:
        units[document.pair is None, document.id if document.pair is None else document.pair].append(document)
    strata: dict[str, list[tuple[str, list[Document]]]] = defaultdict(list)
    for unit in units.values():
        draw = min(sha256_hex(f"{rule}:{_drawn(document, task)}") for document in unit)
        strata[min(document.stratum for document in unit)].append((draw, unit))
    share = Fraction(round(Fraction(DOCUMENTS * len(units), len(documents))), len(units))
    end = Fraction(int(sha256_hex(rule), 16), 2**256)
    chosen: set[str] = set()
    for _, members in sorted(strata.items()):
        start, end = end, end + share * len(members)
        ranked = sorted(members, key=lambda member: (member[0], min(document.id for document in member[1])))
        chosen.update(document.id for _, unit in ranked[: int(end) - int(start)] for document in unit)
    return [document for document in documents if document.id in chosen]


def _drawn(document: Document, task: str) -> str:
    """What a document is drawn by."""
    if document.item is not None:
        return document.item if document.pair is None else document.pair
    return f"{task}:{document.id if document.pair is None else document.pair}"
