"""Which models can be told apart, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seahelm_lite.boards.averages import Averaging
from seahelm_lite.boards.detectable import typical
from seahelm_lite.boards.documents import DocumentScores
from seahelm_lite.boards.fields import Rank
from seahelm_lite.boards.results import Column, Comparison, Sensitivity
from seahelm_lite.boards.scale import rounded
from seahelm_lite.records import canonical_json, sha256_hex
from seahelm_lite.stats.comparisons import (
    Comparisons,
    Decisions,
    TaskTable,
    compare_all,
    rank_intervals,
    tie_groups,
)
from seahelm_lite.stats.joint_draws import first_shares, headline_draws
from seahelm_lite.stats.sensitivity import reweighted

LEVEL = 0.05
"""Bound on the probability that any two models of a board are wrongly told apart."""

DRAWS = 10_000
"""Sign patterns of a comparison, fewer only where there are fewer; and sets of other weights."""

FIRST_DRAWS = 5_000
"""Sets of documents over which first places are counted."""

WITHIN = 0.2
"""How far a weight is changed to see whether the order depends on it."""

_NOTE = (
    "Every two models are compared on the same documents. Of {pairs} differences the clearest is looked at first, and "
    "each counts when all clearer ones did and it is larger than chance makes the largest of it and those after it in "
    "{share:.0%} of draws."
)


@dataclass(frozen=True)
class Contender:
    """A model that has every required column, complete on all documents."""

    id: str
    """Its name on the board, which orders equals."""
    headline: float
    normalised: tuple[float, ...]
    """Its score in each required column, in order, on the board's scale."""
    answers: tuple[DocumentScores, ...]
    """In the same columns, in their own metrics."""


@dataclass(frozen=True)
class Place:
    """Where a model stands."""

    rank: Rank
    group: int
    first: float


@dataclass(frozen=True)
class Ranking:
    """The models above the line."""

    places: Mapping[str, Place]
    """By the id of the model, best first."""
    comparison: Comparison | None
    sensitivity: Sensitivity | None


def rank(averaging: Averaging, contenders: Sequence[Contender]) -> Ranking:
    """Rank models by their headlines, and say which of them differ on the same documents.

    Args:
        averaging: How the board averages.
        contenders: The models, all asked the same documents.
    """
    if not contenders:
        return Ranking({}, None, None)
    order = sorted(contenders, key=lambda one: (-one.headline, one.id))
    seed = seed_of([averaging.columns[place] for place in averaging.required])
    tables = [
        _table(averaging, place, [one.answers[index] for one in order])
        for index, place in enumerate(averaging.required)
    ]
    compared = compare_all(tables, seed=seed, draws=DRAWS)
    better = compared.better(LEVEL)
    first = first_shares(headline_draws(tables, seed=seed, draws=FIRST_DRAWS))
    ranges, groups = rank_intervals(better), tie_groups(better)
    places = {
        one.id: Place(Rank(lo=lo, hi=hi), group, rounded(share))
        for one, (lo, hi), group, share in zip(order, ranges, groups, first, strict=True)
    }
    if len(order) < 2:
        return Ranking(places, None, None)
    values = [[one.normalised[index] for index in range(len(tables))] for one in order]
    return Ranking(places, _comparison(compared, better), sensitivity_of(averaging, values, better))


def _table(averaging: Averaging, place: int, answers: Sequence[DocumentScores]) -> TaskTable:
    """What documents of a column add to headlines."""
    scale, column = averaging.scale(place), averaging.columns[place]
    scores = np.stack([scale.of_documents(one.values) for one in answers])
    return TaskTable(scores, answers[0].clusters, column.share)


def seed_of(columns: Sequence[Column]) -> int:
    """Of all draws: from what was asked in the required columns, so that the same answers give the same ranks."""
    asked = sorted((one.task, one.version, one.protocol, one.shots, one.data_sha256 or "") for one in columns)
    return int(sha256_hex(canonical_json(asked))[:16], 16)


def sensitivity_of(averaging: Averaging, values: Sequence[Sequence[float]], better: Decisions) -> Sensitivity | None:
    """What becomes of the order under other weights; None where a single column is required.

    Args:
        averaging: How the board averages.
        values: Of each ranked model, best first, its scores in the required columns on the board's scale.
        better: Which of them is told from which.
    """
    columns = [averaging.columns[place] for place in averaging.required]
    if len(columns) < 2:
        return None
    # Weights are drawn column by column, in an order that is not the card's.
    order = sorted(range(len(columns)), key=lambda index: (columns[index].task, columns[index].shots))
    told = reweighted(
        np.asarray(values)[:, order],
        [columns[index].share for index in order],
        better,
        within=WITHIN,
        draws=DRAWS,
        seed=seed_of(columns),
    )
    return Sensitivity(
        within=WITHIN,
        draws=DRAWS,
        order_kept=told.order_kept,
        first_kept=told.first_kept,
        decisions_kept=told.decisions_kept,
    )


def _comparison(compared: Comparisons, better: Decisions) -> Comparison:
    models = len(better)
    pairs = models * (models - 1) // 2
    return Comparison(
        method="sign-flip step-down max-T",
        level=LEVEL,
        pairs=pairs,
        pairs_told_apart=int(better.sum()),
        neighbours_told_apart=int(np.diag(better, 1).sum()),
        detectable=typical(compared.errors, compared.df),
        draws=compared.draws,
        models=models,
        note=note(pairs),
    )


def note(pairs: int) -> str:
    """What readers are told of how so many pairs were compared."""
    return _NOTE.format(pairs=f"{pairs:,}", share=1 - LEVEL)
