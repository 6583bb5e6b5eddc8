"""The table of a board: tie groups, the line below which nobody is ranked, and what guessing earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from seahelm_lite.boards.results import BoardResults, Column, Row, RowSource
from seahelm_lite.pages.collection import Model, Score, asked
from seahelm_lite.pages.numbers import tokens_each
from seahelm_lite.pages.reading import ReadBoard


@dataclass(frozen=True)
class Standing:
    """A row with the page it leads to."""

    row: Row
    model: Model
    scores: tuple[Score, ...]
    """One for each column."""


@dataclass(frozen=True)
class Reference:
    """What a rule without knowledge scores: chance, or a baseline."""

    name: str | None
    """Name of the baseline; None for chance."""
    headline: float | None
    """Weighted as the headline is; None unless every required column has it."""
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Ranking:
    """A board as its table shows it."""

    groups: tuple[tuple[Standing, ...], ...]
    """Ranked models, one tuple a tie group, best first."""
    below: tuple[Standing, ...]
    references: tuple[Reference, ...]
    common_marks: tuple[frozenset[str], ...]
    """For each column, the marks that all its values bear: said once in its heading."""
    tokens: tuple[bool, ...]
    """For each column, whether tokens were counted for any model: where not, its heading says so."""
    sources: tuple[RowSource, ...]

    @property
    def ranked(self) -> int:
        """Number of models that have a rank."""
        return sum(len(group) for group in self.groups)


def ranking(board: ReadBoard, models: Sequence[Model]) -> Ranking:
    """The table of a board."""
    results, by_id = board.results, {model.facts.id: model for model in models}
    standings = [_standing(results, row, by_id[row.model.id]) for row in results.rows]
    ranked = [standing for standing in standings if standing.row.status == "ranked"]
    sources = {row.source.model_dump_json(): row.source for row in results.rows if row.source is not None}
    return Ranking(
        groups=tuple(tuple(group) for _, group in groupby(ranked, key=lambda standing: standing.row.group)),
        below=tuple(standing for standing in standings if standing.row.status != "ranked"),
        references=_references(results.columns),
        common_marks=tuple(_common_marks(results, index) for index in range(len(results.columns))),
        tokens=tuple(_tokens_known(results, index) for index in range(len(results.columns))),
        sources=tuple(sources[key] for key in sorted(sources)),
    )


def _standing(results: BoardResults, row: Row, model: Model) -> Standing:
    sections = {(asked(score.column), score.cell.run): score for score in model.scores}
    pairs = zip(results.columns, row.cells, strict=True)
    # A cell without a run has no section of its own where another board knows one: the first of its question then.
    first = {asked(score.column): score for score in reversed(model.scores)}
    scores = tuple(sections.get((asked(column), cell.run), first[asked(column)]) for column, cell in pairs)
    return Standing(row, model, scores)


def _common_marks(results: BoardResults, index: int) -> frozenset[str]:
    cells = [row.cells[index] for row in results.rows]
    marks = [frozenset[str](cell.marks) for cell in cells if cell.state == "value"]
    return frozenset.intersection(*marks) if marks else frozenset()


def _tokens_known(results: BoardResults, index: int) -> bool:
    return any(tokens_each(row.cells[index].usage) is not None for row in results.rows)


def _references(columns: Sequence[Column]) -> tuple[Reference, ...]:
    names = sorted({name for column in columns for name in column.baselines})
    rows: list[tuple[str | None, list[float | None]]] = [(None, [column.chance for column in columns])]
    rows += [(name, [column.baselines.get(name) for column in columns]) for name in names]
    return tuple(
        Reference(name, _headline(columns, values), tuple(values))
        for name, values in rows
        if any(value is not None for value in values)
    )


def _headline(columns: Sequence[Column], values: Sequence[float | None]) -> float | None:
    """The weighted mean over the required columns, as the headline of a model is made."""
    required = [(column.weight, value) for column, value in zip(columns, values, strict=True) if column.required]
    known = [(weight, value) for weight, value in required if value is not None]
    if not required or len(known) != len(required):
        return None
    return sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
