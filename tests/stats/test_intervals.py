from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from seahelm_lite.stats.intervals import (
    Estimate,
    Floats,
    cluster_bootstrap,
    cluster_robust,
    effective_clusters,
    proportion,
)
from seahelm_lite.stats.proportions import wilson, wilson_t

# A worked table, computed with scipy and statsmodels: twelve items in four clusters of three.
CLUSTERS = [name for name in "1234" for _ in range(3)]
A = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1]
B = [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
A_LESS_B = [a - b for a, b in zip(A, B, strict=True)]

clustered_scores = st.lists(
    st.tuples(st.floats(0, 1, allow_subnormal=False), st.sampled_from("abcdefgh")), min_size=2, max_size=60
).filter(lambda rows: len({cluster for _, cluster in rows}) > 1)


def split(rows: Sequence[tuple[float, str]]) -> tuple[list[float], list[str]]:
    return [value for value, _ in rows], [cluster for _, cluster in rows]


def mean_of(totals: Floats) -> Floats:
    """The statistic of counts (sum of the scores, number of documents)."""
    return np.asarray(totals[:, 0] / totals[:, 1])


def bootstrapped_mean(
    values: Sequence[float], clusters: Sequence[str], *, seed: int = 7, draws: int = 2000
) -> Estimate:
    counts = np.column_stack([values, np.ones(len(values))]).astype(np.float64)
    return cluster_bootstrap(counts, clusters, mean_of, seed=seed, draws=draws)


def spread(estimate: Estimate) -> float:
    assert estimate.se is not None
    return estimate.se


# Clustered standard errors


@pytest.mark.parametrize(
    ("values", "mean", "se", "lo", "hi"),
    [
        (A, 0.583333, 0.209718, -0.084082, 1.250749),
        (B, 0.333333, 0.136083, -0.099743, 0.766409),
        (A_LESS_B, 0.250000, 0.083333, -0.015204, 0.515204),
    ],
    ids=["A", "B", "A-B"],
)
def test_the_clustered_interval_is_that_of_the_worked_table(
    values: list[float], mean: float, se: float, lo: float, hi: float
) -> None:
    estimate = cluster_robust(values, CLUSTERS)
    assert (estimate.value, estimate.se, estimate.lo, estimate.hi) == pytest.approx((mean, se, lo, hi), abs=1e-6)
    assert (estimate.df, estimate.n, estimate.n_clusters, estimate.method) == (3.0, 12, 4, "cr1-t")


@pytest.mark.parametrize(("values", "se"), [(A, 0.148647), (B, 0.142134), (A_LESS_B, 0.130558)])
def test_without_clusters_the_standard_error_is_the_tables_iid_one(values: list[float], se: float) -> None:
    assert cluster_robust(values, [str(i) for i in range(12)]).se == pytest.approx(se, abs=1e-6)


@given(clustered_scores)
def test_the_clustered_standard_error_is_that_of_statsmodels(rows: list[tuple[float, str]]) -> None:
    values, clusters = split(rows)
    groups = np.unique(clusters, return_inverse=True)[1]
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}
    )
    estimate = cluster_robust(values, clusters)
    assert estimate.value == pytest.approx(fit.params[0], abs=1e-10)
    assert estimate.se == pytest.approx(fit.bse[0], abs=1e-10)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=60))
def test_with_one_document_in_each_cluster_it_is_the_standard_error_of_a_mean(values: list[float]) -> None:
    estimate = cluster_robust(values, [str(index) for index in range(len(values))])
    assert estimate.se == pytest.approx(np.std(values, ddof=1) / math.sqrt(len(values)), abs=1e-12)


@given(clustered_scores)
def test_twice_as_many_clusters_of_the_same_kind_shrink_it_by_about_the_root_of_two(
    rows: list[tuple[float, str]],
) -> None:
    values, clusters = split(rows)
    once, twice = (
        cluster_robust(values, clusters),
        cluster_robust(values * 2, clusters + [f"{name}'" for name in clusters]),
    )
    assume(spread(once) > 1e-6)
    # The small-sample factor C / (C - 1) is all that keeps the ratio from being the root itself.
    count = once.n_clusters
    factor = math.sqrt(count / (count - 1)) / math.sqrt(2 * count / (2 * count - 1))
    assert spread(once) / spread(twice) == pytest.approx(math.sqrt(2) * factor, rel=1e-9)


