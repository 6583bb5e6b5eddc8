"""The table of a board: tie groups, models without a rank, and what people and answering without knowledge earn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from seahelm_lite.boards.fields import Mark
from seahelm_lite.boards.results import BoardResults, Cell, Column, Row
from seahelm_lite.pages.collection import Model, Place, Score, asked
from seahelm_lite.pages.ingredients import Ingredient, ingredients, together
from seahelm_lite.pages.numbers import bounds, thinking_counted, tokens_each
from seahelm_lite.pages.origins import Origin, origins
from seahelm_lite.pages.reading import ReadBoard
from seahelm_lite.pages.spending import Spent, spent

Doubt = Literal["no better", "not shown"]
"""A headline no better than that of the best rule without knowledge, or one whose interval reaches down to it."""

Rule = Literal["guessing", "baseline", "people"]
"""Whom a row for comparison is of."""

_MANY = 8
"""Columns of a board with nodes above which its table shows the nodes alone: each task has a page with all models."""

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
    lacking: tuple[tuple[Column, Cell], ...]
    """Of a model without a headline: the required columns that are not complete."""
    spent: Spent | None


@dataclass(frozen=True)
class Reference:
    """What people score, or a rule without knowledge: chance, or a baseline."""

    rule: Rule
    name: str | None
    """Name of the baseline."""
    headline: float | None
    """Made as the headline is; None unless every required column has it."""
    nodes: tuple[float | None, ...]
    """One for each node, in order."""
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
    """Models with a headline on a board that ranks nobody."""
    incomplete: tuple[Standing, ...]
    """Models without a headline."""
    references: tuple[Reference, ...]
    heads: tuple[Head, ...]
    """One for each column."""
    marks: tuple[Mark, ...]
    """The marks that cells show, each once."""
    origins: tuple[Origin, ...]
    only_baselines: bool
    """Whether there are rows, and none of them is a language model."""
    made_of: tuple[Ingredient, ...]
    top: tuple[int, ...]
    """Places of the nodes that the headline is made of."""
    shown: tuple[int, ...]
    """Places of the columns that the table shows."""
    signed: bool
    """Whether headlines may be below nought."""
    priced: bool
    """Whether it is known of any model what a right answer took."""

    @property
    def ranked(self) -> int:
        """Number of models that have a rank."""
        return sum(len(group) for group in self.groups)


def ranking(board: ReadBoard, models: Sequence[Model]) -> Ranking:
    """The table of a board."""
    results, by_id = board.results, {model.facts.id: model for model in models}
    references = _references(results)
    no_knowledge = [one.headline for one in references if one.rule != "people" and one.headline is not None]
    best = max(no_knowledge, default=None)
    standings = [_standing(board, row, by_id[row.model.id], best) for row in results.rows]
    ranked = [standing for standing in standings if standing.row.status == "ranked"]
    heads = tuple(_head(results, index) for index in range(len(results.columns)))
    kinds = {row.model.kind for row in results.rows}
    top = tuple(place for place, node in enumerate(results.nodes) if len(node.path) == 1)
    return Ranking(
        groups=tuple(tuple(group) for _, group in groupby(ranked, key=lambda standing: standing.row.group)),
        unranked=tuple(standing for standing in standings if standing.row.status == "unranked"),
        incomplete=tuple(standing for standing in standings if standing.row.status == "incomplete"),
        references=references,
        heads=heads,
        marks=_marks(results, heads),
        origins=origins(results.rows),
        only_baselines=kinds == {"baseline"},
        made_of=ingredients(results),
        top=top,
        shown=() if top and len(results.columns) > _MANY else tuple(range(len(results.columns))),
        signed=results.board.normalisation == "chance"
        or any(column.required and bounds(column.metric)[0] < 0 for column in results.columns),
        priced=any(standing.spent is not None for standing in standings),
    )


def _standing(board: ReadBoard, row: Row, model: Model, best: float | None) -> Standing:
    results = board.results
    sections = {(asked(score.column), score.cell.run): score for score in model.scores}
    pairs = zip(results.columns, row.cells, strict=True)
    # A cell without a run has no section of its own where another board knows one: the first of its question then.
    first = {asked(score.column): score for score in reversed(model.scores)}
    scores = tuple(sections.get((asked(column), cell.run), first[asked(column)]) for column, cell in pairs)
    lacking = Place(board, row).lacking if row.status == "incomplete" else ()
    required = [cell for column, cell in zip(results.columns, row.cells, strict=True) if column.required]
    return Standing(row, model, scores, _doubt(row, best), lacking, spent(required))


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
    people = [None if column.human is None else column.human.value for column in columns]
    made = [_reference(results, "people", None, people)]
    made.append(_reference(results, "guessing", None, [column.chance for column in columns]))
    for name in sorted({name for column in columns for name in column.baselines}):
        made.append(_reference(results, "baseline", name, [column.baselines.get(name) for column in columns]))
    return tuple(one for one in made if any(value is not None for value in one.values))


def _reference(results: BoardResults, rule: Rule, name: str | None, values: Sequence[float | None]) -> Reference:
    columns, scale = results.columns, results.board.normalisation

    def average(places: Sequence[int]) -> float | None:
        return together([columns[place] for place in places], [values[place] for place in places], scale)

    required = [place for place, column in enumerate(columns) if column.required]
    nodes = tuple(average(node.columns) for node in results.nodes)
    return Reference(rule, name, average(required), nodes, tuple(values))
