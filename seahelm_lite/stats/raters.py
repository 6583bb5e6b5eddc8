"""How far raters agree beyond chance, on answers without order. Pure numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.stats.intervals import Floats

_DRAWS = 10_000


def krippendorff_alpha(units: Sequence[Sequence[Hashable]]) -> float | None:
    """Krippendorff's α for nominal data: 1 less observed over expected disagreement (Krippendorff 2011).

    Any number of raters may have answered each unit.

    Args:
        units: The answers to each unit; a unit with fewer than two tells nothing of agreement.

    Returns:
        At most 1; None where no two answers can be compared, or all of them are the same.
    """
    paired = [Counter(answers) for answers in units if len(answers) > 1]
    totals: Counter[Hashable] = sum(paired, Counter())
    n = totals.total()
    expected = n * n - sum(count**2 for count in totals.values())
    if expected == 0:
        return None
    observed = sum(
        (size * size - sum(count**2 for count in unit.values())) / (size - 1)
        for unit in paired
        if (size := unit.total())
    )
    return 1 - (n - 1) * observed / expected


def cohen_kappa(table: NDArray[np.float64] | Floats) -> Floats:
    """Cohen's κ (1960) of tables of counts.

    Args:
        table: Shape (..., k, k): answers of the one rater by those of the other.

    Returns:
        Shape (...); NaN where both give the same answer everywhere, so that chance would agree as well.
    """
    counts = np.asarray(table, dtype=np.float64)
    n = counts.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = np.trace(counts, axis1=-2, axis2=-1) / n
        expected = (counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1) / n**2
        return np.asarray(np.where(expected < 1, (observed - expected) / (1 - expected), np.nan))


def kappa_lower_bound(tables: NDArray[np.float64], *, seed: int, level: float = 0.95) -> float | None:
    """The lower bound of Cohen's κ by a bootstrap of whole clusters: a percentile of 10,000 resamples.

    Args:
        tables: Shape (clusters, k, k): the counts of each cluster.
        seed: Of the resampling.
        level: Two-sided coverage of the interval of which this is the lower end.

    Returns:
        None with fewer than two clusters, or where κ has no value in most resamples.
    """
    clusters, k, _ = tables.shape
    if clusters < 2:
        return None
    generator = np.random.default_rng(seed)
    flat = tables.reshape(clusters, k * k)
    drawn = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=_DRAWS) @ flat
    kappas = cohen_kappa(drawn.reshape(_DRAWS, k, k))
    defined = kappas[~np.isnan(kappas)]
    if len(defined) < _DRAWS / 2:
        return None
    return float(np.percentile(defined, 100 * (1 - level) / 2))
