from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from seahelm_lite.stats.comparisons import TaskTable, compare_all
from seahelm_lite.stats.intervals import Floats
from seahelm_lite.stats.paired import PairedTask, PairedTest, holm, swap_tests
from seahelm_lite.stats.parts import Parts, pseudo_values


def means(scores: Floats | list[float]) -> Parts:
    return Parts(np.asarray(scores, dtype=np.float64).reshape(-1, 1))


def alone(count: int) -> list[str]:
    """Every document its own cluster."""
    return [f"{n:05}" for n in range(count)]


def one_test(first: Floats, second: Floats, clusters: list[str] | None = None, **settings: int) -> PairedTest:
    task = PairedTask([means(first), means(second)], clusters or alone(len(first)))
    (test,) = swap_tests([task], [(0, 1)], **{"seed": 1, **settings})
    return test


def discordant(first: int, second: int, agreeing: int) -> tuple[Floats, Floats]:
    rows = [(1, 0)] * first + [(0, 1)] * second + [(1, 1)] * agreeing
    one, other = np.asarray(rows, dtype=np.float64).T
    return one, other


@pytest.mark.parametrize(("first", "second", "agreeing"), [(9, 3, 1), (70, 45, 885), (0, 8, 2), (300, 260, 9000)])
def test_of_right_or_wrong_documents_it_is_mcnemars_exact_test(first: int, second: int, agreeing: int) -> None:
    test = one_test(*discordant(first, second, agreeing))
    wanted = mcnemar(np.array([[agreeing, first], [second, 0]]), exact=True).pvalue
    assert (test.p, test.method, test.draws) == (pytest.approx(wanted, rel=1e-9), "exact-binomial", None)


