"""What a task can tell apart, against statsmodels and against simulated comparisons."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower

from seahelm_lite.stats.intervals import cluster_robust
from seahelm_lite.stats.power import detectable, documents_needed, minimum_detectable_difference

RUNS = 1500


@pytest.mark.parametrize("documents", [40, 164, 895, 8768])
@pytest.mark.parametrize("variance", [0.1, 0.25])
def test_independent_documents_agree_with_the_power_of_a_paired_t_test(documents: int, variance: float) -> None:
    least = minimum_detectable_difference([1] * documents, variance=variance, within=0.1, binary=False)
    assert least is not None
    power = TTestPower().power(effect_size=least / variance**0.5, nobs=documents, alpha=0.05, alternative="two-sided")
    assert power == pytest.approx(0.8, abs=0.005)


def test_another_level_and_power_agree_with_it_too() -> None:
    least = minimum_detectable_difference([1] * 500, variance=0.25, within=0, binary=False, level=0.01, power=0.9)
    wanted = TTestPower().solve_power(nobs=500, alpha=0.01, power=0.9, alternative="two-sided")
    assert least == pytest.approx(wanted * 0.5, rel=0.005)


@pytest.mark.parametrize(
    ("sizes", "disagreement", "most"),
    # Twenty answers that are right or wrong make few different totals: the test then finds rather more.
    [([1] * 200, 0.25, 0.85), ([5] * 80, 0.25, 0.85), ([1] * 60 + [10] * 20, 0.2, 0.85), ([1] * 20, 0.25, 0.95)],
    ids=["independent", "passages", "unequal", "twenty documents"],
)
def test_four_simulated_comparisons_in_five_find_it(sizes: list[int], disagreement: float, most: float) -> None:
    within = 0.1
    least = minimum_detectable_difference(sizes, variance=disagreement, within=within, binary=True)
    assert least is not None
    generator = np.random.default_rng(1)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    names = [str(cluster) for cluster in clusters]
    found = 0
    for _ in range(RUNS):
        estimate = cluster_robust(_differences(generator, clusters, max(disagreement, least), least, within), names)
        assert estimate.lo is not None
        assert estimate.hi is not None
        found += not estimate.lo <= 0 <= estimate.hi
    assert 0.75 <= found / RUNS <= most


def _differences(
    generator: np.random.Generator, clusters: np.ndarray, disagreement: float, difference: float, within: float
) -> list[float]:
    """1 where just the one model is right, -1 where just the other is, else 0.

    A document takes the value of its cluster with probability sqrt(within), so that two of one cluster correlate so.
    """
    shares = [(disagreement + difference) / 2, (disagreement - difference) / 2, 1 - disagreement]
    own = generator.choice([1.0, -1.0, 0.0], p=shares, size=len(clusters))
    shared = generator.choice([1.0, -1.0, 0.0], p=shares, size=clusters.max() + 1)[clusters]
    return list(np.where(generator.random(len(clusters)) < within**0.5, shared, own))


def test_documents_of_one_cluster_that_are_all_alike_count_as_one() -> None:
    alike = minimum_detectable_difference([4] * 300, variance=0.2, within=1, binary=False)
    assert alike == pytest.approx(minimum_detectable_difference([1] * 300, variance=0.2, within=1, binary=False))


def test_more_documents_tell_smaller_differences_apart() -> None:
    values = [minimum_detectable_difference([1] * n, variance=0.25, within=0, binary=True) for n in (12, 30, 100, 900)]
    known = [value for value in values if value is not None]
    assert len(known) == 4
    assert known == sorted(known, reverse=True)


def test_nothing_is_said_where_there_is_but_one_cluster() -> None:
    for sizes in ([], [50]):
        assert minimum_detectable_difference(sizes, variance=0.25, within=0.1, binary=True) is None


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("sizes", [[1, 1], [1, 1, 1], [30, 30]])
def test_no_difference_is_named_that_scores_cannot_have(sizes: list[int], binary: bool) -> None:
    least = minimum_detectable_difference(sizes, variance=0.25, within=0.1, binary=binary)
    assert least is None or 0 < least <= 1


@pytest.mark.parametrize("documents", [20, 40, 900])
@pytest.mark.parametrize(("level", "power"), [(0.05, 0.8), (0.01, 0.9)])
def test_what_a_standard_error_detects_has_the_power_of_a_paired_t_test(
    documents: int, level: float, power: float
) -> None:
    least = detectable(1 / documents**0.5, documents - 1, level=level, power=power)
    found = TTestPower().power(effect_size=least, nobs=documents, alpha=level, alternative="two-sided")
    assert found == pytest.approx(power, abs=0.02)


def test_with_many_degrees_of_freedom_it_is_two_point_eight_standard_errors() -> None:
    assert detectable(0.01, None) == pytest.approx(0.0280159, abs=1e-6)
    assert detectable(0.01, 1e6) == pytest.approx(detectable(0.01, None), rel=1e-5)


@pytest.mark.parametrize("difference", [0.01, 0.03, 0.1])
@pytest.mark.parametrize("spread", [0.15, 0.5])
def test_as_many_documents_are_needed_as_statsmodels_says(difference: float, spread: float) -> None:
    wanted = TTestPower().solve_power(effect_size=difference / spread, alpha=0.05, power=0.8, alternative="two-sided")
    told = documents_needed(difference, variance=spread**2, binary=False)
    assert told == pytest.approx(wanted, rel=0.01, abs=1.5)


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize(("size", "within"), [(1, 0.0), (4, 0.1), (4, 1.0)])
@pytest.mark.parametrize("difference", [0.02, 0.05, 0.15])
def test_the_documents_needed_are_the_fewest_that_detect_it(
    difference: float, binary: bool, size: int, within: float
) -> None:
    needed = documents_needed(difference, variance=0.2, binary=binary, cluster_size=size, within=within)
    enough, fewer = (
        minimum_detectable_difference([size] * (needed // size - less), variance=0.2, within=within, binary=binary)
        for less in (0, 1)
    )
    assert enough is not None
    assert enough <= difference + 1e-9
    assert fewer is None or fewer > difference


def test_models_cannot_differ_by_more_than_they_disagree() -> None:
    with pytest.raises(ValueError, match=r"disagree on 5.0% of documents cannot differ by 10.0%"):
        documents_needed(0.1, variance=0.05, binary=True)
