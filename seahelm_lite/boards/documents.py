"""What single documents add to scores, by which models are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from pydantic import ValidationError

from seahelm_lite.boards.answers import answers_hash
from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.run_files import AskedTask, Score
from seahelm_lite.boards.runs import FinishedRun
from seahelm_lite.errors import RunFolderError
from seahelm_lite.scoring.scores import ScoredTask, read_answers, right_answers, task_of_manifest
from seahelm_lite.scoring.withheld import WithheldTable
from seahelm_lite.stats.intervals import Floats
from seahelm_lite.stats.parts import pseudo_values

_SAME = 1e-9
"""Scores are written with twelve digits."""


@dataclass(frozen=True)
class DocumentScores:
    """What each document of a task, or each pair of them, adds to the score of one run."""

    run: str
    documents: tuple[str, ...]
    """Ids, sorted."""
    clusters: tuple[str, ...]
    """Of each document. Equal names in different tasks of a suite are the same source item."""
    values: Floats
    """Their mean is the score. Of a mean they are the documents' own scores, repeats averaged; of F1 or chrF++, which
    are no means, their pseudo-values."""
    right: int | None
    """Right answers, each repeat counted; None where the metric calls none right."""
    answers_sha256: str
    """Of what was answered."""


def document_scores(run: FinishedRun, asked: AskedTask, score: Score, suite: str) -> DocumentScores:
    """Read the samples that a complete score was made of, and hold the score against them.

    Args:
        run: The run.
        asked: The task.
        score: Its score. Accuracy has to be the mean of the values that the samples hold; for any other metric the
            answers are read again.
        suite: Of the task. Its tasks may share source items, as parallel translations do; those of others do not.

    Raises:
        RunFolderError: If the samples cannot be read, or are not those of the score.
    """
    found = _own_values(run, asked, score) if score.metric == "acc" else _read_again(run, asked, score)
    value, mean = score.value, float(found.values.mean()) if len(found.values) else float("nan")
    if len(found.units) != score.n or found.ended != Counter(score.counts.model_dump()):
        raise RunFolderError(f"its samples of {asked.task} are not those that its scores count")
    # Written so that what is not a number is no agreement.
    if not (value is not None and abs(mean - value) <= _SAME):
        raise RunFolderError(f"its samples of {asked.task} score {mean:.6f}, its scores say {value}")
    order = sorted(range(len(found.units)), key=found.units.__getitem__)
    return DocumentScores(
        run.run_id,
        tuple(found.units[place] for place in order),
        tuple(f"{suite}/{found.clusters[place]}" for place in order),
        found.values[order],
        found.right,
        answers_hash(run, asked),
    )


@dataclass(frozen=True)
class _Found:
    """What samples give, in any order."""

    units: Sequence[str]
    clusters: Sequence[str]
    values: Floats
    ended: Counter[str]
    right: int | None


def _own_values(run: FinishedRun, asked: AskedTask, score: Score) -> _Found:
    rows = _samples(run, asked)
    lacking = sum(None in (row["document"], row["cluster"], row["value"]) for row in rows)
    if lacking:
        told = f"{lacking} of its samples of {asked.task} have no value, and its scores say it is complete"
        raise RunFolderError(told)
    scores: dict[str, list[float]] = {}
    clusters: dict[str, str] = {}
    for row in rows:
        scores.setdefault(row["document"], []).append(row["value"])
        clusters[row["document"]] = row["cluster"]
    units = sorted(scores)
    return _Found(
        units,
        [clusters[unit] for unit in units],
        np.asarray([float(np.mean(scores[unit])) for unit in units]),
        Counter(row["state"] for row in rows),
        sum(row["value"] == 1 for row in rows),
    )


def _read_again(run: FinishedRun, asked: AskedTask, score: Score) -> _Found:
    task = _task(run, asked)
    answers, table = read_answers(task)
    metric = next((metric for metric in task.card.metrics_in(task.protocol) if metric == score.metric), None)
    if metric is None or isinstance(table, WithheldTable):
        raise RunFolderError(f"the card that its {asked.task} was asked by has no {score.metric}")
    parts = table.parts(metric)
    values = pseudo_values(parts)
    if parts.statistic is not None:
        # The jackknife takes a bias off that the score has.
        values = values - values.mean() + float(parts.statistic(parts.counts.sum(axis=0, keepdims=True))[0])
    return _Found(
        [" ".join(unit) for unit in table.units(metric)],
        table.clusters(metric),
        values,
        Counter(answer.state for answer in answers),
        right_answers(task.card, metric, table),
    )


def _task(run: FinishedRun, asked: AskedTask) -> ScoredTask:
    """The task with its samples; raises RunFolderError."""
    try:
        samples = [scored.sample for scored in run.folder.read_samples(asked.key)]
    except (RunFolderError, OSError, LookupError, TypeError, ValueError):
        # Not the reason by itself, which names places of this machine.
        raise RunFolderError(f"its samples of {asked.task} cannot be read") from None
    entry = next(entry for entry in run.folder.manifest()["tasks"] if entry["key"] == asked.key)
    try:
        return task_of_manifest(entry, samples)
    except (ValidationError, LookupError, TypeError):
        told = f"the card that its {asked.task} was asked by is not as this version reads it"
        raise RunFolderError(told) from None


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
    for first, other in pairwise(answers):
        if (other.documents, other.clusters) != (first.documents, first.clusters):
            what = "documents" if other.documents != first.documents else "clusters of documents"
            raise BoardError(
                f"two runs of {task} have different {what}: {first.run} and {other.run}",
                remedy="Run or import one of them again.",
            )