def test_twice_the_documents_of_the_same_clusters_tell_no_more() -> None:
    assert cluster_robust(A * 2, CLUSTERS * 2).se == pytest.approx(cluster_robust(A, CLUSTERS).se)


@given(clustered_scores, st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(rows: list[tuple[float, str]], chance: Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    one, other = cluster_robust(*split(rows)), cluster_robust(*split(shuffled))
    assert (other.value, other.se) == pytest.approx((one.value, one.se), abs=1e-13)
    assert (other.df, other.n, other.n_clusters) == (one.df, one.n, one.n_clusters)


@pytest.mark.parametrize("level", [0.8, 0.9, 0.99])
def test_a_higher_level_takes_a_wider_quantile(level: float) -> None:
    estimate = cluster_robust(A, CLUSTERS, level=level)
    fit = sm.OLS(A, np.ones(12)).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(range(4), 3), "use_correction": True}, use_t=True
    )
    assert [estimate.lo, estimate.hi] == pytest.approx(fit.conf_int(alpha=1 - level)[0].tolist())


@pytest.mark.parametrize("estimate_of", [cluster_robust, proportion, bootstrapped_mean])
@pytest.mark.parametrize("values", [[1.0], [0.0, 1.0, 1.0], [0.5, 0.5]])
def test_one_cluster_gives_a_value_without_uncertainty_and_says_why(
    estimate_of: Callable[..., Estimate], values: list[float]
) -> None:
    estimate = estimate_of(values, ["same"] * len(values))
    assert estimate.value == pytest.approx(sum(values) / len(values))
    assert estimate.se is None
    assert estimate.df is None
    assert estimate.reason == "fewer than two clusters"


@pytest.mark.parametrize("estimate_of", [cluster_robust, proportion])
def test_no_documents_give_no_number_and_say_why(estimate_of: Callable[..., Estimate]) -> None:
    estimate = estimate_of([], [])
    assert (estimate.value, estimate.se, estimate.lo, estimate.hi) == (None, None, None, None)
    assert estimate.reason == "no documents"


@pytest.mark.parametrize(
    ("simulated_clusters", "size"), [(40, 1), (25, 4)], ids=["independent documents", "documents in clusters"]
)
def test_the_interval_covers_the_truth_as_often_as_it_says(simulated_clusters: int, size: int) -> None:
    generator = np.random.default_rng(20260101)
    clusters = [str(index) for index in range(simulated_clusters) for _ in range(size)]
    covered = 0
    for _ in range(2000):
        shared = np.repeat(generator.normal(size=simulated_clusters), size)
        estimate = cluster_robust(shared + generator.normal(size=len(clusters)), clusters)
        assert estimate.lo is not None
        assert estimate.hi is not None
        covered += estimate.lo <= 0 <= estimate.hi
    # Within three Monte-Carlo standard errors of 95 %.
    assert covered / 2000 == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / 2000))


# Proportions


ALONE = [str(index) for index in range(12)]


@pytest.mark.parametrize(
    ("values", "clusters", "method"),
    [
        pytest.param(A, ALONE, "wilson", id="right or wrong, no shared cluster"),
        pytest.param([1] * 12, ALONE, "wilson", id="all right"),
        pytest.param(A, CLUSTERS, "wilson-t", id="shared clusters"),
        pytest.param([*A[:11], 0.5], ALONE, "wilson-t", id="a mean of repeats"),
        pytest.param([*A[:11], -0.5], ALONE, "cr1-t", id="a score below nought"),
    ],
)
def test_a_proportion_takes_wilsons_interval_only_for_independent_right_or_wrong(
    values: list[float], clusters: list[str], method: str
) -> None:
    estimate = proportion(values, clusters)
    same = cluster_robust(values, clusters)
    assert (estimate.method, estimate.value, estimate.se) == (method, same.value, same.se)
    assert (estimate.n, estimate.n_clusters) == (same.n, same.n_clusters)
    if method == "wilson":
        assert (estimate.lo, estimate.hi) == wilson(int(sum(values)), len(values))
        assert estimate.df is None
    elif method == "wilson-t":
        assert same.se is not None
        assert estimate.df == same.df
        assert (estimate.lo, estimate.hi) == wilson_t(same.value or 0.0, same.se, same.n_clusters, same.df or 0.0)
    else:
        assert estimate == same


