"""Whether an order of models depends on how their tasks are weighted. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.stats.comparisons import Decisions
from seahelm_lite.stats.intervals import Floats

_DIFFERENCES = 2_000_000
"""Differences held at once, of some draws and all pairs."""

_TIE = 1e-9
"""Headlines that differ by less are equal, rounded."""


@dataclass(frozen=True)
class Reweighted:
    """What becomes of an order of models under other weights, as shares of draws."""

    order_kept: float
    """No two models change places."""
    first_kept: float
    """No model comes before the first."""
    decisions_kept: float
    """Of no two models that are told apart the worse comes before the better."""


def reweighted(
    values: Floats,
    shares: Sequence[float],
    better: Decisions,
    *,
    within: float = 0.2,
    draws: int = 10_000,
    seed: int,
) -> Reweighted:
    """Multiply each weight by a random factor, uniform between 1 - within and 1 + within, and order the models anew.

    Models of equal headlines have no order that could be kept; where several are first, none of them may be overtaken
    by another model.

    Args:
        values: Models × columns, on the scale that is averaged.
        shares: The weight of each column. Only their ratios matter.
        better: Models × models: whether that of the row is told from that of the column, and better.
        within: How far a factor may be from 1.
        draws: Sets of weights.
        seed: Of the factors; equal seeds give equal results.
    """
    weights = np.asarray(shares, dtype=np.float64) / np.sum(shares)
    headlines = values @ weights
    above = headlines[:, None] > headlines[None, :] + _TIE
    leads = above & (headlines >= headlines.max() - _TIE)[:, None]
    factors = np.random.default_rng(seed).uniform(1 - within, 1 + within, size=(draws, len(weights)))
    drawn = weights * factors
    moved = values @ (drawn / drawn.sum(axis=1, keepdims=True)).T
    return Reweighted(_kept(above, moved), _kept(leads, moved), _kept(better, moved))


def _kept(above: Decisions, moved: Floats) -> float:
    """The share of draws in which no model comes before one that is above it.

    Args:
        above: Models × models.
        moved: Models × draws.
    """
    first, second = np.nonzero(above)
    draws = moved.shape[1]
    kept: NDArray[np.bool_] = np.ones(draws, dtype=bool)
    at_once = max(1, _DIFFERENCES // max(1, len(first)))
    for start in range(0, draws, at_once):
        some = moved[:, start : start + at_once]
        kept[start : start + at_once] = np.all(some[first] - some[second] >= -_TIE, axis=0)
    return float(kept.mean())
