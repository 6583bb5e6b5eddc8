"""The table of a board: tie groups, the models that are not ranked, and what answering without knowledge earns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from seahelm_lite.boards.fields import Mark
from seahelm_lite.boards.results import BoardResults, Column, Row
from seahelm_lite.boards.scale import scale_of
from seahelm_lite.catalog.board_card import Normalisation
from seahelm_lite.pages.collection import Model, Score, asked
from seahelm_lite.pages.numbers import thinking_counted, tokens_each
from seahelm_lite.pages.origins import Origin, origins
from seahelm_lite.pages.reading import ReadBoard

Doubt = Literal["no better", "not shown"]
"""A headline no better than that of the best rule without knowledge, or one whose interval reaches down to it."""

_NEGLIGIBLE = 1e-9
"""Headlines no farther apart are equal: one was written with twelve decimals, the other is computed from such."""


@dataclass(frozen=True)
class Standing:
    """A row with the page it leads to."""

    row: Row
    model: Model
    scores: tuple[Score, ...]
    """One for each column."""
    doubt: Doubt | None
    """What keeps the headline of a ranked language model from showing any knowledge."""


@dataclass(frozen=True)
class Reference:
    """What a rule without knowledge scores: chance, or a baseline."""

    name: str | None
    """Name of the baseline; None for chance."""
    headline: float | None
    """Weighted as the headline is; None unless every required column has it."""
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Head:
    """What the heading of a column says once, for all its cells."""

    recorded: bool
    """Whether all its values come from answers that others recorded."""
    tokens: bool
    """Whether tokens were counted for any model."""
    thinking: bool
    """Whether any model's count says how many tokens were thinking."""

    @property
    def marks(self) -> frozenset[Mark]:
        """The marks that its cells need not show."""
        return frozenset(("recorded",) if self.recorded else ())


@dataclass(frozen=True)
class Ranking:
    """A board as its table shows it."""

    groups: tuple[tuple[Standing, ...], ...]
    """Ranked models, one tuple a tie group, best first."""
    unranked: tuple[Standing, ...]
    references: tuple[Reference, ...]
    heads: tuple[Head, ...]
    """One for each column."""
    marks: tuple[Mark, ...]
    """The marks that cells show, each once."""
    origins: tuple[Origin, ...]
    only_baselines: bool
    """Whether there are rows, and none of them is a language model."""

    @property
    def ranked(self) -> int:
        """Number of models that have a rank."""
        return sum(len(group) for group in self.groups)


def ranking(board: ReadBoard, models: Sequence[Model]) -> Ranking:
    """The table of a board."""
    results, by_id = board.results, {model.facts.id: model for model in models}
    references = _references(results)
    best = max((one.headline for one in references if one.headline is not None), default=None)
    standings = [_standing(results, row, by_id[row.model.id], best) for row in results.rows]
    ranked = [standing for standing in standings if standing.row.status == "ranked"]
    heads = tuple(_head(results, index) for index in range(len(results.columns)))
    kinds = {row.model.kind for row in results.rows}
    return Ranking(
        groups=tuple(tuple(group) for _, group in groupby(ranked, key=lambda standing: standing.row.group)),
        unranked=tuple(standing for standing in standings if standing.row.status != "ranked"),
        references=references,
        heads=heads,
        marks=_marks(results, heads),
        origins=origins(results.rows),
        only_baselines=kinds == {"baseline"},
    )


def _standing(results: BoardResults, row: Row, model: Model, best: float | None) -> Standing:
    sections = {(asked(score.column), score.cell.run): score for score in model.scores}
    pairs = zip(results.columns, row.cells, strict=True)
    # A cell without a run has no section of its own where another board knows one: the first of its question then.
    first = {asked(score.column): score for score in reversed(model.scores)}
    scores = tuple(sections.get((asked(column), cell.run), first[asked(column)]) for column, cell in pairs)
    return Standing(row, model, scores, _doubt(row, best))


def _doubt(row: Row, best: float | None) -> Doubt | None:
    """Of the headline of a language model, compared with the best headline without knowledge."""
    value, ci95 = row.headline.value, row.headline.ci95
    if value is None or best is None or row.model.kind == "baseline":
        return None
    if value <= best + _NEGLIGIBLE:
        return "no better"
    return "not shown" if ci95 is not None and ci95[0] <= best + _NEGLIGIBLE else None


def _head(results: BoardResults, index: int) -> Head:
    cells = [row.cells[index] for row in results.rows]
    values = [cell for cell in cells if cell.state == "value"]
    return Head(
        recorded=bool(values) and all("recorded" in cell.marks for cell in values),
        tokens=any(tokens_each(cell.usage) is not None for cell in cells),
        thinking=thinking_counted(cell.usage for cell in cells),
    )


def _marks(results: BoardResults, heads: Sequence[Head]) -> tuple[Mark, ...]:
    pairs = [pair for row in results.rows for pair in zip(row.cells, heads, strict=True)]
    return tuple(sorted({mark for cell, head in pairs for mark in cell.marks if mark not in head.marks}))


def _references(results: BoardResults) -> tuple[Reference, ...]:
    columns = results.columns
    names = sorted({name for column in columns for name in column.baselines})
    rows: list[tuple[str | None, list[float | None]]] = [(None, [column.chance for column in columns])]
    rows += [(name, [column.baselines.get(name) for column in columns]) for name in names]
    return tuple(
        Reference(name, _headline(results, values), tuple(values))
        for name, values in rows
        if any(value is not None for value in values)
    )


def _headline(results: BoardResults, values: Sequence[float | None]) -> float | None:
    """The weighted mean over the required columns, on the board's scale as the headline of a model is."""
    pairs = [pair for pair in zip(results.columns, values, strict=True) if pair[0].required]
    placed = [_placed(results.board.normalisation, column, value) for column, value in pairs]
    known = [(column.share, value) for (column, _), value in zip(pairs, placed, strict=True) if value is not None]
    return sum(share * value for share, value in known) if len(known) == len(pairs) else None


def _placed(normalisation: Normalisation, column: Column, value: float | None) -> float | None:
    scale = scale_of(normalisation, column.metric, column.chance)
    return scale.of(value) if scale is not None and value is not None else None
