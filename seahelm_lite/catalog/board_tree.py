"""How the tasks of a board are gathered: tasks into nodes, nodes into larger ones, and these into the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from seahelm_lite.errors import CardError

if TYPE_CHECKING:
    from seahelm_lite.catalog.board_card import BoardColumn

Level = Literal["language", "pillar"]
"""By what tasks are gathered."""

_WHOLE = 1e-6
"""Weights are written with few digits: a third is 0.333333."""


def gathered(levels: Sequence[Level], columns: Sequence[BoardColumn], where: str) -> tuple[BoardColumn, ...]:
    """The columns with the node each is in, and the share each has of the headline.

    A node's share is divided equally among the nodes below it that have required tasks; the share of the lowest is
    divided among its required tasks by their weights, or equally.

    Args:
        levels: From the top.
        columns: Those of the board, in order.
        where: File and line of its tasks, for a sentence about their weights.

    Raises:
        CardError: If some tasks of a node have weights and others have none, or their weights do not sum to one.
    """
    placed = [replace(column, path=tuple(_name(level, column) for level in levels)) for column in columns]
    shares = _shares([column for column in placed if column.required], 0, 1.0, where)
    return tuple(replace(column, share=shares.get(id(column), 0.0)) for column in placed)


def _name(level: Level, column: BoardColumn) -> str:
    return column.task.card.language if level == "language" else column.task.card.pillar


def _shares(columns: Sequence[BoardColumn], depth: int, share: float, where: str) -> dict[int, float]:
    """The shares of some required columns, by the identity of the column."""
    if depth == len(columns[0].path):
        return {id(column): share * part for column, part in zip(columns, _parts(columns, where), strict=True)}
    names = list(dict.fromkeys(column.path[depth] for column in columns))
    found: dict[int, float] = {}
    for name in names:
        below = [column for column in columns if column.path[depth] == name]
        found |= _shares(below, depth + 1, share / len(names), where)
    return found


def _parts(columns: Sequence[BoardColumn], where: str) -> list[float]:
    """What each task is of its node."""
    weights = [column.weight for column in columns if column.weight is not None]
    node = " / ".join(columns[0].path)
    of = f" of {node}" if node else ""
    if not weights:
        return [1 / len(columns)] * len(columns)
    if len(weights) < len(columns):
        lacking = ", ".join(column.task.name for column in columns if column.weight is None)
        raise CardError(
            f"some tasks{of} have weights, and these have none: {lacking}",
            where=where,
            remedy="Give all of them weights that sum to 1, or none of them any.",
        )
    total = sum(weights)
    if abs(total - 1) > _WHOLE:
        told = ", ".join(f"{column.task.name} {column.weight:g}" for column in columns)
        raise CardError(
            f"the weights of the tasks{of} sum to {total:g}, and have to sum to 1: {told}",
            where=where,
            remedy="Correct them, or leave all of them out, so that all count alike.",
        )
    return [weight / total for weight in weights]