def test_clusters_of_unequal_sizes_count_as_fewer_of_equal_ones() -> None:
    assert effective_clusters([3, 3, 3, 3]) == 4
    assert effective_clusters([5, 1, 1, 1]) == pytest.approx(64 / 28)
    # One cluster with nearly all documents is still one of two.
    assert effective_clusters([100, 1]) == 2


@given(clustered_scores)
def test_the_interval_of_scores_between_nought_and_one_stays_between_them_around_the_mean(
    rows: list[tuple[float, str]],
) -> None:
    estimate = proportion(*split(rows))
    if estimate.lo is not None:
        assert estimate.hi is not None
        assert estimate.value is not None
        assert 0 <= estimate.lo <= estimate.value + 1e-12
        assert estimate.value - 1e-12 <= estimate.hi <= 1


@pytest.mark.parametrize(("mean", "repeats"), [(0.5, 1), (0.9, 1), (0.9, 4)])
def test_the_interval_of_few_unequal_clusters_covers_the_truth(mean: float, repeats: int) -> None:
    generator = np.random.default_rng(7)
    sizes = [1, 1, 2, 2, 3, 3, 4, 6, 6, 9, 1, 2, 5, 4, 3]
    clusters = [str(place) for place, size in enumerate(sizes) for _ in range(size)]
    runs, covered, by_t = 1000, 0, 0
    for _ in range(runs):
        easy = np.repeat(generator.beta(4 * mean, 4 * (1 - mean), size=len(sizes)), sizes)
        scores = [float(score) for score in generator.binomial(repeats, easy) / repeats]
        told, plain = proportion(scores, clusters), cluster_robust(scores, clusters)
        covered += told.lo is not None and told.hi is not None and told.lo <= mean <= told.hi
        by_t += plain.lo is not None and plain.hi is not None and plain.lo <= mean <= plain.hi
    # Fifty answers that are right or wrong have few different totals, so that it covers rather more.
    assert 0.93 <= covered / runs <= 0.985
    assert by_t < covered


def test_ever_more_clusters_leave_the_interval_of_independent_documents() -> None:
    values, names = A * 400, [str(n) for n in range(4800)]
    graded = proportion([*values[:-1], 0.5], names)
    assert graded.method == "wilson-t"
    assert (graded.lo, graded.hi) == pytest.approx(wilson(sum(values), 4800), abs=2e-3)


def test_a_single_document_has_wilsons_interval_but_no_standard_error() -> None:
    estimate = proportion([1.0], ["a"])
    assert (estimate.method, estimate.lo, estimate.hi) == ("wilson", *wilson(1, 1))
    assert (estimate.se, estimate.reason) == (None, "fewer than two clusters")


# Resampled clusters


@given(clustered_scores, st.integers(0, 2**64 - 1))
@settings(max_examples=25)
def test_the_same_seed_gives_the_same_interval(rows: list[tuple[float, str]], seed: int) -> None:
    values, clusters = split(rows)
    assert bootstrapped_mean(values, clusters, seed=seed) == bootstrapped_mean(values, clusters, seed=seed)


def test_another_seed_gives_another_interval() -> None:
    assert bootstrapped_mean(A, CLUSTERS, seed=1) != bootstrapped_mean(A, CLUSTERS, seed=2)


@pytest.mark.parametrize("draws", [2, 249, 250, 251, 1000])
def test_every_number_of_draws_is_drawn(draws: int) -> None:
    seen: list[int] = []

    def counting(totals: Floats) -> Floats:
        seen.append(len(totals))
        return totals[:, 0]

    cluster_bootstrap(np.ones((4, 1)), list("abcd"), counting, seed=1, draws=draws)
    assert sum(seen[1:]) == draws
    assert max(seen) <= 250


