"""Figures that others published, as tables: one for each source and method."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from seahelm_lite.boards.reported import Figure


@dataclass(frozen=True)
class Heading:
    """What a column of such a table is of."""

    task: str
    part: str
    """Of the task; empty for the whole."""


@dataclass(frozen=True)
class Publication:
    """What one source says, found in one way."""

    about: Figure
    """Any of its figures: source, method, unit, address and day are those of all."""
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...]
    """Name of the model as the source has it, and its figure under each heading; in the order of the file."""


def of_tasks(figures: Iterable[Figure], tasks: Sequence[str]) -> tuple[Publication, ...]:
    """What was published of whole tasks, for a board that has them."""
    return _publications(figure for figure in figures if figure.task in tasks and not figure.part)


def of_task(figures: Iterable[Figure], task: str) -> tuple[Publication, ...]:
    """What was published of a task and of its parts."""
    return _publications(figure for figure in figures if figure.task == task)


def _publications(figures: Iterable[Figure]) -> tuple[Publication, ...]:
    kept = list(figures)
    order = list(dict.fromkeys(map(_origin, kept)))
    together = sorted(kept, key=lambda figure: order.index(_origin(figure)))
    return tuple(_publication(list(alike)) for _, alike in groupby(together, key=_origin))


def _origin(figure: Figure) -> tuple[str, ...]:
    return figure.source, figure.method, figure.unit, figure.url, str(figure.date)


def _publication(figures: Sequence[Figure]) -> Publication:
    headings = tuple(dict.fromkeys(Heading(figure.task, figure.part) for figure in figures))
    values = {(figure.model, Heading(figure.task, figure.part)): figure for figure in figures}
    models = dict.fromkeys(figure.model for figure in figures)
    rows = tuple((model, tuple(values.get((model, heading)) for heading in headings)) for model in models)
    return Publication(figures[0], headings, rows)
