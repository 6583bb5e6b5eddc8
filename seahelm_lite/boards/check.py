"""Whether a results file still is what its card and its runs make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from seahelm_lite.boards.build import build_board
from seahelm_lite.boards.files import results_text
from seahelm_lite.boards.results import BoardError, BoardResults, Cell, Row, read_results
from seahelm_lite.boards.runs import Runs
from seahelm_lite.catalog.board_card import Board

_SAME = 1e-9
"""Values are written with twelve digits."""

_NAMED = 5
"""Models that a fault of the whole board names."""


def check_file(path: Path, boards: Mapping[str, Board], runs: Runs | None = None) -> list[str]:
    """The faults of a results file, each as one sentence.

    Args:
        path: The file.
        boards: The boards as their cards are now.
        runs: If given, the board is built again from them and has to come out the same.
    """
    try:
        results = read_results(path)
    except BoardError as error:
        return [error.what]
    board = boards.get(results.board.id)
    if board is None:
        return [f"there is no board {results.board.id!r}"]
    faults = list(_faults_of_file(path, results, board))
    faults += _faults_of_numbers(results)
    if runs is not None:
        faults += _faults_of_runs(results, board, runs)
    return faults


def _faults_of_file(path: Path, results: BoardResults, board: Board) -> Iterator[str]:
    if path.stem != results.board.id:
        yield f"the results of {results.board.id} must be called {results.board.id}.json"
    if results.board.card_sha256 != board.sha256:
        yield "the board card has changed since it was built"
    if path.read_bytes() != results_text(results).encode():
        yield "the file is not written as `board build` writes it"


def _faults_of_numbers(results: BoardResults) -> Iterator[str]:
    for row in results.rows:
        for fault in (*_faults_of_row(row, results), *(f for cell in row.cells for f in _faults_of_cell(cell))):
            yield f"{row.model.id}: {fault}"
    yield from _faults_of_order(results)
    models = len(results.ranked)
    compared = results.comparison
    if compared is None:
        if models > 1:
            yield f"{models} models are ranked, and nothing says how they were compared"
    elif (compared.models, compared.pairs) != (models, models * (models - 1) // 2):
        yield f"{compared.pairs} pairs of {compared.models} models were compared; {models} are ranked"


def _faults_of_row(row: Row, results: BoardResults) -> Iterator[str]:
    required = [
        (cell, column.weight) for cell, column in zip(row.cells, results.columns, strict=True) if column.required
    ]
    done = [(cell, weight) for cell, weight in required if cell.state == "value" and "limited" not in cell.marks]
    if (row.coverage.done, row.coverage.required) != (len(done), len(required)):
        said = f"{row.coverage.done} of {row.coverage.required}"
        yield f"its coverage says {said}, its cells {len(done)} of {len(required)}"
    if (row.status == "ranked") != (len(done) == len(required)):
        yield f"it is {row.status}, with {len(done)} of {len(required)} required columns"
    elif row.headline.value is not None:
        mean = sum(weight * (cell.value or 0.0) for cell, weight in done) / sum(weight for _, weight in done)
        if abs(mean - row.headline.value) > _SAME:
            yield f"its headline is {row.headline.value}, the weighted mean of its cells {mean}"


def _faults_of_cell(cell: Cell) -> Iterator[str]:
    if cell.counts is None or cell.n is None or cell.repeats is None:
        return
    # Recorded answers may have fewer repeats of some documents than of others.
    if not cell.n <= cell.counts.total <= cell.n * cell.repeats:
        yield f"{cell.run} counts {cell.counts.total} samples of {cell.n} documents"
    if cell.state == "value" and cell.counts.error:
        yield f"{cell.run} has a value, and {cell.counts.error} errors"


def _faults_of_order(results: BoardResults) -> Iterator[str]:
    ranked = results.ranked
    if results.rows[: len(ranked)] != ranked:
        yield "a row without a rank stands above one that has a rank"
    last, models = 0, len(ranked)
    for place, row in enumerate(ranked, start=1):
        if row.rank is None or row.group is None:
            continue
        if not 1 <= row.rank.lo <= place <= row.rank.hi <= models:
            yield f"{row.model.id}: stands at {place} of {models} and says {row.rank.lo} to {row.rank.hi}"
        if row.group not in ((1,) if place == 1 else (last, last + 1)):
            yield f"{row.model.id}: is in group {row.group} after group {last}"
        last = row.group
    values = [row.headline.value or 0.0 for row in ranked]
    if values != sorted(values, reverse=True):
        yield "the ranked rows are not in the order of their headlines"


def _faults_of_runs(results: BoardResults, board: Board, runs: Runs) -> Iterator[str]:
    try:
        again = build_board(board, runs)
    except BoardError as error:
        yield f"cannot be built again: {error.what}"
        return
    if results_text(again) == results_text(results):
        return
    before, after = ({row.model.id: row for row in side.rows} for side in (results, again))
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if not changed:
        yield "its runs now make another board, with the same rows"
        return
    more = [f"and {len(changed) - _NAMED} more"] if len(changed) > _NAMED else []
    yield f"its runs now make another board; what differs: {', '.join([*changed[:_NAMED], *more])}"
