"""The smallest difference between two models that a task can show, by what its headline metric is made of."""

from __future__ import annotations

from collections.abc import Sequence

from seahelm_lite.stats.power import minimum_detectable_difference
from seahelm_lite.stats.widths import half_width

DISAGREEMENT = 0.25
"""Share of documents on which just one of two models is right: what two have that are right on half of the documents
and whose right answers correlate by one half. Of the recorded answers of 102 models to two Thai exams, the pairs that
differ by less than five points disagree on 15 to 18 % (median), and 95 in 100 of them on at most 28 %."""

SPREAD = 0.15
"""Standard deviation over documents of the difference between two models' overlap with a reference. Between two models
that others had translate and summarise into Thai dialects, it was 0.04 to 0.22 in sentence chrF++ (median 0.1)."""

WITHIN = 0.1
"""Correlation of the difference between two documents of one cluster: ours, a moderate one."""

_ALIKE = frozenset(("chrf", "chrf_gain", "rouge_l"))
"""Metrics of overlap, which differ by degrees. All others are, or come close to, right or wrong."""

_OF_CLUSTERS = frozenset(("pair_acc", "par", "probe_pass", "control_pass"))
"""Metrics whose unit is the cluster: all of its documents have to be right, or one of them alone counts."""


def detectable_difference(metric: str, cluster_sizes: Sequence[int]) -> float | None:
    """The difference that two models must have for the task to tell them apart four times in five, at a level of 5 %.

    Args:
        metric: The headline metric.
        cluster_sizes: Documents of each cluster.

    Returns:
        A fraction; None where there are too few clusters to tell any two models apart.
    """
    binary = metric not in _ALIKE
    variance = DISAGREEMENT if binary else SPREAD**2
    return minimum_detectable_difference(_units(metric, cluster_sizes), variance=variance, within=WITHIN, binary=binary)


def times_as_wide(metric: str, subset: Sequence[int], whole: Sequence[int]) -> float | None:
    """How many times as wide the interval of a score is on a subset of a task as on the whole of it.

    Args:
        metric: The headline metric.
        subset: Documents of each cluster that are in the subset.
        whole: Documents of each cluster of the task.

    Returns:
        The ratio, where scores within a cluster correlate by WITHIN; None where either has fewer than two clusters.
    """
    few, all_ = (half_width(_units(metric, sizes), within=WITHIN) for sizes in (subset, whole))
    return None if few is None or all_ is None else few / all_


def _units(metric: str, cluster_sizes: Sequence[int]) -> Sequence[int]:
    return [1] * len(cluster_sizes) if metric in _OF_CLUSTERS else cluster_sizes


def assumption(metric: str) -> str:
    """What the difference rests on, in words."""
    if metric in _ALIKE:
        return f"the difference between the two varies by {100 * SPREAD:.0f} points from document to document"
    return f"the two disagree on {100 * DISAGREEMENT:.0f} % of the documents"
