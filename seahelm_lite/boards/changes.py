"""What differs between two results of one board: the records of a diff, and its JSON."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from seahelm_lite.boards.fields import CellState, Count, Interval, Part, Positive, Rank, Sha256, Slug, Text

DIFF_SCHEMA: Literal["seahelm-lite/board-diff/1"] = "seahelm-lite/board-diff/1"

CauseKind = Literal[
    "board", "comparison", "others", "model",
    "data", "task", "protocol", "shots", "metric",
    "run", "prompts", "decoding", "repeats", "subset", "log", "scoring", "answers", "unknown",
]  # fmt: skip
"""`board`: its card. `comparison`: how models are compared. `others`: nothing of the model itself. `model`: another
fingerprint. `run`: there was no value before, or there is none now. `log`: other recorded answers. `scoring`: the same
answers scored otherwise. `answers`: asked again with the same inputs. `unknown`: one of these two."""

Move = Literal["added", "removed", "up", "down", "within", "in", "out", "unranked"]
"""`up` and `down`: the new range of ranks has no place of the old one. `within`: it has, so no move is shown. `in` and
`out`: ranked only now, or no longer. `unranked`: neither then nor now."""


class _Told(Part):
    """A part whose fields the schema describes by what stands below them here."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Cause(_Told):
    """Why something changed."""

    kind: CauseKind
    told: Text
    """In words, with what it was and what it is."""


class Standing(_Told):
    """Where a model stands on one of the two."""

    headline: float | None
    ci95: Interval | None
    rank: Rank | None
    group: Positive | None


class Value(_Told):
    """What a cell says on one of the two."""

    state: CellState
    value: float | None
    ci95: Interval | None
    n: Positive | None


class ModelChange(_Told):
    """A model that is on one of the two only, or stands elsewhere, or has another headline."""

    model: Slug
    """Its id on the newer of the two that have it."""
    name: Text
    move: Move
    old: Standing | None
    new: Standing | None
    causes: tuple[Cause, ...]
    """None where the model was added or removed."""


class CellChange(_Told):
    """A cell whose value, interval or state changed."""

    model: Slug
    name: Text
    task: Text
    shots: Count
    old: Value
    new: Value
    causes: tuple[Cause, ...]


class Side(_Told):
    """One of the two results."""

    release: date | None
    sha256: Sha256
    """Of the text of the file."""
    models: Count
    ranked: Count


class BoardDiff(_Told):
    """What moved on a board, and why."""

    board: Slug
    title: Text
    old: Side
    new: Side
    card: tuple[Cause, ...]
    """What changed on the card of the board."""
    models: tuple[ModelChange, ...]
    """Those that were added, then those removed, then the others in the order of the new table."""
    unmoved: Count
    """Models on both that stand where they stood, with the same headline."""
    cells: tuple[CellChange, ...]
    """Of models and columns that are on both."""
    same_cells: Count


class ReleaseDiff(_Told):
    """What moved between two releases."""

    schema_: Literal["seahelm-lite/board-diff/1"] = Field(alias="schema")
    boards_added: tuple[Slug, ...]
    boards_removed: tuple[Slug, ...]
    boards: tuple[BoardDiff, ...]
