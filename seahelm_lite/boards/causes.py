"""Why a cell, or a whole board, changed: held against every input that the results name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from seahelm_lite.boards.changes import Cause, CauseKind
from seahelm_lite.boards.results import BoardResults, Cell, Column, RowModel

_SHORT = 8
"""Digits of a hash that a sentence names."""

_WEIGHING = ("standing", "normalisation")
_SHOWING = ("protocol", "shots", "quick", "levels")
"""Columns say themselves how they are asked, and what they count."""
_WORDS = ("title", "measures", "languages", "defects")

_SAME = 1e-9
"""Shares are sums and quotients of what cards say."""

_OF_COLUMN: tuple[tuple[str, CauseKind], ...] = (("protocol", "protocol"), ("shots", "shots"), ("metric", "metric"))


def column_causes(old: Column, new: Column) -> list[Cause]:
    """What changed in how a task is defined, asked and scored."""
    causes = [
        Cause(kind=kind, told=f"{name} {getattr(old, name)} → {getattr(new, name)}")
        for name, kind in _OF_COLUMN
        if getattr(old, name) != getattr(new, name)
    ]
    if old.version != new.version:
        causes.append(Cause(kind="task", told=f"version of the task {old.version} → {new.version}"))
    elif old.task_file_sha256 != new.task_file_sha256:
        hashes = _hashes(old.task_file_sha256, new.task_file_sha256)
        causes.append(Cause(kind="task", told=f"file of the task changed, its version did not ({hashes})"))
    if None not in (old.data_sha256, new.data_sha256) and old.data_sha256 != new.data_sha256:
        causes.append(Cause(kind="data", told=f"other data ({_hashes(old.data_sha256, new.data_sha256)})"))
    return causes


def cell_causes(
    columns: tuple[Column, Column], models: tuple[RowModel, RowModel], cells: tuple[Cell, Cell]
) -> list[Cause]:
    """Why a cell is not what it was. There is always a cause, if only that the results do not tell it.

    Args:
        columns: The column, then and now.
        models: The model of the row, then and now.
        cells: The cell, then and now; they differ.
    """
    old, new = cells
    if not old.state == new.state == "value":
        return [Cause(kind="run", told=f"{_state(old)}, now {_state(new)}"), *column_causes(*columns)]
    causes = column_causes(*columns)
    if models[0].fingerprint_sha256 != models[1].fingerprint_sha256:
        hashes = _hashes(models[0].fingerprint_sha256, models[1].fingerprint_sha256)
        causes.append(Cause(kind="model", told=f"another model under the same name (fingerprint {hashes})"))
    causes += _asked_otherwise(old, new)
    # Each of these makes other requests, whatever else was changed in the prompts.
    implied = {cause.kind for cause in causes} & {"data", "protocol", "shots", "subset", "decoding", "repeats"}
    if old.prompts_sha256 != new.prompts_sha256 and not implied:
        told = f"other prompts ({_hashes(old.prompts_sha256, new.prompts_sha256)})"
        causes.append(Cause(kind="prompts", told=told))
    # A task file, too, may have changed without changing what was asked.
    return causes if {cause.kind for cause in causes} - {"task"} else [*causes, _answered_otherwise(old, new)]


def _asked_otherwise(old: Cell, new: Cell) -> Iterator[Cause]:
    for name in sorted({*(old.decoding or {}), *(new.decoding or {})}):
        was, now = (_of(cell.decoding, name) for cell in (old, new))
        if was != now:
            yield Cause(kind="decoding", told=f"{name} {was} → {now}")
    if old.repeats != new.repeats:
        yield Cause(kind="repeats", told=f"asked {old.repeats} → {new.repeats} times")
    if old.subset != new.subset:
        yield Cause(kind="subset", told=f"{_documents(old)} → {_documents(new)}")
    if old.files != new.files:
        yield Cause(kind="log", told="other files of recorded answers")


def _answered_otherwise(old: Cell, new: Cell) -> Cause:
    """The cause where the same was asked of the same model."""
    if None in (old.answers_sha256, new.answers_sha256):
        return Cause(
            kind="unknown", told="the same requests: answered by another run, or the same answers scored otherwise"
        )
    if old.answers_sha256 == new.answers_sha256:
        return Cause(kind="scoring", told="the same answers, scored otherwise")
    told = "another run of the same requests: noise between runs, or a model that changed behind its address"
    return Cause(kind="answers", told=told)


def weighing_causes(old: BoardResults, new: BoardResults, pairs: Sequence[tuple[Column, Column]]) -> list[Cause]:
    """What changed on the card of the board that makes other headlines or ranks of the same cells.

    Args:
        old: The results then.
        new: The results now.
        pairs: The columns that are on both, then and now.
    """
    told = list(_fields(old, new, _WEIGHING))
    told += _tasks(old, new, pairs, required=True)
    for was, now in pairs:
        if was.required != now.required:
            told.append(f"{now.task} is {'now' if now.required else 'no longer'} required")
        if abs(was.share - now.share) > _SAME:
            told.append(f"{now.task} counts {was.share:.1%} → {now.share:.1%} of the headline")
    return _of_card(told)


def other_causes(old: BoardResults, new: BoardResults, pairs: Sequence[tuple[Column, Column]]) -> list[Cause]:
    """The rest of what changed on the card; arguments as for `weighing_causes`."""
    told = list(_fields(old, new, _SHOWING))
    told += _tasks(old, new, pairs, required=False)
    told += [f"{b.task} stands in {_told(b.path)}, before in {_told(a.path)}" for a, b in pairs if a.path != b.path]
    told += [f"other {name}" for name in _WORDS if getattr(old.board, name) != getattr(new.board, name)]
    return _of_card(told)


def _of_card(told: Iterable[str]) -> list[Cause]:
    return [Cause(kind="board", told=one) for one in told]


def _fields(old: BoardResults, new: BoardResults, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        was, now = getattr(old.board, name), getattr(new.board, name)
        if was != now:
            yield f"{name} {_told(was)} → {_told(now)}"


def _tasks(
    old: BoardResults, new: BoardResults, pairs: Sequence[tuple[Column, Column]], *, required: bool
) -> Iterator[str]:
    """The columns that are on one side only."""
    matched = {id(column) for pair in pairs for column in pair}
    for what, results in (("added", new), ("removed", old)):
        for column in results.columns:
            if id(column) not in matched and column.required == required:
                yield f"task {what}: {column.task}" + (f" ({column.share:.1%} of the headline)" if required else "")


def _state(cell: Cell) -> str:
    if cell.state == "value":
        return "a value"
    if cell.state == "incomplete" and cell.n_answered is not None:
        return f"incomplete ({cell.n_answered} of {cell.n})"
    return cell.state


def _documents(cell: Cell) -> str:
    return "all documents" if cell.subset is None else f"{cell.n} documents ({cell.subset})"


def _of(settings: Mapping[str, Any] | None, name: str) -> str:
    return _told((settings or {}).get(name))


def _told(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _hashes(old: str | None, new: str | None) -> str:
    return " → ".join("none" if one is None else f"{one[:_SHORT]}…" for one in (old, new))
