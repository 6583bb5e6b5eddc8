"""The form in which texts of tasks and of a corpus are compared: bytes in which equal texts are equal.

Unicode's NFKC, case folded, and without white space and characters that have no width. White space is left out rather
than made one space: Thai, Lao, Khmer and Burmese have none between words, and copies put some where lines were broken;
in a stretch of the length that is looked for it tells no two texts apart. Punctuation and markup stay, since in
`3 + 4` and `3 - 4` they are what is said: a copy that changed them is not found, and a share is a lower bound.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

_Codes = NDArray[np.uint32]
_Bytes = NDArray[np.uint8]

RECORD_END = "\x00"
"""Stands between records of a corpus, so that nothing is found that begins in one and ends in another."""

_WHITE = b" \t\n\v\f\r\x1c\x1d\x1e\x1f"
_NOT_SEEN = "\u00ad\u0085\u1680\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff"
"""Without width, and white space that NFKC leaves as it is."""

_APART = {"\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2", "\u00a0": " ", "\u2026": "..."}
"""The commonest letters that NFKC changes, as it changes them: replaced at once, so that few places are left to look
at one by one."""

_PLAIN, _MARK, _CHANGES, _HIDDEN = 0, 1, 2, 3

_WITHOUT = dict.fromkeys(map(ord, _NOT_SEEN))

_SHORT = 256
"""Characters below which looking for places that change takes longer than Unicode's algorithm on all of them."""


def normalised(text: str) -> bytes:
    """The form in which a text is compared, as UTF-8.

    What a piece of a text becomes does not hang on the rest, as long as the text is cut at white space.
    """
    if text.isascii():
        return text.lower().encode().translate(None, _WHITE)
    for letter, apart in _APART.items():
        text = text.replace(letter, apart)
    return _folded(text).encode("utf-8", "replace").lower().translate(None, _WHITE)


def _folded(text: str) -> str:
    """What is seen of a text in NFKC, its case folded but for ASCII; only looked into where that changes something."""
    if len(text) < _SHORT:
        return _composed(text.translate(_WITHOUT))
    kinds, orders = _tables()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kind = kinds[codes]
    if (seen := kind != _HIDDEN).all():
        return _folded_where_needed(text, codes, kind, orders)
    codes = codes[seen]
    return _folded_where_needed(codes.tobytes().decode("utf-32-le", "surrogatepass"), codes, kind[seen], orders)


def _folded_where_needed(text: str, codes: _Codes, kind: _Bytes, orders: _Bytes) -> str:
    """The same of a text of some code points, of which each is of a kind."""
    marks = np.flatnonzero(kind)
    before = codes[np.maximum(marks - 1, 0)]
    wrong = (kind[marks] == _CHANGES) | (orders[before] > orders[codes[marks]])
    parts, end = [], 0
    which = kind.tobytes()
    for place in marks[wrong].tolist():
        if place < end:
            continue
        # What a letter becomes hangs on the letter it stands on and on all marks of that letter.
        start = place
        while start > end and which[start] != _PLAIN:
            start -= 1
        parts.append(text[end:start])
        end = place + 1
        while end < len(which) and which[end] != _PLAIN:
            end += 1
        parts.append(_composed(text[start:end]))
    return "".join([*parts, text[end:]]) if parts else text


@lru_cache(maxsize=1 << 16)
def _composed(letters: str) -> str:
    return unicodedata.normalize("NFKC", letters).casefold()


@lru_cache(maxsize=1)
def _tables() -> tuple[_Bytes, _Bytes]:
    """Of every code point: whether it is seen, and NFKC or folding case may change it; and its combining class.

    A plain one neither changes nor goes together with what stands before it. Ideographs and Hangul syllables are all
    plain, so these ranges are passed over.
    """
    kinds, orders = (np.zeros(0x110000, dtype=np.uint8) for _ in range(2))
    seconds = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))  # of Hangul syllables
    for code in chain(range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xD7B0, 0x20000), range(0x2F800, 0x2FA20)):
        letter = chr(code)
        apart = unicodedata.decomposition(letter)
        orders[code] = order = unicodedata.combining(letter)
        if apart and not apart.startswith("<") and " " in apart:
            seconds.add(int(apart.split()[1], 16))
        if (apart and unicodedata.normalize("NFKC", letter) != letter) or letter.casefold() != letter:
            kinds[code] = _CHANGES
        elif order:
            kinds[code] = _MARK
    kinds[list(seconds)] = _CHANGES
    kinds[list(_WITHOUT)] = _HIDDEN
    return kinds, orders
