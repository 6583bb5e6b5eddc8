"""Scores with guessing taken off. Pure numpy."""

from __future__ import annotations

from typing import TypeVar

from seahelm_lite.stats.intervals import Floats

Values = TypeVar("Values", float, Floats)


def corrected(values: Values, chance: float) -> Values:
    """The share of what guessing leaves that was reached: (s - g) / (1 - g).

    Worse than guessing is below nought, and stays there: a floor would raise the mean of documents and of tasks that
    scatter around chance, the more so the fewer documents there are. The mean of corrected documents is the corrected
    mean, and its standard error that of the mean over 1 - g.

    Args:
        values: Scores of documents, or of a task.
        chance: What guessing scores, g; nought for answers that are written freely.

    Raises:
        ValueError: If guessing scores 1 or more, which leaves nothing to reach.
    """
    if chance >= 1:
        raise ValueError(f"guessing scores {chance}, which leaves nothing to reach")
    return (values - chance) / (1 - chance)
