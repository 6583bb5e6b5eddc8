"""Whether headlines, order, ranks and groups follow from each other and from the cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
from scipy import stats

from seahelm_lite.boards.averages import Averaging
from seahelm_lite.boards.build import row_order
from seahelm_lite.boards.check_cells import SAME
from seahelm_lite.boards.coverage import coverage, is_full
from seahelm_lite.boards.fields import Interval
from seahelm_lite.boards.nodes import nodes_of
from seahelm_lite.boards.ranking import DRAWS, LEVEL, note, sensitivity_of
from seahelm_lite.boards.results import Average, BoardResults, Column, Row


def faults_of_ranks(results: BoardResults) -> Iterator[str]:
    """The faults of single rows, and those of their order and of how they were compared."""
    if results.nodes != nodes_of(results.columns):
        yield "its nodes are not those that its columns make"
        return
    averaging = Averaging(results.board.normalisation, results.columns)
    unplaced = [place for place in averaging.required if not averaging.has_scale(place)]
    for place in unplaced:
        if any(is_full(row.cells[place]) for row in results.rows):
            yield f"{results.columns[place].task}: it has values, and none has a place on the board's scale"
            return
    for row in results.rows:
        yield from (f"{row.model.id}: {fault}" for fault in _faults_of_row(row, results, averaging))
    yield from _faults_of_order(results)
    yield from _faults_of_places(results.ranked)
    yield from _faults_of_comparison(results)
    yield from _faults_of_sensitivity(results, averaging)


def _faults_of_row(row: Row, results: BoardResults, averaging: Averaging) -> Iterator[str]:
    required = averaging.required
    have = coverage(row.cells, required)
    if row.coverage != have:
        said = f"{row.coverage.done} of {row.coverage.required}"
        yield f"its coverage says {said}, its cells {have.done} of {have.required}"
    whole = "ranked" if results.board.standing == "ranking" else "unranked"
    if row.status != (whole if have.done == have.required else "incomplete"):
        yield f"it is {row.status}, with {have.done} of {have.required} required columns"
        return
    yield from (f"its headline {fault}" for fault in _faults_of_average(row.headline, row, required, averaging))
    for node, average in zip(results.nodes, row.nodes, strict=True):
        told = f"its average of {' / '.join(node.path)}"
        yield from (f"{told} {fault}" for fault in _faults_of_average(average, row, node.columns, averaging))


def _faults_of_average(said: Average, row: Row, places: Sequence[int], averaging: Averaging) -> Iterator[str]:
    """What an average says that the cells of its columns do not give."""
    alone = averaging.average(row.cells, places, None)
    if said.value is None or alone.value is None:
        if (said.value, said.reason) != (alone.value, alone.reason):
            yield "says something else of what is lacking than its cells do"
        return
    if abs(alone.value - said.value) > SAME:
        yield f"is {said.value}, the weighted mean of its cells {alone.value}"
    if (said.ci_method, said.reason) != (alone.ci_method, alone.reason):
        yield "has an interval made in another way than those of its cells allow"
    elif said.ci95 is not None and alone.ci95 is not None:
        least = alone.ci95 if _share_nothing([averaging.columns[place] for place in places]) else None
        most = alone.ci95 if least is not None else _widest(row, places, averaging) or alone.ci95
        if not _is_between(said.ci95, alone.value, least, most):
            yield f"has the interval {said.ci95[0]} to {said.ci95[1]}, which its cells do not give"


def _widest(row: Row, places: Sequence[int], averaging: Averaging) -> Interval | None:
    """The interval of an average whose columns go together wholly, with the least degrees of freedom of any."""
    whole = averaging.average(row.cells, places, np.ones((len(places), len(places))))
    if whole.value is None or whole.ci95 is None:
        return None
    least = min((df for place in places if (df := row.cells[place].df) is not None), default=np.inf)
    more = float(stats.t.ppf(0.975, least) / stats.norm.ppf(0.975))
    below, above = _margins(whole.value, whole.ci95)
    return whole.value - more * below, whole.value + more * above


def _is_between(interval: Interval, value: float, least: Interval | None, most: Interval) -> bool:
    """Whether the margins of an interval are no less and no more than those of two others."""
    margins = zip(
        (0.0, 0.0) if least is None else _margins(value, least),
        _margins(value, interval),
        _margins(value, most),
        strict=True,
    )
    return all(lo - SAME <= own <= hi + SAME for lo, own, hi in margins)


def _margins(value: float, interval: Interval) -> Interval:
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
    last, models, better, worse, first = 0, len(ranked), 0, 0, 0.0
    for place, row in enumerate(ranked, start=1):
        if row.rank is None or row.group is None or row.first is None:
            continue
        if not 1 <= row.rank.lo <= place <= row.rank.hi <= models:
            yield f"{row.model.id}: stands at {place} of {models} and says {row.rank.lo} to {row.rank.hi}"
        if row.group not in ((1,) if place == 1 else (last, last + 1)):
            yield f"{row.model.id}: is in group {row.group} after group {last}"
        elif place > 1 and row.group > last and row.rank.lo == 1:
            yield f"{row.model.id}: begins group {row.group}, and says that none is better"
        last = row.group
        better, worse, first = better + row.rank.lo - 1, worse + models - row.rank.hi, first + row.first
    if better != worse:
        yield f"the ranks say that {better} times a model is worse than another, and {worse} times better"
    if models and abs(first - 1) > models * SAME:
        yield f"the shares of first places sum to {first:.6f}"


def _faults_of_comparison(results: BoardResults) -> Iterator[str]:
    models, compared = len(results.ranked), results.comparison
    if compared is None:
        if models > 1:
            yield f"{models} models are ranked, and nothing says how they were compared"
        return
    if (compared.models, compared.pairs) != (models, models * (models - 1) // 2):
        yield f"{compared.pairs} pairs of {compared.models} models were compared; {models} are ranked"
    elif (compared.level, compared.note) != (LEVEL, note(compared.pairs)):
        yield "what it says of how models were compared is not how this version compares them"
    # Where all patterns of signs are fewer than that, each is taken once.
    if compared.draws != DRAWS and not (compared.draws < DRAWS and compared.draws.bit_count() == 1):
        yield f"models were compared over {compared.draws} draws"
    ranks = [row.rank for row in results.ranked if row.rank is not None]
    apart = sum(rank.lo - 1 for rank in ranks)
    if compared.pairs_told_apart != apart:
        yield f"it says that {compared.pairs_told_apart} pairs are told apart, the ranks say {apart}"
    # Of two neighbours that are told apart, the one is better than some and the other worse.
    most = sum(above.hi < models and below.lo > 1 for above, below in pairwise(ranks))
    if compared.neighbours_told_apart > most:
        yield f"it says that {compared.neighbours_told_apart} neighbours are told apart, the ranks allow {most}"
    if compared.detectable is not None and compared.detectable <= 0:
        yield f"it says that a difference of {compared.detectable} can be told"


def _faults_of_sensitivity(results: BoardResults, averaging: Averaging) -> Iterator[str]:
    """Other weights are drawn again; which decisions they keep is not known from the file."""
    said, ranked = results.sensitivity, results.ranked
    if len(ranked) < 2:
        if said is not None:
            yield "it says what other weights do to an order, and has none"
        return
    values = [[row.cells[place].normalised or 0.0 for place in averaging.required] for row in ranked]
    again = sensitivity_of(averaging, values, np.zeros((len(ranked), len(ranked)), dtype=bool))
    if said is None or again is None:
        if said != again:
            yield "it does not say what other weights do to the order, or says it of a single column"
    elif said.model_copy(update={"decisions_kept": 1.0}) != again:
        yield "what it says of other weights is not what they do"
    elif said.decisions_kept < said.order_kept:
        yield "it says that other weights keep the order more often than what is told apart in it"
