"""Words and numbers that must, or must not, occur."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seahelm_lite.scoring.instructions.reading import occurrences, with_plain_digits

Relation = str
"""`at least`, `less than` or `exactly`."""


def compares(count: int, relation: Relation, wanted: int) -> bool:
    """Whether a count is what was asked for."""
    if relation == "exactly":
        return count == wanted
    return count >= wanted if relation == "at least" else count < wanted


def existence(text: str, *, keywords: Sequence[str]) -> bool:
    """Every keyword occurs, also inside a longer word: languages of the region write affixes on the word."""
    return all(occurrences(text, keyword, as_word=False) for keyword in keywords)


def frequency(text: str, *, keyword: str, relation: Relation, frequency: int) -> bool:
    """A keyword occurs so many times, counted as in `existence`."""
    return compares(occurrences(text, keyword, as_word=False), relation, frequency)


def forbidden_words(text: str, *, forbidden_words: Sequence[str]) -> bool:
    """No forbidden word occurs as a word of its own; in a script without spaces it must not occur at all."""
    return not any(occurrences(text, word, as_word=True) for word in forbidden_words)


def number_frequency(text: str, *, number: str, relation: Relation, frequency: int) -> bool:
    """A number occurs so many times in digits of any script, not as part of a longer or a decimal number.

    `3` is in `3.`, `3 hari` and `ke-3`, but not in `13`, `3.5` or `2,300`.
    """
    alone = rf"(?<!\d)(?<!\d[.,]){re.escape(with_plain_digits(number))}(?!\d|[.,]\d)"
    return compares(len(re.findall(alone, with_plain_digits(text))), relation, frequency)
