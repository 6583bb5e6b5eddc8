from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from seahelm_lite.stats.exchangeability import gap_to_shuffled


def test_the_mean_gap_and_its_test_are_those_of_a_t_test_on_documents() -> None:
    chance = np.random.default_rng(5)
    published, others = chance.normal(0.3, 1, 60), chance.normal(0, 1, (60, 4))
    gap = gap_to_shuffled(published, others.tolist(), [str(n) for n in range(60)])
    oracle = stats.ttest_1samp(published - others.mean(axis=1), 0, alternative="greater")
    assert gap.mean.value == pytest.approx((published - others.mean(axis=1)).mean())
    assert gap.p == pytest.approx(oracle.pvalue)
    two_sided = stats.ttest_1samp(published - others.mean(axis=1), 0).confidence_interval(0.95)
    assert (gap.mean.lo, gap.mean.hi) == pytest.approx((two_sided.low, two_sided.high))


def test_orders_that_mean_nothing_are_told_from_each_other_as_often_as_the_test_says() -> None:
    chance = np.random.default_rng(6)
    clusters = [str(n) for n in range(40)]
    gaps = [gap_to_shuffled(*_at_random(chance), clusters) for _ in range(1000)]
    covered = np.mean([gap.mean.lo < 0 < gap.mean.hi for gap in gaps])  # type: ignore[operator]
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 1000))
    assert np.mean([gap.likeliest for gap in gaps]) == pytest.approx(1 / 5, abs=0.01)
    assert {gap.chance for gap in gaps} == {1 / 5}


def _at_random(chance: np.random.Generator) -> tuple[list[float], list[list[float]]]:
    drawn = chance.gumbel(size=(40, 5))
    return drawn[:, 0].tolist(), drawn[:, 1:].tolist()


def test_documents_of_a_cluster_are_not_independent() -> None:
    published, others = [1.0, 1.0, -0.5, -0.5], [[0.0]] * 4
    alone = gap_to_shuffled(published, others, ["1", "2", "3", "4"]).mean
    together = gap_to_shuffled(published, others, ["a", "a", "b", "b"]).mean
    assert (together.n, together.n_clusters) == (4, 2)
    assert together.se is not None
    assert alone.se is not None
    assert together.se > alone.se


def test_documents_with_fewer_orders_are_the_likeliest_of_them_more_often_by_chance() -> None:
    gap = gap_to_shuffled([0.0, 0.0], [[1.0], [-1.0, -1.0, -1.0]], ["a", "b"])
    assert (gap.likeliest, gap.chance) == (1 / 2, (1 / 2 + 1 / 4) / 2)


@pytest.mark.parametrize(
    ("published", "clusters", "reason"),
    [
        ([], [], "no documents"),
        ([1.0], ["a"], "fewer than two clusters"),
        ([1.0, 1.0], ["a", "b"], "every cluster has the same gap, which says nothing of the uncertainty"),
    ],
)
def test_without_spread_there_is_no_interval_and_no_test(
    published: list[float], clusters: list[str], reason: str
) -> None:
    gap = gap_to_shuffled(published, [[0.5]] * len(published), clusters)
    assert (gap.p, gap.mean.se, gap.mean.lo, gap.mean.reason) == (None, None, None, reason)
