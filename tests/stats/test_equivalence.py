"""Equivalence, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from seahelm_lite.stats.equivalence import equivalence
from seahelm_lite.stats.intervals import cluster_robust

margins = st.floats(0.01, 0.5)
errors = st.floats(0.001, 0.3)
differences = st.floats(-0.5, 0.5)


@given(st.integers(0, 2**32 - 1), st.integers(3, 60), margins)
def test_the_two_one_sided_tests_are_those_of_statsmodels(seed: int, documents: int, margin: float) -> None:
    one, other = np.random.default_rng(seed).random((2, documents))
    wanted, _, _ = ttost_paired(one, other, -margin, margin)
    told = cluster_robust(list(one - other), [str(n) for n in range(documents)])
    assert told.value is not None
    assert told.se is not None
    assert equivalence(told.value, told.se, told.df, margin=margin) == pytest.approx(wanted, abs=1e-10)


@given(differences, errors, st.sampled_from([None, 1.0, 3.0, 50.0]), margins)
def test_equivalence_is_shown_where_the_interval_of_ninety_per_cent_lies_between_the_margins(
    difference: float, se: float, df: float | None, margin: float
) -> None:
    quantile = stats.norm.ppf(0.95) if df is None else stats.t.ppf(0.95, df)
    inside = margin - abs(difference) - quantile * se
    shown = equivalence(difference, se, df, margin=margin) <= 0.05
    assert shown == (inside >= 0) or inside == pytest.approx(0, abs=1e-9)


@given(differences, errors, margins)
def test_it_does_not_matter_which_model_comes_first(difference: float, se: float, margin: float) -> None:
    one, other = (equivalence(sign * difference, se, 7, margin=margin) for sign in (1, -1))
    assert one == pytest.approx(other)


def test_a_difference_at_the_margin_is_never_equivalent_however_certain() -> None:
    assert equivalence(0.05, 1e-6, 400, margin=0.05) == pytest.approx(0.5)
