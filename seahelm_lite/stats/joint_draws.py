"""How the headlines of all models move together when other documents are drawn. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.stats.comparisons import TaskTable
from seahelm_lite.stats.intervals import Floats

_CELLS = 4_000_000
"""Counts held at once, of some draws and all clusters that are drawn together."""

_TIE = 1e-9
"""Headlines that differ by less are equal, rounded."""


def headline_draws(tasks: Sequence[TaskTable], *, seed: int, draws: int = 2000) -> Floats:
    """The headline of every model on resampled documents: a stratified cluster bootstrap.

    In each draw the clusters of each task are resampled with replacement, the same for all models. Clusters of equal
    name in several tasks, as of parallel translations, come together or not at all: tasks that share any are resampled
    as one. The score of a task is the mean over the documents drawn, and the headline is the mean of the tasks by
    their weights.

    Args:
        tasks: All with the same models in the same order.
        seed: Of the resampling; equal seeds give equal draws, whatever the order of documents, models and tasks.
        draws: Number of resamples.

    Returns:
        Draws × models. A task of which a draw has no document, as may happen to a few clusters among many others,
        keeps its observed score in that draw.
    """
    generator = np.random.default_rng(seed)
    whole = sum(task.weight for task in tasks)
    headlines = np.zeros((draws, len(tasks[0].scores)))
    for stratum in _strata(tasks):
        names, members = np.unique([name for task in stratum for name in task.clusters], return_inverse=True)
        ends = np.cumsum([len(task.clusters) for task in stratum])[:-1]
        sums = [
            _sums(task, of_task, len(names)) for task, of_task in zip(stratum, np.split(members, ends), strict=True)
        ]
        at_once = max(1, _CELLS // len(names))
        for start in range(0, draws, at_once):
            counts = _counts(generator, min(at_once, draws - start), len(names))
            for task, of_task in zip(stratum, sums, strict=True):
                headlines[start : start + at_once] += task.weight / whole * _means(counts @ of_task, task)
    return headlines


def _strata(tasks: Sequence[TaskTable]) -> list[list[TaskTable]]:
    """Tasks that share clusters, directly or over others, in an order that is that of the clusters' names."""
    strata: list[tuple[set[str], list[TaskTable]]] = []
    for task in tasks:
        names, members = set(task.clusters), [task]
        apart = []
        for others, of_others in strata:
            if names.isdisjoint(others):
                apart.append((others, of_others))
            else:
                names |= others
                members = [*of_others, *members]
        strata = [*apart, (names, members)]
    return [members for _, members in sorted(strata, key=lambda stratum: min(stratum[0]))]


def _sums(task: TaskTable, members: NDArray[np.intp], clusters: int) -> Floats:
    """Clusters × (models + 1): the sum of each model's scores, and last the number of documents."""
    sums = np.zeros((clusters, len(task.scores) + 1))
    np.add.at(sums, members, np.vstack([task.scores, np.ones(len(members))]).T)
    return sums


def _counts(generator: np.random.Generator, draws: int, clusters: int) -> Floats:
    """Draws × clusters: how often each cluster is among as many as there are, drawn with replacement."""
    drawn = generator.integers(0, clusters, size=(draws, clusters))
    drawn += clusters * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * clusters).reshape(draws, clusters).astype(np.float64)


def _means(totals: Floats, task: TaskTable) -> Floats:
    """Draws × models, from sums of scores and the number of documents."""
    documents = totals[:, -1:]
    means = totals[:, :-1] / np.maximum(documents, 1.0)
    return np.where(documents > 0, means, task.scores.mean(axis=1))


def percentile_intervals(drawn: Floats, *, level: float = 0.95) -> list[tuple[float, float]]:
    """The bounds between which a model's headline is in this share of draws, as much left out above as below.

    Args:
        drawn: Draws × models.
        level: The share.
    """
    lows, highs = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return [(float(lo), float(hi)) for lo, hi in zip(lows, highs, strict=True)]


def first_shares(drawn: Floats) -> list[float]:
    """The share of draws in which each model has the highest headline; a draw with several goes to each in part.

    Args:
        drawn: Draws × models.
    """
    leads = drawn >= drawn.max(axis=1, keepdims=True) - _TIE
    return [float(share) for share in (leads / leads.sum(axis=1, keepdims=True)).mean(axis=0)]
