"""Dots and whiskers: where each value and its interval stand on an axis, in percent of the axis.

The templates draw them with percentages and no view box, so that a figure narrows with the page while its letters keep
their size. Nothing is styled in place: the content security policy of the pages forbids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seahelm_lite.boards.results import Column
from seahelm_lite.pages.collection import Field
from seahelm_lite.pages.numbers import bounds, clipped

_TICKS = 5


@dataclass(frozen=True)
class Whisker:
    """A value and its interval."""

    dot: str
    lo: str | None
    """Left end; None where there is no interval."""
    hi: str | None


@dataclass(frozen=True)
class Line:
    """A mark of the axis, or a reference such as chance."""

    x: str
    value: float


@dataclass(frozen=True)
class Figure:
    """The figure of a task asked in one way."""

    rows: tuple[tuple[str, Whisker], ...]
    """Name of the model, and its value."""
    ticks: tuple[Line, ...]
    chance: Line | None


def whisker(value: float, ci95: Sequence[float] | None, metric: str) -> Whisker:
    """A value on the axis of its metric."""
    if ci95 is None:
        return Whisker(_place(value, metric), None, None)
    lo, hi = (_place(clipped(bound, metric), metric) for bound in ci95)
    return Whisker(_place(value, metric), lo, hi)


def figure(field: Field) -> Figure | None:
    """The figure of all models that have a value; None where none has."""
    column = field.column
    rows = tuple(
        (model.label, whisker(score.cell.value, score.cell.ci95, column.metric))
        for model, score in field.entries
        if score.cell.value is not None
    )
    return Figure(rows, _ticks(column), _chance(column)) if rows else None


def _ticks(column: Column) -> tuple[Line, ...]:
    floor, top = bounds(column.metric)
    values = [floor + (top - floor) * step / _TICKS for step in range(_TICKS + 1)]
    return tuple(Line(_place(value, column.metric), value) for value in values)


def _chance(column: Column) -> Line | None:
    return None if column.chance is None else Line(_place(column.chance, column.metric), column.chance)


def _place(value: float, metric: str) -> str:
    floor, top = bounds(metric)
    return f"{100 * (clipped(value, metric) - floor) / (top - floor):.1f}%"
