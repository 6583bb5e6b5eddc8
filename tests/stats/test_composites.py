from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from seahelm_lite.stats.composites import Scored, error_correlations, weighted_mean
from seahelm_lite.stats.intervals import cluster_robust

shares = st.floats(0.01, 10)
tasks = st.builds(
    lambda value, below, above, df: Scored(value, (value - below, value + above), "wilson", df),
    st.floats(0, 1),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
    st.sampled_from([None, 1.0, 6.5, 200.0]),
)


def normal(value: float, se: float) -> Scored:
    half = 1.959963984540054 * se
    return Scored(value, (value - half, value + half), "normal")


def test_symmetric_intervals_give_the_macro_standard_error_of_the_worked_table() -> None:
    # Two tasks, 7 of 12 correct in four clusters and 7 of 10 correct without: standard error of the macro mean .129725.
    mean = weighted_mean([normal(7 / 12, 0.2097176), normal(0.7, math.sqrt(0.0233333))], [1, 1])
    assert mean.value == pytest.approx(0.641667, abs=1e-6)
    assert mean.interval is not None
    assert (mean.interval[1] - mean.interval[0]) / 2 / 1.959963984540054 == pytest.approx(0.129725, abs=1e-6)
    assert (mean.method, mean.reason) == ("mover", None)


@given(st.floats(1, 200), st.integers(2, 30))
def test_the_mean_of_equal_tasks_has_their_degrees_of_freedom_together(df: float, tasks: int) -> None:
    # Welch and Satterthwaite: T independent tasks of equal errors have T times the degrees of freedom of each.
    half = 0.04 * float(stats.t.ppf(0.975, df))
    mean = weighted_mean([Scored(0.5, (0.5 - half, 0.5 + half), "wilson-t", df)] * tasks, [1.0] * tasks)
    assert mean.interval is not None
    wanted = 0.04 / math.sqrt(tasks) * float(stats.t.ppf(0.975, df * tasks))
    assert mean.interval[1] - 0.5 == pytest.approx(wanted)


def test_one_task_that_decides_leaves_the_mean_its_degrees_of_freedom() -> None:
    half = 0.2 * float(stats.t.ppf(0.975, 3))
    mean = weighted_mean([Scored(0.5, (0.5 - half, 0.5 + half), "wilson-t", 3), normal(0.5, 1e-4)], [1, 1])
    assert mean.interval is not None
    assert mean.interval[1] - 0.5 == pytest.approx(half / 2, rel=1e-3)


def test_translations_of_the_same_items_have_no_more_degrees_of_freedom_than_one_of_them() -> None:
    half = 0.04 * float(stats.t.ppf(0.975, 5))
    pair = [Scored(0.5, (0.5 - half, 0.5 + half), "wilson-t", 5)] * 2
    mean = weighted_mean(pair, [1, 1], np.ones((2, 2)))
    assert mean.interval == pytest.approx(pair[0].interval)


def test_a_task_that_scores_the_same_everywhere_scales_the_error_by_its_weight_alone() -> None:
    alone, constant = normal(0.6, 0.05), Scored(1.0, (1.0, 1.0), "wilson")
    mean = weighted_mean([alone, constant], [3, 1])
    assert mean.interval is not None
    assert alone.interval is not None
    assert mean.interval[1] - mean.value == pytest.approx(0.75 * (alone.interval[1] - alone.value))


def test_unequal_sides_are_recovered_each_by_itself() -> None:
    # By hand: l = .7 - sqrt((.5·.1)² + (.5·.2)²), u = .7 + sqrt((.5·.05)² + (.5·.1)²).
    mean = weighted_mean([Scored(0.8, (0.7, 0.85), "wilson"), Scored(0.6, (0.4, 0.7), "wilson")], [3, 3])
    assert mean.interval == pytest.approx((0.7 - math.sqrt(0.0125), 0.7 + math.sqrt(0.003125)))


@given(tasks, shares)
def test_a_single_task_keeps_its_interval_and_method(task: Scored, weight: float) -> None:
    mean = weighted_mean([task], [weight])
    assert (mean.value, mean.interval, mean.method, mean.reason) == (task.value, task.interval, "wilson", None)


