"""What the documents of a task add to a metric, and the difference of two tasks on the same items. Pure numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from seahelm_lite.stats.intervals import Estimate, Floats, cluster_bootstrap, cluster_robust, has_no_spread


@dataclass(frozen=True)
class Parts:
    """A metric taken apart into documents."""

    counts: Floats
    """Shape (documents, k): what each adds to the k totals of the statistic; one column of scores for a mean."""
    statistic: Callable[[Floats], Floats] | None = None
    """From totals of shape (m, k) to m values; None for the mean of the scores."""

    def only(self, rows: Sequence[int]) -> Parts:
        """Some of the documents, in the order given."""
        return Parts(self.counts[list(rows)], self.statistic)


def pseudo_values(parts: Parts) -> Floats:
    """What each document adds to the metric, put as a score: n·θ - (n-1)·θ without it (the jackknife; Tukey 1958).

    Returns:
        One value a document; of a mean, the scores themselves.
    """
    if parts.statistic is None:
        return parts.counts[:, 0]
    totals, n = parts.counts.sum(axis=0, keepdims=True), len(parts.counts)
    return np.asarray(n * parts.statistic(totals) - (n - 1) * parts.statistic(totals - parts.counts))


def difference(first: Parts, second: Parts, clusters: Sequence[str], *, seed: int) -> Estimate:
    """The metric of the first less that of the second, on the same items, with a paired interval.

    Two means differ by the mean of the differences, whose clustered standard error is that of `cluster_robust`. Other
    metrics are no means: each resample draws whole clusters, and the same for both sides.

    Args:
        first: Of n items.
        second: Of the same items in the same order.
        clusters: The cluster of each item.
        seed: Of the resampling.

    Returns:
        The estimate. Where every item differs by the same, as in a task against itself, nothing tells how far the
        difference would move with other items: the uncertainty is then None, never zero.
    """
    return mean_difference([(first, second)], clusters, seed=seed)


def mean_difference(pairs: Sequence[tuple[Parts, Parts]], clusters: Sequence[str], *, seed: int) -> Estimate:
    """The mean over several pairs of the first's metric less the second's, all on the same items; as `difference`.

    Args:
        pairs: Each of n items, the same ones in the same order; all means, or all of one other metric.
        clusters: The cluster of each item.
        seed: Of the resampling.
    """
    if any(part.statistic is None for pair in pairs for part in pair):
        means = np.mean([first.counts[:, 0] - second.counts[:, 0] for first, second in pairs], axis=0)
        told = cluster_robust([float(value) for value in means], clusters)
        if not has_no_spread(told.se):
            return told
        reason = "every item differs by the same, which says nothing of the uncertainty"
        return Estimate(told.value, None, None, None, None, told.method, told.n, told.n_clusters, reason)
    sides = [part for pair in pairs for part in pair]
    ends = np.cumsum([part.counts.shape[1] for part in sides])[:-1]

    def mean(totals: Floats) -> Floats:
        values = [
            part.statistic(of_side)
            for part, of_side in zip(sides, np.split(totals, ends, axis=1), strict=True)
            if part.statistic is not None
        ]
        return np.asarray(np.mean([one - other for one, other in zip(values[::2], values[1::2], strict=True)], axis=0))

    return cluster_bootstrap(np.hstack([part.counts for part in sides]), clusters, mean, seed=seed)
