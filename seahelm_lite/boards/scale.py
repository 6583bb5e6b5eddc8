"""The scale on which the scores of a board are averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.board_card import Normalisation
from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.stats.chance import corrected
from seahelm_lite.stats.intervals import Floats

_OF_CHOICES: frozenset[Metric] = frozenset({"acc", "macro_f1", "balanced_acc", "pair_acc"})
"""Metrics of multiple choice. All others are of written answers, which nobody guesses."""

DIGITS = 12
"""Of a number in a file: above the last bits in which machines differ."""


def rounded(value: float) -> float:
    """A number as it is written."""
    # Adding nought turns a negative nought into nought.
    return round(value, DIGITS) + 0.0


@dataclass(frozen=True)
class Scale:
    """From scores of a column to those that are averaged: k = (s - g)/(1 - g)."""

    guessed: float
    """g: the score that counts as nought."""
    floored: bool
    """Whether worse than guessing counts as nought too, which is then no mean over documents any more."""

    def of(self, score: float) -> float:
        """A score."""
        value = corrected(score, self.guessed)
        return max(value, 0.0) if self.floored else value

    def of_documents(self, scores: Floats) -> Floats:
        """What documents add to a score; their mean is the score's place, but for a floor."""
        return corrected(scores, self.guessed)

    def of_interval(self, bounds: Sequence[float]) -> tuple[float, float]:
        """A lower and an upper bound."""
        lo, hi = bounds
        return self.of(lo), self.of(hi)


def scale_of(normalisation: Normalisation, metric: Metric, chance: float | None) -> Scale | None:
    """The scale of a column.

    Args:
        normalisation: Of the board.
        metric: Of the column.
        chance: What guessing scores on all its documents, where there is guessing and a run over all of them.

    Returns:
        None where the board corrects for guessing, and it is not known what guessing scores.
    """
    if normalisation == "none":
        return Scale(0.0, floored=False)
    guessed = chance if metric in _OF_CHOICES else 0.0
    if guessed is None or guessed >= 1:
        return None
    return Scale(guessed, floored=normalisation == "sea-helm")
