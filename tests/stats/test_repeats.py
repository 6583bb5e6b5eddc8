"""Where the uncertainty of a score comes from: documents, runs, drawn examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.stats.intervals import cluster_robust
from seahelm_lite.stats.repeats import Repeated, Sources, sources


def alone(documents: list[Repeated]) -> Sources:
    return sources(documents, [str(n) for n in range(len(documents))])


def test_equally_many_runs_have_the_standard_error_of_the_published_formula() -> None:
    # se_run = sqrt(mean_i var_r(s_ir) / (nR)), by hand: variances 1/3, 0, 1/3, 0 over three runs of four documents.
    told = alone([Repeated(scores) for scores in ([1, 1, 0], [1, 1, 1], [0, 1, 0], [0, 0, 0])])
    assert told.runs.se == pytest.approx(math.sqrt((1 / 3 + 1 / 3) / 4 / 12))
    assert told.total.se == pytest.approx(np.std([2 / 3, 1, 1 / 3, 0], ddof=1) / 2)
    assert told.items.se == pytest.approx(math.sqrt(told.total.se**2 - told.runs.se**2))  # type: ignore[operator]


@given(st.integers(0, 2**32 - 1))
def test_the_squares_of_the_sources_add_up_and_the_value_is_that_of_documents_averaged_first(seed: int) -> None:
    generator = np.random.default_rng(seed)
    documents = [
        Repeated([float(s) for s in 3 * generator.random() + generator.random(generator.integers(1, 5))])
        for _ in range(12)
    ]
    clusters = [str(n // 2) for n in range(12)]
    told = sources(documents, clusters)
    wanted = cluster_robust([float(np.mean(one.scores)) for one in documents], clusters)
    assert (told.value, told.total.se) == (pytest.approx(wanted.value), pytest.approx(wanted.se))
    if told.items.se is not None and told.runs.se is not None:
        assert told.items.se**2 + told.runs.se**2 == pytest.approx(wanted.se**2)  # type: ignore[operator]
    assert told.draws.se is None


@pytest.mark.parametrize("ragged", [False, True])
def test_simulated_runs_have_the_spread_that_is_said_of_them(ragged: bool) -> None:
    """The same documents run again and again: their mean scatters by the standard error of runs."""
    generator = np.random.default_rng(3)
    difficulty = generator.beta(0.8, 0.8, size=150)
    repeats = generator.integers(2, 7, size=150) if ragged else np.full(150, 4)
    means, said = [], []
    for _ in range(600):
        documents = [
            Repeated([float(s) for s in generator.binomial(1, p, size=r)])
            for p, r in zip(difficulty, repeats, strict=True)
        ]
        told = alone(documents)
        means.append(told.value)
        said.append(told.runs.se)
    assert np.mean(said) == pytest.approx(np.std(means, ddof=1), rel=0.1)  # type: ignore[arg-type]


def test_more_runs_shrink_their_own_part_alone() -> None:
    generator = np.random.default_rng(4)
    difficulty = generator.beta(1, 1, size=2000)
    few, many = (
        alone([Repeated([float(s) for s in generator.binomial(1, p, size=runs)]) for p in difficulty])
        for runs in (2, 8)
    )
    assert few.runs.se == pytest.approx(2 * many.runs.se, rel=0.1)  # type: ignore[operator]
    assert few.items.se == pytest.approx(many.items.se, rel=0.1)


def test_drawn_examples_move_all_documents_together_and_that_is_found() -> None:
    """Five draws with a known spread, of which the score is the mean: the spread over root five is what they add."""
    generator = np.random.default_rng(5)
    documents, spread, found, totals, values = 200, 0.1, [], [], []
    for _ in range(400):
        shifts = generator.normal(0, spread, size=5)
        scores = generator.normal(0, 0.3, size=(documents, 1)) + shifts + generator.normal(0, 0.2, size=(documents, 5))
        told = alone([Repeated([float(s) for s in row], range(5)) for row in scores])
        found.append((told.draws.se or 0.0) ** 2)
        totals.append(told.total.se)
        values.append(told.value)
    assert np.mean(found) == pytest.approx(spread**2 / 5, rel=0.15)
    assert np.sqrt(np.mean(np.square(totals))) == pytest.approx(np.std(values), rel=0.1)  # type: ignore[arg-type]


def test_runs_of_different_draws_are_no_repeats_of_each_other() -> None:
    told = alone([Repeated([0.0, 1.0], [1, 2]), Repeated([1.0, 0.5], [1, 2]), Repeated([0.5, 0.9], [1, 2])])
    assert (told.runs.se, told.runs.reason) == (None, "no document was asked twice in the same way")
    assert (told.items.se, told.items.reason) == (None, told.runs.reason)


@pytest.mark.parametrize(
    ("documents", "clusters", "reason"),
    [
        ([], [], "no documents"),
        ([Repeated([0.0, 1.0])], ["a"], "fewer than two clusters"),
        ([Repeated([0.0, 1.0])] * 3, ["a"] * 3, "fewer than two clusters"),
        ([Repeated([0.0, 1.0])] * 3, ["a", "b", "c"], "every cluster has the same mean"),
    ],
    ids=["none", "one", "one cluster", "all alike"],
)
def test_where_nothing_can_be_told_there_is_no_number_and_a_reason(
    documents: list[Repeated], clusters: list[str], reason: str
) -> None:
    told = sources(documents, clusters)
    for source in (told.total, told.items, told.runs, told.draws):
        assert source.se is None
        assert source.reason is not None
        assert source.reason.startswith(reason)


def test_runs_that_differ_more_than_documents_leave_nothing_of_the_documents_rather_than_nought() -> None:
    told = alone([Repeated([0.0, 1.0]), Repeated([1.0, 0.0]), Repeated([0.0, 0.9])])
    assert told.items == type(told.items)(None, "runs over one document differ by as much as documents do")


def test_not_every_draw_of_every_document_is_too_little_to_compare_draws() -> None:
    told = alone([Repeated([0.0, 1.0], [1, 2]), Repeated([1.0], [1]), Repeated([0.5], [2])])
    assert (told.draws.se, told.draws.reason) == (None, "not every document was asked with every draw of examples")
