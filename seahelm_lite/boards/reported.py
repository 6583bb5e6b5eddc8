"""Figures that others published: shown in a section of their own, and never ranked with what was measured here."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date as Day
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from seahelm_lite.boards.fields import BoardError, Part, Text


class Figure(Part):
    """One published number: a row of a file."""

    model: Text
    """As the source calls it: no model of ours is meant."""
    task: Text
    """Of ours, which asks the same items, or items of the same set."""
    part: str = ""
    """The part of the task that it is of; empty for the whole."""
    value: float
    unit: Text
    method: Text
    """How the figure came about, as far as the source tells."""
    source: Text
    date: Day | None = None
    """Of the publication; None where nobody knows."""
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    lo: float | None = None
    """Lower end of the interval that the source states, in the same unit."""
    hi: float | None = None

    @model_validator(mode="after")
    def _has_both_ends_or_none(self) -> Figure:
        if (self.lo is None) != (self.hi is None):
            raise ValueError("an interval has two ends, `lo` and `hi`, or is left out")
        if self.lo is not None and self.hi is not None and not self.lo <= self.value <= self.hi:
            raise ValueError(f"the value {self.value:g} is not between {self.lo:g} and {self.hi:g}")
        return self


def read_reported(folder: Path) -> tuple[Figure, ...]:
    """The figures of all files of a folder, by file and row; none where there is no such folder.

    Raises:
        BoardError: With file and line, at the first row that cannot be used.
    """
    figures: list[Figure] = []
    for path in sorted(folder.glob("*.csv")):
        seen: dict[tuple[str, ...], int] = {}
        for line, figure in _rows(path):
            key = (figure.model, figure.task, figure.part, figure.method, figure.source)
            if key in seen:
                what = f"{figure.model!r} stands twice on {figure.task} by one method; first in line {seen[key]}"
                raise BoardError(what, where=f"{path}:{line}", remedy="Remove one of the two.")
            seen[key] = line
            figures.append(figure)
    return tuple(figures)


def _rows(path: Path) -> Iterator[tuple[int, Figure]]:
    """Line and figure of each row."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            for row in reader:
                yield reader.line_num, _figure(row, f"{path}:{reader.line_num}")
    except (csv.Error, UnicodeDecodeError) as error:
        raise BoardError(f"is not a table of comma-separated values in UTF-8: {error}", where=str(path)) from None


def _figure(row: dict[str | None, str | list[str] | None], where: str) -> Figure:
    if None in row or None in row.values():
        raise BoardError("the row has more or fewer cells than the first line names", where=where)
    try:
        return Figure.model_validate({name: text for name, text in row.items() if text != ""})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name, what = ".".join(map(str, fault["loc"])), fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "missing":
            what = "is empty, and has to be given"
        elif fault["type"] == "extra_forbidden":
            what = f"is a column that nobody knows; the columns are {', '.join(Figure.model_fields)}"
        raise BoardError(": ".join(filter(None, (name, what))), where=where) from None
