"""How much of a score's standard error is of the documents, of repeated runs, and of the draw of examples.

The interval beside a score is of documents and runs together: its standard error is that of the documents' means over
repeats. Examples move all documents at once, which no scatter between documents shows, so that they come on top.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.records import JsonValue, Sample
from seahelm_lite.scoring.scores import TaskScores, rounded
from seahelm_lite.scoring.withheld import WithheldTable
from seahelm_lite.stats.parts import pseudo_values
from seahelm_lite.stats.repeats import Repeated, Source, Sources, sources

_NO_RUNS = "every document was asked once in the same way; two times are needed"
_NO_DRAWS = "examples were drawn once; two draws are needed"
_INCOMPLETE = "answers are missing"

Asked = tuple[Sequence[Sample], TaskScores]
"""Samples and what they score."""


def variance_of(entry: Mapping[str, Any], asked: Sequence[Asked]) -> dict[str, JsonValue] | None:
    """The parts of the variance of one score, as scores.json has them.

    A metric that is no mean is taken apart by the jackknife: each document has a pseudo-value in each repeat.

    Args:
        entry: The score.
        asked: What was asked: the task itself, then the task with each other draw of examples.

    Returns:
        None where nothing was asked twice, and where the score has no value for another reason than missing answers.
    """
    if entry["repeats"] == 1 and len(asked) == 1:
        return None
    if any(part.taken.failed for _, part in asked):
        return {name: _told(Source(None, _INCOMPLETE)) for name in ("items", "runs", "draws", "total")}
    if entry["value"] is None:
        return None
    own = _taken_apart(entry["metric"], asked[:1])
    items, runs = own.items, own.runs
    if entry["repeats"] == 1:
        items = runs = Source(None, _NO_RUNS)
    draws = Source(None, _NO_DRAWS)
    if len(asked) > 1:
        draws = _of_one(_taken_apart(entry["metric"], asked).draws, len(asked))
    total = own.total
    if total.se is not None and draws.se is not None:
        total = Source(math.hypot(total.se, draws.se))
    return {"items": _told(items), "runs": _told(runs), "draws": _told(draws), "total": _told(total)}


def _taken_apart(metric: Metric, asked: Sequence[Asked]) -> Sources:
    """The sources of variation of what each document, or pair of documents, scores in every draw and repeat."""
    scores: dict[tuple[str, ...], list[float]] = {}
    drawn: dict[tuple[str, ...], list[int]] = {}
    clusters: dict[tuple[str, ...], str] = {}
    for draw, (samples, part) in enumerate(asked):
        for repeat in sorted({sample.repeat for sample in samples}):
            table = part.table.only([sample.repeat == repeat for sample in samples])
            # A task whose answers are withheld has no value.
            assert not isinstance(table, WithheldTable)
            units = table.units(metric)
            clusters |= zip(units, table.clusters(metric), strict=True)
            for unit, score in zip(units, pseudo_values(table.parts(metric)), strict=True):
                scores.setdefault(unit, []).append(float(score))
                drawn.setdefault(unit, []).append(draw)
    repeated = [Repeated(scores[unit], drawn[unit] if len(asked) > 1 else ()) for unit in scores]
    return sources(repeated, [clusters[unit] for unit in scores])


def _of_one(draws: Source, number: int) -> Source:
    """The score is of the first draw alone, which varies by more than the mean over all of them does."""
    return draws if draws.se is None else Source(draws.se * math.sqrt(number))


def _told(source: Source) -> dict[str, JsonValue]:
    return {"se": rounded(source.se), "reason": source.reason}
