"""How often intervals hold the true score of a task, of a language and of a region, in 10,000 made-up evaluations.

Beside ours, in the same evaluations, the formulas of two peers: SEA-HELM takes the standard deviation over 30
resamples of runs and divides it by the root of 30; EuroEval that over 10 resamples of documents, by the root of 10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.stats.composites import Scored as OneScored
from seahelm_lite.stats.composites import error_correlations, weighted_mean
from seahelm_lite.stats.intervals import Estimate, Floats, cluster_bootstrap, cluster_robust, proportion
from tests.benchmarks.stats_vectorised import Bounds, Scored, correlations, replicates, scored, weighted_means
from tests.benchmarks.stats_world import LANGUAGES, Drawn, Population, draw, world

WORLDS, EVALUATIONS = 100, 100
RUNS = (1, 4, 8)
"""Of a world, in turn. Where there is a single run, SEA-HELM's formula gives nothing but nought, and is not counted."""

CHECKED = 4
"""Of every so manieth world one evaluation is also scored by the code of the boards, for all of its tasks."""

_TOLERANCE = 1e-9
PEERS = {"SEA-HELM": ("runs", 30, 0), "EuroEval": ("documents", 10, 1)}
"""What is resampled, how often, and what their standard deviation subtracts from the number it divides by."""

BAR = (0.94, 0.96)


@dataclass
class Tally:
    """How often intervals of one kind held the truth, by world."""

    held: list[float] = field(default_factory=list)
    lacking: int = 0
    given: int = 0
    width: float = 0.0

    def add(self, bounds: Bounds, truth: float) -> None:
        lo, hi = bounds
        known = ~np.isnan(lo)
        self.lacking += int(np.sum(~known))
        self.given += int(np.sum(known))
        self.width += float(np.sum((hi - lo)[known]))
        if known.any():
            self.held.append(float(np.mean(((lo <= truth) & (truth <= hi))[known])))

    @property
    def coverage(self) -> float:
        return float(np.mean(self.held))

    def told(self) -> str:
        error = float(np.std(self.held, ddof=1) / np.sqrt(len(self.held)))
        lacking = f", {self.lacking:,} without interval" if self.lacking else ""
        width = self.width / self.given
        return f"{self.coverage:6.2%} ± {error:.2%}, mean width {width:.4f}, of {self.given:,}{lacking}"


def main() -> None:
    tallies: dict[str, dict[str, Tally]] = {}
    checked = 0
    for number in range(WORLDS):
        generator = np.random.default_rng([20261122, number])
        tasks = world(generator, RUNS[number % len(RUNS)])
        drawn = draw(generator, tasks, EVALUATIONS)
        scores = [scored(task, answers, seed) for seed, (task, answers) in enumerate(zip(tasks, drawn, strict=True))]
        related = correlations(tasks, scores)
        if number % CHECKED == 0:
            checked += _check(tasks, drawn, scores, related)
        _tally_tasks(tallies, tasks, scores)
        nodes = dict(_nodes(tasks))
        for name, shares in nodes.items():
            _tally_mean(tallies, name, tasks, scores, shares, related)
        if tasks[0].runs > 1:
            _tally_peer(tallies, "SEA-HELM", tasks, drawn, scores, nodes, generator)
        _tally_peer(tallies, "EuroEval", tasks, drawn, scores, nodes, generator)
    print(f"{WORLDS * EVALUATIONS:,} evaluations in {WORLDS} worlds of {LANGUAGES * 5} tasks; intervals of 95 %")
    for level, kinds in tallies.items():
        # The whole comes before its parts.
        for kind in sorted(kinds, key=lambda kind: (kind not in ("ours", *PEERS), kind)):
            print(f"  {level:<9} {kind:<34} {kinds[kind].told()}")
    print(f"  {checked:,} intervals computed again by the code of boards: none differs by more than {_TOLERANCE:g}")
    covered = {level: kinds["ours"].coverage for level, kinds in tallies.items()}
    missed = [level for level, coverage in covered.items() if not BAR[0] <= coverage <= BAR[1]]
    print(f"  bar 94 to 96 %: {'missed' if missed else 'held'} by {', '.join(missed or covered)}")


def _nodes(tasks: list[Population]) -> Iterator[tuple[str, Floats]]:
    """The languages and the region, each with the shares of all tasks."""
    weights = np.asarray([task.weight for task in tasks])
    languages = np.asarray([task.language for task in tasks])
    totals = np.bincount(languages, weights)
    for language in range(LANGUAGES):
        yield f"language {language}", np.where(languages == language, weights / totals[languages], 0.0)
    yield "region", weights / totals[languages] / LANGUAGES


def _tally_tasks(tallies: dict[str, dict[str, Tally]], tasks: list[Population], scores: list[Scored]) -> None:
    for task, score in zip(tasks, scores, strict=True):
        for kind in ("ours", *_kinds(task)):
            _tally(tallies, "task", kind).add(score.bounds, task.truth)
        if score.t_bounds is not None:
            _tally(tallies, "task", "means, by the CR1 t interval").add(score.t_bounds, task.truth)


def _kinds(task: Population) -> Iterator[str]:
    """What kinds of tasks ours is told for by itself."""
    yield "ours, balanced accuracy" if task.balanced else "ours, means"
    few = "fewer than 30" if task.clusters < 30 else "30 to 99" if task.clusters < 100 else "100 or more"
    yield f"ours, {few} clusters"
    if not 0.1 <= task.truth <= 0.9:
        yield "ours, within a tenth of 0 or 1"


