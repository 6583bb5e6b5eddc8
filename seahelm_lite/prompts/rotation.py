"""The options of a question in every cyclic order, where their order says nothing.

A model that reads the options chooses the same one wherever it stands; one that leans towards a letter does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from seahelm_lite.prompts.words import LanguageWords, language_words
from seahelm_lite.records import Document

InOrder = Literal["about_options", "ordered_numbers", "labels"]
"""Why options cannot change places: one speaks of others by their letters or as those above, they are numbers that rise
or fall, or they are the labels of a task, which stand under question after question in one order."""

LABELS_FROM = 3
"""Documents with the same options in the same order from which these are labels."""

_MARKS = "\u0b82\u0bbe-\u0bd7\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
"""Signs above, below and beside the letters of Tamil, Thai, Lao, Burmese and Khmer, for which `\\w` does not stand."""

_NUMBER = re.compile(r"[-\u2212]?\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Rotatable:
    """The documents of which the options can change places, and how many others there are."""

    documents: tuple[Document, ...]
    left_out: dict[InOrder, int]
    """Reason to number of documents; the reasons that there are."""


def rotatable(documents: Sequence[Document], task: Sequence[Document]) -> Rotatable:
    """The documents whose options stand in no order of their own.

    Args:
        documents: Some of a task.
        task: All documents of the task, by which labels are known.
    """
    alike = Counter(tuple(document.fields["options"]) for document in task)
    reasons = [_in_order(document, alike) for document in documents]
    kept = tuple(document for document, reason in zip(documents, reasons, strict=True) if reason is None)
    found = Counter(reason for reason in reasons if reason is not None)
    return Rotatable(kept, dict(sorted(found.items())))


def _in_order(document: Document, alike: Counter[tuple[str, ...]]) -> InOrder | None:
    options = tuple(document.fields["options"])
    if alike[options] >= LABELS_FROM:
        return "labels"
    if _rise_or_fall(options):
        return "ordered_numbers"
    about = _about_options(str(document.fields["language"]), len(options))
    return "about_options" if any(about.search(_folded(option)) for option in options) else None


def rotated(document: Document, steps: int) -> Document:
    """A document with its options moved up by so many places, the first ones to the end; the right one stays right."""
    options = list(document.fields["options"])
    steps %= len(options)
    moved = {
        "options": options[steps:] + options[:steps],
        "answer": (int(document.fields["answer"]) - steps) % len(options),
    }
    return replace(document, fields={**document.fields, **moved})


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _rise_or_fall(options: Sequence[str]) -> bool:
    """Whether options differ in their numbers alone, and these rise or fall from one to the next."""
    if len({_NUMBER.sub("#", _folded(option)) for option in options}) > 1:
        return False
    numbers = [tuple(map(_value, _NUMBER.findall(option))) for option in options]
    steps = list(pairwise(numbers))
    return all(one < other for one, other in steps) or all(one > other for one, other in steps)


def _value(number: str) -> float:
    """What a number is worth; a separator that stands twice is of thousands."""
    plain = number.replace("\u2212", "-").replace(",", ".")
    return float(plain.replace(".", "") if plain.count(".") > 1 else plain)


@lru_cache(maxsize=128)
def _about_options(language: str, options: int) -> re.Pattern[str]:
    """What an option says that speaks of others, of which there are so many.

    Their letters are looked for as `A and C` or `a, b`, which name two, and after what announces one (`option B`).
    """
    words = language_words(language)
    series = [words.letters, *words.other_letters, language_words("en").letters]
    letters = "".join(dict.fromkeys(letter.casefold() for one in series for letter in one[:options]))
    letter = rf"(?<![\w{_MARKS}])[{letters}](?![\w{_MARKS}])"
    joined = rf"{letter}[.)]?\s*(?:[,;&]|{_joins(words)})\s*{letter}"
    return re.compile("|".join([joined, *_phrases(words, f"[{letters}](?![\\w{_MARKS}])")]))


def _joins(words: LanguageWords) -> str:
    english = language_words("en")
    texts = {*words.and_words, words.or_word.strip(), *english.and_words, english.or_word.strip()}
    return "|".join(re.escape(text.casefold()) for text in sorted(texts, key=lambda text: (-len(text), text)))


def _phrases(words: LanguageWords, letter: str) -> Iterator[str]:
    for phrase in map(_folded, words.about_options):
        text = re.escape(phrase).replace(r"\{letter\}", letter)
        if not words.spaces_between_words:
            yield text
        elif " " in phrase:
            yield rf"(?<!\w){text}(?!\w)"
        else:
            yield rf"^\W*{text}\W*$"
