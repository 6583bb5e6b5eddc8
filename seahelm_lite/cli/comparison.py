"""A comparison in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from seahelm_lite.cli.tables import console, table
from seahelm_lite.comparisons.columns import Against, Column, Compared, Contrast, Flips
from seahelm_lite.comparisons.result import Comparison
from seahelm_lite.comparisons.verdicts import in_words
from seahelm_lite.pages.reach import reach, within
from seahelm_lite.pages.texts import visible
from seahelm_lite.stats.intervals import Estimate

if TYPE_CHECKING:
    from rich.console import Console

_NONE = "–"

_NARROW = 120
"""Columns below which a verdict stands in a line of its own, and not beside the numbers."""


def show(compared: Comparison) -> None:
    """Print the tables, then what readers should know."""
    out = console()
    if compared.is_series:
        _show_series(out, compared)
    else:
        for place, run in enumerate(compared.runs):
            told = f"{compared.label(place)}  {run.name}  {', '.join(run.folders)}"
            out.print(visible(told), markup=False, soft_wrap=True)
        out.print()
        _Verdicts(out, compared).show()
    for sentence in _sentences(compared):
        out.print(visible(sentence), markup=False, soft_wrap=True)


class _Verdicts:
    """Two runs, or several models, with what each comparison comes to."""

    def __init__(self, out: Console, compared: Comparison) -> None:
        self._out = out
        self._compared = compared
        self._beside = out.width >= _NARROW

    def show(self) -> None:
        """Two runs in one table; several models in a table for each task."""
        if self._compared.kind == "pair":
            self._table([(part, one) for part in self._compared.parts for one in part.contrasts], "task")
            return
        for part in self._compared.parts:
            self._values(part)
            if part.contrasts:
                self._table([(part, one) for one in part.contrasts], "pair")
            for run, reason in part.lacking.items():
                self._line(f"{self._compared.label(run)}: {reason}")

    def _values(self, part: Compared) -> None:
        rows = [
            [
                f"{self._compared.label(run)}  {escape(visible(self._compared.runs[run].name))}",
                *_value(part, run, reach(part, self._compared)),
            ]
            for run in part.points
        ]
        title = escape(_title(part, self._compared))
        self._out.print(table(("model", ">value", ">95 % interval"), rows, title=title))

    def _table(self, told: Sequence[tuple[Compared, Contrast]], first: str) -> None:
        values = (">A", ">B", ">A - B") if first == "task" else (">difference",)
        heads = (first, *values, ">95 % interval", ">p", ">flips", ">n", *(("verdict",) if self._beside else ()))
        self._out.print(table(heads, [self._row(part, one, first) for part, one in told]))
        if not self._beside:
            self._out.print()
            for part, one in told:
                self._line(f"{self._name(part, one, first)}: {self._words(one)}")
        self._out.print()

    def _row(self, part: Compared, one: Contrast, first: str) -> list[str]:
        estimate = one.difference
        return [
            escape(self._name(part, one, first)),
            *([_percent(part.points[run].value) for run in (one.run, one.than)] if first == "task" else []),
            _points(estimate.value),
            _interval(estimate, _points, reach(part, self._compared, of_difference=True)),
            _p(one.p_adjusted),
            _flips(one.flips),
            str(estimate.n),
            *([escape(self._words(one))] if self._beside else []),
        ]

    def _name(self, part: Compared, one: Contrast, first: str) -> str:
        label = self._compared.label
        return _title(part, self._compared) if first == "task" else f"{label(one.run)} - {label(one.than)}"

    def _words(self, one: Contrast) -> str:
        return in_words(one.verdict, self._compared.label) if one.verdict is not None else _NONE

    def _line(self, text: str) -> None:
        self._out.print(visible(text), markup=False, soft_wrap=True)


def _show_series(out: Console, compared: Comparison) -> None:
    heads = (f">{compared.axis.kind}", ">value", ">95 % interval")
    against = (">less last", ">p", ">less best", ">p")
    for part in compared.parts:
        rows = [
            [
                f"{compared.runs[run].position:,}",
                *_value(part, run, reach(part, compared)),
                *_contrast(part, run, "last", last=len(compared.runs) - 1),
                *_contrast(part, run, "best", last=len(compared.runs) - 1),
            ]
            for run in range(len(compared.runs))
        ]
        out.print(table((*heads, *against), rows, title=escape(_title(part, compared))))
        for run, reason in part.lacking.items():
            out.print(visible(f"{compared.runs[run].name}: {reason}"), markup=False, soft_wrap=True)
        out.print()


def _value(part: Compared, run: int, reached: tuple[float, float]) -> list[str]:
    if run not in part.points:
        return ["no value", _NONE]
    estimate = part.points[run]
    return [_percent(estimate.value), _interval(estimate, _percent, reached)]


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
        return compared.overall_title
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
    if compared.overall is not None and compared.headline is None:
        of = {share.column.task for share in compared.overall_of}
        others = [one.task for one in columns if one.task not in of]
        but = f" but {', '.join(others)}, which not all runs were asked" if others else ""
        yield f"mean: plain mean of all these tasks{but}"
    for one in compared.not_compared:
        why = "; ".join(f"{compared.runs[run].name}: {reason}" for run, reason in one.lacking.items())
        yield f"not compared: {one.task} ({one.protocol}, {one.shots} shots): {why}"
    if not compared.is_series:
        yield "flips: documents on which only the first, and only the second, is right or scores higher"
        for part in compared.parts:
            yield from (f"{_title(part, compared)}: no interval: {why}" for why in _reasons(part.contrasts))
    yield from compared.notes()


def _reasons(contrasts: Sequence[Contrast]) -> list[str]:
    told = [one.difference.reason for one in contrasts if one.difference.lo is None and one.difference.reason]
    return list(dict.fromkeys(told))


def _flips(flips: Flips | None) -> str:
    return _NONE if flips is None else f"{flips.run}:{flips.than}"


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.1f}"


def _points(value: float | None) -> str:
    # Adding nought turns a negative nought into nought.
    return _NONE if value is None else f"{round(100 * value, 1) + 0.0:+.1f}"


def _interval(estimate: Estimate, written: Callable[[float], str], reached: tuple[float, float]) -> str:
    interval = within(estimate, reached)
    return _NONE if interval is None else f"{written(interval[0])} to {written(interval[1])}"


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