def _tally_mean(
    tallies: dict[str, dict[str, Tally]],
    name: str,
    tasks: list[Population],
    scores: list[Scored],
    shares: Floats,
    related: Floats,
) -> None:
    inside = np.flatnonzero(shares)
    _, bounds = weighted_means([scores[place] for place in inside], shares[inside], related[np.ix_(inside, inside)])
    _tally(tallies, name.split(maxsplit=1)[0], "ours").add(bounds, _truth(tasks, shares))


def _truth(tasks: list[Population], shares: Floats) -> float:
    return float(shares @ [task.truth for task in tasks])


def _tally_peer(
    tallies: dict[str, dict[str, Tally]],
    peer: str,
    tasks: list[Population],
    drawn: list[Drawn],
    scores: list[Scored],
    nodes: Mapping[str, Floats],
    generator: np.random.Generator,
) -> None:
    kind, number, ddof = PEERS[peer]
    resampled = np.stack(
        [
            replicates(task, answers, score.value, generator, kind, number)
            for task, answers, score in zip(tasks, drawn, scores, strict=True)
        ]
    )
    for task, of_task in zip(tasks, resampled, strict=True):
        _tally(tallies, "task", peer).add(_of_replicates(of_task, ddof), task.truth)
    for name, shares in nodes.items():
        bounds = _of_replicates(np.tensordot(shares, resampled, axes=1), ddof)
        _tally(tallies, name.split()[0], peer).add(bounds, _truth(tasks, shares))


def _of_replicates(resampled: Floats, ddof: int) -> Bounds:
    """Their mean, and 1.96 times their standard deviation over the root of their number."""
    mean = resampled.mean(axis=1)
    half = 1.96 * resampled.std(axis=1, ddof=ddof) / np.sqrt(resampled.shape[1])
    return mean - half, mean + half


def _tally(tallies: dict[str, dict[str, Tally]], level: str, kind: str) -> Tally:
    return tallies.setdefault(level, {}).setdefault(kind, Tally())


def _check(tasks: list[Population], drawn: list[Drawn], scores: list[Scored], related: Floats) -> int:
    """Score the first evaluation by the code of the boards.

    Returns:
        How many intervals were compared.

    Raises:
        AssertionError: If one differs.
    """
    compared = 0
    one: list[OneScored] = []
    for place, (task, answers, score) in enumerate(zip(tasks, drawn, scores, strict=True)):
        told = _estimate(task, answers.scores[0], _names(task, place), seed=place)
        wanted = np.asarray([np.nan if bound is None else bound for bound in (told.value, told.lo, told.hi)])
        ours = [score.value[0], score.bounds[0][0], score.bounds[1][0]]
        _same(ours, wanted, f"task {place}")
        if score.t_bounds is not None:
            plain = cluster_robust(list(answers.scores[0]), _names(task, place))
            _same([score.t_bounds[0][0], score.t_bounds[1][0]], [plain.lo or 0.0, plain.hi or 0.0], f"CR1 of {place}")
        interval = None if told.lo is None or told.hi is None else (told.lo, told.hi)
        one.append(OneScored(told.value or 0.0, interval, told.method, told.df))
        compared += 1
    means = [place for place, task in enumerate(tasks) if not task.balanced]
    errors = np.eye(len(tasks))
    errors[np.ix_(means, means)] = error_correlations(
        [(drawn[place].scores[0], _names(tasks[place], place)) for place in means]
    )
    for name, shares in _nodes(tasks):
        inside = np.flatnonzero(shares)
        told_mean = weighted_mean([one[p] for p in inside], list(shares[inside]), errors[np.ix_(inside, inside)])
        value, (lo, hi) = weighted_means([scores[p] for p in inside], shares[inside], related[np.ix_(inside, inside)])
        wanted = np.asarray([told_mean.value, *(told_mean.interval or (np.nan, np.nan))])
        _same([value[0], lo[0], hi[0]], wanted, name)
        compared += 1
    return compared


def _same(ours: list[float], wanted: list[float] | Floats, what: str) -> None:
    np.testing.assert_allclose(ours, wanted, rtol=0, atol=_TOLERANCE, err_msg=what)


def _names(task: Population, place: int) -> list[str]:
    """Translations share the clusters of their source. Names sort as the numbers do."""
    source = place if task.source is None else task.source
    return [f"{source:02}-{member:04}" for member in task.members]


def _estimate(task: Population, scores: Floats, clusters: list[str], *, seed: int) -> Estimate:
    if not task.balanced:
        return proportion([float(score) for score in scores], clusters)
    kinds: NDArray[np.float64] = np.eye(int(task.classes.max()) + 1)[task.classes]
    classes = kinds.shape[1]

    def recall(totals: Floats) -> Floats:
        hits, documents = totals[:, :classes], totals[:, classes:]
        found = np.divide(hits, documents, out=np.zeros_like(hits), where=documents > 0)
        return np.asarray(found.sum(axis=1) / (documents > 0).sum(axis=1))

    return cluster_bootstrap(np.hstack([kinds * scores[:, None], kinds]), clusters, recall, seed=seed)
