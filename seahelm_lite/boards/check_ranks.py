"""Whether headlines, order, ranks and groups follow from each other and from the cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from seahelm_lite.boards.build import row_order
from seahelm_lite.boards.check_cells import SAME
from seahelm_lite.boards.coverage import coverage, why_not_ranked
from seahelm_lite.boards.ranking import DRAWS, comparison_of
from seahelm_lite.boards.results import BoardResults, Cell, Column, Row
from seahelm_lite.stats.composites import Composite, Scored, weighted_mean


def faults_of_ranks(results: BoardResults) -> Iterator[str]:
    """The faults of single rows, and those of their order and of how they were compared."""
    for row in results.rows:
        yield from (f"{row.model.id}: {fault}" for fault in _faults_of_row(row, results.columns))
    yield from _faults_of_order(results)
    yield from _faults_of_places(results.ranked)
    yield from _faults_of_comparison(results)


def _faults_of_row(row: Row, columns: Sequence[Column]) -> Iterator[str]:
    required = [index for index, column in enumerate(columns) if column.required]
    have = coverage(row.cells, required)
    if row.coverage != have:
        said = f"{row.coverage.done} of {row.coverage.required}"
        yield f"its coverage says {said}, its cells {have.done} of {have.required}"
    if (row.status == "ranked") != (have.done == have.required):
        yield f"it is {row.status}, with {have.done} of {have.required} required columns"
    elif row.headline.value is not None:
        yield from _faults_of_headline(
            row, [row.cells[index] for index in required], [columns[index] for index in required]
        )
    elif row.headline.reason != why_not_ranked([column.task for column in columns], row.cells, required):
        yield "its headline says something else of what is lacking than its cells do"


def _faults_of_headline(row: Row, cells: Sequence[Cell], columns: Sequence[Column]) -> Iterator[str]:
    scores = [Scored(cell.value or 0.0, cell.ci95, cell.ci_method or "") for cell in cells]
    weights = [column.weight for column in columns]
    headline, alone = row.headline, weighted_mean(scores, weights)
    if headline.value is not None and abs(alone.value - headline.value) > SAME:
        yield f"its headline is {headline.value}, the weighted mean of its cells {alone.value}"
    if (headline.ci_method, headline.reason) != (alone.method, alone.reason):
        yield "its headline has an interval made in another way than those of its cells allow"
    elif headline.ci95 is not None:
        least = alone if _share_nothing(columns) else None
        # Errors of columns that share items go together at most wholly.
        most = alone if least is not None else weighted_mean(scores, weights, np.ones((len(cells), len(cells))))
        if not _is_between(headline.ci95, alone.value, least, most):
            yield f"its headline's interval is {headline.ci95[0]} to {headline.ci95[1]}, which its cells do not give"


def _is_between(interval: tuple[float, float], value: float, least: Composite | None, most: Composite) -> bool:
    """Whether the margins of an interval are no less and no more than those of two others."""
    margins = value - interval[0], interval[1] - value
    lower = (0.0, 0.0) if least is None or least.interval is None else _margins(value, least.interval)
    upper = (0.0, 0.0) if most.interval is None else _margins(value, most.interval)
    return all(lo - SAME <= own <= hi + SAME for lo, own, hi in zip(lower, margins, upper, strict=True))


def _margins(value: float, interval: tuple[float, float]) -> tuple[float, float]:
    return value - interval[0], interval[1] - value


def _share_nothing(columns: Sequence[Column]) -> bool:
    """Whether no two columns can share a cluster: they are of other suites, or their documents of other files."""
    return all(
        one.suite != other.suite
        or (one.cluster_key == other.cluster_key == "document" and not _paths(one) & _paths(other))
        for one, other in combinations(columns, 2)
    )


def _paths(column: Column) -> set[str]:
    """The paths of a column's files, by which its documents are named; of one with blanks, its end."""
    return {file.source.rpartition(" ")[2] for file in column.sources}


def _faults_of_order(results: BoardResults) -> Iterator[str]:
    if results.rows[: len(results.ranked)] != results.ranked:
        yield "a row without a rank stands above one that has a rank"
    for rows, told in (
        (results.ranked, "the ranked rows are not in the order of their headlines"),
        (results.below, "the rows without a rank are not in the order of how much they have"),
    ):
        if list(rows) != sorted(rows, key=row_order):
            yield told


def _faults_of_places(ranked: Sequence[Row]) -> Iterator[str]:
    """Ranks count the models that are better and worse; groups begin at 1 and never skip."""
    last, models, better, worse = 0, len(ranked), 0, 0
    for place, row in enumerate(ranked, start=1):
        if row.rank is None or row.group is None:
            continue
        if not 1 <= row.rank.lo <= place <= row.rank.hi <= models:
            yield f"{row.model.id}: stands at {place} of {models} and says {row.rank.lo} to {row.rank.hi}"
        if row.group not in ((1,) if place == 1 else (last, last + 1)):
            yield f"{row.model.id}: is in group {row.group} after group {last}"
        elif place > 1 and row.group > last and row.rank.lo == 1:
            yield f"{row.model.id}: begins group {row.group}, and says that none is better"
        last = row.group
        better, worse = better + row.rank.lo - 1, worse + models - row.rank.hi
    if better != worse:
        yield f"the ranks say that {better} times a model is worse than another, and {worse} times better"


def _faults_of_comparison(results: BoardResults) -> Iterator[str]:
    models, compared = len(results.ranked), results.comparison
    if compared is None:
        if models > 1:
            yield f"{models} models are ranked, and nothing says how they were compared"
        return
    if (compared.models, compared.pairs) != (models, models * (models - 1) // 2):
        yield f"{compared.pairs} pairs of {compared.models} models were compared; {models} are ranked"
    elif compared != comparison_of(models, compared.draws):
        yield "what it says of how models were compared is not how this version compares them"
    # Where all patterns of signs are fewer than that, each is taken once.
    if compared.draws != DRAWS and not (compared.draws < DRAWS and compared.draws.bit_count() == 1):
        yield f"models were compared over {compared.draws} draws"
