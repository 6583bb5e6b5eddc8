"""The token sequences that a list of log-likelihood requests needs, each once, in the order of a walk over their trie.

Two neighbours in that order share the longest beginning, so that the trie is the sequences and the lengths of what
neighbours share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.uint32]

_SORTABLE = ">u4"
"""Big-endian, so that comparing bytes compares token by token."""


@dataclass(frozen=True)
class Encoded:
    """One request in tokens."""

    context: Sequence[int] | Tokens
    continuation: Sequence[int] | Tokens


@dataclass(frozen=True)
class Ask:
    """What one request wants of a sequence: the log-likelihood of the tokens that follow its last positions."""

    request: int
    """Index in the list of requests."""
    targets: Tokens
    """The k-th from the end is predicted at the k-th position from the end of the sequence."""


@dataclass(frozen=True)
class SequenceList:
    """Distinct sequences, sorted."""

    tokens: tuple[Tokens, ...]
    shared: NDArray[np.int64]
    """Number of tokens that each has in common with the one before it; 0 for the first."""
    asks: tuple[tuple[Ask, ...], ...]
    """The requests of each."""
    truncated: int
    """Requests whose context lost tokens on its left, because the whole was longer than the model takes."""

    @property
    def distinct(self) -> int:
        """Nodes of the trie: tokens that have to be run at least once."""
        return sum(len(tokens) for tokens in self.tokens) - int(self.shared.sum())


def sequences_of(requests: Sequence[Encoded], max_length: int) -> SequenceList:
    """The sequences to run for some requests.

    The last token of a continuation is predicted and never read, so it is not part of a sequence; and one-token
    continuations of the same context share theirs. What is longer than `max_length` is cut on its left, as lm-eval
    does.

    Args:
        requests: Contexts and continuations, none of them empty.
        max_length: The most positions that the model takes.
    """
    asks: dict[bytes, list[Ask]] = {}
    truncated = 0
    for index, request in enumerate(requests):
        whole = np.concatenate([request.context, request.continuation]).astype(_SORTABLE)
        truncated += len(whole) > max_length + 1
        sequence = whole[-(max_length + 1) :][:-1]
        targets = whole[len(whole) - len(request.continuation) :].astype(np.uint32)
        asks.setdefault(sequence.tobytes(), []).append(Ask(index, targets))
    ordered = sorted(asks)
    tokens = tuple(np.frombuffer(key, dtype=_SORTABLE).astype(np.uint32) for key in ordered)
    shared = np.zeros(len(tokens), dtype=np.int64)
    for index in range(1, len(tokens)):
        shared[index] = _common(tokens[index - 1], tokens[index])
    return SequenceList(tokens, shared, tuple(tuple(asks[key]) for key in ordered), truncated)


def _common(first: Tokens, second: Tokens) -> int:
    """Length of the common beginning."""
    length = min(len(first), len(second))
    differ = np.flatnonzero(first[:length] != second[:length])
    return int(differ[0]) if len(differ) else length
