"""What a paired comparison can tell."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from seahelm_lite.stats.resolution import Resolution


def test_equivalence_is_statsmodels_paired_tost() -> None:
    generator = np.random.default_rng(1)
    one, two = generator.random((2, 60)) * 0.1
    gaps = one - two
    told = Resolution(float(gaps.std(ddof=1) / np.sqrt(60)), None, 60, 0.0)
    wanted = ttost_paired(one, two, -0.02, 0.02)[0]
    assert told.equivalence(float(gaps.mean()), 0.02) == pytest.approx(wanted)


@pytest.mark.parametrize("documents", [100, 290, 310, 1000])
def test_no_flip_among_so_many_documents_is_the_rule_of_three(documents: int) -> None:
    """With no document that differs, the share that may is below 1 - 0.05^(1/n) with 95 % confidence: 300 for 1 %."""
    told = Resolution(None, None, documents, 1 / documents)
    p = told.equivalence(0.0, 0.01)
    assert p is not None
    assert (p <= 0.05) == (1 - 0.05 ** (1 / documents) <= 0.01)


def test_a_flip_or_two_promise_no_more_than_the_documents_there_are() -> None:
    """One flip of 300: where the true difference is one point, so few or fewer come about in one case of five."""
    observed = Resolution(1 / 300, None, 300, 1 / 300)
    p = observed.equivalence(1 / 300, 0.01)
    assert stats.binom.cdf(1, 300, 0.01) == pytest.approx(0.1976, abs=1e-3)
    assert p is not None
    assert p > 0.05
    unguarded = Resolution(1 / 300, None, 300, 0.0).equivalence(1 / 300, 0.01)
    assert unguarded is not None
    assert unguarded < 0.05


def test_the_difference_that_is_seen_is_280_standard_errors_of_a_hundred() -> None:
    told = Resolution(0.02, None, 100_000, 0.0)
    assert told.detectable(0.0, level=0.05) == pytest.approx(
        0.02 * (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)), rel=1e-4
    )


@pytest.mark.parametrize("others", [0.0, 0.02, 0.1, 0.3])
@pytest.mark.parametrize("documents", [60, 300, 1000])
def test_mcnemars_exact_test_finds_what_is_said_to_be_seen_about_four_times_in_five(
    documents: int, others: float
) -> None:
    """Of equal models a share of others differ; one of them is then right on so many documents more."""
    observed = (others / documents) ** 0.5 or None
    seen = Resolution(observed, None, documents, 1 / documents).detectable(0.0, level=0.05)
    assert seen is not None
    shares = [seen + others / 2, others / 2, 1 - seen - others]
    first, second = np.random.default_rng(3).multinomial(documents, shares, 4000)[:, :2].T
    p = 2 * stats.binom.cdf(np.minimum(first, second), first + second, 0.5)
    # Few flips make few p-values, and the exact test keeps below its level.
    assert 0.68 <= np.mean(p <= 0.05) <= 0.85


@pytest.mark.parametrize(("clusters", "level", "nothing"), [(5, 0.05, True), (6, 0.05, False), (6, 0.025, True)])
def test_no_split_of_few_clusters_is_significant(clusters: int, level: float, nothing: bool) -> None:
    told = Resolution(0.1, None, clusters, 0.0)
    assert told.sees_nothing(level) == nothing == (stats.binomtest(clusters, clusters).pvalue > level)
    assert (told.detectable(0.1, level=level) is None) == nothing


def test_where_nothing_tells_nothing_is_told() -> None:
    graded = Resolution(None, None, 50, 0.0)
    assert graded.equivalence(0.0, 0.01) is None
    assert graded.detectable(0.0, level=0.05) is None
    assert Resolution(None, None, 1, 0.01).equivalence(0.0, 0.5) is None
