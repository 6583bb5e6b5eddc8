from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from seahelm_lite.stats.agreement import mcnemar, rank_correlation

answers = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(answers)
def test_mcnemars_test_is_the_exact_one_of_statsmodels(pairs: list[tuple[bool, bool]]) -> None:
    first, second = zip(*pairs, strict=True)
    told = mcnemar(first, second)
    table = np.array([[told.both, told.first_only], [told.second_only, told.neither]])
    assert table.sum() == len(pairs)
    assert told.first_only == sum(one and not other for one, other in pairs)
    assert told.second_only == sum(other and not one for one, other in pairs)
    if told.first_only + told.second_only:
        assert told.p == pytest.approx(float(statsmodels_mcnemar(table, exact=True).pvalue))
    else:
        assert told.p == 1


def test_as_uneven_a_split_the_other_way_round_has_the_same_p() -> None:
    first, second = [True] * 8 + [False] * 2, [False] * 8 + [True] * 2
    assert mcnemar(first, second).p == mcnemar(second, first).p == pytest.approx(2 * 56 / 1024)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12))
def test_the_rank_correlation_is_that_of_scipy_ties_and_all(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert rank_correlation(first, second) is None
    else:
        assert rank_correlation(first, second) == pytest.approx(float(stats.spearmanr(first, second).statistic))


@pytest.mark.parametrize(
    ("first", "second", "rho"),
    [
        ([0.2, 0.5, 0.9], [0.3, 0.4, 0.5], 1.0),
        ([0.2, 0.5], [0.4, 0.1], -1.0),
        ([0.1, 0.2, 0.3], [0.2, 0.1, 0.3], 0.5),
        ([0.4], [0.5], None),
    ],
)
def test_the_order_of_models_alone_decides(first: Sequence[float], second: Sequence[float], rho: float | None) -> None:
    assert rank_correlation(first, second) == (None if rho is None else pytest.approx(rho))
