"""What the boards say of each model and of each task, brought together: a page shows all boards at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from seahelm_lite.boards.coverage import is_full
from seahelm_lite.boards.fields import Mark, RowSource
from seahelm_lite.boards.results import Cell, Column, Row, RowModel
from seahelm_lite.pages.numbers import thinking_counted, tokens_each
from seahelm_lite.pages.reading import ReadBoard
from seahelm_lite.pages.slugs import distinct, slug

Asked = tuple[str, str, str, str, int, str]
"""Task, version, hash of the task file, protocol, shots, metric: scores that differ in one of them are not compared."""


@dataclass(frozen=True)
class Score:
    """One cell, with the boards it stands on."""

    anchor: str
    """Where its section is on the model's page."""
    column: Column
    cell: Cell
    source: RowSource | None
    boards: tuple[ReadBoard, ...]


@dataclass(frozen=True)
class Place:
    """Where a model stands on a board."""

    board: ReadBoard
    row: Row

    @property
    def lacking(self) -> tuple[tuple[Column, Cell], ...]:
        """What keeps the model from a rank: the required columns that are not complete, with its cells of them."""
        pairs = zip(self.board.results.columns, self.row.cells, strict=True)
        return tuple((column, cell) for column, cell in pairs if column.required and not is_full(cell))


@dataclass(frozen=True)
class Model:
    """Everything known of a model."""

    facts: RowModel
    places: tuple[Place, ...]
    scores: tuple[Score, ...]
    has_namesake: bool = False
    """Whether another model, of another fingerprint, has its name too."""

    @property
    def label(self) -> str:
        """By which readers tell it from the others."""
        return f"{self.facts.name} ({self.facts.id})" if self.has_namesake else self.facts.name

    @property
    def slug(self) -> str:
        """The name of its page."""
        return slug(self.facts.id)


@dataclass(frozen=True)
class Field:
    """All models on a task asked in one way."""

    column: Column
    entries: tuple[tuple[Model, Score], ...]
    """Those with a value first, by value descending."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of the entries."""
        return tuple(score.cell for _, score in self.entries)

    @property
    def tokens(self) -> bool:
        """Whether tokens were counted for any model."""
        return any(tokens_each(cell.usage) is not None for cell in self.cells)

    @property
    def thinking(self) -> bool:
        """Whether any model's count says how many tokens were thinking."""
        return thinking_counted(cell.usage for cell in self.cells)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that its table shows, each once; that answers were recorded is said in how they were asked."""
        return tuple(sorted({mark for cell in self.cells for mark in cell.marks} - {"recorded"}))


@dataclass(frozen=True)
class Edition:
    """One version of a task's file and all that was measured with it."""

    column: Column
    """A column that knows the number of documents, where there is one."""
    fields: tuple[Field, ...]
    boards: tuple[ReadBoard, ...]

    @property
    def groups(self) -> int | None:
        """Groups of questions that belong together; None where nobody was asked all of the questions."""
        cells = (cell for field in self.fields for cell in field.cells)
        return next((cell.n_clusters for cell in cells if cell.n == self.column.n and cell.n_clusters), None)


@dataclass(frozen=True)
class Task:
    """Everything known of a task: usually one edition."""

    name: str
    editions: tuple[Edition, ...]

    @property
    def slug(self) -> str:
        """The name of its page."""
        return slug(self.name)


def asked(column: Column) -> Asked:
    """What was asked and how it was scored."""
    return column.task, column.version, column.task_file_sha256, column.protocol, column.shots, column.metric


def anchor(column: Column) -> str:
    """The anchor of a score on a model's page."""
    parts = [column.task, column.protocol, f"{column.shots}-shot" if column.shots else "", column.metric]
    return slug(".".join(part for part in parts if part and part != "acc"))


def models(boards: Sequence[ReadBoard]) -> tuple[Model, ...]:
    """All models of the boards, by slug.

    Raises:
        SiteError: If two models would have one page, naming both.
    """
    places: dict[RowModel, list[Place]] = {}
    for board in boards:
        for row in board.results.rows:
            places.setdefault(row.model, []).append(Place(board, row))
    names = Counter(facts.name for facts in places)
    found = [
        Model(facts, tuple(there), _scores(there), has_namesake=names[facts.name] > 1)
        for facts, there in places.items()
    ]
    distinct("models", [(model.slug, _described(model)) for model in found])
    return tuple(sorted(found, key=lambda model: model.slug))


def _described(model: Model) -> str:
    facts, board = model.facts, model.places[0].board.results.board.id
    return f"{facts.name!r} ({facts.kind}, fingerprint {facts.fingerprint_sha256[:12]}, on the board {board})"


def _scores(places: Sequence[Place]) -> tuple[Score, ...]:
    """A model's cells, one for each run of a question: boards that show the same score share it."""
    found: dict[tuple[Asked, str | None], Score] = {}
    for place in places:
        for column, cell in zip(place.board.results.columns, place.row.cells, strict=True):
            key = asked(column), cell.run
            boards = found[key].boards if key in found else ()
            found[key] = Score(anchor(column), column, cell, place.row.source, (*boards, place.board))
    # One board may know a run that another does not: "not run" would then be wrong.
    run = {question for question, name in found if name is not None}
    kept = [score for (question, name), score in found.items() if name is not None or question not in run]
    return _anchored(sorted(kept, key=lambda score: (score.anchor, score.cell.run or "")))


def _anchored(scores: Sequence[Score]) -> tuple[Score, ...]:
    """The scores with anchors that differ."""
    seen: dict[str, int] = {}
    made = []
    for score in scores:
        seen[score.anchor] = seen.get(score.anchor, 0) + 1
        times = seen[score.anchor]
        made.append(score if times == 1 else replace(score, anchor=f"{score.anchor}.{times}"))
    return tuple(made)


def tasks(boards: Sequence[ReadBoard], found: Sequence[Model]) -> tuple[Task, ...]:
    """All tasks of the boards, by slug, with the scores of the models on them.

    Raises:
        SiteError: If two tasks would have one page, naming both.
    """
    names = sorted({column.task for board in boards for column in board.results.columns})
    distinct("tasks", [(slug(name), repr(name)) for name in names])
    return tuple(Task(name, _editions(name, boards, found)) for name in names)


def _editions(name: str, boards: Sequence[ReadBoard], found: Sequence[Model]) -> tuple[Edition, ...]:
    columns = [column for board in boards for column in board.results.columns if column.task == name]
    editions = []
    for key in sorted({(column.version, column.task_file_sha256) for column in columns}, reverse=True):
        of_edition = [column for column in columns if (column.version, column.task_file_sha256) == key]
        best = next((column for column in of_edition if column.n is not None), of_edition[0])
        there = tuple(board for board in boards if any(column in of_edition for column in board.results.columns))
        editions.append(Edition(best, _fields(of_edition, found), there))
    return tuple(editions)


def _fields(columns: Sequence[Column], found: Sequence[Model]) -> tuple[Field, ...]:
    fields = []
    for question in sorted({asked(column) for column in columns}):
        alike = [column for column in columns if asked(column) == question]
        column = next((column for column in alike if column.n is not None), alike[0])
        scores = [(model, score) for model in found for score in model.scores if asked(score.column) == question]
        fields.append(Field(column, tuple(sorted(scores, key=_by_value))))
    return tuple(fields)


def _by_value(entry: tuple[Model, Score]) -> tuple[bool, float, str]:
    model, score = entry
    return score.cell.value is None, -(score.cell.value or 0.0), model.slug
