"""Which columns and models of two results of one board are the same ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from seahelm_lite.boards.results import BoardResults, Column, Row

T = TypeVar("T")


def same_columns(old: BoardResults, new: BoardResults) -> list[tuple[int, int]]:
    """The places of each column that is on both: asked and scored alike, else with as many examples, else of the task.

    Each stands in one pair at most. A rule that several columns of a side fulfil decides nothing.
    """
    alike: tuple[Callable[[Column], Hashable], ...] = (
        lambda column: (column.task, column.protocol, column.shots, column.metric),
        lambda column: (column.task, column.shots),
        lambda column: column.task,
    )
    return _matched(old.columns, new.columns, alike)


def same_rows(old: BoardResults, new: BoardResults) -> list[tuple[int, int]]:
    """The places of each model that is on both: of one name and fingerprint, else the only ones left of their name."""
    alike: tuple[Callable[[Row], Hashable], ...] = (
        lambda row: (row.model.name, row.model.fingerprint_sha256),
        lambda row: row.model.name,
    )
    return _matched(old.rows, new.rows, alike)


def _matched(old: Sequence[T], new: Sequence[T], rules: Sequence[Callable[[T], Hashable]]) -> list[tuple[int, int]]:
    """Pairs of places, in the order of the new side."""
    pairs: dict[int, int] = {}
    for rule in rules:
        before = _only_ones(old, rule, set(pairs.values()))
        after = _only_ones(new, rule, set(pairs))
        pairs |= {place: before[key] for key, place in after.items() if key in before}
    return [(pairs[place], place) for place in sorted(pairs)]


def _only_ones(values: Sequence[T], rule: Callable[[T], Hashable], taken: set[int]) -> dict[Hashable, int]:
    """The places of the values that are still free and alone in what the rule says of them."""
    keys = {place: rule(value) for place, value in enumerate(values) if place not in taken}
    count = Counter(keys.values())
    return {key: place for place, key in keys.items() if count[key] == 1}
