"""How a task's score differs from that of the same items in the standard variety, or in English.

Pure and offline, as the scores themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.task_card import JUDGED, DifferenceKind, Metric
from seahelm_lite.records import JsonValue, sha256_hex
from seahelm_lite.scoring.scores import ScoredTask, TaskScores, numbers
from seahelm_lite.scoring.withheld import WithheldTable
from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.parts import Parts, difference

Unit = tuple[str, ...]
"""What a metric is counted over: an item, or the items of a family of probes."""


@dataclass(frozen=True)
class Side:
    """A task as one of the two sides of a difference."""

    task: str
    protocol: str
    shots: int
    parallel: Mapping[DifferenceKind, str]
    """Kind of difference to the task it is taken to."""
    rows: Mapping[Metric, Mapping[Unit, int]]
    """Of each metric, the items that count as one to their row in the parts."""
    clusters: Mapping[Metric, Sequence[str]]
    """Of each row."""
    parts: Mapping[Metric, Parts]
    errors: int
    """Answers that ended in error."""
    seed: str
    """What the resampling of its own intervals is drawn from."""


def side_of(task: ScoredTask, scored: TaskScores) -> Side | None:
    """A task as a side; None where its documents are no items of several tasks."""
    table = scored.table
    documents = table.documents
    if isinstance(table, WithheldTable) or not documents or any(document.item is None for document in documents):
        return None
    items = {document.id: str(document.item) for document in documents}
    metrics = _of_items(scored)
    return Side(
        task=task.task,
        protocol=task.protocol,
        shots=task.shots,
        parallel=task.card.parallel.by_kind,
        rows={
            metric: {tuple(items[document] for document in unit): row for row, unit in enumerate(table.units(metric))}
            for metric in metrics
        },
        clusters={metric: table.clusters(metric) for metric in metrics},
        parts={metric: table.parts(metric) for metric in metrics},
        errors=sum(answer.state == "error" for answer in scored.answers),
        seed=f"{task.task}:{task.version}:{task.protocol}:{task.data_hash}",
    )


def _of_items(scored: TaskScores) -> list[Metric]:
    return [
        entry["metric"]
        for entry in scored.scores
        if entry["metric"] != "pair_acc" and (entry["metric"] not in JUDGED or entry["value"] is not None)
    ]


def differences(sides: Sequence[Side | None]) -> list[dict[str, JsonValue]]:
    """The differences of all tasks of a run whose other side was asked in the same way.

    Args:
        sides: The tasks of the run, in order.

    Returns:
        An entry of `differences` of scores.json for each kind, task and metric that both sides have.
    """
    known = {(side.task, side.protocol, side.shots): side for side in sides if side is not None}
    found: list[dict[str, JsonValue]] = []
    for side in known.values():
        for kind, than in side.parallel.items():
            other = known.get((than, side.protocol, side.shots))
            if other is not None:
                found += _entries(kind, side, other)
    return found


def _entries(kind: DifferenceKind, side: Side, other: Side) -> Iterator[dict[str, JsonValue]]:
    for metric, parts in side.parts.items():
        if metric in other.parts:
            rows, others = side.rows[metric], other.rows[metric]
            common = [unit for unit in rows if unit in others]
            yield {
                "kind": kind,
                "task": side.task,
                "than": other.task,
                "protocol": side.protocol,
                "shots": side.shots,
                "metric": metric,
                **numbers(_estimate(kind, metric, side, other, parts, common)),
                "n_only_task": len(rows) - len(common),
                "n_only_than": len(others) - len(common),
            }


def _estimate(
    kind: DifferenceKind, metric: Metric, side: Side, other: Side, parts: Parts, common: Sequence[Unit]
) -> Estimate:
    rows = [side.rows[metric][unit] for unit in common]
    clusters = [side.clusters[metric][row] for row in rows]
    method = "cr1-t" if parts.statistic is None else "cluster-bootstrap"
    reason = None
    if side.errors or other.errors:
        reason = f"{side.errors + other.errors} answers of the two tasks ended in error, which is never an answer"
    elif not common:
        reason = "the two tasks were not asked the same items"
    if reason is not None:
        return Estimate(None, None, None, None, None, method, len(rows), len(set(clusters)), reason)
    seed = int(sha256_hex(f"{kind}:{metric}:{side.seed}:{other.seed}")[:16], 16)
    others = other.parts[metric].only([other.rows[metric][unit] for unit in common])
    return difference(parts.only(rows), others, clusters, seed=seed)
