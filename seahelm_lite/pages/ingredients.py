"""What a headline is made of: nodes, their tasks, and the share of each, as the lines of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seahelm_lite.boards.results import BoardResults, Column
from seahelm_lite.boards.scale import scale_of
from seahelm_lite.catalog.board_card import Normalisation


@dataclass(frozen=True)
class Ingredient:
    """A line: a node of the board, or one of its columns."""

    depth: int
    """Nodes above it."""
    share: float
    """Of the headline."""
    node: int | None = None
    """Place of the node; None for a column."""
    column: int | None = None
    """Place of the column; None for a node."""


def ingredients(results: BoardResults) -> tuple[Ingredient, ...]:
    """The lines of a board from the top: under each of the lowest nodes its columns, and last what is not required."""
    return tuple(_lines(results))


def _lines(results: BoardResults) -> Iterator[Ingredient]:
    columns, depth = results.columns, len(results.board.levels)
    if not results.nodes:
        yield from (_of(columns, place, 0) for place in range(len(columns)) if columns[place].required)
    for place, node in enumerate(results.nodes):
        yield Ingredient(len(node.path) - 1, node.share, node=place)
        if len(node.path) == depth:
            yield from (_of(columns, at, depth) for at in node.columns)
    yield from (_of(columns, place, 0) for place in range(len(columns)) if not columns[place].required)


def _of(columns: Sequence[Column], place: int, depth: int) -> Ingredient:
    return Ingredient(depth, columns[place].share, column=place)


def together(columns: Sequence[Column], values: Sequence[float | None], normalisation: Normalisation) -> float | None:
    """The average of some columns by their shares, on the scale of the board.

    Args:
        columns: Some of the board, each with a share.
        values: A score for each, in its metric; None where there is none.
        normalisation: The scale.

    Returns:
        None where a score is lacking, or has no place on the scale.
    """
    placed = [_placed(column, value, normalisation) for column, value in zip(columns, values, strict=True)]
    known = [(column.share, value) for column, value in zip(columns, placed, strict=True) if value is not None]
    whole = sum(share for share, _ in known)
    return sum(share * value for share, value in known) / whole if len(known) == len(columns) and whole else None


def _placed(column: Column, value: float | None, normalisation: Normalisation) -> float | None:
    scale = scale_of(normalisation, column.metric, column.chance)
    return None if scale is None or value is None else scale.of(value)
