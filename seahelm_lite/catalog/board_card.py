"""The board card: which tasks, in which protocol, rank models."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.task_card import LanguageTag, Protocol
from seahelm_lite.catalog.yaml_files import parse, read_yaml
from seahelm_lite.errors import CardError


class BoardTask(BaseModel):
    """A column of a board."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    weight: float = Field(default=1.0, gt=0)
    required: bool = True
    """Whether a model without it has no headline score."""


class BoardCard(BaseModel):
    """A board. All its tasks are asked in one protocol, written answers (`gen`) aside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["seahelm-lite/board/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    measures: str
    """One sentence: what a rank here says, and what it does not."""
    languages: tuple[LanguageTag, ...] = Field(min_length=1)
    protocol: Protocol
    tasks: tuple[BoardTask, ...] = Field(min_length=1)


def board_cards(tasks: Collection[str], folder: Path | None = None) -> dict[str, BoardCard]:
    """All board cards, by id, checked against the tasks that exist.

    Raises:
        CardError, UnknownNameError: With file and line, at the first card that cannot be used.
    """
    boards: dict[str, BoardCard] = {}
    for path in sorted((folder or shipped_folder("leaderboards") / "boards").glob("*.yaml")):
        file = read_yaml(path)
        board = parse(BoardCard, file)
        if path.stem != board.id:
            raise CardError(f"the board {board.id} must be called {board.id}.yaml", where=file.at(("id",)))
        names = [column.task for column in board.tasks]
        for index, name in enumerate(names):
            where = file.at(("tasks", index, "task"))
            if name not in tasks:
                error = unknown("task", name, tasks, listing="seahelm-lite tasks list")
                raise CardError(error.what, where=where, remedy=error.remedy)
            if name in names[:index]:
                raise CardError(f"the task {name!r} is named twice", where=where, remedy="Remove one.")
        boards[board.id] = board
    return boards
