"""How the scores of several columns are brought together: the mean of all, or the headline of a board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.comparisons.columns import Answers, Column, Key
from seahelm_lite.stats.chance import corrected
from seahelm_lite.stats.composites import Composite, Scored, error_correlations, weighted_mean
from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.parts import pseudo_values


@dataclass(frozen=True)
class Headline:
    """That of a board."""

    board: str
    title: str
    release: str | None
    """The day of the release; None where the board was not published."""
    normalised: bool
    """Whether scores are corrected for chance before they are averaged, so that guessing is 0 and all right is 1."""
    shares: Mapping[Key, float]
    """Of the required columns; they sum to one."""
    metrics: Mapping[Key, Metric]
    """Of all columns, in order."""
    not_compared: str | None
    """Why the headline cannot be compared document by document; None where it can."""


@dataclass(frozen=True)
class Share:
    """A column of what is averaged."""

    column: Column
    share: float
    chance: float
    """What is taken off its values and divided out; nought where they are averaged as they are."""

    @property
    def weight(self) -> float:
        """What a difference in its metric counts for."""
        return self.share / (1 - self.chance)


def plain_shares(columns: Sequence[Column]) -> list[Share]:
    """The columns that every run was asked, whether or not its answers are complete, all counting alike."""
    shared = [column for column in columns if all(lacking.incomplete for lacking in column.lacking.values())]
    return [Share(column, 1 / len(shared), 0.0) for column in shared]


def board_shares(columns: Sequence[Column], headline: Headline) -> list[Share]:
    """The required columns of a board. Fewer where nothing of one can be compared: there is then no headline."""
    return [
        Share(column, headline.shares[column.key], (column.chance or 0.0) if headline.normalised else 0.0)
        for column in columns
        if column.key in headline.shares
    ]


def mean_of(shares: Sequence[Share], run: int) -> Estimate:
    """The weighted mean of a run."""
    answers = [one.column.answers[run] for one in shares]
    scored = [_scored(own, one.chance) for one, own in zip(shares, answers, strict=True)]
    correlations = error_correlations([(pseudo_values(one.parts), one.clusters) for one in answers])
    units = [name for one in answers for name in one.clusters]
    return _estimate(weighted_mean(scored, [one.share for one in shares], correlations), units)


def _scored(answers: Answers, chance: float) -> Scored:
    estimate = answers.estimate
    interval = None
    if estimate.lo is not None and estimate.hi is not None:
        interval = corrected(estimate.lo, chance), corrected(estimate.hi, chance)
    return Scored(corrected(estimate.value or 0.0, chance), interval, estimate.method, estimate.df)


def _estimate(mean: Composite, units: Sequence[str]) -> Estimate:
    lo, hi = mean.interval or (None, None)
    return Estimate(mean.value, None, None, lo, hi, mean.method or "mover", len(units), len(set(units)), mean.reason)
