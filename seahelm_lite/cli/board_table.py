"""A board in the terminal: who stands where, and how far that can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.markup import escape

from seahelm_lite.boards.results import BoardResults, Row
from seahelm_lite.cli.tables import console, table

_COLUMNS = ("model", ">headline", ">95 % interval", ">columns")


def show(results: BoardResults, path: Path) -> None:
    """Print the rows with a headline, what keeps them apart, the others with what they lack, and the file."""
    out = console()
    whole = [row for row in results.rows if row.status != "incomplete"]
    places = [_place(row) for row in whole] if results.board.standing == "ranking" else [()] * len(whole)
    columns = (*((">rank", ">group", ">first") if results.board.standing == "ranking" else ()), *_COLUMNS)
    floor = None if _may_be_negative(results) else 0.0
    labels = _labels(results)
    cells = [
        [*place, escape(labels[row.model.id]), *_numbers(row, floor)] for place, row in zip(places, whole, strict=True)
    ]
    out.print(table(columns, cells, title=f"{results.board.id}: {results.board.title}"))
    for line in _told(results):
        out.print(line, markup=False, soft_wrap=True)
    lacking = [row for row in results.rows if row.status == "incomplete"]
    if lacking:
        out.rule(style="none")
    for row in lacking:
        out.print(f"{labels[row.model.id]}: {row.headline.reason}", markup=False, soft_wrap=True)
    out.print(f"{path}", markup=False, soft_wrap=True)


def _labels(results: BoardResults) -> dict[str, str]:
    """The name of each model by its id; with the id, where models of several fingerprints have one name."""
    models = [row.model for row in results.rows]
    names = Counter(model.name for model in models)
    return {model.id: model.name if names[model.name] == 1 else f"{model.name} ({model.id})" for model in models}


def _place(row: Row) -> tuple[str, ...]:
    """Rank range, group, and how often it is first."""
    if row.rank is None:
        return "", "", ""
    rank = f"{row.rank.lo}" if row.rank.lo == row.rank.hi else f"{row.rank.lo}–{row.rank.hi}"
    return rank, str(row.group), f"{row.first or 0:.0%}"


def _may_be_negative(results: BoardResults) -> bool:
    """Whether a headline may be below nought: corrected for guessing, or a gain over copying."""
    metrics = {column.metric for column in results.columns if column.required}
    return results.board.normalisation != "none" or "chrf_gain" in metrics


def _numbers(row: Row, floor: float | None) -> tuple[str, ...]:
    headline, coverage = row.headline, f"{row.coverage.done} of {row.coverage.required}"
    value = "" if headline.value is None else f"{100 * headline.value:.1f}"
    interval = "–"
    if headline.ci95 is not None:
        lo, hi = headline.ci95
        interval = f"{100 * (lo if floor is None else max(lo, floor)):.1f} to {100 * min(hi, 1.0):.1f}"
    return value, interval, coverage


def _told(results: BoardResults) -> Iterator[str]:
    """One line on each thing that says how far the order can be trusted."""
    compared, other = results.comparison, results.sensitivity
    if results.board.standing == "preview":
        yield "These are drafts: nobody is ranked by them yet."
    if results.board.standing == "continuity":
        yield "These averages continue another harness's: nobody is ranked by them."
    if compared is not None:
        neighbours = f"{compared.neighbours_told_apart} of {compared.models - 1} neighbours"
        pairs = f"{compared.pairs_told_apart:,} of {compared.pairs:,} pairs"
        risk = f"the risk that any of these is wrong is held to {compared.level:.0%}"
        yield f"{neighbours} and {pairs} are shown to differ" + (f"; {risk}." if compared.pairs_told_apart else ".")
        if compared.detectable is not None:
            points = f"{100 * compared.detectable:.1f} points"
            yield f"A test of two models alone finds a difference of {points} four times in five."
    if other is not None:
        kept = f"{other.order_kept:.1%} of draws, the first place in {other.first_kept:.1%}"
        # Where no two are told apart there is no decision to keep.
        decided = compared is not None and compared.pairs_told_apart > 0
        decisions = f", and every pair that is shown to differ in {other.decisions_kept:.1%}" if decided else ""
        yield f"With weights changed by up to {other.within:.0%} the whole order is kept in {kept}{decisions}."
