from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from seahelm_lite.stats.comparisons import TaskTable, compare_all
from seahelm_lite.stats.intervals import Floats
from seahelm_lite.stats.joint_draws import first_shares, headline_draws, percentile_intervals


def table(scores: Floats | list[list[float]], clusters: list[str], weight: float = 1.0) -> TaskTable:
    return TaskTable(np.asarray(scores, dtype=np.float64), clusters, weight)


def alone(count: int, task: str = "") -> list[str]:
    """Every document its own cluster."""
    return [f"{task}{n:04}" for n in range(count)]


def some_tasks(seed: int) -> list[TaskTable]:
    """Three tasks, of which the first two share some clusters."""
    generator = np.random.default_rng(seed)
    names = ([f"a{n // 2}" for n in range(40)], [f"a{5 + n // 3}" for n in range(45)], alone(30, "b"))
    return [table(generator.random((4, len(of)), dtype=np.float64), of, n + 1) for n, of in enumerate(names)]


def test_two_tasks_have_the_standard_deviation_and_percentiles_of_the_worked_table() -> None:
    # Twelve items in four clusters and ten alone; 200,000 resamples of another program gave .115964 and [.4083, .8583].
    first = table([[1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1]], [name for name in "1234" for _ in range(3)])
    second = table([[1] * 7 + [0] * 3], alone(10, "t2 "))
    drawn = headline_draws([first, second], seed=3, draws=40_000)
    assert drawn.mean() == pytest.approx(0.641667, abs=5 * 0.115964 / np.sqrt(40_000))
    # The standard deviation of so many draws has a relative error of 1 / sqrt(2 · draws).
    assert drawn.std() == pytest.approx(0.115964, rel=5 / np.sqrt(80_000))
    assert percentile_intervals(drawn) == [(pytest.approx(0.4083, abs=0.01), pytest.approx(0.8583, abs=0.01))]


def test_of_one_task_it_is_the_bootstrap_of_scipy() -> None:
    scores = np.random.default_rng(1).random(25)
    wanted = stats.bootstrap((scores,), np.mean, n_resamples=20_000, method="percentile", rng=2)
    drawn = headline_draws([table([list(scores)], alone(25))], seed=1, draws=20_000)
    assert drawn.std(ddof=1) == pytest.approx(wanted.standard_error, rel=0.03)
    ((lo, hi),) = percentile_intervals(drawn)
    interval = wanted.confidence_interval
    assert (lo, hi) == (pytest.approx(interval.low, abs=0.005), pytest.approx(interval.high, abs=0.005))


def test_models_are_drawn_together() -> None:
    scores = np.random.default_rng(2).random((1, 30))
    drawn = headline_draws([table(np.vstack([scores, scores + 0.25, scores]), alone(30))], seed=1)
    assert drawn[:, 1] - drawn[:, 0] == pytest.approx(np.full(2000, 0.25), abs=1e-12)
    assert drawn[:, 2] == pytest.approx(drawn[:, 0], abs=1e-12)


def test_differences_spread_as_their_standard_errors_say() -> None:
    tasks = some_tasks(4)
    drawn = headline_draws(tasks, seed=1, draws=20_000)
    told = compare_all(tasks, seed=1, draws=10)
    spread = (drawn[:, 0] - drawn[:, 1]).std()
    # The bootstrap lacks the small-sample factor, which is 20/19 and less here.
    assert spread == pytest.approx(told.errors[0, 1], rel=0.06)
    assert drawn.mean(axis=0)[0] - drawn.mean(axis=0)[1] == pytest.approx(told.differences[0, 1], abs=0.004)


def test_the_spread_does_not_shrink_with_the_number_of_draws() -> None:
    few, many = (headline_draws(some_tasks(4), seed=1, draws=draws).std(axis=0) for draws in (1000, 30_000))
    assert many == pytest.approx(few, rel=5 / np.sqrt(2000))


@pytest.mark.parametrize(("other", "correlation"), [("item ", 1.0), ("other ", 0.0)])
def test_translations_of_the_same_items_are_drawn_together(other: str, correlation: float) -> None:
    scores = np.random.default_rng(5).random((1, 200))
    one, two = table(scores, alone(200, "item "), 0.5), table(scores, alone(200, other), 0.5)
    both, single = headline_draws([one, two], seed=1).std(), headline_draws([one], seed=1).std()
    assert both == pytest.approx(single * np.sqrt((1 + correlation) / 2), rel=0.1)


def test_tasks_that_share_clusters_only_over_a_third_are_drawn_as_one_too() -> None:
    generator = np.random.default_rng(6)
    tasks = [table(generator.random((1, 8)), names) for names in (alone(8, "x"), alone(8, "y"))]
    between = table(generator.random((1, 16)), [*alone(8, "x"), *alone(8, "y")])
    drawn = headline_draws([*tasks, between], seed=2, draws=500)
    assert np.array_equal(headline_draws([between, *reversed(tasks)], seed=2, draws=500).round(12), drawn.round(12))


def test_a_task_without_a_document_in_a_draw_keeps_its_score() -> None:
    rare = table([[0.2, 0.4]], ["c0001", "c0001"], 0.999)
    common = table([[0.5] * 400], alone(400, "c"), 0.001)
    drawn = headline_draws([rare, common], seed=1, draws=200)
    assert drawn == pytest.approx(np.full((200, 1), 0.3), abs=0.001)


@given(st.integers(0, 2**32 - 1), st.permutations(range(4)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_documents_models_and_tasks_and_the_scale_of_weights_change_nothing(
    seed: int, models: list[int]
) -> None:
    tasks = some_tasks(seed)
    generator = np.random.default_rng(seed)
    turned = []
    for task in reversed(tasks):
        order = generator.permutation(len(task.clusters))
        turned.append(table(task.scores[models][:, order], [task.clusters[n] for n in order], 7 * task.weight))
    straight, other = headline_draws(tasks, seed=9, draws=50), headline_draws(turned, seed=9, draws=50)
    assert other == pytest.approx(straight[:, models], abs=1e-12)


def test_equal_seeds_give_equal_bytes() -> None:
    first, again, other = (headline_draws(some_tasks(1), seed=seed, draws=300).tobytes() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_many_clusters_are_drawn_in_blocks_and_none_twice() -> None:
    # More draws than fit at once: the mean count of every cluster stays one.
    scores = np.eye(3, 3000)
    drawn = headline_draws([table(scores, alone(3000))], seed=1, draws=2500) * 3000
    assert drawn.mean(axis=0) == pytest.approx(np.ones(3), abs=5 / np.sqrt(2500))
    assert len(np.unique(drawn[:, 0])) > 3


def test_a_draw_with_several_first_goes_to_each_in_part() -> None:
    drawn = np.array([[0.5, 0.5, 0.1], [0.9, 0.2, 0.9], [0.3, 0.3, 0.3], [0.1, 0.7, 0.2]])
    assert first_shares(drawn) == pytest.approx(
        [(1 / 2 + 1 / 2 + 1 / 3) / 4, (1 / 2 + 1 / 3 + 1) / 4, (1 / 2 + 1 / 3) / 4]
    )


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_percentile_intervals_leave_out_as_much_above_as_below(level: float) -> None:
    drawn = np.random.default_rng(1).permuted(np.tile(np.linspace(0, 1, 1001)[:, None], 2), axis=0)
    for lo, hi in percentile_intervals(drawn, level=level):
        assert (lo, hi) == (pytest.approx(0.5 - level / 2), pytest.approx(0.5 + level / 2))
