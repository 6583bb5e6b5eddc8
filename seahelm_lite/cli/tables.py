"""Tables in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

_NARROWEST = 100
"""Columns a table is drawn for when the output is not a terminal; in a terminal with fewer, cells stand closer."""


def console() -> Console:
    """Standard output; as wide as it needs to be when it is not a terminal."""
    wide = None if sys.stdout.isatty() else max(_NARROWEST, 160)
    return Console(width=wide, highlight=False)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> Table:
    """A table whose numeric columns, named with a leading `>`, are right-aligned."""
    close = console().width < _NARROWEST
    made = Table(
        title=title, title_justify="left", box=None, pad_edge=False, collapse_padding=close, header_style="bold"
    )
    for column in columns:
        made.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


_SPREADS = {"templates": ">wordings", "shot_seeds": ">draws"}
"""The columns of what was varied, each there only where it was."""


def score_table(scores: Sequence[Mapping[str, Any]], *, title: str | None = None) -> Table:
    """A table of scores: values in percent, an empty one replaced by the word for why."""
    spreads = [{spread["over"]: spread for spread in score.get("spread", ())} for score in scores]
    varied = [over for over in _SPREADS if any(over in of_score for of_score in spreads)]
    columns = (*_BEFORE_SPREADS, *(_SPREADS[over] for over in varied), *_AFTER_SPREADS)
    rows = [
        [*before, *(_spread(of_score.get(over)) for over in varied), *after]
        for (before, after), of_score in zip(map(_score_row, scores), spreads, strict=True)
    ]
    return table(columns, rows, title=title)


_BEFORE_SPREADS = ("task", "protocol", "metric", ">value", ">95 % interval")
_AFTER_SPREADS = (">chance", ">baseline", ">n", "not answered")


def _score_row(score: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    return (
        [score["task"], score["protocol"], score["metric"], _value(score), _interval(score)],
        [_percent(score["chance"]), _baseline(score), str(score["n"]), _endings(score["counts"])],
    )


def _spread(spread: Mapping[str, Any] | None) -> str:
    """The least and the greatest value; a dash where nothing could be varied."""
    if spread is None:
        return "–"
    return "incomplete" if spread["min"] is None else f"{100 * spread['min']:.1f} to {100 * spread['max']:.1f}"


_WITHOUT = {"safe_rate": "no judge", "judged_acc": "no judge"}
"""Metrics that can lack a value in a complete run for another reason than withheld answers."""


def _value(score: Mapping[str, Any]) -> str:
    if score["value"] is None:
        return "incomplete" if score["status"] == "incomplete" else _WITHOUT.get(score["metric"], "withheld")
    return _percent(score["value"])


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _interval(score: Mapping[str, Any]) -> str:
    """Bounds clipped to what the metric can reach; the file keeps them as computed."""
    if score["ci95"] is None:
        return "–"
    floor = -1.0 if score["metric"] == "chrf_gain" else 0.0
    lo, hi = (min(max(bound, floor), 1.0) for bound in score["ci95"])
    return f"{100 * lo:.1f} to {100 * hi:.1f}"


def _baseline(score: Mapping[str, Any]) -> str:
    """The best of the baselines, by name."""
    known = {name: value for name, value in score["baselines"].items() if value is not None}
    if not known:
        return "–"
    best = max(known, key=lambda name: known[name])
    return f"{best} {_percent(known[best])}"


def _endings(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in counts.items() if count and state != "scored") or "none"
