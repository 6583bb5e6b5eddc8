"""Intervals of a share, against statsmodels and the worked table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from seahelm_lite.stats.proportions import clopper_pearson, jeffreys, upper_bound_of_none, wilson

Interval = Callable[..., tuple[float, float]]

trials = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("interval", "wanted"),
    [(wilson, (0.319511, 0.806740)), (clopper_pearson, (0.276670, 0.848348)), (jeffreys, (0.311940, 0.819521))],
)
def test_intervals_are_those_of_the_worked_table(interval: Interval, wanted: tuple[float, float]) -> None:
    assert interval(7, 12) == pytest.approx(wanted, abs=1e-6)


@given(trials, st.floats(0.5, 0.999))
def test_wilsons_interval_is_that_of_statsmodels(trials: tuple[int, int], level: float) -> None:
    expected = proportion_confint(*trials, alpha=1 - level, method="wilson")
    assert wilson(*trials, level=level) == pytest.approx(expected, abs=1e-10)


@given(trials, st.floats(0.5, 0.999))
def test_the_exact_interval_is_that_of_statsmodels(trials: tuple[int, int], level: float) -> None:
    expected = proportion_confint(*trials, alpha=1 - level, method="beta")
    assert clopper_pearson(*trials, level=level) == pytest.approx(expected, abs=1e-10)


@given(st.integers(2, 5000).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))), st.floats(0.5, 0.999))
def test_jeffreys_interval_is_that_of_statsmodels_where_there_are_successes_and_failures(
    trials: tuple[int, int], level: float
) -> None:
    expected = proportion_confint(*trials, alpha=1 - level, method="jeffreys")
    assert jeffreys(*trials, level=level) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson, jeffreys])
@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 40), (40, 40)])
def test_without_failures_or_successes_it_reaches_the_end_and_is_no_point(
    interval: Interval, successes: int, n: int
) -> None:
    lo, hi = interval(successes, n)
    assert 0 <= lo < hi <= 1
    assert (hi if successes else lo) == pytest.approx(1.0 if successes else 0.0)


@given(trials)
def test_more_successes_move_every_interval_up(trials: tuple[int, int]) -> None:
    successes, n = trials
    for interval in (wilson, clopper_pearson, jeffreys):
        failures = interval(n - successes, n)
        assert interval(successes, n) == pytest.approx((1 - failures[1], 1 - failures[0]), abs=1e-9)


def test_the_t_quantile_widens_wilsons_interval_as_few_degrees_of_freedom_ask() -> None:
    few, normal = wilson(7, 12, df=3), wilson(7, 12)
    assert few[0] < normal[0] < normal[1] < few[1]
    assert wilson(7, 12, df=1e9) == pytest.approx(normal, abs=1e-6)


@given(st.integers(1, 100_000), st.floats(0.5, 0.999))
def test_no_failure_is_as_likely_under_the_bound_as_the_level_leaves(n: int, level: float) -> None:
    bound = upper_bound_of_none(n, level=level)
    assert stats.binom.pmf(0, n, bound) == pytest.approx(1 - level, rel=1e-6)


def test_the_bound_of_no_failure_is_about_three_over_the_number_of_trials() -> None:
    assert upper_bound_of_none(1000) == pytest.approx(3 / 1000, rel=0.005)
    assert upper_bound_of_none(59) <= 0.05 < upper_bound_of_none(58)
