"""A board out of runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.boards.averages import Averaging, Correlated
from seahelm_lite.boards.cells import absent_cell, run_cell
from seahelm_lite.boards.choosing import Candidate, choose
from seahelm_lite.boards.columns import column_facts
from seahelm_lite.boards.coverage import coverage
from seahelm_lite.boards.documents import DocumentScores
from seahelm_lite.boards.fields import Kind, RowSource
from seahelm_lite.boards.nodes import nodes_of
from seahelm_lite.boards.overlaps import with_overlaps
from seahelm_lite.boards.ranking import Contender, Place, rank
from seahelm_lite.boards.results import (
    RESULTS_SCHEMA,
    Average,
    BoardFacts,
    BoardResults,
    Cell,
    Column,
    Node,
    Row,
    RowModel,
)
from seahelm_lite.boards.runs import FinishedRun, ModelKey, Runs
from seahelm_lite.catalog.board_card import Board
from seahelm_lite.sources.overlap.report import OverlapReport


@dataclass(frozen=True)
class _Entrant:
    """A model and its row so far."""

    model: RowModel
    source: RowSource | None
    candidates: tuple[Candidate | None, ...]
    """One for each column, in order."""
    cells: tuple[Cell, ...]

    def documents(self, place: int) -> DocumentScores | None:
        """What it answered to all documents of a column."""
        candidate = self.candidates[place]
        return candidate.documents if candidate is not None and candidate.full else None


def build_board(board: Board, runs: Runs, overlaps: Sequence[OverlapReport] = ()) -> BoardResults:
    """Fill the cells of a board, rank the models that have all it requires, and compare them.

    The same runs give the same results, whatever folders they lie in and in whatever order these are named.

    Args:
        board: The board.
        runs: All runs; those that have nothing for this board are passed over.
        overlaps: What was found of its tasks in corpora; other tasks in them are passed over.

    Raises:
        BoardError: If runs contradict each other, or documents were looked for that are not those of a column.
    """
    chosen = [choose(column, runs.finished, quick=board.card.quick) for column in board.columns]
    facts = [
        column_facts(column, one.cells.values(), board.card.baselines)
        for column, one in zip(board.columns, chosen, strict=True)
    ]
    columns = with_overlaps(facts, overlaps)
    averaging = Averaging(board.card.normalisation, columns)
    entrants = _entrants(board, columns, [one.cells for one in chosen], runs.finished)
    rows = [_row(entrant, averaging, nodes_of(columns)) for entrant in entrants]
    contenders = list(_contenders(entrants, rows, averaging)) if board.card.standing == "ranking" else []
    ranking = rank(averaging, contenders)
    left_out = {*runs.left_out, *(left for one in chosen for left in one.left_out)}
    return BoardResults(
        schema=RESULTS_SCHEMA,
        board=board_facts(board),
        columns=columns,
        nodes=nodes_of(columns),
        comparison=ranking.comparison,
        sensitivity=ranking.sensitivity,
        rows=tuple(sorted((_placed(row, ranking.places.get(row.model.id)) for row in rows), key=row_order)),
        left_out=tuple(sorted(left_out, key=lambda left: (left.run, left.reason))),
    )


def board_facts(board: Board) -> BoardFacts:
    """What the card of a board says of it."""
    card = board.card
    return BoardFacts(
        id=card.id,
        title=card.title,
        measures=card.measures,
        languages=card.languages,
        protocol=card.protocol,
        shots=card.shots,
        standing=card.standing,
        normalisation=card.normalisation,
        levels=card.levels,
        quick=card.quick,
        defects=card.defects,
        card_sha256=board.sha256,
        release=None,
    )


def _entrants(
    board: Board, facts: Sequence[Column], chosen: Sequence[Mapping[ModelKey, Candidate]], runs: Sequence[FinishedRun]
) -> list[_Entrant]:
    """The models for which the board has anything to say."""
    of_model: dict[ModelKey, list[FinishedRun]] = {}
    for run in runs:
        of_model.setdefault(run.model, []).append(run)
    filled = {}
    for key, own in of_model.items():
        candidates = tuple(cells.get(key) for cells in chosen)
        cells = tuple(
            run_cell(candidate, column, told, board.card) if candidate is not None else absent_cell(column, own)
            for candidate, column, told in zip(candidates, board.columns, facts, strict=True)
        )
        if any(cell.state != "not run" for cell in cells):
            filled[key] = (candidates, cells)
    return [
        _Entrant(_model(key, name, of_model[key][0]), _source(of_model[key][0]), *filled[key])
        for key, name in row_ids(filled).items()
    ]


def _model(key: ModelKey, name: str, run: FinishedRun) -> RowModel:
    return RowModel(id=name, name=key[0], kind=_kind(run), fingerprint_sha256=key[1])


def row_ids(models: Iterable[ModelKey]) -> dict[ModelKey, str]:
    """Names for addresses; models of one board whose names come to the same have some of their fingerprints in it."""
    slugs = {key: re.sub(r"[^a-z0-9.]+", "-", key[0].lower()).strip("-.") or "model" for key in models}
    taken = Counter(slugs.values())
    return {key: slug if taken[slug] == 1 else f"{slug}-{key[1][:8]}" for key, slug in slugs.items()}


def _kind(run: FinishedRun) -> Kind:
    if run.manifest.imported is not None:
        return "recorded"
    kind = run.manifest.model.fingerprint.get("kind")
    return "baseline" if kind == "baseline" else "replayed" if kind == "replay" else "measured"


def _source(run: FinishedRun) -> RowSource | None:
    imported = run.manifest.imported
    if imported is None:
        return None
    return RowSource(
        format=imported.format,
        source=imported.source,
        title=imported.title,
        url=imported.url,
        licence=imported.licence,
        recorded=imported.recorded,
    )


def _contenders(entrants: Sequence[_Entrant], rows: Sequence[Row], averaging: Averaging) -> Iterable[Contender]:
    required = averaging.required
    for entrant, row in zip(entrants, rows, strict=True):
        if row.headline.value is not None:
            values = [row.cells[place].normalised or 0.0 for place in required]
            answers = [documents for place in required if (documents := entrant.documents(place)) is not None]
            yield Contender(row.model.id, row.headline.value, tuple(values), tuple(answers))


def _row(entrant: _Entrant, averaging: Averaging, nodes: Sequence[Node]) -> Row:
    """A row as it is on a board that ranks nobody."""
    required = averaging.required
    have = coverage(entrant.cells, required)
    correlated = Correlated({place: one for place in required if (one := entrant.documents(place)) is not None})

    def average(places: Sequence[int]) -> Average:
        return averaging.average(entrant.cells, places, correlated.among(places))

    return Row(
        model=entrant.model,
        source=entrant.source,
        status="unranked" if have.done == have.required else "incomplete",
        headline=average(required),
        rank=None,
        group=None,
        first=None,
        nodes=tuple(average(node.columns) for node in nodes),
        coverage=have,
        cells=entrant.cells,
    )


def _placed(row: Row, place: Place | None) -> Row:
    if place is None:
        return row
    standing = {"status": "ranked", "rank": place.rank, "group": place.group, "first": place.first}
    return Row.model_validate({**dict(row), **standing})


def row_order(row: Row) -> tuple[bool, float, str]:
    """Rows with a headline by it, then the others by how much of the board they have; equals by name."""
    value = row.headline.value
    return value is None, -(row.coverage.done if value is None else value), row.model.id
