"""Agreement of raters, against published examples and another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from seahelm_lite.stats.raters import cohen_kappa, kappa_lower_bound, krippendorff_alpha

FOUR_OBSERVERS = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]
TWO_OBSERVERS = ["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"]


def units(observers: list[str]) -> list[list[str]]:
    by_unit = zip(*(line.split() for line in observers), strict=True)
    return [[answer for answer in answers if answer != "."] for answers in by_unit]


@pytest.mark.parametrize(("observers", "alpha"), [(FOUR_OBSERVERS, 0.743), (TWO_OBSERVERS, 0.095)])
def test_alpha_is_that_of_krippendorffs_own_examples(observers: list[str], alpha: float) -> None:
    """Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, examples A and C."""
    assert krippendorff_alpha(units(observers)) == pytest.approx(alpha, abs=5e-4)


@pytest.mark.parametrize("answers", [[], [["yes"]], [["yes", "yes"], ["yes", "yes", "yes"]]])
def test_alpha_has_no_value_where_nothing_can_be_compared(answers: list[list[str]]) -> None:
    assert krippendorff_alpha(answers) is None


def test_kappa_is_that_of_another_implementation() -> None:
    generator = np.random.default_rng(1)
    first = generator.integers(0, 3, 200)
    second = np.where(generator.random(200) < 0.7, first, generator.integers(0, 3, 200))
    table = np.zeros((3, 3))
    np.add.at(table, (first, second), 1)
    assert float(cohen_kappa(table)) == pytest.approx(cohen_kappa_score(first, second))


def test_kappa_has_no_value_where_both_always_say_the_same_thing() -> None:
    assert np.isnan(cohen_kappa(np.array([[9.0, 0.0], [0.0, 0.0]])))


def test_the_bound_of_kappa_is_below_it_and_rises_with_the_number_of_clusters() -> None:
    cluster = np.array([[[4.0, 1.0], [1.0, 4.0]], [[5.0, 0.0], [0.0, 5.0]]])
    few, many = (kappa_lower_bound(np.tile(cluster, (count, 1, 1)), seed=3) for count in (5, 50))
    kappa = float(cohen_kappa(cluster.sum(axis=0)))
    assert few is not None
    assert many is not None
    assert few < many < kappa


def test_one_cluster_gives_no_bound() -> None:
    assert kappa_lower_bound(np.ones((1, 2, 2)), seed=0) is None