@pytest.fixture(scope="module")
def many() -> tuple[list[float], list[str]]:
    """600 documents in 120 clusters that differ."""
    generator = np.random.default_rng(11)
    ease = np.repeat(generator.beta(2, 2, size=120), 5)
    return (generator.random(600) < ease).astype(float).tolist(), [str(i) for i in range(120) for _ in range(5)]


@pytest.mark.parametrize("draws", [500, 2000, 20000])
def test_the_resampled_standard_error_is_the_clustered_one_however_many_draws(
    many: tuple[list[float], list[str]], draws: int
) -> None:
    # Dividing by the root of the number of resamples is a fault that published leaderboards have.
    expected = spread(cluster_robust(*many)) * math.sqrt(119 / 120)  # the bootstrap has no small-sample factor
    assert spread(bootstrapped_mean(*many, draws=draws)) == pytest.approx(expected, rel=4 / math.sqrt(2 * draws))


def test_the_resampled_interval_is_about_two_standard_errors_each_way(many: tuple[list[float], list[str]]) -> None:
    estimate = bootstrapped_mean(*many, draws=20000)
    assert estimate.value is not None
    assert (estimate.lo, estimate.hi) == pytest.approx(
        (estimate.value - 1.96 * spread(estimate), estimate.value + 1.96 * spread(estimate)), abs=0.1 * spread(estimate)
    )
    assert (estimate.df, estimate.method, estimate.n, estimate.n_clusters) == (119.0, "cluster-bootstrap", 600, 120)


def test_resampling_sees_clusters_and_not_documents() -> None:
    # All that a cluster's documents have in common is drawn together, so that copies of a document tell no more.
    once = bootstrapped_mean([0.0, 1.0, 1.0, 0.0], list("abcd"))
    assert bootstrapped_mean([0.0, 1.0, 1.0, 0.0] * 5, list("abcd") * 5).se == once.se
    assert spread(bootstrapped_mean([0.0, 1.0, 1.0, 0.0] * 5, [str(index) for index in range(20)])) < spread(once) / 2


TWINS = [name for name in "abcdefghij" for _ in range(2)]


def test_twins_of_which_one_is_always_right_have_wilsons_interval_on_the_twins() -> None:
    estimate = proportion([1.0, 0.0] * 10, TWINS)
    lo, hi = proportion_confint(5, 10, method="wilson")
    assert (estimate.value, estimate.se, estimate.method) == (0.5, None, "wilson-clusters")
    assert (estimate.lo, estimate.hi) == (pytest.approx(lo), pytest.approx(hi))
    assert "same mean" in (estimate.reason or "")


@pytest.mark.parametrize("values", [[0.5] * 20, [0.1, 0.2] * 10], ids=["repeats", "twins"])
def test_scores_that_never_vary_between_clusters_have_no_interval_of_a_point(values: list[float]) -> None:
    estimate = proportion(values, TWINS)
    assert estimate.value is not None
    assert (estimate.se, estimate.lo, estimate.hi) == (None, None, None)
    assert "same mean" in (estimate.reason or "")


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_a_statistic_that_resampling_leaves_as_it_is_has_no_interval_whatever_rounding_leaves(classes: int) -> None:
    def mean_recall(totals: Floats) -> Floats:
        return np.asarray((totals[:, :classes] / np.maximum(totals[:, classes:], 1)).mean(axis=1))

    # Always the same answer: the recall of one class is 1, of the others 0, however the documents are drawn.
    gold = np.eye(classes)[np.arange(60) % classes]
    hits = gold * (np.arange(classes) == 0)
    estimate = cluster_bootstrap(np.hstack([hits, gold]), [str(n) for n in range(60)], mean_recall, seed=1)
    assert estimate.value == pytest.approx(1 / classes)
    assert (estimate.se, estimate.lo, estimate.hi) == (None, None, None)
