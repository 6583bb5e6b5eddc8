"""The intervals of boards for many evaluations at once; `stats_coverage` holds them against those of one at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from seahelm_lite.stats.intervals import Floats, effective_clusters
from tests.benchmarks.stats_world import Drawn, Population

DRAWS = 2000
"""Resamples of a bootstrap, as on boards."""

_NO_SPREAD = 1e-9

Bounds = tuple[Floats, Floats]


@dataclass(frozen=True)
class Scored:
    """The scores of many evaluations of one task."""

    value: Floats
    bounds: Bounds
    """NaN where there is no interval."""
    df: float
    """Infinite where the interval has a normal quantile."""
    t_bounds: Bounds | None
    """Of the t interval of the clustered error; None of balanced accuracy, which is no mean."""
    sums: Floats
    """Evaluations × clusters: sums of deviations from the mean; errors of tasks that share clusters go with them."""


def scored(task: Population, drawn: Drawn, seed: int) -> Scored:
    """As `proportion`, or `cluster_bootstrap` of balanced accuracy."""
    return _balanced(task, drawn.scores, seed) if task.balanced else _mean(task, drawn.scores)


def _mean(task: Population, scores: Floats) -> Scored:
    n, clusters = task.documents, task.clusters
    value = scores.mean(axis=1)
    sums = np.add.reduceat(scores - value[:, None], task.starts, axis=1)
    se = np.sqrt(clusters / (clusters - 1) * np.sum(sums**2, axis=1)) / n
    half = stats.t.ppf(0.975, clusters - 1) * se
    t_bounds = value - half, value + half
    binary = task.runs * task.steps == 1
    if binary and clusters == n:
        return Scored(value, _wilson(value, np.full(len(value), float(n)), np.inf), np.inf, t_bounds, sums)
    effective = effective_clusters(task.sizes)
    alike = se <= _NO_SPREAD
    variance = np.where(alike, 1.0, se**2) * (effective / (effective - 1)) / (clusters / (clusters - 1))
    lo, hi = _wilson(value, value * (1 - value) / variance, effective - 1)
    instead = _wilson(value, np.full(len(value), float(clusters)), np.inf) if binary else (np.nan, np.nan)
    bounds = np.where(alike, instead[0], lo), np.where(alike, instead[1], hi)
    return Scored(value, bounds, effective - 1, t_bounds, sums)


def _wilson(value: Floats, trials: Floats, df: float) -> Bounds:
    z = stats.t.ppf(0.975, df)
    trials = np.maximum(trials, 1e-100)  # nought where all scores are alike, whose bounds are not used
    centre = value + z * z / (2 * trials)
    half = z * np.sqrt(value * (1 - value) / trials + z * z / (4 * trials**2))
    scale = 1 + z * z / trials
    return (centre - half) / scale, (centre + half) / scale


def _balanced(task: Population, scores: Floats, seed: int) -> Scored:
    kinds = np.eye(int(task.classes.max()) + 1)[task.classes]
    hits = np.stack([np.add.reduceat(scores * of_kind, task.starts, axis=1) for of_kind in kinds.T], axis=2)
    documents = np.add.reduceat(kinds, task.starts, axis=0)
    weights = np.random.default_rng(seed).multinomial(
        task.clusters, np.full(task.clusters, 1 / task.clusters), size=DRAWS
    )
    asked = weights @ documents
    resampled = np.zeros((len(scores), DRAWS))
    for kind in range(kinds.shape[1]):
        found = hits[:, :, kind] @ weights.T
        resampled += np.divide(found, asked[:, kind], out=np.zeros_like(found), where=asked[:, kind] > 0)
    resampled /= (asked > 0).sum(axis=1)
    effective = effective_clusters(task.sizes)
    tail = 100 * stats.norm.cdf(-np.sqrt(effective / (effective - 1)) * stats.t.ppf(0.975, effective - 1))
    lo, hi = np.percentile(resampled, [tail, 100 - tail], axis=1)
    alike = resampled.std(axis=1, ddof=1) <= _NO_SPREAD
    value = (hits.sum(axis=1) / documents.sum(axis=0)).mean(axis=1)
    bounds = np.where(alike, np.nan, lo), np.where(alike, np.nan, hi)
    return Scored(value, bounds, effective - 1, None, np.zeros((len(scores), 0)))


def correlations(tasks: list[Population], scores: list[Scored]) -> Floats:
    """As `error_correlations`: tasks × tasks × evaluations."""
    related = np.repeat(np.eye(len(tasks))[:, :, None], len(scores[0].value), axis=2)
    family = [place for place, task in enumerate(tasks) if place == 0 or task.source is not None]
    for one in family:
        for other in family:
            if one != other:
                products = np.sum(scores[one].sums * scores[other].sums, axis=1)
                lengths = np.sqrt(np.sum(scores[one].sums ** 2, axis=1) * np.sum(scores[other].sums ** 2, axis=1))
                related[one, other] = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return related


def weighted_means(scores: list[Scored], shares: Floats, related: Floats) -> tuple[Floats, Bounds]:
    """As `weighted_mean`: values and bounds."""
    values = np.stack([one.value for one in scores])
    lows, highs = np.stack([one.bounds[0] for one in scores]), np.stack([one.bounds[1] for one in scores])
    df = np.asarray([one.df for one in scores])
    value = shares @ values
    below, above = (_margin(shares[:, None] * each, related, df) for each in (values - lows, highs - values))
    return value, (value - below, value + above)


def _margin(margins: Floats, related: Floats, df: Floats) -> Floats:
    errors = margins / stats.t.ppf(0.975, df)[:, None]
    length = np.sqrt(np.maximum(np.einsum("se,ste,te->e", errors, related, errors), 0.0))
    added = margins * np.einsum("ste,te->se", related, margins)
    linked = np.where(related != 0, (1 / np.sqrt(np.outer(df, df)))[:, :, None], 0.0)
    scatter = np.einsum("se,ste,te->e", added, linked, added)
    freedom = np.divide(added.sum(axis=0) ** 2, scatter, out=np.full_like(scatter, np.inf), where=scatter > 0)
    return np.asarray(stats.t.ppf(0.975, np.maximum(freedom, 1.0)) * length)


def replicates(
    task: Population, drawn: Drawn, value: Floats, generator: np.random.Generator, kind: str, number: int
) -> Floats:
    """What two peers resample: evaluations × replicates of a task's score.

    `runs` draws for each document one of its runs, and leaves the documents as they are; `documents` draws documents,
    each by itself. The replicates are drawn from normal distributions with exactly their variances.
    """
    kinds = np.eye(int(task.classes.max()) + 1)[task.classes]
    counts = kinds.sum(axis=0)
    weight = (kinds / counts).sum(axis=1) / len(counts)
    if kind == "runs":
        variance = drawn.spread @ weight**2
    else:
        means = drawn.scores @ (kinds / counts)
        variance = (drawn.scores - means @ kinds.T) ** 2 @ weight**2
    return np.asarray(value[:, None] + np.sqrt(variance)[:, None] * generator.standard_normal((len(value), number)))
