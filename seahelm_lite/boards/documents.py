"""The scores of single documents, by which models are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seahelm_lite.boards.choosing import Candidate
from seahelm_lite.boards.results import BoardError
from seahelm_lite.stats.intervals import Floats

_SAME = 1e-9
"""Scores are written with twelve digits."""


@dataclass(frozen=True)
class DocumentScores:
    """What one run scored on each document of a task."""

    run: str
    documents: tuple[str, ...]
    """Ids, sorted."""
    clusters: tuple[str, ...]
    """Of each document. Equal names in different tasks of a suite are the same source item."""
    values: Floats
    """Repeats averaged."""


def document_scores(candidate: Candidate, suite: str) -> DocumentScores:
    """Read the samples of a run.

    Args:
        candidate: A complete run of a task scored by accuracy.
        suite: Of the task. Its tasks may share source items, as parallel translations do; those of others do not.

    Raises:
        BoardError: If the samples cannot be read, or their mean is not the score of the run.
    """
    table = _table(candidate)
    scores: dict[str, list[float]] = {}
    clusters: dict[str, str] = {}
    for row in table:
        scores.setdefault(row["document"], []).append(row["value"] or 0.0)
        clusters[row["document"]] = f"{suite}/{row['cluster']}"
    documents = sorted(scores)
    values = np.asarray([float(np.mean(scores[document])) for document in documents])
    mean, value = float(values.mean()), candidate.score.value
    if value is None or abs(mean - value) > _SAME:
        raise BoardError(
            f"the samples of {candidate.run.run_id} score {mean:.6f} on {candidate.asked.task}, its scores say {value}",
            remedy="Check it with `seahelm-lite runs verify`.",
        )
    return DocumentScores(
        candidate.run.run_id, tuple(documents), tuple(clusters[document] for document in documents), values
    )


def _table(candidate: Candidate) -> list[dict[str, Any]]:
    """The samples, without the texts, which are most of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = candidate.run.folder.path / "samples" / f"{candidate.asked.key}.parquet"
    try:
        rows: list[dict[str, Any]] = pq.read_table(path, columns=["document", "cluster", "value"]).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise BoardError(f"the samples cannot be read: {error}", where=str(path)) from None
    return rows


def refuse_other_documents(task: str, answers: Sequence[DocumentScores]) -> None:
    """Models are compared on the same documents or not at all.

    Raises:
        BoardError: Naming two runs of different documents, or of documents clustered differently.
    """
    first = answers[0]
    for other in answers[1:]:
        if (other.documents, other.clusters) != (first.documents, first.clusters):
            what = "documents" if other.documents != first.documents else "clusters of documents"
            raise BoardError(
                f"two runs of {task} have different {what}: {first.run} and {other.run}",
                remedy="Run or import one of them again.",
            )
