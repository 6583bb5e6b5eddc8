"""The quick subset of a task, as it is registered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.facts import Known
from seahelm_lite.catalog.quick import RULE, documents_hash, subset_id
from seahelm_lite.errors import DataError
from seahelm_lite.prompts.subset import quick_subset
from seahelm_lite.records import Document, JsonValue
from seahelm_lite.sources.documents import TaskDocuments


@dataclass(frozen=True)
class Quick:
    """The documents that are asked of a task, some others of which are left out."""

    id: str
    documents: Sequence[Document]
    whole: Sequence[Document]
    """All documents of the task."""
    registered: bool
    """Whether these documents of this data were registered before; else the rule alone says which they are."""

    def to_json(self) -> dict[str, JsonValue]:
        """What the manifest says."""
        return {
            "id": self.id,
            "documents_sha256": documents_hash(self.documents),
            "registered": self.registered,
            "clusters": {"asked": _sizes(self.documents), "whole": _sizes(self.whole)},
        }


def quick_of(definition: TaskDefinition, data: TaskDocuments, known: Mapping[str, Known]) -> Quick | None:
    """The quick subset of a task; None where that is the whole task.

    Args:
        definition: The task.
        data: Its documents.
        known: What is known of the data of tasks, by name.

    Raises:
        DataError: If the same data gives other documents than those that are registered.
    """
    documents = quick_subset(data.test, task=definition.name)
    if len(documents) == len(data.test):
        return None
    facts = known[definition.name].facts if definition.name in known else None
    entry = facts.quick if facts is not None and facts.data_sha256 == data.data_hash else None
    identity = subset_id(definition.card.suite)
    if entry is not None and (entry.id, entry.documents_sha256) != (identity, documents_hash(documents)):
        raise DataError(
            f"{identity} would be other documents of {definition.name} than those registered as {entry.id}",
            where=str(definition.file.path),
            remedy=f"A subset that is drawn in another way needs another name: see {RULE} in catalog/quick.py.",
        )
    return Quick(identity, documents, data.test, registered=entry is not None)


def _sizes(documents: Iterable[Document]) -> dict[str, int]:
    """Size of a cluster to the number of clusters of that size."""
    sizes = Counter(Counter(document.cluster for document in documents).values())
    return {str(size): sizes[size] for size in sorted(sizes)}
