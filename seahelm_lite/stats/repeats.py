"""How much of a score's uncertainty is of its documents, of repeated runs, and of drawn examples. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seahelm_lite.stats.intervals import Floats, cluster_robust, has_no_spread


@dataclass(frozen=True)
class Source:
    """What one source of variation adds to a score: a standard error, or why there is none to give."""

    se: float | None
    reason: str | None = None


@dataclass(frozen=True)
class Sources:
    """The standard error of a mean score, taken apart. The squares of the three sources add up to that of the total."""

    value: float | None
    total: Source
    items: Source
    """How far other documents of the same kind would move the score; more runs do not make it smaller."""
    runs: Source
    """How far other runs over the same documents, with the same examples, would move it."""
    draws: Source
    """How far other examples in the prompt would move it, for all documents together."""


@dataclass(frozen=True)
class Repeated:
    """The scores of one document."""

    scores: Sequence[float]
    """One for each run; documents may have different numbers of them."""
    draws: Sequence[int] = ()
    """The draw of examples of each run; empty where all runs had the same examples."""


def sources(documents: Sequence[Repeated], clusters: Sequence[str]) -> Sources:
    """Take the variance of a mean score apart: Var = items + runs + draws.

    The score is the mean over documents of the mean over each one's runs. The clustered standard error (CR1) of those
    means holds what documents and runs add. Runs add σ²·Σ_i(1/R_i)/n², with σ² the variance within documents, pooled
    over those with several runs; for equally many runs R this is σ²/(nR) (Miller 2024, arXiv 2411.00640, section 3).
    What is left of the CR1 variance is of the documents.

    Examples that all documents share move them together, which no scatter between documents shows. With D draws, of
    which u_d is the mean deviation of draw d from the documents' own means, they add Σ_d(u_d² - V_d)/(D(D-1)), where
    V_d is the CR1 variance of u_d over documents; that is on top of the CR1 variance.

    Args:
        documents: Their scores. Where draws are given, every document has all of them.
        clusters: The cluster of each document.
    """
    means = [float(np.mean(one.scores)) for one in documents]
    told = cluster_robust(means, clusters)
    if told.se is None or has_no_spread(told.se):
        nothing = Source(None, told.reason or "every cluster has the same mean, which says nothing of the uncertainty")
        return Sources(told.value, nothing, nothing, nothing, nothing)
    scatter = told.se**2
    runs, draws = _of_runs(documents), _of_draws(documents, clusters)
    if runs.se is None:
        items = Source(None, runs.reason)
    elif runs.se**2 < scatter:
        items = Source(float(np.sqrt(scatter - runs.se**2)))
    else:
        items = Source(None, "runs over one document differ by as much as documents do")
    return Sources(told.value, Source(float(np.sqrt(scatter + (draws.se or 0.0) ** 2))), items, runs, draws)


def _of_runs(documents: Sequence[Repeated]) -> Source:
    """Runs that had the same examples, over the same document."""
    cells = [np.asarray(runs, dtype=np.float64) for one in documents for runs in _by_draw(one)]
    free = sum(len(runs) - 1 for runs in cells)
    if free == 0:
        return Source(None, "no document was asked twice in the same way")
    variance = sum(float(np.sum((runs - runs.mean()) ** 2)) for runs in cells) / free
    repeats = sum(1 / len(one.scores) for one in documents)
    return Source(float(np.sqrt(variance * repeats)) / len(documents))


def _by_draw(document: Repeated) -> list[list[float]]:
    """The scores of the runs, those with the same examples together."""
    if not document.draws:
        return [list(document.scores)]
    cells: dict[int, list[float]] = {}
    for draw, score in sorted(zip(document.draws, document.scores, strict=True)):
        cells.setdefault(draw, []).append(score)
    return list(cells.values())


def _of_draws(documents: Sequence[Repeated], clusters: Sequence[str]) -> Source:
    drawn = {draw for one in documents for draw in one.draws}
    if len(drawn) < 2:
        return Source(None, "all runs had the same examples in the prompt")
    if any(set(one.draws) != drawn for one in documents):
        return Source(None, "not every document was asked with every draw of examples")
    means: Floats = np.asarray([[np.mean(runs) for runs in _by_draw(one)] for one in documents])
    deviations = means - means.mean(axis=1, keepdims=True)
    shifts = [cluster_robust([float(value) for value in of_draw], clusters) for of_draw in deviations.T]
    squares = sum((shift.value or 0.0) ** 2 - (shift.se or 0.0) ** 2 for shift in shifts)
    variance = squares / (len(drawn) * (len(drawn) - 1))
    if variance <= 0:
        return Source(None, "draws of examples differ by no more than documents and runs let them")
    return Source(float(np.sqrt(variance)))
