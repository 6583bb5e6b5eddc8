"""Many long texts looked for in a stream of bytes at once.

Of each text a stretch of 31 bytes is its anchor. Wherever the text stands, one of the first eight bytes of that stretch
lies at a multiple of eight in the stream, so that only every eighth place has to be looked at: the eight bytes there
are hashed into a table of four million entries, of which the anchors hold a few; where an entry is taken, the hash of
24 bytes is looked up among those of the anchors, and where that is there too, the whole text is compared. A text is
thus found wherever it stands, and nothing else ever is. All but the last step is numpy's, so that the time hangs little
on the number of texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST = 32
"""Bytes that a text has at least."""

_WORD = 8
_HASHED = 3
"""Words that a hash is of."""
_ANCHOR = _WORD * (_HASHED + 1) - 1
_BITS = 22
_STEP = 1 << 16
"""Words that are looked at together: what is made of them stays in the cache."""
_ODD = tuple(np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
"""Multipliers without a pattern in their bits."""

_Words = NDArray[np.uint64]


class Searcher:
    """Looks for some texts, which are known by their place in the list."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        """Prepare to look for texts of `SHORTEST` bytes or more, each given once."""
        self.longest = max(map(len, texts), default=0)
        self.found: set[int] = set()
        """Places of the texts that were met so far."""
        self._texts = tuple(texts)
        self._table = np.zeros(1 << _BITS, dtype=np.bool_)
        places: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, (text, offset) in enumerate(zip(texts, _rarest(texts), strict=True)):
            words = _words(text[offset : offset + _ANCHOR])
            self._table[_entries(words[:_WORD])] = True
            for shift, number in enumerate(_hashes(words, np.arange(_WORD), apart=_WORD).tolist()):
                places[number].append((place, offset + shift))
        self._hashes = np.array(sorted(places), dtype=np.uint64)
        self._places = [places[number] for number in self._hashes.tolist()]
        """Of each hash the texts that have it, and where in them."""
        self._open = np.ones(len(self._places), dtype=np.bool_)
        """The hashes that still have a text to be found."""

    def search(self, data: bytes) -> None:
        """Add to `found` the texts that stand in a stretch of the stream.

        A text that reaches over its end is found if the next one begins with the last `longest - 1` bytes of this one.
        """
        if not self._texts:
            return
        words = np.frombuffer(data, dtype="<u8", count=len(data) // _WORD)
        more = _HASHED - 1
        for start in range(0, len(words) - more, _STEP):
            some = words[start : start + _STEP + more]
            at = np.flatnonzero(self._table[_entries(some[:-more])])
            if not at.size:
                continue
            hashes = _hashes(some, at, apart=1)
            nearest = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
            same = (self._hashes[nearest] == hashes) & self._open[nearest]
            for word, which in zip(at[same].tolist(), nearest[same].tolist(), strict=True):
                self._compare(data, (start + word) * _WORD, which)

    def _compare(self, data: bytes, anchor: int, which: int) -> None:
        for place, offset in self._places[which]:
            if anchor >= offset and data.startswith(self._texts[place], anchor - offset):
                self.found.add(place)
        self._places[which] = [(place, offset) for place, offset in self._places[which] if place not in self.found]
        self._open[which] = bool(self._places[which])


def _rarest(texts: Sequence[bytes]) -> list[int]:
    """Where the anchor of each text begins: where the texts themselves use the entries of its first words the least, so
    that what many texts say is no anchor of any."""
    entries = [_entries(_words(text)[: len(text) - _ANCHOR + _WORD]) for text in texts]
    if not entries:
        return []
    used = np.bincount(np.concatenate(entries), minlength=1 << _BITS)
    return [int(np.argmin(np.convolve(used[each], np.ones(_WORD), mode="valid"))) for each in entries]


def _words(data: bytes) -> _Words:
    """The 8 bytes from each place on, as numbers."""
    view: _Words = np.ndarray((len(data) - _WORD + 1,), dtype="<u8", buffer=data, strides=(1,))
    return view.copy()  # what is not aligned is copied whole at each look


def _entries(words: _Words) -> NDArray[np.int64]:
    """The entries of the table that belong to some words."""
    return ((words * _ODD[0]) >> np.uint64(64 - _BITS)).view(np.int64)


def _hashes(words: _Words, at: NDArray[np.int64], *, apart: int) -> _Words:
    """A hash of the words at some places and of those that follow, each so many places after the other."""
    mixed = words[at] * _ODD[0]
    for number, odd in enumerate(_ODD[1:], 1):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * odd + words[at + number * apart]
    return mixed
