"""Whether the facts of a results file are those of the cards as they are now."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from seahelm_lite.boards.build import board_facts
from seahelm_lite.boards.columns import column_facts
from seahelm_lite.boards.coverage import is_full
from seahelm_lite.boards.overlaps import in_order
from seahelm_lite.boards.results import BoardResults, Cell, Column
from seahelm_lite.catalog.board_card import Board

_OF_RUNS = {"n", "chance", "baselines", "detectable", "overlaps", "excluded", "sources", "data_sha256"}
"""What a column says of its data, which only runs know."""


def faults_of_facts(results: BoardResults, board: Board) -> Iterator[str]:
    """What differs from the board's card and the cards of its tasks, and what a column cannot know."""
    for index, column in enumerate(results.columns):
        yield from _faults_of_data(column, [row.cells[index] for row in results.rows])
    if results.board.card_sha256 != board.sha256:
        yield "the board card has changed since it was built"
        return
    for name in sorted(_differing(results.board, board_facts(board)) - {"release"}):
        yield f"its {name} is not that of the board card"
    if len(results.columns) != len(board.columns):
        yield f"it has {len(results.columns)} columns, the board card {len(board.columns)}"
        return
    for column, card in zip(results.columns, board.columns, strict=True):
        wanted = column_facts(card, ())
        differing = _differing(column, wanted) - _OF_RUNS
        if differing == {"task_file_sha256"}:
            yield f"the task file of {column.task} has changed since it was built"
        else:
            yield from (f"{wanted.task}: its {name} is not that of the card" for name in sorted(differing))


def _differing(one: BaseModel, other: BaseModel) -> set[str]:
    return {name for name in type(one).model_fields if getattr(one, name) != getattr(other, name)}


def _faults_of_data(column: Column, cells: list[Cell]) -> Iterator[str]:
    """What a column says of data has to come from some run."""
    known = any(cell.run is not None for cell in cells)
    if {known} != {column.n is not None, column.data_sha256 is not None, bool(column.sources)}:
        yield f"{column.task}: it says of its data what no cell can know, or not what one does"
    if list(column.overlaps) != sorted(set(column.overlaps), key=in_order):
        yield f"{column.task}: its overlaps are not in order, or one stands twice"
    for one in column.overlaps:
        if not one.found <= one.n <= (column.n or one.n):
            yield f"{column.task}: of {one.n} documents {one.found} were found in {one.corpus}; it has {column.n}"
    if not any(is_full(cell) or cell.n == column.n for cell in cells if cell.run is not None):
        if column.chance is not None or column.baselines:
            yield f"{column.task}: it has chance or baselines, and no run over all documents"
    elif any(not 0 <= value <= 1 for value in (column.chance or 0.0, *column.baselines.values())):
        yield f"{column.task}: its chance or a baseline is no share"
