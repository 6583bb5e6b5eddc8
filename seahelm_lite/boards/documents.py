"""The scores of single documents, by which models are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.run_files import AskedTask, Score
from seahelm_lite.boards.runs import FinishedRun
from seahelm_lite.errors import RunFolderError
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


def document_scores(run: FinishedRun, asked: AskedTask, score: Score, suite: str) -> DocumentScores:
    """Read the samples that a complete score was made of, and hold the score against them.

    Args:
        run: The run.
        asked: The task.
        score: Its score; accuracy has to be the mean of the samples, other metrics have no value for each document.
        suite: Of the task. Its tasks may share source items, as parallel translations do; those of others do not.

    Raises:
        RunFolderError: If the samples cannot be read, or are not those of the score.
    """
    rows = _samples(run, asked)
    task = asked.task
    lacking = sum(None in (row["document"], row["cluster"], row["value"]) for row in rows)
    if lacking:
        raise RunFolderError(f"{lacking} of its samples of {task} have no value, and its scores say it is complete")
    scores: dict[str, list[float]] = {}
    clusters: dict[str, str] = {}
    for row in rows:
        scores.setdefault(row["document"], []).append(row["value"])
        clusters[row["document"]] = f"{suite}/{row['cluster']}"
    ended = Counter(row["state"] for row in rows)
    if len(scores) != score.n or ended != Counter(score.counts.model_dump()):
        raise RunFolderError(f"its samples of {task} are not those that its scores count")
    documents = sorted(scores)
    values = np.asarray([float(np.mean(scores[document])) for document in documents])
    mean = float(values.mean())
    # Written so that what is not a number is no agreement.
    if score.metric == "acc" and not (score.value is not None and abs(mean - score.value) <= _SAME):
        raise RunFolderError(f"its samples of {task} score {mean:.6f}, its scores say {score.value}")
    return DocumentScores(run.run_id, tuple(documents), tuple(clusters[document] for document in documents), values)


def _samples(run: FinishedRun, asked: AskedTask) -> list[dict[str, Any]]:
    """The samples, without the texts, which are most of the file; raises RunFolderError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.string()
    wanted = pa.schema([("document", text), ("cluster", text), ("state", text), ("value", pa.float64())])
    try:
        data = (run.folder.path / "samples" / f"{asked.key}.parquet").read_bytes()
        # From memory: whatever Arrow complains of, it names no path of this machine.
        file = pq.ParquetFile(pa.BufferReader(data))
        lacking = [name for name in wanted.names if name not in file.schema_arrow.names]
        if lacking:
            raise RunFolderError(f"its samples of {asked.task} have no {', '.join(lacking)}")
        rows: list[dict[str, Any]] = file.read(columns=wanted.names).select(wanted.names).cast(wanted).to_pylist()
    except FileNotFoundError:
        raise RunFolderError(f"has no samples of {asked.task}") from None
    except (OSError, UnicodeDecodeError, pa.ArrowException):
        raise RunFolderError(f"its samples of {asked.task} cannot be read") from None
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
