from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise, product

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from seahelm_lite.stats.comparisons import (
    Comparisons,
    Decisions,
    TaskTable,
    compare_all,
    rank_intervals,
    tie_groups,
)
from seahelm_lite.stats.intervals import Floats

DRAWS = 10_000


def one_task(scores: Floats, clusters: list[str] | None = None) -> list[TaskTable]:
    names = clusters if clusters is not None else [f"{n:04}" for n in range(scores.shape[1])]
    return [TaskTable(np.asarray(scores, dtype=np.float64), names, 1.0)]


def discordant(first: int, second: int, agreeing: int) -> Floats:
    """Two models that differ on some documents, each being right on its own share of those."""
    row = [1.0] * first + [0.0] * second + [1.0] * agreeing
    other = [0.0] * first + [1.0] * second + [1.0] * agreeing
    return np.array([row, other])


@dataclass(frozen=True)
class ByHand:
    """P-values from every pattern of signs, one pair and one pattern at a time."""

    alone: Floats
    single_step: Floats
    stepwise: Floats


def by_hand(sums: Floats) -> ByHand:
    models, clusters = sums.shape
    pairs = list(combinations(range(models), 2))
    patterns = list(product((1, -1), repeat=clusters))

    def statistic(pair: tuple[int, int], signs: tuple[int, ...]) -> float:
        difference = sums[pair[0]] - sums[pair[1]]
        length = float(np.sqrt((difference**2).sum()))
        return abs(float(np.dot(difference, signs))) / length if length else 0.0

    observed = {pair: statistic(pair, (1,) * clusters) for pair in pairs}
    flipped = {pair: [statistic(pair, signs) for signs in patterns] for pair in pairs}

    def share(family: list[tuple[int, int]], reached: float) -> float:
        largest = [max(flipped[pair][n] for pair in family) for n in range(len(patterns))]
        return float(np.mean([value >= reached - 1e-9 for value in largest])) if reached else 1.0

    found = ByHand(*(np.ones((models, models)) for _ in range(3)))
    for pair in pairs:
        # A pair is told apart when every larger one is: among the pairs that are as large or smaller than each.
        ahead = [other for other in pairs if observed[other] >= observed[pair] - 1e-9]
        steps = [
            share([other for other in pairs if observed[other] <= observed[one] + 1e-9], observed[one]) for one in ahead
        ]
        for p, value in (
            (found.alone, share([pair], observed[pair])),
            (found.single_step, share(pairs, observed[pair])),
            (found.stepwise, max(steps)),
        ):
            p[pair] = p[pair[::-1]] = value
    return found


# Two models


@pytest.mark.parametrize(("first", "second"), [(9, 3), (8, 0), (6, 5), (1, 0), (4, 4)])
def test_of_few_documents_the_test_is_mcnemars_exact_one(first: int, second: int) -> None:
    compared = compare_all(one_task(discordant(first, second, 1)), seed=1)
    assert compared.p[0, 1] == pytest.approx(stats.binomtest(first, first + second).pvalue, abs=1e-12)


@pytest.mark.parametrize(("first", "second", "agreeing"), [(10, 3, 40), (25, 12, 200), (70, 45, 885), (30, 30, 10)])
def test_of_many_documents_it_is_mcnemars_within_the_error_of_drawing(first: int, second: int, agreeing: int) -> None:
    p = stats.binomtest(first, first + second).pvalue
    drawn = compare_all(one_task(discordant(first, second, agreeing)), seed=5, draws=DRAWS)
    assert drawn.draws == DRAWS
    assert drawn.p[0, 1] == pytest.approx(p, abs=5 * np.sqrt(p * (1 - p) / DRAWS) + 1 / DRAWS)