def test_clusters_are_swapped_whole() -> None:
    # A worked table: twelve items in four clusters of three; the cluster sums of A - B are 1, 1, 0, 1, and p is 1/4.
    a, b = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1], [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    clusters = [name for name in "1234" for _ in range(3)]
    assert one_test(np.array(a, float), np.array(b, float), clusters).p == 0.25


@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_on_cluster_sums_of_any_size_it_is_the_permutation_test_of_scipy(clusters: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    first, second = generator.random((2, 3 * clusters))
    sums = (first - second).reshape(3, clusters).sum(axis=0)
    wanted = stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf)
    test = one_test(first, second, [str(n % clusters) for n in range(3 * clusters)])
    assert (test.p, test.method) == (pytest.approx(wanted.pvalue, abs=1e-12), "exact-swap")


def test_random_patterns_come_near_to_all_of_them() -> None:
    first, second = np.random.default_rng(4).random((2, 14)) + np.array([[0.12], [0.0]])
    exact, drawn = one_test(first, second), one_test(first, second, draws=4000)
    assert (exact.method, drawn.method, drawn.draws) == ("exact-swap", "swap", 4000)
    assert drawn.p == pytest.approx(exact.p, abs=5 * np.sqrt(exact.p / 4000))


def test_thousands_of_clusters_of_unequal_weight_are_no_trouble() -> None:
    generator = np.random.default_rng(6)
    first, second = generator.random((2, 3000)) + np.array([[0.02], [0.0]])
    test = one_test(first, second, draws=2000)
    normal = 2 * stats.norm.sf(abs((first - second).sum()) / np.sqrt(((first - second) ** 2).sum()))
    assert test.p == pytest.approx(normal, abs=5 * np.sqrt(normal / 2000))


def confusion(gold: list[int], said: list[int]) -> Parts:
    counts = np.zeros((len(gold), 2, 2))
    counts[range(len(gold)), gold, said] = 1

    def macro(totals: Floats) -> Floats:
        table = totals.reshape(-1, 2, 2)
        hits = np.einsum("mcc->mc", table)
        return np.asarray((2 * hits / np.maximum(table.sum(1) + table.sum(2), 1e-300)).mean(axis=1))

    return Parts(counts.reshape(len(gold), -1), macro)


def test_of_f1_it_is_the_share_of_all_exchanges_that_move_f1_as_far() -> None:
    gold = [0, 0, 1, 1, 0, 1, 1, 0]
    first, second = [0, 0, 1, 1, 0, 0, 1, 1], [1, 0, 0, 1, 1, 0, 0, 1]

    def moved(pattern: tuple[int, ...]) -> float:
        pairs = [(b, a) if swap else (a, b) for a, b, swap in zip(first, second, pattern, strict=True)]
        one, other = zip(*pairs, strict=True)
        return float(f1_score(gold, one, average="macro") - f1_score(gold, other, average="macro"))

    observed = abs(moved((0,) * 8))
    wanted = np.mean([abs(moved(pattern)) >= observed - 1e-9 for pattern in product((0, 1), repeat=8)])
    task = PairedTask([confusion(gold, first), confusion(gold, second)], alone(8))
    (test,) = swap_tests([task], [(0, 1)], seed=1)
    assert test.p == pytest.approx(wanted, abs=1e-12)


def test_a_mean_over_tasks_swaps_the_clusters_that_they_share_together() -> None:
    generator = np.random.default_rng(8)
    first, second = generator.random((2, 2, 6))
    shared = alone(6)
    tables = [TaskTable(np.stack([first[n], second[n]]), shared, 0.5) for n in range(2)]
    tasks = [PairedTask([means(first[n]), means(second[n])], shared, 0.5) for n in range(2)]
    (test,) = swap_tests(tasks, [(0, 1)], seed=1)
    assert test.p == pytest.approx(compare_all(tables, seed=1).p[0, 1], abs=1e-12)
    apart = [PairedTask(task.parts, [f"{n} {name}" for name in shared], 0.5) for n, task in enumerate(tasks)]
    assert swap_tests(apart, [(0, 1)], seed=1)[0].p != test.p


@given(st.integers(0, 2**32 - 1), st.integers(5, 60))
@settings(deadline=None, max_examples=20)
def test_a_model_is_no_different_from_its_double_and_the_order_of_a_pair_does_not_matter(seed: int, n: int) -> None:
    first, second = np.random.default_rng(seed).random((2, n))
    task = PairedTask([means(first), means(second), means(first)], alone(n))
    double, ahead, back = swap_tests([task], [(0, 2), (0, 1), (1, 0)], seed=3, draws=500)
    assert double.p == 1
    assert ahead == back


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=15)
def test_the_order_of_documents_and_tasks_changes_nothing(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores, order = generator.random((2, 2, 40)), generator.permutation(40)
    names = [[f"c{offset + n // 2}" for n in range(40)] for offset in (0, 12)]
    tasks = [PairedTask([means(row) for row in of], name, 0.5) for of, name in zip(scores, names, strict=True)]
    turned = [
        PairedTask([means(row[order]) for row in of], [name[n] for n in order], 0.5)
        for of, name in zip(scores[::-1], names[::-1], strict=True)
    ]
    straight, other = (swap_tests(some, [(0, 1)], seed=3, draws=500) for some in (tasks, turned))
    assert straight == other


def test_it_keeps_its_level_on_clustered_scores_of_equal_models() -> None:
    generator = np.random.default_rng(11)
    clusters = [str(n // 4) for n in range(120)]
    rejected = 0
    for _ in range(400):
        shared = np.repeat(generator.normal(size=(2, 30)), 4, axis=1)
        first, second = (shared + generator.normal(size=(2, 120)) > 0).astype(np.float64)
        rejected += one_test(first, second, clusters, draws=400).p <= 0.05
    assert rejected / 400 <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 400)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_holm_is_that_of_statsmodels(p: list[float]) -> None:
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_nothing_to_adjust_is_nothing() -> None:
    assert holm([]) == []


def test_pseudo_values_of_a_mean_are_its_scores_and_of_f1_they_average_near_f1() -> None:
    scores = np.random.default_rng(2).random(40)
    assert pseudo_values(means(scores)) == pytest.approx(scores)
    generator = np.random.default_rng(3)
    parts = confusion(list(generator.integers(0, 2, 400)), list(generator.integers(0, 2, 400)))
    assert parts.statistic is not None
    whole = parts.statistic(parts.counts.sum(axis=0, keepdims=True))[0]
    assert pseudo_values(parts).mean() == pytest.approx(whole, abs=0.01)
