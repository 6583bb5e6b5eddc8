"""What moved between two results of one board, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from seahelm_lite.boards.causes import cell_causes, other_causes, weighing_causes
from seahelm_lite.boards.changes import (
    DIFF_SCHEMA,
    BoardDiff,
    Cause,
    CauseKind,
    CellChange,
    ModelChange,
    Move,
    ReleaseDiff,
    Side,
    Standing,
    Value,
)
from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.files import results_text
from seahelm_lite.boards.matching import same_columns, same_rows
from seahelm_lite.boards.results import BoardResults, Cell, Row
from seahelm_lite.records import sha256_hex

_NAMED = 3
"""Models or tasks that a cause names."""


def release_diff(old: Mapping[str, BoardResults], new: Mapping[str, BoardResults]) -> ReleaseDiff:
    """Compare the boards that two releases have in common.

    Args:
        old: Boards by id.
        new: The same, later.

    Raises:
        BoardError: If they have none in common.
    """
    common = [name for name in new if name in old]
    if not common:
        raise BoardError(
            f"these results are of different boards: {', '.join(old)} and {', '.join(new)}",
            remedy="A board is compared with itself at another time.",
        )
    return ReleaseDiff(
        schema=DIFF_SCHEMA,
        boards_added=tuple(name for name in new if name not in old),
        boards_removed=tuple(name for name in old if name not in new),
        boards=tuple(board_diff(old[name], new[name]) for name in common),
    )


def board_diff(old: BoardResults, new: BoardResults) -> BoardDiff:
    """Compare two results of one board."""
    columns, rows = same_columns(old, new), same_rows(old, new)
    pairs = [(old.columns[i], new.columns[j]) for i, j in columns]
    weighing = weighing_causes(old, new, pairs)
    changes = {j: list(_cell_changes(old, new, (i, j), columns)) for i, j in rows}
    moved = [(i, j) for i, j in rows if _stand(old.rows[i]) != _stand(new.rows[j])]
    added = [row for j, row in enumerate(new.rows) if j not in {pair[1] for pair in rows}]
    removed = [row for i, row in enumerate(old.rows) if i not in {pair[0] for pair in rows}]
    others = {
        "added": added,
        "removed": removed,
        "changed": [new.rows[j] for i, j in moved if _headline_changed(old, new, (i, j))],
    }
    models = [_alone(row, "added") for row in added] + [_alone(row, "removed") for row in removed]
    for i, j in moved:
        headline = [change for change in changes[j] if _required(old, new, change)]
        causes = [*weighing, *_together(headline)] or [_no_own_cause(old, new, (i, j), others)]
        models.append(_moved(old.rows[i], new.rows[j], causes))
    cells = tuple(change for j in changes for change in changes[j])
    return BoardDiff(
        board=new.board.id,
        title=new.board.title,
        old=_side(old),
        new=_side(new),
        card=(*weighing, *other_causes(old, new, pairs)),
        models=tuple(models),
        unmoved=len(rows) - len(moved),
        cells=cells,
        same_cells=len(rows) * len(columns) - len(cells),
    )


def _side(results: BoardResults) -> Side:
    return Side(
        release=results.board.release,
        sha256=sha256_hex(results_text(results)),
        models=len(results.rows),
        ranked=len(results.ranked),
    )


def _cell_changes(
    old: BoardResults, new: BoardResults, row: tuple[int, int], columns: Sequence[tuple[int, int]]
) -> Iterator[CellChange]:
    was, now = old.rows[row[0]], new.rows[row[1]]
    for i, j in columns:
        before, after = was.cells[i], now.cells[j]
        if _value(before) == _value(after):
            continue
        column = new.columns[j]
        yield CellChange(
            model=now.model.id,
            name=now.model.name,
            task=column.task,
            shots=column.shots,
            old=_value(before),
            new=_value(after),
            causes=tuple(cell_causes((old.columns[i], column), (was.model, now.model), (before, after))),
        )


def _value(cell: Cell) -> Value:
    return Value(state=cell.state, value=cell.value, ci95=cell.ci95, n=cell.n)


def _required(old: BoardResults, new: BoardResults, change: CellChange) -> bool:
    """Whether a column counts for a headline, then or now."""
    return any(column.required and column.task == change.task for results in (old, new) for column in results.columns)


def _stand(row: Row) -> tuple[object, ...]:
    return row.status, row.headline.value, row.rank, row.group


def _headline_changed(old: BoardResults, new: BoardResults, pair: tuple[int, int]) -> bool:
    return old.rows[pair[0]].headline.value != new.rows[pair[1]].headline.value


def _standing(row: Row) -> Standing:
    return Standing(headline=row.headline.value, ci95=row.headline.ci95, rank=row.rank, group=row.group)


def _alone(row: Row, move: Move) -> ModelChange:
    stands = _standing(row)
    old, new = (stands, None) if move == "removed" else (None, stands)
    return ModelChange(model=row.model.id, name=row.model.name, move=move, old=old, new=new, causes=())


def _moved(old: Row, new: Row, causes: Sequence[Cause]) -> ModelChange:
    return ModelChange(
        model=new.model.id,
        name=new.model.name,
        move=_move(old, new),
        old=_standing(old),
        new=_standing(new),
        causes=tuple(causes),
    )


def _move(old: Row, new: Row) -> Move:
    """Ranks are ranges: a model whose ranges overlap may stand where it stood."""
    if old.rank is None or new.rank is None:
        return "unranked" if old.rank is new.rank else "in" if old.rank is None else "out"
    if new.rank.hi < old.rank.lo:
        return "up"
    return "down" if new.rank.lo > old.rank.hi else "within"


def _together(changes: Sequence[CellChange]) -> list[Cause]:
    """The causes of several cells, each once, with the tasks."""
    tasks: dict[tuple[CauseKind, str], list[str]] = {}
    for change in changes:
        for cause in change.causes:
            tasks.setdefault((cause.kind, cause.told), []).append(change.task)
    return [Cause(kind=kind, told=f"{_names(of)}: {told}") for (kind, told), of in tasks.items()]


def _no_own_cause(
    old: BoardResults, new: BoardResults, pair: tuple[int, int], others: Mapping[str, Sequence[Row]]
) -> Cause:
    """Why a model stands elsewhere of whose own cells and weights nothing changed."""
    if _headline_changed(old, new, pair):
        return Cause(kind="scoring", told="the same cells, brought together by another version")
    told = [f"{what} {_names([row.model.name for row in rows])}" for what, rows in others.items() if rows]
    if told:
        return Cause(kind="others", told=f"nothing of its own; others: {'; '.join(told)}")
    return Cause(kind="comparison", told="the same values, compared by another version")


def _names(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])
