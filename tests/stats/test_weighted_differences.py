"""The weighted difference of two models over several tasks."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from seahelm_lite.stats.intervals import Floats
from seahelm_lite.stats.parts import Parts, difference
from seahelm_lite.stats.weighted_differences import TaskPair, weighted_difference

T1_A = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1]
T1_B = [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
T1_CLUSTERS = [name for name in "1234" for _ in range(3)]


def means(scores: Floats | list[int]) -> Parts:
    return Parts(np.asarray(scores, dtype=np.float64).reshape(-1, 1))


def pair(first: Floats | list[int], second: Floats | list[int], clusters: list[str], weight: float = 1.0) -> TaskPair:
    return TaskPair(means(first), means(second), clusters, weight)


def alone(count: int, task: str = "") -> list[str]:
    return [f"{task}{n:04}" for n in range(count)]


def test_one_task_is_the_worked_oracle() -> None:
    """Twelve items in four clusters: difference 0.25, CR1 0.083333, interval [-0.015204, 0.515204] on 3 df."""
    told = weighted_difference([pair(T1_A, T1_B, T1_CLUSTERS)])
    assert (told.value, told.df) == (pytest.approx(0.25), pytest.approx(3))
    assert told.se == pytest.approx(0.083333, abs=1e-6)
    assert (told.lo, told.hi) == (pytest.approx(-0.015204, abs=1e-6), pytest.approx(0.515204, abs=1e-6))


@given(st.integers(2, 8), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=20)
def test_one_task_is_what_the_task_by_itself_is(clusters: int, seed: int) -> None:
    first, second = np.random.default_rng(seed).random((2, 3 * clusters))
    names = [str(n) for n in range(clusters)] * 3
    told, alone = (
        weighted_difference([pair(first, second, names)]),
        difference(means(first), means(second), names, seed=1),
    )
    assert [told.value, told.se, told.lo, told.hi] == pytest.approx([alone.value, alone.se, alone.lo, alone.hi])


def test_tasks_without_a_cluster_in_common_are_added_as_welch_adds_means() -> None:
    generator = np.random.default_rng(1)
    one, two = generator.random(40), generator.random(15)
    tasks = [pair(one, np.zeros(40), alone(40, "a"), 0.7), pair(np.zeros(15), two, alone(15, "b"), 0.3)]
    told = weighted_difference(tasks)
    wanted = stats.ttest_ind(0.7 * one, 0.3 * two, equal_var=False)
    interval = wanted.confidence_interval()
    assert told.df == pytest.approx(wanted.df)
    assert (told.lo, told.hi) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_parallel_translations_are_one_sample_of_their_sums() -> None:
    """Two tasks on the same clusters, one document each: the mean of the documents' means, by statsmodels."""
    generator = np.random.default_rng(2)
    shared = generator.random(25)
    tasks = [shared + 0.1 * generator.random(25), shared + 0.1 * generator.random(25)]
    told = weighted_difference([pair(scores, np.zeros(25), alone(25), 0.5) for scores in tasks])
    groups = np.tile(np.arange(25), 2)
    fit = sm.OLS(np.concatenate(tasks), np.ones(50)).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    centred = np.concatenate([scores - scores.mean() for scores in tasks])
    by_task = sm.OLS(centred, np.ones(50)).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    # statsmodels multiplies by (n-1)/(n-k) too, which is 1 here with one regressor.
    assert told.value == pytest.approx(fit.params[0])
    assert told.se == pytest.approx(by_task.bse[0])
    assert told.df == pytest.approx(24)


def test_tasks_that_share_clusters_over_a_third_move_together() -> None:
    scores = [0.0, 1.0, 1.0, 0.0]
    tasks = [pair(np.array(scores), np.zeros(4), names) for names in (list("abcd"), list("efgh"), list("abef"))]
    assert weighted_difference(tasks).df == pytest.approx(7)


def test_what_says_nothing_of_the_uncertainty_is_never_certain() -> None:
    same = weighted_difference([pair(T1_A, T1_A, T1_CLUSTERS)])
    assert (same.value, same.se, same.lo, same.hi) == (0, None, None, None)
    assert same.reason is not None
    assert "says nothing" in same.reason
    single = weighted_difference([pair(T1_A, T1_B, T1_CLUSTERS), pair([1, 0], [0, 0], ["x", "x"])])
    assert single.se is None
    assert single.reason == "a task has fewer than two clusters"


def test_a_task_on_which_both_score_alike_adds_nothing_and_takes_nothing_away() -> None:
    one = pair(T1_A, T1_B, T1_CLUSTERS, 0.5)
    told = weighted_difference([one, pair([1, 0, 1], [1, 0, 1], alone(3, "x"), 0.5)])
    alone_told = weighted_difference([one])
    assert (told.value, told.se, told.df) == (alone_told.value, alone_told.se, pytest.approx(3))
