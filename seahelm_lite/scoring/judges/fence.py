"""A reply shown to a judge so that nothing in it can pass for the judge's own instructions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seahelm_lite.records import canonical_json, sha256_hex

_INSTEAD = str.maketrans({"<": "‹", ">": "›"})
"""Marks begin and end with these, and so do the control tokens of most chat templates."""

_CAPITALS_IN_BRACKETS = re.compile(r"\[(/?[A-Z_]+)\]")
"""The control tokens of the other templates, such as [INST]."""

_BACK = str.maketrans({"‹": "<", "›": ">", "⟦": "[", "⟧": "]"})

_CODE_LENGTH = 16


def code_of(parts: Sequence[str]) -> str:
    """The code of the marks around what a judge is shown, in hexadecimal.

    It is a hash of all that is shown, so that equal questions are stored once, and nobody who writes a reply can know
    it: the reply would have to hold a hash of itself.
    """
    return sha256_hex(canonical_json(list(parts)))[:_CODE_LENGTH]


def neutral(text: str) -> str:
    """The text with other signs where it could end its fence, or a turn of a chat; as long as before."""
    return _CAPITALS_IN_BRACKETS.sub(r"⟦\1⟧", text.translate(_INSTEAD))


def as_written(text: str) -> str:
    """The text with the signs that stood in it before `neutral`, for words that a judge copied from what it saw."""
    return text.translate(_BACK)


def fenced(name: str, text: str, code: str) -> str:
    """The text between two marks, of which the first says how long it is."""
    shown = neutral(text)
    return f"<<<{name} {code} ({len(shown)} characters)\n{shown}\n{name} {code}>>>"
