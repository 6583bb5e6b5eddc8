"""A board out of runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.boards.cells import absent_cell, run_cell
from seahelm_lite.boards.choosing import Candidate, choose
from seahelm_lite.boards.columns import column_facts
from seahelm_lite.boards.coverage import coverage, why_not_ranked
from seahelm_lite.boards.fields import Kind, RowSource
from seahelm_lite.boards.ranking import Contender, Place, rank
from seahelm_lite.boards.results import RESULTS_SCHEMA, Average, BoardFacts, BoardResults, Cell, Row, RowModel
from seahelm_lite.boards.runs import FinishedRun, ModelKey, Runs
from seahelm_lite.catalog.board_card import Board, BoardColumn


@dataclass(frozen=True)
class _Entrant:
    """A model and its row so far."""

    model: RowModel
    source: RowSource | None
    candidates: tuple[Candidate | None, ...]
    """One for each column, in order."""
    cells: tuple[Cell, ...]


def build_board(board: Board, runs: Runs) -> BoardResults:
    """Fill the cells of a board, rank the models that have all it requires, and compare them.

    The same runs give the same results, whatever folders they lie in and in whatever order these are named.

    Args:
        board: The board.
        runs: All runs; those that have nothing for this board are passed over.

    Raises:
        BoardError: If runs contradict each other.
    """
    chosen = [choose(column, runs.finished) for column in board.columns]
    entrants = _entrants(board, [one.cells for one in chosen], runs.finished)
    required = [index for index, column in enumerate(board.columns) if column.required]
    ranking = rank([board.columns[index] for index in required], list(_contenders(entrants, required)))
    rows = [_row(entrant, board.columns, ranking.places.get(entrant.model.id)) for entrant in entrants]
    left_out = {*runs.left_out, *(left for one in chosen for left in one.left_out)}
    return BoardResults(
        schema=RESULTS_SCHEMA,
        board=board_facts(board),
        columns=tuple(
            column_facts(column, one.cells.values()) for column, one in zip(board.columns, chosen, strict=True)
        ),
        comparison=ranking.comparison,
        rows=tuple(sorted(rows, key=row_order)),
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
        card_sha256=board.sha256,
    )


def _entrants(
    board: Board, chosen: Sequence[Mapping[ModelKey, Candidate]], runs: Sequence[FinishedRun]
) -> list[_Entrant]:
    """The models for which the board has anything to say."""
    of_model: dict[ModelKey, list[FinishedRun]] = {}
    for run in runs:
        of_model.setdefault(run.model, []).append(run)
    filled = {}
    for key, own in of_model.items():
        candidates = tuple(cells.get(key) for cells in chosen)
        cells = tuple(
            run_cell(candidate, column) if candidate is not None else absent_cell(column, own)
            for candidate, column in zip(candidates, board.columns, strict=True)
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
    return "baseline" if run.manifest.model.fingerprint.get("kind") == "baseline" else "measured"


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


def _contenders(entrants: Iterable[_Entrant], required: Sequence[int]) -> Iterable[Contender]:
    for entrant in entrants:
        runs = [run for index in required if (run := entrant.candidates[index]) is not None and run.full]
        answers = [run.documents for run in runs if run.documents is not None]
        if len(answers) == len(required):
            yield Contender(entrant.model.id, tuple(runs), tuple(answers))


def _row(entrant: _Entrant, columns: Sequence[BoardColumn], place: Place | None) -> Row:
    required = [index for index, column in enumerate(columns) if column.required]
    if place is None:
        reason = why_not_ranked([column.task.name for column in columns], entrant.cells, required)
        headline = Average(value=None, ci95=None, ci_method=None, reason=reason)
    else:
        headline = place.headline
    return Row(
        model=entrant.model,
        source=entrant.source,
        status="incomplete" if place is None else "ranked",
        headline=headline,
        rank=None if place is None else place.rank,
        group=None if place is None else place.group,
        coverage=coverage(entrant.cells, required),
        cells=entrant.cells,
    )


def row_order(row: Row) -> tuple[bool, float, str]:
    """Ranked rows by headline, then the others by how much of the board they have; equals by name."""
    value = row.headline.value
    return value is None, -(row.coverage.done if value is None else value), row.model.id
