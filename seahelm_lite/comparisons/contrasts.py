"""Differences and tests: of two runs, of several models, or of every run of a series against its last and its best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from seahelm_lite.comparisons.columns import Against, Column, Compared, Contrast, Kind
from seahelm_lite.comparisons.flips import flips
from seahelm_lite.comparisons.headline import Headline, Share, board_shares, mean_of, plain_shares
from seahelm_lite.comparisons.verdicts import with_verdicts
from seahelm_lite.records import canonical_json, sha256_hex
from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.paired import PairedTask, PairedTest, holm, swap_tests
from seahelm_lite.stats.parts import difference
from seahelm_lite.stats.weighted_differences import TaskPair, weighted_difference

_DRAWS_A_TEST = 100
"""A p-value is 1 in this many times the number of tests at least, so that Holm leaves 1 % of it."""

_FEWEST_DRAWS, _MOST_DRAWS = 10_000, 100_000
"""With the most, minutes for a hundred tasks; beyond 5,000 tests no drawn p-value can be below 5 % after Holm."""

_Pair = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """What is asked of some runs."""

    kind: Kind
    runs: int
    margin: float
    """Differences below this, as a fraction, count as equivalent."""

    @property
    def last(self) -> int:
        """The place of the last run."""
        return self.runs - 1


@dataclass(frozen=True)
class _Part:
    """A column, or several of which the mean is taken."""

    column: Column | None
    shares: Sequence[Share]
    points: Mapping[int, Estimate]
    lacking: Mapping[int, str]
    every_pair: bool
    """Whether each run of several models is compared with each other, or only with the first."""

    @property
    def columns(self) -> list[Column]:
        """The columns."""
        return [one.column for one in self.shares]


def compared_columns(columns: Sequence[Column], asked: Asked) -> list[Compared]:
    """Every column with the differences of its runs.

    Args:
        columns: Each with two runs or more.
        asked: What is asked of the runs.
    """
    parts = [
        _Part(
            column,
            [Share(column, 1.0, 0.0)],
            {run: answers.estimate for run, answers in column.answers.items()},
            {run: lacking.reason for run, lacking in column.lacking.items()},
            every_pair=len(columns) == 1,
        )
        for column in columns
    ]
    return _compared(parts, asked)


def compared_mean(columns: Sequence[Column], asked: Asked) -> tuple[Compared | None, list[Share]]:
    """The plain mean over the columns that all runs were asked, with its differences.

    Returns:
        The mean, None where fewer than two columns or fewer than two runs have it, and what it is of. A run that lacks
        answers in one of the columns has no mean.
    """
    shares = plain_shares(columns)
    return _compared_mean(shares, asked) if len(shares) > 1 else None, shares


def compared_headline(
    columns: Sequence[Column], headline: Headline, asked: Asked
) -> tuple[Compared | None, list[Share]]:
    """The headline of a board with its differences.

    Returns:
        The headline, None where fewer than two runs have one, and what it is of. A run has one if it has answers to
        every document of every required column.
    """
    shares = board_shares(columns, headline)
    whole = len(shares) == len(headline.shares) and headline.not_compared is None
    return _compared_mean(shares, asked, of_whole_tasks=True) if whole else None, shares


def _compared_mean(shares: Sequence[Share], asked: Asked, *, of_whole_tasks: bool = False) -> Compared | None:
    lacking: dict[int, str] = {}
    for run in range(asked.runs):
        whys = [
            f"{column.task}: {why}"
            for column in (one.column for one in shares)
            if (why := _why_not_whole(column, run, of_whole_tasks)) is not None
        ]
        if whys:
            lacking[run] = "; ".join(whys)
    whole = [run for run in range(asked.runs) if run not in lacking]
    if len(whole) < 2:
        return None
    points = {run: mean_of(shares, run) for run in whole}
    return _compared([_Part(None, shares, points, lacking, every_pair=True)], asked)[0]


def _why_not_whole(column: Column, run: int, of_whole_tasks: bool) -> str | None:
    if run in column.lacking:
        return column.lacking[run].reason
    if not of_whole_tasks:
        return None
    if column.answers[run].limited:
        return "only some documents were asked"
    return "another was asked only some of the documents" if column.answers[run].n_more else None


def _compared(parts: Sequence[_Part], asked: Asked) -> list[Compared]:
    """Adjust over all parts together: they are one family."""
    wanted = [_wanted(part, asked) for part in parts]
    number = sum(len(part.points) * (len(part.points) - 1) // 2 for part in parts)
    draws = min(max(_FEWEST_DRAWS, _DRAWS_A_TEST * number), _MOST_DRAWS)
    tests = [_tests(part, asked, pairs, draws) for part, pairs in zip(parts, wanted, strict=True)]
    adjusted: dict[tuple[int, Against, _Pair], tuple[float, int]] = {}
    for against in ("other", "first", "last", "best"):
        family = _family(against, wanted, tests)
        p_values = holm([tests[place][pair].p for place, pair in family])
        adjusted |= {
            (place, against, pair): (p, len(family)) for (place, pair), p in zip(family, p_values, strict=True)
        }
    found: list[list[Contrast]] = []
    for place, part in enumerate(parts):
        found.append([])
        for against, run, than in wanted[place]:
            pair = _ordered(run, than)
            p, family_size = adjusted[place, against, pair]
            told = _difference(part, run, than)
            found[-1].append(Contrast(run, than, against, told, tests[place][pair], p, family_size))
    if asked.kind != "series":
        found = _judged(parts, found, asked.margin)
    best = [_best(part) if asked.kind == "series" else None for part in parts]
    return [
        Compared(part.column, part.points, part.lacking, of_part, contrasts)
        for part, of_part, contrasts in zip(parts, best, found, strict=True)
    ]


def _judged(parts: Sequence[_Part], found: Sequence[Sequence[Contrast]], margin: float) -> list[list[Contrast]]:
    """All contrasts with their flips and verdicts."""
    placed = [(part, one) for part, contrasts in zip(parts, found, strict=True) for one in contrasts]
    verdicts = with_verdicts([one for _, one in placed], [_grain(part, one) for part, one in placed], margin)
    told = iter(
        replace(judged, flips=flips(part.columns, one.run, one.than, documents=part.column is not None))
        for judged, (part, one) in zip(verdicts, placed, strict=True)
    )
    return [[next(told) for _ in contrasts] for contrasts in found]


def _grain(part: _Part, contrast: Contrast) -> float:
    """What a single document moves the difference by, where all answers are right or wrong; else nought.

    Documents of a cluster may all flip together: where nothing differs, clusters count as the documents, as they do in
    the interval of a share.
    """
    least = []
    for share in part.shares:
        for run in (contrast.run, contrast.than):
            parts = share.column.answers[run].parts
            if parts.statistic is not None or not all(value in (0.0, 1.0) for value in parts.counts[:, 0]):
                return 0.0
        clusters = share.column.answers[contrast.run].clusters
        least.append(share.weight / len(clusters if contrast.difference.se is not None else set(clusters)))
    return min(least)


def _wanted(part: _Part, asked: Asked) -> list[tuple[Against, int, int]]:
    """The differences that a reader is told: `run` less `than`."""
    runs = sorted(part.points)
    if asked.kind == "pair" or (asked.kind == "models" and part.every_pair):
        return [("other", one, two) for one, two in combinations(runs, 2)]
    if asked.kind == "models":
        return [("first", run, 0) for run in runs if run != 0 and 0 in runs]
    best = _best(part)
    last = asked.last
    to_last: list[tuple[Against, int, int]] = [("last", run, last) for run in runs if run != last and last in runs]
    return [*to_last, *(("best", run, best) for run in runs if run != best)]


def _best(part: _Part) -> int:
    return min(part.points, key=lambda run: (-(part.points[run].value or 0.0), run))


def _tests(
    part: _Part, asked: Asked, wanted: Sequence[tuple[Against, int, int]], draws: int
) -> dict[_Pair, PairedTest]:
    """All pairs of a series: the best is chosen by looking at all of them."""
    runs = sorted(part.points)
    series = asked.kind == "series"
    pairs = list(combinations(runs, 2)) if series else [_ordered(run, than) for _, run, than in wanted]
    tasks = [
        PairedTask([one.column.answers[run].parts for run in runs], one.column.answers[runs[0]].clusters, one.weight)
        for one in part.shares
    ]
    places = {run: place for place, run in enumerate(runs)}
    found = swap_tests(tasks, [(places[one], places[two]) for one, two in pairs], seed=_seed(part), draws=draws)
    return dict(zip(pairs, found, strict=True))


def _family(
    against: Against,
    wanted: Sequence[Sequence[tuple[Against, int, int]]],
    tests: Sequence[Mapping[_Pair, PairedTest]],
) -> list[tuple[int, _Pair]]:
    """The tests that are adjusted together: those asked about; every pair where one of it is chosen by looking."""
    if against == "best":
        return [(place, pair) for place, found in enumerate(tests) for pair in found]
    return [
        (place, _ordered(run, than))
        for place, pairs in enumerate(wanted)
        for kind, run, than in pairs
        if kind == against
    ]


def _ordered(run: int, than: int) -> _Pair:
    return min(run, than), max(run, than)


def _difference(part: _Part, run: int, than: int) -> Estimate:
    if part.column is not None:
        one, other = part.column.answers[run], part.column.answers[than]
        return difference(one.parts, other.parts, one.clusters, seed=part.column.seed)
    tasks = []
    for share in part.shares:
        one, other = share.column.answers[run], share.column.answers[than]
        tasks.append(TaskPair(one.parts, other.parts, one.clusters, share.weight))
    return weighted_difference(tasks)


def _seed(part: _Part) -> int:
    if part.column is not None:
        return part.column.seed
    return int(sha256_hex(canonical_json([str(column.seed) for column in part.columns]))[:16], 16)
