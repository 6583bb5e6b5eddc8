"""Scores with guessing taken off. Pure numpy."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from seahelm_lite.stats.intervals import Estimate, Floats

Values = TypeVar("Values", float, Floats)


def corrected(values: Values, chance: float) -> Values:
    """The share of what guessing leaves that was reached: (s - g) / (1 - g).

    Worse than guessing is below nought, and stays there: a floor would raise the mean of documents and of tasks that
    scatter around chance, the more so the fewer documents there are.

    Args:
        values: Scores of documents, or of a task.
        chance: What guessing scores, g; nought for answers that are written freely.

    Raises:
        ValueError: If guessing scores 1 or more, which leaves nothing to reach.
    """
    _refuse_certain(chance)
    return (values - chance) / (1 - chance)


def corrected_estimate(estimate: Estimate, chance: float) -> Estimate:
    """An estimate on that scale: the value and its bounds moved and stretched, the standard error over 1 - g.

    Args:
        estimate: Of a task's score; what it lacks stays lacking.
        chance: What guessing scores, taken as known.

    Raises:
        ValueError: As `corrected`.
    """
    _refuse_certain(chance)
    moved = {
        name: corrected(number, chance)
        for name in ("value", "lo", "hi")
        if (number := getattr(estimate, name)) is not None
    }
    return replace(estimate, **moved, se=None if estimate.se is None else estimate.se / (1 - chance))


def _refuse_certain(chance: float) -> None:
    if chance >= 1:
        raise ValueError(f"guessing scores {chance}, which leaves nothing to reach")
