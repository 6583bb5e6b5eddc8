"""Judged scores corrected by people's, against the published formulas and against simulated judges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.stats.intervals import cluster_robust
from seahelm_lite.stats.prediction_powered import Judged, prediction_powered_mean


def documents(judge: np.ndarray, human: np.ndarray, labelled: int, size: int = 1) -> list[Judged]:
    """The first `labelled` are those that people scored."""
    return [
        Judged(float(said), float(told) if place < labelled else None, str(place // size))
        for place, (said, told) in enumerate(zip(judge, human, strict=True))
    ]


@given(st.integers(0, 2**32 - 1), st.integers(3, 40), st.integers(3, 80))
def test_unclustered_it_is_the_closed_form(seed: int, n: int, others: int) -> None:
    """λ = cov(Y, f) / (var(f) + n/N · var(f')), θ = Ȳ - λ(f̄ - f̄'), var = var(Y - λf)/n + λ² var(f')/N."""
    generator = np.random.default_rng(seed)
    human = generator.random(n + others)
    judge = 0.6 * human + 0.4 * generator.random(n + others)
    mine, theirs, y = judge[:n], judge[n:], human[:n]
    weight = np.cov(y, mine)[0, 1] / (mine.var(ddof=1) + n / others * theirs.var(ddof=1))
    weight = min(max(weight, 0), 1)
    spread = (y - weight * mine).var(ddof=1) / n + weight**2 * theirs.var(ddof=1) / others
    told = prediction_powered_mean(documents(judge, human, n))
    assert told.weight == pytest.approx(weight, abs=1e-6)
    assert told.estimate.value == pytest.approx(y.mean() - weight * (mine.mean() - theirs.mean()), abs=1e-6)
    assert told.estimate.se == pytest.approx(np.sqrt(spread), rel=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_where_people_scored_everything_it_is_their_mean_with_its_clustered_error(seed: int) -> None:
    judge, human = np.random.default_rng(seed).random((2, 12))
    told = prediction_powered_mean(documents(judge, human, 12, size=3))
    wanted = cluster_robust(list(human), [str(n // 3) for n in range(12)])
    assert told.weight == 0
    assert (told.estimate.value, told.estimate.se, told.estimate.df) == pytest.approx(
        (wanted.value, wanted.se, wanted.df)
    )


def test_a_judge_that_is_always_two_tenths_too_kind_is_set_right() -> None:
    generator = np.random.default_rng(2)
    human = generator.random(1000)
    told = prediction_powered_mean(documents(human * 0.8 + 0.2, human, 60))
    assert told.estimate.value == pytest.approx(human.mean(), abs=0.02)
    # People's 60 scores alone have an error of .037; the judge orders documents without fault.
    assert told.estimate.se == pytest.approx(human.std() / np.sqrt(1000), rel=0.25)


def test_a_judge_that_guesses_is_not_used() -> None:
    generator = np.random.default_rng(3)
    told = prediction_powered_mean(documents(generator.random(4000), generator.random(4000), 2000))
    assert told.weight == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(("clusters", "size"), [(40, 1), (30, 4)], ids=["alone", "clustered"])
def test_it_covers_what_people_would_have_said_as_often_as_it_says(clusters: int, size: int) -> None:
    """A biased judge, people's scores of some clusters, ten times as many that only the judge scored."""
    generator = np.random.default_rng(4)
    covered, runs = 0, 1000
    for _ in range(runs):
        shared = np.repeat(generator.normal(0, 1, size=11 * clusters), size)
        human = shared + generator.normal(size=shared.shape)
        judge = 0.7 * human + 0.5 + generator.normal(0, 0.7, size=shared.shape)
        told = prediction_powered_mean(documents(judge, human, clusters * size, size)).estimate
        assert told.lo is not None
        assert told.hi is not None
        covered += told.lo <= 0 <= told.hi
    assert covered / runs == pytest.approx(0.95, abs=0.022)


def test_documents_of_one_passage_on_both_sides_are_not_taken_for_independent() -> None:
    """Every passage has one document that people scored and one that they did not: the judge's mean of both cancels."""
    generator = np.random.default_rng(5)
    passages = generator.normal(size=200)
    values, said = [], []
    for _ in range(200):
        passages = generator.normal(size=60)
        items = [
            Judged(float(p + e), float(p + e) if asked else None, str(place))
            for place, p in enumerate(passages)
            for asked, e in ((True, generator.normal()), (False, generator.normal()))
        ]
        told = prediction_powered_mean(items).estimate
        values.append(told.value)
        said.append(told.se)
    assert np.mean(said) == pytest.approx(np.std(values), rel=0.12)  # type: ignore[arg-type]


@pytest.mark.parametrize("labelled", [0, 1, 3])
def test_with_people_in_fewer_than_two_clusters_there_is_no_value_and_a_reason(labelled: int) -> None:
    judge, human = np.random.default_rng(6).random((2, 30))
    told = prediction_powered_mean(documents(judge, human, labelled, size=3))
    assert (told.weight, told.estimate.value, told.estimate.se, told.estimate.lo) == (None, None, None, None)
    assert "fewer than two clusters" in (told.estimate.reason or "")
    assert told.estimate.n == labelled


def test_people_who_agree_with_the_judge_everywhere_and_a_judge_that_never_varies_leave_no_interval() -> None:
    told = prediction_powered_mean(documents(np.ones(20), np.ones(20), 5)).estimate
    assert (told.value, told.se, told.lo) == (1.0, None, None)
    assert "nothing of the uncertainty" in (told.reason or "")
