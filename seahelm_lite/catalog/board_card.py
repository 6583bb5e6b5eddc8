"""The board card: which tasks, in which protocol, rank models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from seahelm_lite.catalog.compat import COMPAT
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.task_card import RECORDED, LanguageTag, Metric, ProtocolName
from seahelm_lite.catalog.yaml_files import YamlFile, parse, read_yaml
from seahelm_lite.errors import CardError
from seahelm_lite.records import sha256_hex

HEADLINE_METRIC: Metric = "acc"
"""The metric of required columns: it has a value for each document, by which models are compared."""


class BoardTask(BaseModel):
    """A column of a board, as its card has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    required: bool = True
    """Whether a model without it has no headline score. The others are shown and take no part in it."""
    metric: Metric | None = None
    """Of those on the task's card; its first where it is not given."""
    shots: int | None = Field(default=None, ge=0)
    """The board's where it is not given."""


class BoardCard(BaseModel):
    """A board. All its tasks are asked in one protocol, written answers (`gen`) aside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["seahelm-lite/board/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    measures: str = Field(min_length=1)
    """What a rank here says, and what it does not."""
    languages: tuple[LanguageTag, ...] = Field(min_length=1)
    protocol: ProtocolName
    shots: int = Field(default=0, ge=0)
    """Examples before each question."""
    tasks: tuple[BoardTask, ...] = Field(min_length=1)

    @field_validator("protocol", mode="before")
    @classmethod
    def _ranks_by_answers_in_own_words(cls, protocol: object) -> object:
        if protocol == "gen-choice":
            raise ValueError("gen-choice is a diagnostic and ranks nobody; say gen-letter")
        return protocol

    @model_validator(mode="after")
    def _ranks_by_something(self) -> BoardCard:
        if not any(column.required for column in self.tasks):
            raise ValueError("no task is required, so nothing would rank")
        return self


@dataclass(frozen=True)
class BoardColumn:
    """A column with nothing left open: which task, how it is asked and how it is scored."""

    task: TaskDefinition
    protocol: ProtocolName
    shots: int
    metric: Metric
    weight: float
    required: bool


@dataclass(frozen=True)
class Board:
    """A board card that was checked against the tasks."""

    card: BoardCard
    columns: tuple[BoardColumn, ...]
    """In the order of the card."""
    sha256: str
    """Of the card's bytes."""


def load_boards(tasks: Mapping[str, TaskDefinition], folder: Path | None = None) -> dict[str, Board]:
    """All boards, by id; those that ship with the package when no folder is given.

    Raises:
        CardError: With file and line, at the first card that cannot be used.
    """
    boards: dict[str, Board] = {}
    for path in sorted((folder or shipped_folder("leaderboards") / "boards").glob("*.yaml")):
        file = read_yaml(path)
        card = parse(BoardCard, file)
        if path.stem != card.id:
            raise CardError(f"the board {card.id} must be called {card.id}.yaml", where=file.at(("id",)))
        boards[card.id] = Board(card, _columns(card, file, tasks), sha256_hex(path.read_bytes()))
    return boards


def _columns(card: BoardCard, file: YamlFile, tasks: Mapping[str, TaskDefinition]) -> tuple[BoardColumn, ...]:
    columns: list[BoardColumn] = []
    for index, entry in enumerate(card.tasks):
        place = ("tasks", index, "task")
        if entry.task not in tasks:
            error = unknown("task", entry.task, tasks, listing="seahelm-lite tasks list")
            raise CardError(error.what, where=file.at(place), remedy=error.remedy)
        column = _column(card, entry, tasks[entry.task])
        if any((column.task.name, column.shots) == (other.task.name, other.shots) for other in columns):
            what = f"the task {entry.task!r} stands twice with {column.shots} shots"
            raise CardError(what, where=file.at(place), remedy="Remove one, or give it other shots.")
        _check(column, file, index)
        columns.append(column)
    return tuple(columns)


def _column(card: BoardCard, entry: BoardTask, task: TaskDefinition) -> BoardColumn:
    protocol = "gen" if task.card.kind == "generation" else card.protocol
    return BoardColumn(
        task=task,
        protocol=protocol,
        shots=card.shots if entry.shots is None else entry.shots,
        metric=entry.metric or task.card.metrics_in(protocol)[0],
        weight=entry.weight,
        required=entry.required,
    )


def _check(column: BoardColumn, file: YamlFile, index: int) -> None:
    """Raise CardError where a column could never be filled, or could not rank models."""
    task = column.task
    protocols = (*task.card.protocols, *(COMPAT + peer for peer in task.card.compat.peers))
    if not column.protocol.startswith(RECORDED) and column.protocol not in protocols:
        raise CardError(
            f"{task.name} cannot be asked in {column.protocol}, the board's protocol",
            where=file.at(("tasks", index, "task")),
            remedy=f"Its card allows {', '.join(protocols)}.",
        )
    metrics = task.card.metrics_in(column.protocol)
    if column.metric not in metrics:
        raise CardError(
            f"{task.name} has no metric {column.metric}",
            where=file.at(("tasks", index, "metric")),
            remedy=f"Its card has {', '.join(metrics)}.",
        )
    if column.required and column.metric != HEADLINE_METRIC:
        has_it = HEADLINE_METRIC in metrics
        raise CardError(
            f"{task.name} is required with the metric {column.metric}; models are ranked by {HEADLINE_METRIC}",
            where=file.at(("tasks", index, "metric")),
            remedy=f"Say `metric: {HEADLINE_METRIC}`." if has_it else "Say `required: false`.",
        )
