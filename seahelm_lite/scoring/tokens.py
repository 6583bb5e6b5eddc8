"""Texts taken apart for comparison: into words, into letters with their marks, or into whichever a script has."""

from __future__ import annotations

import re
import unicodedata

from seahelm_lite.scoring.normalise import for_matching

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, and the scripts of Chinese and Japanese: a space there ends a phrase, not a word."""


def words(text: str) -> list[str]:
    """What stands between spaces, in the form in which texts are compared, with punctuation and symbols taken out.

    As in SQuAD's own evaluation, taken out is not replaced by a space: `U.S.` is one word. Unlike there, English
    articles stay, and punctuation is that of Unicode.
    """
    return "".join(c for c in for_matching(text) if c == " " or unicodedata.category(c)[0] in "LNM").split()


def letters(text: str) -> list[str]:
    """Letters and digits, each with the marks on it, without spaces, punctuation and symbols.

    A mark belongs to its letter: by themselves the vowel and tone signs of Thai, Lao, Khmer and Burmese are so
    frequent that texts which have nothing in common would share many.
    """
    return _pieces(text, every=True)


def script_units(text: str) -> list[str]:
    """Words where the script puts spaces between them, and letters as of `letters` where it does not.

    A text may hold both: a Latin name in a Thai sentence is one unit. Any sign that is neither letter nor digit parts
    words.
    """
    return _pieces(text, every=False)


def _pieces(text: str, *, every: bool) -> list[str]:
    pieces: list[str] = []
    attached = growing = False
    for character in for_matching(text):
        kind = unicodedata.category(character)[0]
        if kind == "M" and attached:
            pieces[-1] += character
        elif kind not in "LN":
            attached = False
        elif attached and growing and not _UNSPACED.match(character):
            pieces[-1] += character
        else:
            pieces.append(character)
            attached, growing = True, not (every or _UNSPACED.match(character))
    return pieces
