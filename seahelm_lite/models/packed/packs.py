"""The trie of a list of sequences cut into packs: stretches of its walk that are run in one forward pass each.

A pack continues a stem, the beginning that all its sequences share and that is run once for all packs under it. Stems
are places of the trie, found from the whole list and the size of a pack alone: a pack that is run again later, or on
another machine, stands on the same stem, computed in the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.models.packed.sequences import SequenceList

SHORTEST_STEM = 32
"""Tokens. A shorter beginning is cheaper to run again in each pack than in a pass of its own."""


@dataclass(frozen=True)
class Stem:
    """A shared beginning."""

    sequence: int
    """A sequence that begins so."""
    length: int
    """In tokens, from the root of the trie."""
    parent: Stem | None
    """The stem that this one continues."""

    @property
    def start(self) -> int:
        """Where its own tokens begin."""
        return self.parent.length if self.parent is not None else 0


@dataclass(frozen=True)
class Pack:
    """Neighbouring sequences that are run together on their stem."""

    first: int
    end: int
    """One past the last sequence."""
    stem: Stem | None
    size: int
    """Tokens run in its pass."""

    @property
    def base(self) -> int:
        """Tokens of each sequence that the stem has run already."""
        return self.stem.length if self.stem is not None else 0


@dataclass
class _Open:
    """The pack that units are being added to."""

    first: int
    end: int
    stem: Stem | None
    size: int


def cut(sequences: SequenceList, budget: int) -> list[Pack]:
    """Cut the walk over a trie into packs.

    Args:
        sequences: The sequences.
        budget: The most tokens of a pack. A single sequence that is longer makes a pack of its own.

    Returns:
        Packs in the order of the walk; together they hold every sequence once.
    """
    lengths = np.asarray([len(tokens) for tokens in sequences.tokens], dtype=np.int64)
    earliest = np.asarray(
        [
            len(t) - max(len(ask.targets) for ask in asks)
            for t, asks in zip(sequences.tokens, sequences.asks, strict=True)
        ],
        dtype=np.int64,
    )
    return _Cutter(lengths, sequences.shared, earliest, budget).packs()


def halves(sequences: SequenceList, pack: Pack) -> list[Pack]:
    """A pack as two on the same stem, or as it is where it holds a single sequence."""
    if pack.end - pack.first == 1:
        return [pack]
    middle = (pack.first + pack.end) // 2
    return [
        Pack(first, end, pack.stem, _size(sequences, first, end, pack.base))
        for first, end in ((pack.first, middle), (middle, pack.end))
    ]


def _size(sequences: SequenceList, first: int, end: int, base: int) -> int:
    """Tokens to run for some sequences that begin a pack."""
    rest = sum(len(sequences.tokens[i]) - max(int(sequences.shared[i]), base) for i in range(first + 1, end))
    return len(sequences.tokens[first]) - base + rest


class _Cutter:
    def __init__(
        self, lengths: NDArray[np.int64], shared: NDArray[np.int64], earliest: NDArray[np.int64], budget: int
    ) -> None:
        self._lengths = lengths
        self._shared = shared
        self._earliest = earliest
        self._budget = budget
        self._own = np.r_[0, np.cumsum(lengths - shared)]
        self._packs: list[Pack] = []
        self._open: _Open | None = None

    def packs(self) -> list[Pack]:
        """Walk over the intervals of sequences that share a beginning, largest first, in order."""
        waiting: list[tuple[int, int, Stem | None]] = [(0, len(self._lengths), None)] if len(self._lengths) else []
        while waiting:
            first, end, stem = waiting.pop()
            if end - first == 1 or self._size(first, end, stem) <= self._budget:
                self._add(first, end, stem)
                continue
            common = int(self._shared[first + 1 : end].min())
            # What is asked for must be in a pack, as a stem's pass gives no logits.
            length = min(common, int(self._earliest[first:end].min()))
            if length - (stem.length if stem is not None else 0) >= SHORTEST_STEM:
                waiting.append((first, end, Stem(first, length, stem)))
                continue
            borders = [first, *(np.flatnonzero(self._shared[first + 1 : end] == common) + first + 1).tolist(), end]
            parts = list(pairwise(borders))
            waiting += [(*part, stem) for part in reversed(parts)]
        self._close()
        return self._packs

    def _size(self, first: int, end: int, stem: Stem | None) -> int:
        """Tokens to run for some sequences that begin a pack."""
        base = stem.length if stem is not None else 0
        return int(self._lengths[first] - base + self._own[end] - self._own[first + 1])

    def _add(self, first: int, end: int, stem: Stem | None) -> None:
        pack = self._open
        if pack is not None and pack.stem is stem and pack.end == first:
            # What the first sequence shares with the one before it is in the pack already.
            known = max(int(self._shared[first]), stem.length if stem is not None else 0)
            more = int(self._lengths[first]) - known + int(self._own[end] - self._own[first + 1])
            if pack.size + more <= self._budget:
                pack.end, pack.size = end, pack.size + more
                return
        self._close()
        self._open = _Open(first, end, stem, self._size(first, end, stem))

    def _close(self) -> None:
        if self._open is not None:
            self._packs.append(Pack(self._open.first, self._open.end, self._open.stem, self._open.size))
        self._open = None
