from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from seahelm_lite.stats.comparisons import Decisions
from seahelm_lite.stats.sensitivity import Reweighted, reweighted

NONE = np.zeros((3, 3), dtype=bool)


def told(*pairs: tuple[int, int], models: int = 3) -> Decisions:
    better = np.zeros((models, models), dtype=bool)
    for above, below in pairs:
        better[above, below] = True
    return better


def test_a_model_that_is_better_everywhere_stays_ahead_whatever_the_weights() -> None:
    values = np.array([[0.9, 0.8], [0.7, 0.6], [0.5, 0.4]])
    assert reweighted(values, [0.5, 0.5], told((0, 1)), seed=1) == Reweighted(1.0, 1.0, 1.0)


def test_the_share_is_that_of_the_weights_that_keep_the_order() -> None:
    # The first is 0.1 better on one column and 0.09 worse on the other: it stays ahead while b / a < 10/9.
    values = np.array([[0.6, 0.41], [0.5, 0.5]])
    a, b = np.meshgrid(np.linspace(0.8, 1.2, 4001), np.linspace(0.8, 1.2, 4001))
    wanted = float(np.mean(0.1 * a >= 0.09 * b))
    found = reweighted(values, [3.0, 3.0], told((0, 1), models=2), draws=20_000, seed=1)
    assert found.order_kept == pytest.approx(wanted, abs=5 * np.sqrt(wanted * (1 - wanted) / 20_000))
    assert found.first_kept == found.decisions_kept == found.order_kept


def test_each_share_looks_at_its_own_pairs() -> None:
    # The second and the third change places often, the first never does.
    values = np.array([[0.9, 0.9], [0.7, 0.41], [0.6, 0.5]])
    found = reweighted(values, [0.5, 0.5], told((0, 1), (0, 2)), seed=1)
    assert (found.first_kept, found.decisions_kept) == (1.0, 1.0)
    assert 0.4 < found.order_kept < 0.9


def test_models_of_equal_headlines_have_no_order_to_keep() -> None:
    values = np.array([[0.6, 0.4], [0.4, 0.6], [0.1, 0.1]])
    assert reweighted(values, [0.5, 0.5], NONE, seed=1) == Reweighted(1.0, 1.0, 1.0)


def test_wider_changes_keep_less() -> None:
    values = np.random.default_rng(3).random((8, 6))
    better = np.zeros((8, 8), dtype=bool)
    kept = [reweighted(values, [1.0] * 6, better, within=within, seed=1).order_kept for within in (0.0, 0.05, 0.2, 0.5)]
    assert kept[0] == 1.0
    assert kept == sorted(kept, reverse=True)
    assert kept[1] > kept[3]


def test_factors_are_uniform_and_the_scale_of_weights_changes_nothing() -> None:
    # Two models that differ on one column each: the share is that of a ratio of two uniform factors.
    values = np.array([[1.0, 0.0], [0.0, 1.0]])
    better = told((0, 1), models=2)
    found = [reweighted(values, [scale * 1.1, scale], better, draws=20_000, seed=2) for scale in (1.0, 50.0)]
    assert found[0] == found[1]
    factors = stats.uniform.rvs(0.8, 0.4, size=(2, 200_000), random_state=5)
    assert found[0].order_kept == pytest.approx(float(np.mean(1.1 * factors[0] >= factors[1])), abs=0.02)


@pytest.mark.parametrize("models", [1, 120])
def test_boards_of_any_size_have_shares(models: int) -> None:
    values = np.random.default_rng(3).random((models, 3))
    found = reweighted(values, [0.2, 0.3, 0.5], np.zeros((models, models), dtype=bool), draws=500, seed=1)
    assert found.decisions_kept == 1.0
    assert (found.order_kept == 1.0) == (models == 1)
