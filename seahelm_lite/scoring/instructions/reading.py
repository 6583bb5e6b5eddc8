"""What the checkers of instructions share: how a reply is read before anything is counted in it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from seahelm_lite.records import JsonValue
from seahelm_lite.scoring.normalise import nfc

_WITHOUT_SPACES = re.compile("[\u0e01-\u0e4e\u0e81-\u0ecd\u0edc-\u0edf\u1000-\u109f\u1780-\u17d3]")
"""Letters and signs of Thai, Lao, Burmese and Khmer, which put no spaces between words."""

UNSPACED = ("th", "lo", "my", "km")
"""The languages of those scripts."""

_DIGIT = re.compile(r"\d")
_FENCE = re.compile(r"```[a-z]*[ \t]*\n?(.*?)\n?[ \t]*```", re.IGNORECASE | re.DOTALL)

MARKUP = " \t>#*_~`-+•|\"'“”„‘’«»(["
"""What may stand before the first word of a line without being part of what it says."""


def plain(text: str) -> str:
    """The text in one Unicode form, without case, with one space wherever there is white space."""
    return " ".join(nfc(nfc(text).casefold()).split())


def with_plain_digits(text: str) -> str:
    """The text with the digits of any script as 0 to 9. Superscripts and circled numbers are no digits."""
    return _DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), text)


def occurrences(text: str, phrase: str, *, as_word: bool) -> int:
    """How often a phrase stands in a text, without regard to case; occurrences do not overlap.

    With `as_word` it must not touch a letter or digit on either side. In a script without spaces it may touch letters,
    since no sign parts words; but never does a phrase end where a vowel sign or tone mark goes on.
    """
    text, phrase = plain(text), plain(phrase)
    return sum(1 for found in re.finditer(re.escape(phrase), text) if _stands(text, found, as_word=as_word))


def _stands(text: str, found: re.Match[str], *, as_word: bool) -> bool:
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if after and unicodedata.category(after).startswith("M"):
        return False
    if not as_word or _WITHOUT_SPACES.search(found.group()):
        return True
    return not (before.isalnum() or after.isalnum())


def lines(text: str) -> Iterator[str]:
    """The lines of a text that say something, without the markup that they begin with."""
    for line in text.splitlines():
        if said := line.lstrip(MARKUP).rstrip():
            yield said


def read_json(text: str) -> JsonValue:
    """The object or list that a text is as a whole, in a code block or bare; None if it is anything else."""
    text = text.strip()
    fenced = _FENCE.fullmatch(text)
    try:
        value = json.loads(fenced[1] if fenced else text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")
