"""What a comparison of two runs comes to, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from seahelm_lite.comparisons.columns import Contrast, Verdict
from seahelm_lite.stats.paired import holm
from seahelm_lite.stats.resolution import Resolution

LEVEL = 0.05
"""Bound on the probability of any wrong verdict of a family: of a difference, and apart from that of an equivalence."""

MARGIN = 0.01
"""Differences below this many hundredths count as equivalent: less than boards tell apart, and than anybody should
decide on."""


def with_verdicts(contrasts: Sequence[Contrast], grains: Sequence[float], margin: float) -> list[Contrast]:
    """The comparisons of one family, each with its verdict.

    Args:
        contrasts: All of the family, with p-values adjusted.
        grains: What a single document moves each by; nought where answers are graded.
        margin: As a fraction.
    """
    resolutions = [
        Resolution(one.difference.se, one.difference.df, one.difference.n_clusters, grain)
        for one, grain in zip(contrasts, grains, strict=True)
    ]
    p_values = [
        told.equivalence(one.difference.value or 0.0, margin) for one, told in zip(contrasts, resolutions, strict=True)
    ]
    adjusted = holm([1.0 if p is None else p for p in p_values])
    return [
        replace(one, verdict=_verdict(one, told, margin, p, None if p is None else of_family))
        for one, told, p, of_family in zip(contrasts, resolutions, p_values, adjusted, strict=True)
    ]


def _verdict(
    contrast: Contrast, told: Resolution, margin: float, p_equivalent: float | None, p_adjusted: float | None
) -> Verdict:
    value, level = contrast.difference.value or 0.0, LEVEL / contrast.family
    better = None
    if contrast.p_adjusted <= LEVEL and value != 0:
        better = contrast.run if value > 0 else contrast.than
    detectable = told.detectable(value, level=level)
    return Verdict(
        better=better,
        equivalent=p_adjusted is not None and p_adjusted <= LEVEL,
        margin=margin,
        p_equivalent=p_equivalent,
        p_equivalent_adjusted=p_adjusted,
        detectable=detectable,
        reason=None if detectable is not None else _why_not(contrast, told, level),
    )


def _why_not(contrast: Contrast, told: Resolution, level: float) -> str:
    if told.clusters < 2:
        return "all documents are of one cluster, which no test can use"
    if told.sees_nothing(level):
        return f"documents of {told.clusters} clusters are too few for this test to see any difference"
    return "every document differs by the same, so that nothing tells what this test would see"


def in_words(verdict: Verdict, name: Callable[[int], str]) -> str:
    """A verdict as a phrase.

    Args:
        verdict: The verdict.
        name: What readers call a run, by its place.
    """
    alike = f"equivalent within {points(verdict.margin)}"
    if verdict.better is not None:
        return f"{name(verdict.better)} better" + (f", and {alike}" if verdict.equivalent else "")
    if verdict.equivalent:
        return alike
    if verdict.detectable is None:
        return f"no difference shown ({verdict.reason})"
    return f"no difference shown (this test sees differences of ≥ {points(verdict.detectable)})"


def points(share: float) -> str:
    """A fraction in percentage points."""
    told = f"{100 * share:.1f}"
    return f"{told} point" if told == "1.0" else f"{told} points"
