"""Where the recorded answers of a board come from, and when they were recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from seahelm_lite.boards.fields import RowSource
from seahelm_lite.boards.results import Row


@dataclass(frozen=True)
class Origin:
    """A source of answers, with the days of all models that it recorded."""

    source: RowSource
    days: tuple[date, date] | None
    """First and last day; None where the source says it of no model."""
    undated: bool
    """Whether there are models of which the source does not say it."""


def origins(rows: Iterable[Row]) -> tuple[Origin, ...]:
    """The sources of some rows, each once."""
    found: dict[str, list[RowSource]] = {}
    for row in rows:
        if row.source is not None:
            found.setdefault(row.source.model_dump_json(exclude={"recorded"}), []).append(row.source)
    return tuple(_origin(found[key]) for key in sorted(found))


def _origin(alike: list[RowSource]) -> Origin:
    dated = [source.recorded for source in alike if source.recorded is not None]
    days = (min(first for first, _ in dated), max(last for _, last in dated)) if dated else None
    return Origin(alike[0], days, len(dated) < len(alike))
