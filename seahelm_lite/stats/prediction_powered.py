"""The mean of what people would have said, from a judge's scores of all documents and people's of some. Pure numpy.

A judge that errs in one direction moves the mean of all its scores by as much. People's scores of a few documents tell
by how much; the judge's scores of the others make the result more precise than people's scores alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from seahelm_lite.stats.intervals import Estimate, Floats, has_no_spread

_METHOD = "prediction-powered"


@dataclass(frozen=True)
class Judged:
    """A document that a judge has scored."""

    judge: float
    """The judge's score."""
    human: float | None
    """What people scored, if they were asked: for a random sample of the documents, or of the clusters."""
    cluster: str


@dataclass(frozen=True)
class PredictionPowered:
    """The corrected mean."""

    estimate: Estimate
    """`n` and `n_clusters` are those of the documents that people scored."""
    weight: float | None
    """How far the judge's scores are used: nought not at all, one in full; None where that cannot be told."""


def prediction_powered_mean(documents: Sequence[Judged], *, level: float = 0.95) -> PredictionPowered:
    """The mean score that people would have given, by PPI++ (Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453).

    θ = mean of people's scores - λ · (the judge's mean over those documents less its mean over the others), with the λ
    between 0 and 1 that makes the variance least; λ = 1 is the estimate of Angelopoulos et al. 2023 (arXiv 2301.09633).
    Standard errors are clustered as in `cluster_robust`, those of the two samples each with its own C/(C-1); clusters
    with documents in both are counted as such. The t quantile has Welch's degrees of freedom.

    Args:
        documents: All that the judge scored.
        level: Two-sided coverage.

    Returns:
        The estimate. With fewer than two clusters that people scored, nothing tells how far the judge is right: there
        is then no value, and a reason.
    """
    labelled = [one for one in documents if one.human is not None]
    clusters = len({one.cluster for one in labelled})
    if clusters < 2:
        reason = "people scored documents of fewer than two clusters, which does not tell how far the judge is right"
        return PredictionPowered(_without(None, len(labelled), clusters, reason), None)
    sums = _Sums(documents)
    weight = sums.best_weight()
    human = float(np.mean([one.human for one in labelled if one.human is not None]))
    value = human - weight * sums.judged_apart
    spread, df = sums.variance(weight), sums.df(weight)
    se = float(np.sqrt(max(spread, 0.0)))
    if has_no_spread(se):
        reason = "people's scores, less the judge's, are the same everywhere, which says nothing of the uncertainty"
        return PredictionPowered(_without(value, len(labelled), clusters, reason), weight)
    half = float(stats.t.ppf(0.5 + level / 2, df)) * se
    told = Estimate(value, se, df, value - half, value + half, _METHOD, len(labelled), clusters)
    return PredictionPowered(told, weight)


def _without(value: float | None, n: int, clusters: int, reason: str) -> Estimate:
    return Estimate(value, None, None, None, None, _METHOD, n, clusters, reason)


class _Sums:
    """Cluster sums of what each document adds to the three means that the estimate is made of."""

    def __init__(self, documents: Sequence[Judged]) -> None:
        names, members = np.unique([one.cluster for one in documents], return_inverse=True)
        asked = np.asarray([one.human is not None for one in documents])
        judge = np.asarray([one.judge for one in documents])
        human = np.asarray([0.0 if one.human is None else one.human for one in documents])
        count = len(names)
        self._human = _summed(human, asked, members, count)
        self._judge = _summed(judge, asked, members, count)
        self._other = _summed(judge, ~asked, members, count)
        self._clusters = len(np.unique(members[asked])), len(np.unique(members[~asked]))
        self.judged_apart = 0.0
        """The judge's mean over documents that people scored, less its mean over the others."""
        if not asked.all():
            self.judged_apart = float(judge[asked].mean() - judge[~asked].mean())

    def best_weight(self) -> float:
        """The λ between 0 and 1 at which `variance` is least: it is a parabola in λ."""
        if self._clusters[1] < 2:
            return 0.0
        at_none, at_half, at_full = (self.variance(weight) for weight in (0.0, 0.5, 1.0))
        curvature = 2 * (at_full - 2 * at_half + at_none)
        slope = at_full - at_none - curvature
        if curvature <= 0:
            return 0.0
        return float(np.clip(-slope / (2 * curvature), 0.0, 1.0))

    def variance(self, weight: float) -> float:
        """Of the estimate: of both samples, and of the clusters they share."""
        own, other = self._residuals(weight)
        both = 2 * float(own @ other)
        return sum(self._of_samples(weight)) + both

    def df(self, weight: float) -> float:
        """Welch's degrees of freedom of the two samples."""
        parts = self._of_samples(weight)
        spread = sum(part**2 / (count - 1) for part, count in zip(parts, self._clusters, strict=True) if part > 0)
        return sum(parts) ** 2 / spread if spread > 0 else float(self._clusters[0] - 1)

    def _of_samples(self, weight: float) -> tuple[float, float]:
        own, other = (float(part @ part) for part in self._residuals(weight))
        asked, others = self._clusters
        return asked / (asked - 1) * own, others / (others - 1) * other if others > 1 else 0.0

    def _residuals(self, weight: float) -> tuple[Floats, Floats]:
        return self._human - weight * self._judge, weight * self._other


def _summed(values: Floats, chosen: NDArray[np.bool_], members: NDArray[np.intp], count: int) -> Floats:
    """For each cluster, the sum over the chosen documents of their deviation from the mean, over their number."""
    sums: Floats = np.zeros(count)
    if chosen.any():
        np.add.at(sums, members[chosen], (values[chosen] - values[chosen].mean()) / chosen.sum())
    return sums
