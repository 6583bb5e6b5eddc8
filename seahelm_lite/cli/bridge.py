"""A bridge between protocols in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.markup import escape

from seahelm_lite.cli.tables import console, table
from seahelm_lite.comparisons.bridge import FROM, Crossing, Span
from seahelm_lite.comparisons.bridged import Bridge
from seahelm_lite.pages.texts import visible
from seahelm_lite.stats.intervals import Estimate

_NONE = "–"


def show(bridge: Bridge) -> None:
    """Print a table for every two protocols, then what readers should know."""
    out = console()
    for protocol in dict.fromkeys(span.protocol for span in bridge.spans):
        of_protocol = [span for span in bridge.spans if span.protocol == protocol]
        several = len({span.shots for span in of_protocol}) > 1
        rows = [row for span in of_protocol for row in _rows(span, with_shots=several)]
        heads = ("task", "model", f">{FROM}", f">{protocol}", ">gap", ">95 % interval", ">only one right", ">p", ">ρ")
        out.print(table((*heads, ">n"), rows, title=f"{protocol} less {FROM}"))
        out.print()
    for sentence in bridge.notes():
        out.print(visible(sentence), markup=False, soft_wrap=True)


def _rows(span: Span, *, with_shots: bool) -> Iterator[list[str]]:
    """The models of a task, and under several of them their mean."""
    title = [span.task, *([f"{span.shots} shots"] if with_shots else [])]
    title += [span.metric] if span.metric != "acc" else []
    for place, crossing in enumerate(span.crossings):
        yield [escape(visible(", ".join(title))) if place == 0 else "", *_row(crossing)]
    if len(span.crossings) > 1:
        rho = _NONE if span.rho is None else f"{span.rho:.2f}"
        values = [_percent(_mean([one.values[side].value for one in span.crossings])) for side in (0, 1)]
        yield ["", "mean", *values, *_gap(span.mean_gap), "", "", rho, str(span.mean_gap.n)]


def _row(crossing: Crossing) -> list[str]:
    counts = crossing.counts
    return [
        escape(visible(crossing.model)),
        *(_percent(value.value) for value in crossing.values),
        *_gap(crossing.gap),
        f"{counts.first_only} : {counts.second_only}",
        "<0.001" if crossing.p_adjusted < 0.001 else f"{crossing.p_adjusted:.3f}",
        "",
        str(crossing.gap.n),
    ]


def _gap(gap: Estimate) -> list[str]:
    bounds = _NONE
    if gap.lo is not None and gap.hi is not None:
        bounds = f"{_points(max(gap.lo, -1.0))} to {_points(min(gap.hi, 1.0))}"
    return [_points(gap.value), bounds]


def _mean(values: Sequence[float | None]) -> float:
    return sum(value or 0.0 for value in values) / len(values)


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.1f}"


def _points(value: float | None) -> str:
    # Adding nought turns a negative nought into nought.
    return _NONE if value is None else f"{round(100 * value, 1) + 0.0:+.1f}"
