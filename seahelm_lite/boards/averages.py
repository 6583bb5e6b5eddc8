"""Averages on the board's scale: the headline of a row, and that of each node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seahelm_lite.boards.coverage import is_full, why_incomplete
from seahelm_lite.boards.documents import DocumentScores
from seahelm_lite.boards.results import Average, Cell, Column
from seahelm_lite.boards.scale import Scale, rounded, scale_of
from seahelm_lite.catalog.board_card import Normalisation
from seahelm_lite.stats.composites import Scored, error_correlations, weighted_mean
from seahelm_lite.stats.intervals import Floats


class Correlated:
    """How the errors of a model's scores go together, where columns share documents."""

    def __init__(self, answers: Mapping[int, DocumentScores]) -> None:
        """Take what the model answered to the columns that it has complete, by their places."""
        self._rows = {place: row for row, place in enumerate(answers)}
        self._all = error_correlations([(one.values, one.clusters) for one in answers.values()])

    def among(self, places: Sequence[int]) -> Floats | None:
        """The correlations of some columns; None where the model has not all of them complete."""
        if not self._rows.keys() >= set(places):
            return None
        rows = [self._rows[place] for place in places]
        return self._all[np.ix_(rows, rows)]


@dataclass(frozen=True)
class Averaging:
    """How the cells of any row are averaged on a board."""

    normalisation: Normalisation
    columns: Sequence[Column]

    @property
    def required(self) -> list[int]:
        """Places of the columns that the headline is made of."""
        return [place for place, column in enumerate(self.columns) if column.required]

    def scale(self, place: int) -> Scale:
        """The scale of a required column that some row has complete: the card sees to it that there is one."""
        scale = self._scale(place)
        assert scale is not None
        return scale

    def has_scale(self, place: int) -> bool:
        """Whether values of a column have a place on the board's scale."""
        return self._scale(place) is not None

    def scored(self, cells: Sequence[Cell], places: Sequence[int]) -> list[Scored]:
        """Complete cells on the board's scale, as a composite takes them."""
        return [self._scored(cells[place], self.scale(place)) for place in places]

    def shares(self, places: Sequence[int]) -> list[float]:
        """What the columns are of the headline."""
        return [self.columns[place].share for place in places]

    def average(self, cells: Sequence[Cell], places: Sequence[int], correlations: Floats | None) -> Average:
        """The mean of some required columns, or why there is none.

        Args:
            cells: All of the row.
            places: Of the columns.
            correlations: Of the errors of those columns, some of which may share documents; it is only looked at where
                all are complete.
        """
        if not all(is_full(cells[place]) for place in places):
            tasks = [column.task for column in self.columns]
            return Average(value=None, ci95=None, ci_method=None, reason=why_incomplete(tasks, cells, places))
        mean = weighted_mean(self.scored(cells, places), self.shares(places), correlations)
        interval = None if mean.interval is None else (rounded(mean.interval[0]), rounded(mean.interval[1]))
        return Average(value=rounded(mean.value), ci95=interval, ci_method=mean.method, reason=mean.reason)

    def _scale(self, place: int) -> Scale | None:
        column = self.columns[place]
        return scale_of(self.normalisation, column.metric, column.chance)

    @staticmethod
    def _scored(cell: Cell, scale: Scale) -> Scored:
        interval = None if cell.ci95 is None else scale.of_interval(cell.ci95)
        return Scored(scale.of(cell.value or 0.0), interval, cell.ci_method or "", cell.df)
