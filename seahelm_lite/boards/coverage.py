"""How much of a board a model has, and in words what it lacks."""

from __future__ import annotations

from collections.abc import Sequence

from seahelm_lite.boards.fields import Coverage
from seahelm_lite.boards.results import Cell

_NAMED = 3
"""Columns that the reason for a missing headline names."""


def is_full(cell: Cell) -> bool:
    """Whether a cell is complete on all documents of its task, as a headline needs it."""
    return cell.state == "value" and cell.subset is None


def coverage(cells: Sequence[Cell], required: Sequence[int]) -> Coverage:
    """How many of the required columns, given by their places, are complete on all documents."""
    return Coverage(done=sum(is_full(cells[index]) for index in required), required=len(required))


def why_incomplete(tasks: Sequence[str], cells: Sequence[Cell], required: Sequence[int]) -> str:
    """One sentence that names what an average lacks; the cells say the rest.

    Args:
        tasks: The names of the columns, in order.
        cells: One for each column.
        required: The places of the columns that it is made of.
    """
    lacking = [index for index in required if not is_full(cells[index])]
    named = [f"{tasks[index]} {_lack(cells[index])}" for index in lacking[:_NAMED]]
    more = [f"and {len(lacking) - _NAMED} more"] if len(lacking) > _NAMED else []
    done = len(required) - len(lacking)
    return f"{done} of {len(required)} required columns are complete: {', '.join([*named, *more])}"


def _lack(cell: Cell) -> str:
    if cell.state == "value":
        return f"is limited to {cell.n} documents"
    if cell.state == "incomplete" and cell.n_answered is not None:
        return f"has {cell.n_answered} of {cell.n} documents answered"
    return f"is {cell.state}"
