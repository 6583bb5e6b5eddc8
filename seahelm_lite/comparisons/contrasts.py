"""Differences and tests: of two runs, or of every run of a series against its last and its best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from seahelm_lite.comparisons.columns import Against, Answers, Column, Compared, Contrast
from seahelm_lite.records import canonical_json, sha256_hex
from seahelm_lite.stats.composites import Composite, Scored, error_correlations, weighted_mean
from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.paired import PairedTask, PairedTest, holm, swap_tests
from seahelm_lite.stats.parts import difference, pseudo_values

_DRAWS_A_TEST = 100
"""A p-value is 1 in this many times the number of tests at least, so that Holm leaves 1 % of it."""

_FEWEST_DRAWS, _MOST_DRAWS = 10_000, 100_000
"""With the most, minutes for a hundred tasks; beyond 5,000 tests no drawn p-value can be below 5 % after Holm."""

_Pair = tuple[int, int]


@dataclass(frozen=True)
class _Part:
    """A column, or several of which the mean is taken."""

    column: Column | None
    columns: Sequence[Column]
    points: Mapping[int, Estimate]
    lacking: Mapping[int, str]


def compared_columns(columns: Sequence[Column], last: int) -> list[Compared]:
    """Every column with the differences of its runs.

    Args:
        columns: Each with two runs or more.
        last: Place of the last run.
    """
    parts = [
        _Part(
            column,
            [column],
            {run: answers.estimate for run, answers in column.answers.items()},
            {run: lacking.reason for run, lacking in column.lacking.items()},
        )
        for column in columns
    ]
    return _compared(parts, last)


def compared_mean(columns: Sequence[Column], last: int) -> Compared | None:
    """The plain mean over the columns that all runs were asked, with its differences.

    Returns:
        None where fewer than two columns or fewer than two runs have it. A run that lacks answers in one of the
        columns has no mean.
    """
    shared = shared_columns(columns)
    whole = [run for run in range(last + 1) if all(run in column.answers for column in shared)]
    if len(shared) < 2 or len(whole) < 2:
        return None
    lacking = {
        run: "; ".join(f"{column.task}: {column.lacking[run].reason}" for column in shared if run in column.lacking)
        for run in range(last + 1)
        if run not in whole
    }
    points = {run: _mean([column.answers[run] for column in shared]) for run in whole}
    return _compared([_Part(None, shared, points, lacking)], last)[0]


def shared_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns that every run was asked, whether or not its answers are complete."""
    return [column for column in columns if all(lacking.incomplete for lacking in column.lacking.values())]


def _mean(answers: Sequence[Answers]) -> Estimate:
    scored = [_scored(one.estimate) for one in answers]
    correlations = error_correlations([(pseudo_values(one.parts), one.clusters) for one in answers])
    units = [name for one in answers for name in one.clusters]
    return _estimate(weighted_mean(scored, [1.0] * len(scored), correlations), units)


def _scored(estimate: Estimate) -> Scored:
    interval = None if estimate.lo is None or estimate.hi is None else (estimate.lo, estimate.hi)
    return Scored(estimate.value or 0.0, interval, estimate.method, estimate.df)


def _estimate(mean: Composite, units: Sequence[str]) -> Estimate:
    lo, hi = mean.interval or (None, None)
    return Estimate(mean.value, None, None, lo, hi, mean.method or "mover", len(units), len(set(units)), mean.reason)


def _compared(parts: Sequence[_Part], last: int) -> list[Compared]:
    """Adjust over all parts together: they are one family."""
    series = last > 1
    wanted = [_wanted(part, last) for part in parts]
    asked = sum(len(part.points) * (len(part.points) - 1) // 2 for part in parts)
    draws = min(max(_FEWEST_DRAWS, _DRAWS_A_TEST * asked), _MOST_DRAWS)
    tests = [_tests(part, series, pairs, draws) for part, pairs in zip(parts, wanted, strict=True)]
    adjusted: dict[tuple[int, Against, _Pair], tuple[float, int]] = {}
    for against in ("other", "last", "best"):
        family = _family(against, wanted, tests)
        p_values = holm([tests[place][pair].p for place, pair in family])
        adjusted |= {
            (place, against, pair): (p, len(family)) for (place, pair), p in zip(family, p_values, strict=True)
        }
    found = []
    for place, part in enumerate(parts):
        contrasts = []
        for against, run, than in wanted[place]:
            pair = _ordered(run, than)
            p, family_size = adjusted[place, against, pair]
            told = _difference(part, run, than)
            contrasts.append(Contrast(run, than, against, told, tests[place][pair], p, family_size))
        found.append(Compared(part.column, part.points, part.lacking, _best(part) if series else None, contrasts))
    return found


def _wanted(part: _Part, last: int) -> list[tuple[Against, int, int]]:
    """The differences that a reader is told: `run` less `than`."""
    runs = sorted(part.points)
    if last == 1:
        return [("other", 0, 1)] if len(runs) == 2 else []
    best = _best(part)
    to_last: list[tuple[Against, int, int]] = [("last", run, last) for run in runs if run != last and last in runs]
    return [*to_last, *(("best", run, best) for run in runs if run != best)]


def _best(part: _Part) -> int:
    return min(part.points, key=lambda run: (-(part.points[run].value or 0.0), run))


def _tests(
    part: _Part, series: bool, wanted: Sequence[tuple[Against, int, int]], draws: int
) -> dict[_Pair, PairedTest]:
    """All pairs of a series: the best is chosen by looking at all of them."""
    runs = sorted(part.points)
    pairs = list(combinations(runs, 2)) if series else [_ordered(run, than) for _, run, than in wanted]
    tasks = [
        PairedTask([column.answers[run].parts for run in runs], column.answers[runs[0]].clusters, 1 / len(part.columns))
        for column in part.columns
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
    pairs = [(column.answers[run], column.answers[than], column.seed) for column in part.columns]
    estimates = [difference(one.parts, other.parts, one.clusters, seed=seed) for one, other, seed in pairs]
    if part.column is not None:
        return estimates[0]
    correlations = error_correlations(
        [(pseudo_values(one.parts) - pseudo_values(other.parts), one.clusters) for one, other, _ in pairs]
    )
    units = [name for one, _, _ in pairs for name in one.clusters]
    return _estimate(weighted_mean([_scored(one) for one in estimates], [1.0] * len(estimates), correlations), units)


def _seed(part: _Part) -> int:
    if part.column is not None:
        return part.column.seed
    return int(sha256_hex(canonical_json([str(column.seed) for column in part.columns]))[:16], 16)
