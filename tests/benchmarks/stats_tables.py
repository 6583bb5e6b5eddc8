"""Made-up answers of models whose true scores are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from seahelm_lite.stats.comparisons import TaskTable
from seahelm_lite.stats.intervals import Floats

Draw = Callable[[np.random.Generator], list[TaskTable]]
"""New documents of the same kind, answered by the same models."""


def alone(documents: int) -> list[str]:
    """Every document its own cluster."""
    return [f"{n:05}" for n in range(documents)]


def unequal(generator: np.random.Generator, clusters: int, task: str = "") -> list[str]:
    """Clusters of one to nine documents."""
    return [f"{task}{n:04}" for n, size in enumerate(generator.integers(1, 10, clusters)) for _ in range(size)]


def clustered(generator: np.random.Generator, names: list[str], rates: Floats, within: float = 0.3) -> Floats:
    """Right or wrong answers, models × documents.

    Documents differ in difficulty, which all models feel; besides, each model finds whole clusters easy or hard.

    Args:
        generator: Of chance.
        names: The cluster of each document.
        rates: The true share of right answers of each model.
        within: Share of the variance, of what is a model's own, that belongs to clusters.
    """
    _, members = np.unique(names, return_inverse=True)
    models = len(rates)
    difficulty = generator.normal(size=len(members)) * np.sqrt(0.5)
    own = generator.normal(size=(models, members.max() + 1))[:, members] * np.sqrt(0.5 * within)
    rest = generator.normal(size=(models, len(members))) * np.sqrt(0.5 * (1 - within))
    return np.asarray(difficulty + own + rest < stats.norm.ppf(rates)[:, None], dtype=np.float64)


def graded(generator: np.random.Generator, names: list[str], rates: Floats, steadiness: Floats) -> Floats:
    """Scores between 0 and 1, models × documents, of models that are more or less steady.

    Args:
        generator: Of chance.
        names: The cluster of each document.
        rates: The true mean of each model.
        steadiness: Sum of the two parameters of each model's beta distribution: near nought, a model is right or wrong;
            the larger, the closer its scores are to its mean.
    """
    _, members = np.unique(names, return_inverse=True)
    own = generator.beta((rates * steadiness)[:, None], ((1 - rates) * steadiness)[:, None], (len(rates), len(names)))
    common = generator.beta(
        (rates * steadiness)[:, None], ((1 - rates) * steadiness)[:, None], (len(rates), members.max() + 1)
    )
    return np.asarray((own + common[:, members]) / 2)
