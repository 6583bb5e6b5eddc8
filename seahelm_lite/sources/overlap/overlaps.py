"""The documents of some tasks looked for in a corpus, and the report of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import seahelm_lite
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.errors import AbsentSourceError
from seahelm_lite.sources.documents import TaskDocuments, load_documents
from seahelm_lite.sources.overlap.files import find_files
from seahelm_lite.sources.overlap.looking import look
from seahelm_lite.sources.overlap.normalise import normalised
from seahelm_lite.sources.overlap.report import (
    SCHEMA,
    CanarySearch,
    Corpus,
    OverlapReport,
    Skipped,
    TaskOverlap,
    Unread,
)
from seahelm_lite.sources.overlap.texts import Sought, sought_in
from seahelm_lite.sources.where import Where

Begin = Callable[[int], Callable[[int], None]]
"""Told the bytes of the corpus; gives what is told how many further ones were searched."""


@dataclass(frozen=True)
class _Asked:
    """A task whose documents are looked for."""

    definition: TaskDefinition
    data: TaskDocuments
    sought: tuple[Sought, ...]


def overlaps(
    definitions: Sequence[TaskDefinition],
    optional: Collection[str],
    where: Where,
    corpus: Path,
    *,
    name: str,
    begin: Begin,
) -> OverlapReport:
    """Look for the documents of some tasks in the files of a folder.

    Args:
        definitions: The tasks.
        optional: Names of those that are left out where their data cannot be had.
        where: Where their data is looked for.
        corpus: The folder.
        name: What the report calls it.
        begin: Told how the search goes.

    Raises:
        SourceError: If the corpus is no folder with files that can be searched, or data of a task is missing.
        DataError: If data of a task is faulty.
    """
    files, others = find_files(corpus)
    asked: list[_Asked] = []
    skipped: list[Skipped] = []
    for definition in definitions:
        try:
            data = load_documents(definition.card, where)
        except AbsentSourceError as error:
            if definition.name not in optional:
                raise
            skipped.append(Skipped(task=definition.name, reason=error.sentence()))
            continue
        asked.append(_Asked(definition, data, tuple(sought_in(definition.card, data.test))))
    canaries = [_canary(one.definition) for one in asked]
    wanted = {sought.text for one in asked for sought in one.sought} | {text for text in canaries if text is not None}
    texts = sorted(wanted)
    size = sum(file.size for file in files)
    looked = look(texts, files, begin(size))
    met = frozenset(texts[place] for place in looked.found)
    return OverlapReport(
        schema=SCHEMA,
        version=seahelm_lite.__version__,
        corpus=Corpus(
            name=name,
            sha256=looked.sha256,
            files=len(files),
            size=size,
            unread=tuple(Unread(path=path, reason=reason) for path, reason in looked.unread.items()),
            other_files=others,
        ),
        tasks=tuple(_overlap(one, canary, met) for one, canary in zip(asked, canaries, strict=True)),
        skipped=tuple(skipped),
    )


def _canary(definition: TaskDefinition) -> bytes | None:
    return normalised(definition.card.canary) if definition.card.canary is not None else None


def _overlap(one: _Asked, canary: bytes | None, met: Collection[bytes]) -> TaskOverlap:
    card, documents = one.definition.card, one.data.test
    found = {sought.document for sought in one.sought if sought.text in met}
    answered = {sought.document for sought in one.sought if sought.way == "answer" and sought.text in met}
    return TaskOverlap(
        task=card.id,
        version=one.definition.version,
        data_sha256=one.data.data_hash,
        documents=len(documents),
        looked_for=len({sought.document for sought in one.sought}),
        found=tuple(document.id for document in documents if document.id in found),
        with_answer=None
        if card.answers == "withheld"
        else tuple(document.id for document in documents if document.id in answered),
        canary=CanarySearch(canary=str(card.canary), found=canary in met) if canary is not None else None,
    )
