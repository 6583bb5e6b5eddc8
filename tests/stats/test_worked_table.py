"""Paired tests and macro means of a worked table, computed with scipy and statsmodels; its intervals are tested beside
what they are intervals of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from seahelm_lite.stats.agreement import mcnemar
from seahelm_lite.stats.comparisons import TaskTable
from seahelm_lite.stats.composites import Scored, weighted_mean
from seahelm_lite.stats.intervals import cluster_robust
from seahelm_lite.stats.joint_draws import headline_draws
from seahelm_lite.stats.paired import PairedTask, swap_tests
from seahelm_lite.stats.parts import Parts

CLUSTERS = [name for name in "1234" for _ in range(3)]
ALONE = [f"alone {n}" for n in range(12)]
A = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1]
B = [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
OTHER_TASK = [1] * 7 + [0] * 3


def p_of(clusters: list[str]) -> float:
    parts = [Parts(np.asarray(scores, dtype=np.float64).reshape(-1, 1)) for scores in (A, B)]
    return swap_tests([PairedTask(parts, clusters)], [(0, 1)], seed=1)[0].p


def test_the_paired_tests_of_twelve_items() -> None:
    told = mcnemar([score == 1 for score in A], [score == 1 for score in B])
    assert (told.both, told.first_only, told.second_only, told.neither) == (4, 3, 0, 5)
    assert (told.p, p_of(ALONE), p_of(CLUSTERS)) == pytest.approx((0.25, 0.25, 0.25), abs=1e-6)


def test_a_thousand_pairs() -> None:
    first = [True] * 590 + [False] * 410
    second = [True] * 520 + [False] * 70 + [True] * 45 + [False] * 365
    told = mcnemar(first, second)
    assert (told.both, told.first_only, told.second_only, told.neither) == (520, 70, 45, 365)
    assert told.p == pytest.approx(0.024794, abs=1e-6)
    difference = cluster_robust(
        [one - two for one, two in zip(first, second, strict=True)], list(map(str, range(1000)))
    )
    assert difference.se is not None
    assert (difference.value, difference.se) == pytest.approx((0.025, 0.010700), abs=1e-6)
    assert difference.se * math.sqrt(999 / 1000) == pytest.approx(0.010695, abs=1e-6)


@pytest.mark.parametrize(("clusters", "error"), [(CLUSTERS, 0.2097176), (ALONE, 0.148647)], ids=["CR1", "iid"])
def test_the_macro_mean_of_two_tasks_has_the_error_of_both(clusters: list[str], error: float) -> None:
    told = [cluster_robust(A, clusters), cluster_robust(OTHER_TASK, [str(n) for n in range(10)])]
    assert told[0].se == pytest.approx(error, abs=1e-6)
    normal = [
        Scored(one.value or 0.0, ((one.value or 0.0) - (one.se or 0.0), (one.value or 0.0) + (one.se or 0.0)), "se")
        for one in told
    ]
    mean = weighted_mean(normal, [1, 1])
    assert mean.interval is not None
    wanted = math.sqrt(error**2 + 0.0233333) / 2
    assert (mean.value, mean.interval[1] - mean.value) == pytest.approx((0.641667, wanted), abs=1e-6)
    if clusters == CLUSTERS:
        assert wanted == pytest.approx(0.129725, abs=1e-6)


def test_the_stratified_cluster_bootstrap_of_the_macro_mean() -> None:
    tables = [
        TaskTable(np.asarray([A], dtype=np.float64), CLUSTERS, 0.5),
        TaskTable(np.asarray([OTHER_TASK], dtype=np.float64), [f"other {n}" for n in range(10)], 0.5),
    ]
    drawn = headline_draws(tables, seed=12345, draws=200_000)[:, 0]
    # Two hundred thousand draws leave a standard error of .0002 of the spread.
    assert drawn.std(ddof=1) == pytest.approx(0.115964, abs=0.0006)
    assert tuple(np.percentile(drawn, [2.5, 97.5])) == pytest.approx((0.4083, 0.8583), abs=0.009)
