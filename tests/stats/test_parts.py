from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.random import default_rng
from sklearn.metrics import f1_score

from seahelm_lite.stats.intervals import Floats, cluster_robust
from seahelm_lite.stats.parts import Parts, difference, mean_difference

CLUSTERS = [str(n // 3) for n in range(12)]
A = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1]
B = [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]


def means(values: list[int] | Floats) -> Parts:
    return Parts(np.asarray(values, dtype=np.float64).reshape(-1, 1))


def ratio(totals: Floats) -> Floats:
    return np.asarray(totals[:, 0] / totals[:, 1])


def test_the_difference_of_two_means_is_that_of_the_worked_example() -> None:
    told = difference(means(A), means(B), CLUSTERS, seed=0)
    assert (told.value, told.se, told.df) == pytest.approx((0.25, 0.083333, 3), abs=1e-6)
    assert (told.lo, told.hi) == pytest.approx((-0.015204, 0.515204), abs=1e-6)
    assert (told.n, told.n_clusters) == (12, 4)


@pytest.mark.parametrize("seed", range(5))
def test_the_difference_of_two_means_has_the_clustered_error_of_statsmodels(seed: int) -> None:
    generator = default_rng(seed)
    first, second = generator.random(60), generator.random(60)
    groups = generator.integers(0, 15, 60)
    told = difference(means(first), means(second), [str(group) for group in groups], seed=0)
    fit = sm.OLS(first - second, np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    assert (told.value, told.se) == pytest.approx((fit.params[0], fit.bse[0]))
    assert (told.lo, told.hi) == pytest.approx(tuple(fit.conf_int()[0]))


@pytest.mark.parametrize("statistic", [None, ratio], ids=["mean", "ratio of totals"])
def test_a_task_against_itself_differs_by_exactly_nought_and_passes_for_no_certainty(statistic: object) -> None:
    counts = default_rng(1).random((12, 2))
    parts = means(counts[:, 0]) if statistic is None else Parts(counts, ratio)
    told = difference(parts, parts, CLUSTERS, seed=0)
    assert told.value == 0
    assert (told.se, told.lo, told.hi) == (None, None, None)
    assert told.reason is not None
    assert "says nothing" in told.reason


def test_one_cluster_leaves_the_uncertainty_open() -> None:
    told = difference(means(A), means(B), ["one"] * 12, seed=0)
    assert (told.value, told.se, told.lo) == (pytest.approx(0.25), None, None)
    assert told.reason == "fewer than two clusters"


def test_a_metric_of_totals_is_resampled_for_both_sides_at_once() -> None:
    """Where both sides move together, their difference hardly moves: apart, each would move by far more."""
    generator = default_rng(2)
    shared = generator.random(80)
    ones, clusters = np.ones(80), [str(n) for n in range(80)]
    first = Parts(np.column_stack([shared + 0.01 * generator.random(80), ones]), ratio)
    second = Parts(np.column_stack([shared, ones]), ratio)
    told = difference(first, second, clusters, seed=0)
    paired = cluster_robust((first.counts[:, 0] - second.counts[:, 0]).tolist(), clusters)
    assert told.value == pytest.approx(paired.value)
    assert paired.se is not None
    assert told.se == pytest.approx(paired.se, rel=0.1)
    apart = cluster_robust(shared.tolist(), clusters).se
    assert apart is not None
    assert told.se is not None
    assert told.se < apart / 20


def macro_f1(totals: Floats) -> Floats:
    """Of binary confusion counts: hits of class 0, of class 1, gold 0, gold 1, predicted 0, predicted 1."""
    f1 = [2 * totals[:, c] / np.maximum(totals[:, 2 + c] + totals[:, 4 + c], 1) for c in (0, 1)]
    return np.asarray((f1[0] + f1[1]) / 2)


def test_the_interval_of_a_metric_of_totals_is_that_of_resampled_items() -> None:
    """The oracle draws items itself and asks scikit-learn for both scores of every draw."""
    generator = default_rng(3)
    gold = generator.integers(0, 2, 100)
    answers = [np.where(generator.random(100) < share, gold, 1 - gold) for share in (0.8, 0.65)]

    def confusion(chosen: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Parts:
        rows = [[a == g == 0, a == g == 1, g == 0, g == 1, a == 0, a == 1] for g, a in zip(gold, chosen, strict=True)]
        return Parts(np.asarray(rows, dtype=np.float64), macro_f1)

    told = difference(confusion(answers[0]), confusion(answers[1]), [str(n) for n in range(100)], seed=0)
    drawn = []
    for _ in range(1000):
        rows = generator.integers(0, 100, 100)
        one, other = (f1_score(gold[rows], chosen[rows], average="macro") for chosen in answers)
        drawn.append(one - other)
    one, other = (f1_score(gold, chosen, average="macro") for chosen in answers)
    assert told.value == pytest.approx(one - other)
    assert told.se == pytest.approx(np.std(drawn), rel=0.15)
    assert (told.lo, told.hi) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])), abs=0.03)


def test_a_difference_that_is_the_same_for_every_item_passes_for_no_certainty_whatever_rounding_leaves() -> None:
    first = np.arange(10) / 10 + 0.1
    told = difference(means(first), means(np.arange(10) / 10), [str(n) for n in range(10)], seed=0)
    assert told.value == pytest.approx(0.1)
    assert (told.se, told.lo, told.hi) == (None, None, None)


def test_the_mean_difference_of_several_pairs_is_that_of_their_means_item_by_item() -> None:
    generator = default_rng(4)
    scores = generator.integers(0, 2, size=(3, 2, 40)).astype(float)
    pairs = [(means(one), means(other)) for one, other in scores]
    clusters = [str(item // 2) for item in range(40)]
    together = mean_difference(pairs, clusters, seed=1)
    wanted = difference(means(scores[:, 0].mean(axis=0)), means(scores[:, 1].mean(axis=0)), clusters, seed=1)
    assert (together.value, together.lo, together.hi) == pytest.approx((wanted.value, wanted.lo, wanted.hi))


def test_the_mean_difference_of_other_metrics_resamples_all_pairs_together() -> None:
    generator = default_rng(5)
    counts = [np.stack([generator.integers(0, 4, 30), generator.integers(4, 9, 30)], axis=1) for _ in range(4)]
    parts = [Parts(one.astype(np.float64), ratio) for one in counts]
    clusters = [str(item) for item in range(30)]
    pairs = [(parts[0], parts[1]), (parts[2], parts[3])]
    told = mean_difference(pairs, clusters, seed=1)
    ratios = [float(one[:, 0].sum() / one[:, 1].sum()) for one in counts]
    assert told.value == pytest.approx((ratios[0] - ratios[1] + ratios[2] - ratios[3]) / 2)
    # The four are drawn independently, so that their variances add up.
    single = [difference(one, other, clusters, seed=1).se or 0 for one, other in pairs]
    assert told.se == pytest.approx(np.sqrt(single[0] ** 2 + single[1] ** 2) / 2, rel=0.15)