@given(st.lists(st.tuples(tasks, shares), min_size=2, max_size=6), st.floats(0.1, 10))
def test_neither_the_order_of_tasks_nor_the_scale_of_weights_matters(
    weighted: list[tuple[Scored, float]], scale: float
) -> None:
    first = weighted_mean([task for task, _ in weighted], [weight for _, weight in weighted])
    turned = weighted[::-1]
    again = weighted_mean([task for task, _ in turned], [scale * weight for _, weight in turned])
    assert first.interval is not None
    assert again.interval is not None
    assert (again.value, *again.interval) == pytest.approx((first.value, *first.interval), abs=1e-12)


def test_tasks_whose_errors_go_together_add_their_margins_and_opposite_ones_take_them_away() -> None:
    pair = [normal(0.5, 0.04), normal(0.7, 0.04)]
    half = {}
    for correlation in (-1.0, 0.0, 1.0):
        interval = weighted_mean(pair, [1, 1], np.array([[1, correlation], [correlation, 1]])).interval
        assert interval is not None
        half[correlation] = (interval[1] - interval[0]) / 2
    alone = 1.959963984540054 * 0.04
    assert [half[c] for c in (-1.0, 0.0, 1.0)] == pytest.approx([0, alone / math.sqrt(2), alone], abs=1e-9)


def test_a_task_without_interval_leaves_the_mean_without_one_and_says_so() -> None:
    mean = weighted_mean([normal(0.5, 0.1), Scored(0.7, None, "cr1-t")], [1, 3])
    assert (mean.value, mean.interval, mean.method) == (pytest.approx(0.65), None, None)
    assert mean.reason == "1 of its 2 tasks have no interval"
    alone = weighted_mean([Scored(0.7, None, "cr1-t")], [1])
    assert (alone.value, alone.interval, alone.method, alone.reason) == (0.7, None, None, "the task has no interval")


def test_tasks_that_are_translations_of_each_other_are_as_uncertain_as_one_of_them() -> None:
    scores, clusters = [1, 0, 1, 1, 0, 1, 1, 0], [f"item {n}" for n in range(8)]
    turned = [*reversed(scores)], [*reversed(clusters)]
    assert error_correlations([(scores, clusters), turned]) == pytest.approx(np.ones((2, 2)))
    assert error_correlations([(scores, clusters), (scores, [f"other {n}" for n in range(8)])]) == pytest.approx(
        np.eye(2)
    )


def test_a_task_that_does_not_vary_goes_with_no_other() -> None:
    clusters = ["a", "b", "c"]
    assert error_correlations([([1, 0, 1], clusters), ([1, 1, 1], clusters)]) == pytest.approx(np.eye(2))


@given(st.integers(3, 12), st.integers(0, 2**32 - 1))
def test_of_one_document_a_cluster_the_correlation_is_that_of_the_scores(documents: int, seed: int) -> None:
    one, other = np.random.default_rng(seed).random((2, documents))
    clusters = [str(n) for n in range(documents)]
    correlations = error_correlations([(one, clusters), (other, clusters)])
    assert correlations[0, 1] == pytest.approx(stats.pearsonr(one, other).statistic)


@given(st.integers(0, 2**32 - 1))
def test_the_mean_of_parallel_tasks_has_the_clustered_interval_of_their_mean_scores(seed: int) -> None:
    # The same items in two languages: the mean of both is the mean of each item's two scores, whose error is known.
    both = np.random.default_rng(seed).random((2, 15))
    clusters = [str(n // 3) for n in range(15)]
    estimates = [cluster_robust([float(v) for v in scores], clusters) for scores in both]
    scored = [Scored(e.value or 0.0, (e.lo or 0.0, e.hi or 0.0), e.method, e.df) for e in estimates]
    mean = weighted_mean(scored, [1, 1], error_correlations([(scores, clusters) for scores in both]))
    wanted = cluster_robust([float(v) for v in both.mean(axis=0)], clusters)
    assert (mean.value, *(mean.interval or ())) == pytest.approx((wanted.value, wanted.lo, wanted.hi))
