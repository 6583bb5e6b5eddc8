"""Whether a results file still is what its card and its runs make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from seahelm_lite.boards.build import build_board
from seahelm_lite.boards.check_cells import faults_of_cells
from seahelm_lite.boards.check_facts import faults_of_facts
from seahelm_lite.boards.check_origins import faults_of_origins
from seahelm_lite.boards.check_ranks import faults_of_ranks
from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.files import results_text
from seahelm_lite.boards.releases import of_release
from seahelm_lite.boards.results import BoardResults, read_results
from seahelm_lite.boards.runs import Runs
from seahelm_lite.catalog.board_card import Board
from seahelm_lite.sources.overlap.report import OverlapReport

WITHOUT_RUNS = "checked without runs: values, ranks and hashes were not made again"
"""What a check that had no runs has to say of itself."""

_NAMED = 5
"""Models that a fault of the whole board names."""


def check_file(
    path: Path, boards: Mapping[str, Board], runs: Runs | None = None, overlaps: Sequence[OverlapReport] = ()
) -> list[str]:
    """The faults of a results file, each as one sentence.

    Without runs a file is only held against the cards and against itself: whoever changes all numbers that hang
    together, or a hash, is not found out.

    Args:
        path: The file.
        boards: The boards as their cards are now.
        runs: If given, the board is built again from them and has to come out the same.
        overlaps: The reports that it was built with, without which it cannot be built again.
    """
    try:
        results = read_results(path)
    except BoardError as error:
        return [error.what]
    board = boards.get(results.board.id)
    if board is None:
        return [f"there is no board {results.board.id!r}"]
    faults = [
        *_faults_of_file(path, results),
        *faults_of_facts(results, board),
        *faults_of_cells(results),
        *faults_of_origins(results),
        *faults_of_ranks(results),
    ]
    if runs is not None:
        faults += _faults_of_runs(results, board, runs, overlaps)
    return faults


def _faults_of_file(path: Path, results: BoardResults) -> Iterator[str]:
    if path.stem != results.board.id:
        yield f"the results of {results.board.id} must be called {results.board.id}.json"
    if path.read_bytes() != results_text(results).encode():
        yield "the file is not written as `board build` writes it"


def _faults_of_runs(
    results: BoardResults, board: Board, runs: Runs, overlaps: Sequence[OverlapReport]
) -> Iterator[str]:
    named = {overlap.corpus for column in results.columns for overlap in column.overlaps}
    lacking = sorted(named - {report.corpus.name for report in overlaps})
    if lacking:
        yield f"cannot be built again without the reports of overlaps with {', '.join(lacking)}; name them by --overlap"
        return
    try:
        built = build_board(board, runs, overlaps)
    except BoardError as error:
        yield f"cannot be built again: {error.what}"
        return
    again = of_release(built, results.board.release)
    if results_text(again) == results_text(results):
        return
    before, after = ({row.model.id: row for row in side.rows} for side in (results, again))
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if not changed:
        yield "its runs now make another board, with the same rows"
        return
    more = [f"and {len(changed) - _NAMED} more"] if len(changed) > _NAMED else []
    yield f"its runs now make another board; what differs: {', '.join([*changed[:_NAMED], *more])}"
