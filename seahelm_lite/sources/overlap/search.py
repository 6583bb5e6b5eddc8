"""Many long texts looked for in a stream of bytes at once.

Of each text a stretch of 32 bytes is its anchor. The first 8 bytes of every place of the stream are hashed into a table
of a million entries, of which the anchors hold a few; where an entry is taken, the hash of 32 bytes is looked up among
those of the anchors, and where that is there too, the whole text is compared. A text is thus found wherever it stands,
and nothing else ever is. All but the last step is numpy's, so that the time hangs little on the number of texts. With
20,000 of them it is about as quick as an Aho-Corasick automaton in Rust (ahocorasick_rs), without one more dependency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST = 32
"""Bytes that a text has at least."""

_WORD = 8
_BITS = 20
_STEP = 1 << 16
"""Places that are looked at together: what is made of them stays in the cache."""
_ODD = tuple(
    np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)
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
        self._offsets = _rarest(texts)
        self._table = np.zeros(1 << _BITS, dtype=np.bool_)
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, (text, offset) in enumerate(zip(texts, self._offsets, strict=True)):
            words = _words(text[offset : offset + SHORTEST])
            self._table[_entries(words[:1])] = True
            places[int(_hashes(words, np.zeros(1, dtype=np.int64))[0])].append(place)
        self._hashes = np.array(sorted(places), dtype=np.uint64)
        self._places = [places[number] for number in self._hashes.tolist()]
        self._open = np.ones(len(self._places), dtype=np.bool_)
        """The anchors that still have a text to be found."""

    def search(self, data: bytes) -> None:
        """Add to `found` the texts that stand in a stretch of the stream.

        A text that reaches over its end is found if the next one begins with the last `longest - 1` bytes of this one.
        """
        if not self._texts:
            return
        last = len(data) - SHORTEST
        for start in range(0, last + 1, _STEP):
            words = _words(data[start : start + _STEP + SHORTEST - 1])
            at = np.flatnonzero(self._table[_entries(words[: len(words) - (SHORTEST - _WORD)])])
            if not at.size:
                continue
            hashes = _hashes(words, at)
            nearest = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
            same = (self._hashes[nearest] == hashes) & self._open[nearest]
            for begin, which in zip(at[same].tolist(), nearest[same].tolist(), strict=True):
                self._compare(data, start + begin, which)

    def _compare(self, data: bytes, anchor: int, which: int) -> None:
        left = []
        for place in self._places[which]:
            begin = anchor - self._offsets[place]
            if begin >= 0 and data.startswith(self._texts[place], begin):
                self.found.add(place)
            else:
                left.append(place)
        self._places[which] = left
        self._open[which] = bool(left)


def _rarest(texts: Sequence[bytes]) -> list[int]:
    """Where the anchor of each text begins: at the 8 bytes whose entry the texts themselves use the least, so that
    what many texts say is no anchor of any."""
    entries = [_entries(_words(text)[: len(text) - SHORTEST + 1]) for text in texts]
    if not entries:
        return []
    used = np.bincount(np.concatenate(entries), minlength=1 << _BITS)
    return [int(np.argmin(used[each])) for each in entries]


def _words(data: bytes) -> _Words:
    """The 8 bytes from each place on, as numbers."""
    view: _Words = np.ndarray((len(data) - _WORD + 1,), dtype="<u8", buffer=data, strides=(1,))
    return view.copy()  # what is not aligned is copied whole at each look


def _entries(words: _Words) -> NDArray[np.int64]:
    """The entries of the table that belong to some words."""
    return ((words * _ODD[0]) >> np.uint64(64 - _BITS)).view(np.int64)


def _hashes(words: _Words, at: NDArray[np.int64]) -> _Words:
    """A hash of the 32 bytes from each of some places on."""
    mixed = words[at] * _ODD[0]
    for number, odd in enumerate(_ODD[1:], 1):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * odd + words[at + number * _WORD]
    return mixed