def test_clusters_are_flipped_whole() -> None:
    # A worked table: twelve items in four clusters of three; the cluster sums of A - B are 1, 1, 0, 1, and p is 1/4.
    a, b = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1], [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    compared = compare_all(one_task(np.array([a, b]), [name for name in "1234" for _ in range(3)]), seed=1)
    assert (compared.differences[0, 1], compared.p[0, 1]) == (pytest.approx(0.25), 0.25)


@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_on_cluster_sums_of_any_size_it_is_the_permutation_test_of_scipy(clusters: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores = generator.random((2, 3 * clusters))
    names = [str(n % clusters) for n in range(3 * clusters)]
    sums = [
        sum(d for d, name in zip(scores[0] - scores[1], names, strict=True) if name == str(c)) for c in range(clusters)
    ]
    wanted = stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert compare_all(one_task(scores, names), seed=1).p[0, 1] == pytest.approx(wanted.pvalue, abs=1e-12)


def test_models_that_answer_alike_are_equal() -> None:
    scores = np.random.default_rng(3).random((1, 50))
    compared = compare_all(one_task(np.vstack([scores, scores, 1 - scores])), seed=1)
    assert (compared.p[0, 1], compared.differences[0, 1]) == (1.0, 0.0)
    assert compared.p[0, 2] == compared.p[1, 2]
    assert not compared.better(0.999)[0, 1]


# All pairs


@given(st.integers(3, 5), st.integers(2, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_the_adjusted_p_values_are_those_counted_by_hand(models: int, clusters: int, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 2, (models, 2 * clusters)).astype(np.float64)
    names = [str(n % clusters) for n in range(2 * clusters)]
    sums = scores[:, :clusters] + scores[:, clusters:]
    wanted = by_hand(sums)
    stepwise = compare_all(one_task(scores, names), seed=1).p
    assert stepwise == pytest.approx(wanted.stepwise, abs=1e-12)
    assert (stepwise >= wanted.alone - 1e-12).all()
    assert (stepwise <= wanted.single_step + 1e-12).all()


def test_what_is_told_apart_no_longer_stands_in_the_way_of_the_next() -> None:
    # The first is far ahead of the others, which costs the test of those nothing but its own draws.
    scores = np.array([[1.0] * 9, [1.0] * 7 + [0.0] * 2, [0.0] * 8 + [1.0], [0.0] * 7 + [1.0] * 2])
    wanted = by_hand(scores)
    stepwise = compare_all(one_task(scores), seed=1).p
    assert stepwise == pytest.approx(wanted.stepwise, abs=1e-12)
    assert (wanted.stepwise < wanted.single_step - 1e-3).any()


def some_models(seed: int, models: int = 6, documents: int = 80) -> Floats:
    generator = np.random.default_rng(seed)
    return (generator.random((models, documents)) < np.linspace(0.2, 0.9, models)[:, None]).astype(np.float64)


@given(st.integers(0, 2**32 - 1), st.permutations(range(6)))
@settings(max_examples=25)
def test_the_order_of_the_models_changes_nothing(seed: int, order: list[int]) -> None:
    scores = some_models(seed)
    straight = compare_all(one_task(scores), seed=9, draws=500)
    turned = compare_all(one_task(scores[order]), seed=9, draws=500)
    assert turned.p == pytest.approx(straight.p[np.ix_(order, order)], abs=1e-12)
    assert turned.differences == pytest.approx(straight.differences[np.ix_(order, order)], abs=1e-12)
    assert turned.errors == pytest.approx(straight.errors[np.ix_(order, order)], abs=1e-12)


def two_tasks(seed: int, shares: tuple[float, float] = (0.25, 0.75)) -> list[TaskTable]:
    """Some of their clusters are the same."""
    tables = [some_models(seed + n, documents=60) for n in range(2)]
    names = [[f"c{offset + n // 3}" for n in range(60)] for offset in (0, 10)]
    return [TaskTable(*one) for one in zip(tables, names, shares, strict=True)]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_the_order_of_documents_and_tasks_and_the_scale_of_weights_change_nothing(seed: int) -> None:
    tasks = two_tasks(seed)
    order = np.random.default_rng(seed).permutation(60)
    turned = [
        TaskTable(one.scores[:, order], [one.clusters[n] for n in order], 40 * one.weight) for one in reversed(tasks)
    ]
    straight, other = (compare_all(some, seed=4, draws=400) for some in (tasks, turned))
    for name in ("p", "differences", "errors"):
        assert getattr(other, name) == pytest.approx(getattr(straight, name), abs=1e-12)
    assert other.df == straight.df == 29


def test_equal_seeds_give_equal_results_and_others_differ_by_the_error_of_drawing() -> None:
    table = one_task(some_models(4))
    first, again, other = (compare_all(table, seed=seed, draws=DRAWS) for seed in (1, 1, 2))
    assert np.array_equal(first.p, again.p)
    assert not np.array_equal(first.p, other.p)
    assert first.p == pytest.approx(other.p, abs=5 / np.sqrt(DRAWS))


def test_a_hopeless_model_and_a_copy_do_not_merge_two_that_differ() -> None:
    good, fair = [1.0] * 60, [1.0] * 30 + [0.0] * 30
    two = compare_all(one_task(np.array([good, fair])), seed=1)
    more = compare_all(one_task(np.array([good, fair, fair, [0.0] * 60])), seed=1)
    assert two.better(0.05)[0, 1]
    assert more.better(0.05)[0, 1]
    assert more.better(0.05)[:, 3].tolist() == [True, True, True, False]


def test_doubles_of_every_model_change_nothing_for_the_models() -> None:
    # With ten of each there are more statistics of a block of patterns than are held at once.
    generator = np.random.default_rng(21)
    scores = generator.integers(0, 2, (13, 27)).astype(np.float64) + np.linspace(0, 0.9, 13)[:, None]
    names = [str(n % 9) for n in range(27)]
    few, many = (compare_all(one_task(some, names), seed=1) for some in (scores, np.tile(scores, (10, 1))))
    assert few.draws == many.draws == 2**8
    others = ~np.eye(13, dtype=bool)
    for start in range(0, 130, 13):
        assert many.p[:13, start : start + 13][others] == pytest.approx(few.p[others], abs=1e-12)
        assert (many.p[range(13), range(start, start + 13)] == 1).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_more_models_never_make_a_difference_surer(seed: int) -> None:
    scores = some_models(seed, models=5)
    few, all_of_them = (compare_all(one_task(s), seed=3, draws=500).p for s in (scores[:3], scores))
    assert (all_of_them[:3, :3] >= few - 1e-12).all()


def test_where_no_model_is_better_a_difference_is_found_in_no_more_tables_than_the_level_says() -> None:
    generator = np.random.default_rng(2024)
    level, tables, found = 0.05, 400, 0
    for _ in range(tables):
        # Documents differ in difficulty and come in clusters of two: five models alike, ten pairs.
        difficulty = np.repeat(generator.random(20), 2)
        scores = (generator.random((5, 40)) < difficulty).astype(np.float64)
        compared = compare_all(one_task(scores, [str(n // 2) for n in range(40)]), seed=7, draws=400)
        found += bool(compared.better(level).any())
    # Were the bound broken by half as much again (7.5 %), thirty or more would be usual.
    assert found <= stats.binom.ppf(1 - 1e-4, tables, level)
    assert found > 0


@pytest.mark.parametrize("better", [0.8, 0.95])
def test_models_that_are_better_than_the_rest_do_not_make_the_rest_differ(better: float) -> None:
    generator = np.random.default_rng(77)
    level, tables, wrong = 0.05, 400, 0
    for _ in range(tables):
        # Three models alike, of which one answers by halves; two alike and better than those.
        scores = np.vstack(
            [generator.random((2, 60)) < 0.5, np.full((1, 60), 0.5), generator.random((2, 60)) < better]
        ).astype(np.float64)
        decided = compare_all(one_task(scores), seed=7, draws=400).better(level)
        wrong += bool(decided[:3, :3].any() or decided[3:, 3:].any())
    assert wrong <= stats.binom.ppf(1 - 1e-4, tables, level)
    assert wrong > 0


# Errors of differences


def test_the_error_of_a_difference_is_the_clustered_one_of_statsmodels() -> None:
    scores = some_models(8)
    names = [str(n % 13) for n in range(80)]
    compared = compare_all(one_task(scores, names), seed=1, draws=100)
    for one, other in combinations(range(len(scores)), 2):
        fitted = sm.OLS(scores[one] - scores[other], np.ones(80)).fit(
            cov_type="cluster", cov_kwds={"groups": [int(name) for name in names]}
        )
        # statsmodels has (n - 1) / (n - 1) beside C / (C - 1) for a mean.
        assert compared.errors[one, other] == pytest.approx(float(fitted.bse[0]), abs=1e-12)
    assert compared.df == 12


def test_the_worked_table_has_the_error_that_it_states() -> None:
    a, b = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1], [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    compared = compare_all(one_task(np.array([a, b]), [name for name in "1234" for _ in range(3)]), seed=1)
    assert (compared.errors[0, 1], compared.df) == (pytest.approx(0.083333, abs=1e-6), 3)


def test_errors_of_tasks_add_up_by_their_squares_where_they_share_nothing_and_as_one_where_they_share_all() -> None:
    generator = np.random.default_rng(12)
    first, second = generator.random((2, 4, 30))
    items, others = [f"item {n // 2}" for n in range(30)], [f"other {n // 3}" for n in range(30)]
    one, other = (compare_all(one_task(*of_task), seed=1).errors for of_task in ((first, items), (second, others)))
    apart = compare_all([TaskTable(first, items, 0.3), TaskTable(second, others, 0.7)], seed=1).errors
    assert apart == pytest.approx(np.hypot(0.3 * one, 0.7 * other), abs=1e-12)
    together = compare_all([TaskTable(first, items, 0.3), TaskTable(second, items, 0.7)], seed=1).errors
    mixed = compare_all(one_task(0.3 * first + 0.7 * second, items), seed=1).errors
    assert together == pytest.approx(mixed, abs=1e-12)


def test_the_error_does_not_shrink_with_the_number_of_draws() -> None:
    few, many = (compare_all(two_tasks(5), seed=1, draws=draws) for draws in (100, 5000))
    assert np.array_equal(few.errors, many.errors)


def test_a_task_of_a_single_cluster_leaves_no_error_to_tell() -> None:
    compared = compare_all([*two_tasks(5), *one_task(some_models(6), ["one"] * 80)], seed=1, draws=100)
    assert np.isnan(compared.errors).all()
    assert not np.isnan(compared.p).any()


# Several tasks


def test_the_difference_is_the_weighted_mean_of_the_tasks_however_many_documents_they_have() -> None:
    small = TaskTable(np.array([[1.0, 1.0], [0.0, 0.0]]), ["a", "b"], 0.25)
    large = TaskTable(np.array([[0.0] * 10, [1.0] * 5 + [0.0] * 5]), [f"c{n}" for n in range(10)], 0.75)
    assert compare_all([small, large], seed=1).differences[0, 1] == pytest.approx(0.25 * 1 - 0.75 * 0.5)


def test_translations_of_the_same_items_count_as_evidence_once() -> None:
    scores = discordant(9, 2, 1)
    items, others = [f"item {n}" for n in range(12)], [f"other {n}" for n in range(12)]
    once = compare_all(one_task(scores, items), seed=1).p[0, 1]
    translated = [TaskTable(scores, items, 0.5), TaskTable(scores, items, 0.5)]
    independent = [TaskTable(scores, items, 0.5), TaskTable(scores, others, 0.5)]
    assert compare_all(translated, seed=1).p[0, 1] == once
    assert compare_all(independent, seed=1).p[0, 1] < once / 4


# Ranks and groups


def decided(*pairs: tuple[int, int], models: int) -> Decisions:
    better = np.zeros((models, models), dtype=bool)
    for above, below in pairs:
        better[above, below] = True
    return better


@pytest.mark.parametrize(
    ("pairs", "ranks", "groups"),
    [
        ((), [(1, 4), (1, 4), (1, 4), (1, 4)], [1, 1, 1, 1]),
        (((0, 3),), [(1, 3), (1, 4), (1, 4), (2, 4)], [1, 1, 1, 2]),
        # The second differs from the third, but the first, with whom a group begins, does not.
        (((1, 2), (0, 3)), [(1, 3), (1, 3), (2, 4), (2, 4)], [1, 1, 1, 2]),
        (tuple(combinations(range(4), 2)), [(1, 1), (2, 2), (3, 3), (4, 4)], [1, 2, 3, 4]),
        (((0, 2), (0, 3), (1, 3)), [(1, 2), (1, 3), (2, 4), (3, 4)], [1, 1, 2, 2]),
    ],
)
def test_ranks_and_groups_follow_from_what_differs(
    pairs: tuple[tuple[int, int], ...], ranks: list[tuple[int, int]], groups: list[int]
) -> None:
    better = decided(*pairs, models=4)
    assert rank_intervals(better) == ranks
    assert tie_groups(better) == groups


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_the_place_in_the_table_lies_within_the_rank(seed: int) -> None:
    scores = some_models(seed)
    ordered = scores[np.argsort(-scores.mean(axis=1), kind="stable")]
    compared: Comparisons = compare_all(one_task(ordered), seed=1, draws=400)
    better = compared.better(0.2)
    for place, (lo, hi) in enumerate(rank_intervals(better), start=1):
        assert lo <= place <= hi
    groups = tie_groups(better)
    assert groups[0] == 1
    assert all(after - before in (0, 1) for before, after in pairwise(groups))


def test_a_single_model_is_first() -> None:
    compared = compare_all(one_task(np.ones((1, 5))), seed=1)
    assert rank_intervals(compared.better(0.05)) == [(1, 1)]
    assert tie_groups(compared.better(0.05)) == [1]
