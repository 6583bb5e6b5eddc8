"""The headline of each model, and which models can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seahelm_lite.boards.choosing import Candidate
from seahelm_lite.boards.documents import DocumentScores, refuse_other_documents
from seahelm_lite.boards.fields import Rank
from seahelm_lite.boards.results import Average, Comparison
from seahelm_lite.catalog.board_card import BoardColumn
from seahelm_lite.records import canonical_json, sha256_hex
from seahelm_lite.stats.comparisons import TaskTable, compare_all, rank_intervals, tie_groups
from seahelm_lite.stats.composites import Scored, error_correlations, weighted_mean

LEVEL = 0.05
"""Bound on the probability that any two models of a board are wrongly told apart."""

DRAWS = 10_000
"""Sign patterns of a comparison; fewer only where there are fewer."""

_NOTE = (
    "Every two models are compared on the same documents; a difference counts when it is larger than chance makes the "
    "largest of all {pairs} differences in {share:.0%} of draws."
)


@dataclass(frozen=True)
class Contender:
    """A model that has every required column, complete on all documents."""

    id: str
    """Its name on the board, which orders equals."""
    runs: tuple[Candidate, ...]
    """One for each required column, in order."""
    answers: tuple[DocumentScores, ...]
    """Of those runs."""


@dataclass(frozen=True)
class Place:
    """Where a model stands."""

    headline: Average
    rank: Rank
    group: int


@dataclass(frozen=True)
class Ranking:
    """The models above the line."""

    places: Mapping[str, Place]
    """By the id of the model, best first."""
    comparison: Comparison | None


def rank(columns: Sequence[BoardColumn], contenders: Sequence[Contender]) -> Ranking:
    """Rank models by their headlines, and say which of them differ on the same documents.

    Args:
        columns: The required columns.
        contenders: The models.

    Raises:
        BoardError: If two models were not asked the same documents.
    """
    if not contenders:
        return Ranking({}, None)
    answers = {one.id: one.answers for one in contenders}
    headlines = {one.id: _headline(columns, one.runs, answers[one.id]) for one in contenders}
    order = sorted(headlines, key=lambda name: (-(headlines[name].value or 0.0), name))
    tables = []
    for index, column in enumerate(columns):
        asked = [answers[name][index] for name in order]
        refuse_other_documents(column.task.name, asked)
        share = column.weight / sum(one.weight for one in columns)
        tables.append(TaskTable(np.stack([one.values for one in asked]), asked[0].clusters, share))
    compared = compare_all(tables, seed=_seed(contenders[0].runs), draws=DRAWS)
    better = compared.better(LEVEL)
    places = {
        name: Place(headlines[name], Rank(lo=lo, hi=hi), group)
        for name, (lo, hi), group in zip(order, rank_intervals(better), tie_groups(better), strict=True)
    }
    return Ranking(places, comparison_of(len(order), compared.draws))


def _headline(columns: Sequence[BoardColumn], runs: Sequence[Candidate], answers: Sequence[DocumentScores]) -> Average:
    """The weighted mean of a model's scores. Columns that share source items have errors that go together."""
    scores = [Scored(run.score.value or 0.0, run.score.ci95, run.score.ci_method) for run in runs]
    correlations = error_correlations([(one.values, one.clusters) for one in answers])
    mean = weighted_mean(scores, [column.weight for column in columns], correlations)
    interval = None if mean.interval is None else (_rounded(mean.interval[0]), _rounded(mean.interval[1]))
    return Average(value=_rounded(mean.value), ci95=interval, ci_method=mean.method, reason=mean.reason)


def _rounded(value: float) -> float:
    """Twelve digits, as scores have: above the last bits in which machines differ."""
    # Adding nought turns a negative nought into nought.
    return round(value, 12) + 0.0


def _seed(runs: Sequence[Candidate]) -> int:
    """Of the test: from what was asked, so that the same answers give the same ranks."""
    asked = [(one.task, one.version, one.protocol, one.shots, one.data_sha256) for one in (run.asked for run in runs)]
    return int(sha256_hex(canonical_json(asked))[:16], 16)


def comparison_of(models: int, draws: int) -> Comparison | None:
    """What readers are told of how so many ranked models were compared; None where there is nothing to compare."""
    if models < 2:
        return None
    pairs = models * (models - 1) // 2
    note = _NOTE.format(pairs=f"{pairs:,}", share=1 - LEVEL)
    return Comparison(method="sign-flip max-T", level=LEVEL, pairs=pairs, draws=draws, models=models, note=note)
