"""SEA-HELM's reading of a reply, faults included: for its compat mode, and nothing else.

The rule as its release v1.2 (commit 6844e6c) has it for tasks with labels: tag and labels go into a regular expression
as they are, without regard to case; white space and asterisks may stand between them; of labels that follow each other
without a gap the last one counts, so that `Baca` answers A. Only the first place with a tag and a label is looked at.
Where there is none, the whole reply is the answer. Neither reasoning nor Unicode forms are seen to.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from functools import lru_cache


def read_label(reply: str, tag: str, labels: Sequence[str]) -> int | None:
    """Which label SEA-HELM takes a reply for.

    Args:
        reply: What the model wrote, unchanged.
        tag: The words that the prompt asked to put before the answer.
        labels: What may be answered.

    Returns:
        The label's index; None where SEA-HELM counts the reply as no answer, and so as wrong.
    """
    found = _pattern(tag, tuple(labels)).search(reply)
    said = _plain(reply if found is None else found[1])
    known = [_plain(label) for label in labels]
    return known.index(said) if said in known else None


@lru_cache(maxsize=256)
def _pattern(tag: str, labels: tuple[str, ...]) -> re.Pattern[str]:
    # SEA-HELM joins a set, in no fixed order; that matters only where one label begins with another.
    return re.compile(rf"{tag}[\s\*]*({'|'.join(sorted(labels))})+", re.IGNORECASE)


def _plain(text: str) -> str:
    return " ".join(text.lower().strip().strip(string.punctuation).split())
