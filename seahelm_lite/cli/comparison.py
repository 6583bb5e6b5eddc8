"""A comparison in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from seahelm_lite.cli.tables import console, table
from seahelm_lite.comparisons.columns import Against, Column, Compared, Contrast
from seahelm_lite.comparisons.result import Comparison
from seahelm_lite.pages.numbers import bounds
from seahelm_lite.pages.texts import visible
from seahelm_lite.stats.intervals import Estimate

if TYPE_CHECKING:
    from rich.console import Console

_NONE = "–"
_LETTERS = "AB"


def show(compared: Comparison) -> None:
    """Print the tables, then what readers should know."""
    out = console()
    if compared.is_series:
        _show_series(out, compared)
    else:
        _show_pair(out, compared)
    for sentence in _sentences(compared):
        out.print(visible(sentence), markup=False, soft_wrap=True)


def _show_pair(out: Console, compared: Comparison) -> None:
    for letter, run in zip(_LETTERS, compared.runs, strict=True):
        out.print(visible(f"{letter}  {run.name}  {run.folder}"), markup=False, soft_wrap=True)
    rows = []
    for part in _parts(compared):
        (contrast,) = part.contrasts
        difference = contrast.difference
        rows.append(
            [
                escape(_title(part, compared)),
                *(_percent(part.points[run].value) for run in (0, 1)),
                _points(difference.value),
                _interval(difference, _points, _reach(part, compared, of_difference=True)),
                _p(contrast.p_adjusted),
                str(difference.n),
            ]
        )
    out.print(table(("task", ">A", ">B", ">A - B", ">95 % interval", ">p", ">n"), rows))


def _show_series(out: Console, compared: Comparison) -> None:
    heads = ("run" if compared.axis.kind == "order" else f">{compared.axis.kind}", ">value", ">95 % interval")
    against = (">less last", ">p", ">less best", ">p")
    for part in _parts(compared):
        rows = [
            [
                escape(_position(compared, run)),
                *_value(part, run, _reach(part, compared)),
                *_contrast(part, run, "last", last=len(compared.runs) - 1),
                *_contrast(part, run, "best", last=len(compared.runs) - 1),
            ]
            for run in range(len(compared.runs))
        ]
        out.print(table((*heads, *against), rows, title=escape(_title(part, compared))))
        for run, reason in part.lacking.items():
            out.print(visible(f"{compared.runs[run].name}: {reason}"), markup=False, soft_wrap=True)
        out.print()


def _parts(compared: Comparison) -> list[Compared]:
    """The mean first, where there is one."""
    return [*([compared.mean] if compared.mean is not None else []), *compared.columns]


def _value(part: Compared, run: int, reach: tuple[float, float]) -> list[str]:
    if run not in part.points:
        return ["no value", _NONE]
    estimate = part.points[run]
    return [_percent(estimate.value), _interval(estimate, _percent, reach)]


def _contrast(part: Compared, run: int, against: Against, *, last: int) -> list[str]:
    found = [one for one in part.contrasts if (one.run, one.against) == (run, against)]
    if not found:
        here = run == (part.best if against == "best" else last) and run in part.points
        return [against if here else _NONE, ""]
    (contrast,) = found
    return [_points(contrast.difference.value), _p(contrast.p_adjusted)]


def _title(part: Compared, compared: Comparison) -> str:
    """The task, and how it was asked where tasks differ in that."""
    if part.column is None:
        return f"mean of {len(compared.mean_of)} tasks"
    columns = [one.column for one in compared.columns if one.column is not None]
    return ", ".join([visible(part.column.task), *_asked(part.column, columns)])


def _asked(column: Column, columns: Sequence[Column]) -> Iterator[str]:
    if len({one.protocol for one in columns}) > 1:
        yield column.protocol
    if len({one.shots for one in columns}) > 1:
        yield f"{column.shots} shots"
    if column.metric != "acc":
        yield column.metric


def _sentences(compared: Comparison) -> Iterator[str]:
    columns = [one.column for one in compared.columns if one.column is not None]
    protocols = ", ".join(sorted({one.protocol for one in columns}))
    shots = ", ".join(str(number) for number in sorted({one.shots for one in columns}))
    yield f"asked in {protocols}, {shots} shots; values in percent, on the same documents"
    if compared.mean is not None:
        others = [one.task for one in columns if one.task not in compared.mean_of]
        but = f" but {', '.join(others)}, which not all runs were asked" if others else ""
        yield f"mean: plain mean of all these tasks{but}"
    for one in compared.not_compared:
        why = "; ".join(f"{compared.runs[run].name}: {reason}" for run, reason in one.lacking.items())
        yield f"not compared: {one.task} ({one.protocol}, {one.shots} shots): {why}"
    if not compared.is_series:
        for part in _parts(compared):
            yield from (f"{_title(part, compared)}: no interval: {why}" for why in _reasons(part.contrasts))
    yield from compared.notes()


def _reasons(contrasts: Sequence[Contrast]) -> list[str]:
    return [one.difference.reason for one in contrasts if one.difference.lo is None and one.difference.reason]


def _position(compared: Comparison, run: int) -> str:
    if compared.axis.kind == "order":
        return visible(compared.runs[run].name)
    return f"{compared.runs[run].position:,}"


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.1f}"


def _points(value: float | None) -> str:
    # Adding nought turns a negative nought into nought.
    return _NONE if value is None else f"{round(100 * value, 1) + 0.0:+.1f}"


def _interval(estimate: Estimate, written: Callable[[float], str], reach: tuple[float, float]) -> str:
    """Bounds clipped to what can be reached; the JSON has them as computed."""
    if estimate.lo is None or estimate.hi is None:
        return _NONE
    lo, hi = (written(min(max(bound, reach[0]), reach[1])) for bound in (estimate.lo, estimate.hi))
    return f"{lo} to {hi}"


def _reach(part: Compared, compared: Comparison, *, of_difference: bool = False) -> tuple[float, float]:
    """The least and the greatest that a value, or a difference of two, can be."""
    columns = [one.column for one in (compared.columns if part.column is None else [part]) if one.column is not None]
    floor, top = min(bounds(column.metric) for column in columns)
    return (floor - top, top - floor) if of_difference else (floor, top)


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
