"""How often the tests of `compare` and of boards decide wrongly where nothing differs, and rightly where it does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations

import numpy as np

from seahelm_lite.stats.comparisons import TaskTable, compare_all, rank_intervals
from seahelm_lite.stats.intervals import Floats
from seahelm_lite.stats.paired import PairedTask, holm, swap_tests
from seahelm_lite.stats.parts import Parts
from seahelm_lite.stats.power import minimum_detectable_difference
from tests.benchmarks.stats_tables import Draw, alone, clustered, graded, unequal

LEVEL = 0.05
DRAWS = 999
"""Sign patterns of a test: fewer than in use, which makes it weaker and no less sound."""
EVALUATIONS = 4_000
BOARDS = 2_000
MODELS = 20


def main() -> None:
    for name, draw in _null_pairs().items():
        single, family = _type_one(draw)
        print(f"compare, equal models, {name}: {_judged(single, EVALUATIONS)}; ", end="")
        print(f"any of three by Holm {_judged(family, EVALUATIONS)}")
    for name, (draw, truth) in _boards().items():
        wrong, covered, found = _family_wise(draw, truth)
        print(f"board of {MODELS}, {name}: any wrong decision {_judged(wrong, BOARDS)}; ", end="")
        print(f"all rank ranges hold the true ranks {covered:.2%}; of true differences found {found}")
    for line in _power():
        print(line)


def _judged(share: float, runs: int) -> str:
    """A share that should be the level at most, but for the error of simulating."""
    bar = LEVEL + 2 * float(np.sqrt(LEVEL * (1 - LEVEL) / runs))
    return f"{share:.2%} (bar {bar:.2%}{'' if share <= bar else ', MISSED'})"


def _null_pairs() -> dict[str, Draw]:
    """Three models whose true scores are equal."""
    equal = np.full(3, 0.6)

    def one(scores: Floats, names: list[str]) -> list[TaskTable]:
        return [TaskTable(scores, names, 1.0)]

    def right_or_wrong(generator: np.random.Generator) -> list[TaskTable]:
        return one(clustered(generator, alone(200), equal, within=0.0), alone(200))

    def passages(generator: np.random.Generator) -> list[TaskTable]:
        names = unequal(generator, 40)
        return one(clustered(generator, names, equal, within=0.8), names)

    def few_passages(generator: np.random.Generator) -> list[TaskTable]:
        names = unequal(generator, 8)
        return one(clustered(generator, names, equal, within=0.8), names)

    def shares(generator: np.random.Generator) -> list[TaskTable]:
        names = unequal(generator, 40)
        return one(graded(generator, names, equal, np.full(3, 1.0)), names)

    def steady_and_not(generator: np.random.Generator) -> list[TaskTable]:
        names = unequal(generator, 40)
        return one(graded(generator, names, equal, np.array([0.2, 2.0, 50.0])), names)

    def lopsided(clusters: int) -> Draw:
        def draw(generator: np.random.Generator) -> list[TaskTable]:
            # The first wins a little in most clusters and loses much in a few; the second loses so to the third.
            names = unequal(generator, clusters)
            _, members = np.unique(names, return_inverse=True)
            gains = np.where(generator.random((3, clusters)) < 0.8, 0.1, -0.4)
            return one(np.asarray(0.5 + gains[:, members] * np.array([1.0, 0.0, -1.0])[:, None]), names)

        return draw

    def each_better_in_one(generator: np.random.Generator) -> list[TaskTable]:
        first, second = unequal(generator, 30, "a"), unequal(generator, 60, "b")
        return [
            TaskTable(clustered(generator, first, np.array([0.7, 0.6, 0.5])), first, 0.5),
            TaskTable(clustered(generator, second, np.array([0.5, 0.6, 0.7])), second, 0.5),
        ]

    return {
        "right or wrong, 200 documents": right_or_wrong,
        "right or wrong, 40 unequal clusters": passages,
        "right or wrong, 8 unequal clusters": few_passages,
        "graded, 40 unequal clusters": shares,
        "graded, 40 unequal clusters, more and less steady models": steady_and_not,
        "graded, 40 unequal clusters, small gains and large losses": lopsided(40),
        "graded, 400 unequal clusters, small gains and large losses": lopsided(400),
        "two tasks, each better in one": each_better_in_one,
    }


def _type_one(draw: Draw) -> tuple[float, float]:
    """How often one test finds a difference, and how often any of three does after Holm."""
    generator = np.random.default_rng(20261122)
    pairs = list(combinations(range(3), 2))
    single = family = 0
    for _ in range(EVALUATIONS):
        tasks = [
            PairedTask([Parts(row[:, None]) for row in one.scores], one.clusters, one.weight) for one in draw(generator)
        ]
        p_values = [test.p for test in swap_tests(tasks, pairs, seed=1, draws=DRAWS)]
        single += p_values[0] <= LEVEL
        family += min(holm(p_values)) <= LEVEL
    return single / EVALUATIONS, family / EVALUATIONS


def _boards() -> dict[str, tuple[Draw, Floats]]:
    """Boards, with the true headlines of their models."""
    equal = np.full(MODELS, 0.6)
    ladder = np.repeat([0.4, 0.5, 0.6, 0.7, 0.8], MODELS // 5)
    halves = np.repeat([0.55, 0.75], MODELS // 2)
    steadiness = np.tile([0.2, 1.0, 5.0, 50.0, 500.0], MODELS // 5)
    tilt = 0.15 * np.tile([-1.0, -0.5, 0.0, 0.5, 1.0], MODELS // 5)

    def two_tasks(rates: Floats) -> Draw:
        def draw(generator: np.random.Generator) -> list[TaskTable]:
            first, second = unequal(generator, 30, "a"), unequal(generator, 50, "b")
            answers = (clustered(generator, names, rates) for names in (first, second))
            return [TaskTable(next(answers), first, 0.3), TaskTable(next(answers), second, 0.7)]

        return draw

    def uneven(clusters: int) -> Draw:
        def draw(generator: np.random.Generator) -> list[TaskTable]:
            names = unequal(generator, clusters)
            return [TaskTable(graded(generator, names, halves, steadiness), names, 1.0)]

        return draw

    def tilted(generator: np.random.Generator) -> list[TaskTable]:
        first, second = unequal(generator, 40, "a"), unequal(generator, 40, "b")
        return [
            TaskTable(clustered(generator, first, halves + tilt), first, 0.5),
            TaskTable(clustered(generator, second, halves - tilt), second, 0.5),
        ]

    return {
        "all equal": (two_tasks(equal), equal),
        "five groups of equals": (two_tasks(ladder), ladder),
        "two groups, 40 clusters, steady and all-or-nothing models": (uneven(40), halves),
        "two groups, 400 clusters, steady and all-or-nothing models": (uneven(400), halves),
        "two groups, each model better in its own task": (tilted, halves),
    }


def _family_wise(draw: Draw, truth: Floats) -> tuple[float, float, str]:
    """How often any decision of a board is wrong, and all rank ranges are right; and which share is found."""
    generator = np.random.default_rng(20261122)
    above = truth[:, None] > truth[None, :] + 1e-9
    true_ranks = rank_intervals(above)
    wrong = covered = found = 0
    for _ in range(BOARDS):
        better = compare_all(draw(generator), seed=1, draws=DRAWS).better(LEVEL)
        wrong += bool((better & ~above).any())
        ranges = zip(rank_intervals(better), true_ranks, strict=True)
        covered += all(lo <= true_lo and true_hi <= hi for (lo, hi), (true_lo, true_hi) in ranges)
        found += int((better & above).sum())
    share = f"{found / (BOARDS * above.sum()):.0%}" if above.any() else "none to find"
    return wrong / BOARDS, covered / BOARDS, share


def _power() -> Iterator[str]:
    """Two models of which just one is right on 30 % of documents: how often a difference in points is found."""
    generator, differing = np.random.default_rng(20261122), 0.3
    points = range(1, 11)
    yield "power at differences of 1 to 10 points, just one of two right on 30 % of documents"
    for n in (200, 1_000):
        least = minimum_detectable_difference([1] * n, variance=differing, within=0.0, binary=True)
        shares = [_found(generator, n, differing, point / 100) for point in points]
        at_least = (
            f"; at the smallest detectable, {least:.2%}: {_found(generator, n, differing, least):.1%}" if least else ""
        )
        yield f"  {n:5,} documents: {' '.join(f'{share:4.0%}' for share in shares)}{at_least} (80 % by the formula)"


def _found(generator: np.random.Generator, n: int, differing: float, difference: float) -> float:
    """The share of evaluations in which the exact test finds the difference, in its direction."""
    odds = [(differing + difference) / 2, (differing - difference) / 2, 1 - differing]
    drawn = generator.multinomial(n, odds, size=EVALUATIONS)
    return float(np.mean([_p(int(first), int(second), n) <= LEVEL and first > second for first, second, _ in drawn]))


@cache
def _p(first: int, second: int, n: int) -> float:
    """Of two models, each of which alone is right on so many documents."""
    one, other = np.zeros((2, n, 1))
    one[:first] = 1
    other[first : first + second] = 1
    (test,) = swap_tests([PairedTask([Parts(one), Parts(other)], alone(n))], [(0, 1)], seed=1)
    return test.p
