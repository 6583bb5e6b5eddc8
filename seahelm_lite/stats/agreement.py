"""How far two ways of measuring agree: on single documents, and on the order of models. Pure numpy and scipy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class McNemar:
    """Documents by whether they are right in each of two ways."""

    both: int
    first_only: int
    second_only: int
    neither: int
    p: float
    """Exact and two-sided: whether the two ways differ in how many are right, documents taken as independent."""


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> McNemar:
    """Count documents and test whether as many are right in one way as in the other (McNemar 1947).

    Of the documents that are right in one way only, each way has half if they do not differ: p is the binomial
    probability of a split as uneven as the one observed, and 1 where there are none.

    Args:
        first: Whether each document is right in the first way.
        second: The same documents in the second way.
    """
    one, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    first_only, second_only = int(np.sum(one & ~other)), int(np.sum(~one & other))
    split = first_only + second_only
    p = float(stats.binomtest(first_only, split).pvalue) if split else 1.0
    return McNemar(int(np.sum(one & other)), first_only, second_only, int(np.sum(~one & ~other)), p)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's ρ, ties having their mean rank.

    Args:
        first: One value a model.
        second: The same models, measured in another way.

    Returns:
        None where there is no order: fewer than two models, or all of them equal in one of the two.
    """
    ranks = [stats.rankdata(values) for values in (first, second)]
    if len(first) < 2 or any(np.ptp(of_side) == 0 for of_side in ranks):
        return None
    return float(np.clip(np.corrcoef(ranks)[0, 1], -1.0, 1.0))
