"""What moved between two releases, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from seahelm_lite.boards.changes import BoardDiff, Cause, CellChange, ModelChange, ReleaseDiff, Side, Standing, Value
from seahelm_lite.cli.tables import console, table
from seahelm_lite.pages.texts import visible

if TYPE_CHECKING:
    from rich.console import Console

_NONE = "–"
_MOVED = {"up", "down"}
_CAME_OR_LEFT = {"in", "out"}


def show(diff: ReleaseDiff) -> None:
    """Print what moved, board by board."""
    out = console()
    for what, boards in (("new boards", diff.boards_added), ("boards that are gone", diff.boards_removed)):
        if boards:
            _say(out, f"{what}: {', '.join(boards)}")
    for board in diff.boards:
        _show_board(out, board)


def _show_board(out: Console, diff: BoardDiff) -> None:
    _say(out, f"{diff.board}: {_side(diff.old)} → {_side(diff.new)}")
    for cause in diff.card:
        _say(out, f"board card: {cause.told}")
    for move in ("added", "removed"):
        named = [_alone(change) for change in diff.models if change.move == move]
        if named:
            _say(out, f"{move}: {', '.join(named)}")
    own = [change for change in diff.models if change.causes and not _with_others(change)]
    others = [change for change in diff.models if _with_others(change)]
    sections = {
        "Moves that the comparisons support": [one for one in own if one.move in _MOVED],
        "Ranked now, or no longer": [one for one in own if one.move in _CAME_OR_LEFT],
        "Within the range of ranks: no move is shown": [one for one in own if one.move == "within"],
        "Not ranked": [one for one in own if one.move == "unranked"],
        "Moved past their range by others alone": [one for one in others if one.move in _MOVED],
    }
    for title, changes in sections.items():
        if changes:
            out.print(table((*_HEADS, "why"), [_move(change) for change in changes], title=title))
    shifted = [one for one in others if one.move not in _MOVED]
    if shifted:
        _say(out, f"other ranges of ranks that overlap the old ones, by others alone: {len(shifted)} models")
    if diff.cells:
        rows = list(_cells(diff.cells))
        out.print(table(("task", ">models", "values", "why"), rows, title="Cells that changed"))
    _say(out, f"unchanged: {diff.unmoved} models, {diff.same_cells} cells")


_HEADS = ("model", ">rank", ">group", ">headline")


def _with_others(change: ModelChange) -> bool:
    """Whether nothing of a model changed but where it stands among others."""
    return bool(change.causes) and {cause.kind for cause in change.causes} <= {"others", "comparison"}


def _side(side: Side) -> str:
    named = f"release {side.release}" if side.release is not None else f"unpublished {side.sha256[:8]}…"
    return f"{named} ({side.models} models, {side.ranked} ranked)"


def _alone(change: ModelChange) -> str:
    stands = change.new or change.old
    place = "" if stands is None or stands.rank is None else f" ({_rank(stands)})"
    return f"{change.name}{place}"


def _move(change: ModelChange) -> list[str]:
    old, new = change.old, change.new
    if old is None or new is None:
        raise ValueError("a model that moved is on both sides")
    return [
        escape(visible(change.name)),
        _arrow(_rank(old), _rank(new)),
        _arrow(str(old.group or _NONE), str(new.group or _NONE)),
        _arrow(_percent(old.headline), _percent(new.headline)),
        _why(change.causes),
    ]


def _cells(changes: Sequence[CellChange]) -> Iterator[list[str]]:
    """A line for each task and reason; a single model is named, of several the largest change is told."""
    groups: dict[tuple[str, int, tuple[Cause, ...]], list[CellChange]] = {}
    for change in changes:
        groups.setdefault((change.task, change.shots, change.causes), []).append(change)
    for (task, _, causes), of in groups.items():
        widest = max(of, key=_width)
        told = f"{visible(widest.name)} {_arrow(_said(widest.old), _said(widest.new))}"
        yield [escape(task), str(len(of)), escape(told if len(of) == 1 else f"most: {told}"), _why(causes)]


def _width(change: CellChange) -> float:
    old, new = change.old.value, change.new.value
    return abs(new - old) if old is not None and new is not None else 0.0


def _said(value: Value) -> str:
    return value.state if value.value is None else _percent(value.value)


def _why(causes: Sequence[Cause]) -> str:
    """The causes; those that stand above the table, for all models, are not repeated."""
    told = ["the board card"] if any(cause.kind == "board" for cause in causes) else []
    told += [cause.told for cause in causes if cause.kind != "board"]
    return escape(visible("; ".join(told)))


def _rank(stands: Standing) -> str:
    rank = stands.rank
    return _NONE if rank is None else str(rank.lo) if rank.lo == rank.hi else f"{rank.lo}–{rank.hi}"


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old} → {new}"


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.1f}"


def _say(out: Console, text: str) -> None:
    out.print(visible(text), markup=False, soft_wrap=True)
