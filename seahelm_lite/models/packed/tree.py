"""One pack as tensors: its tokens, where each stands, and which earlier ones each may look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.models.packed.packs import Pack, Stem
from seahelm_lite.models.packed.sequences import SequenceList, Tokens


@dataclass(frozen=True)
class Asked:
    """One request in a pack."""

    request: int
    rows: NDArray[np.int64]
    """Rows of `Tree.logits_at` that predict its targets, in order."""
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """The nodes of a pack in the order of the walk; the stem's tokens stand before them in the cache."""

    tokens: NDArray[np.int64]
    positions: NDArray[np.int64]
    """Distance of each node from the root."""
    visible: NDArray[np.bool_]
    """Shape (nodes, nodes): itself and its ancestors."""
    base: int
    """Tokens of the stem, which every node sees."""
    logits_at: NDArray[np.int64]
    """The nodes whose logits are asked for, ascending."""
    asked: tuple[Asked, ...]


def tree_of(sequences: SequenceList, pack: Pack) -> Tree:
    """The nodes of a pack."""
    base = pack.base
    tokens = np.empty(pack.size, dtype=np.int64)
    positions = np.empty(pack.size, dtype=np.int64)
    visible = np.zeros((pack.size, pack.size), dtype=bool)
    path = np.empty(0, dtype=np.int64)
    wanted: list[tuple[int, NDArray[np.int64], Tokens]] = []
    used = 0
    for index in range(pack.first, pack.end):
        sequence = sequences.tokens[index]
        known = base if index == pack.first else max(int(sequences.shared[index]), base)
        new = np.arange(used, used + len(sequence) - known, dtype=np.int64)
        path = path[: known - base]
        tokens[new] = sequence[known:]
        positions[new] = np.arange(known, len(sequence))
        visible[np.ix_(new, path)] = True
        visible[used : used + len(new), used : used + len(new)] = np.tri(len(new), dtype=bool)
        path = np.r_[path, new]
        used += len(new)
        for ask in sequences.asks[index]:
            wanted.append((ask.request, path[len(path) - len(ask.targets) :], ask.targets))
    nodes = np.unique(np.concatenate([at for _, at, _ in wanted]))
    asked = tuple(
        Asked(request, np.searchsorted(nodes, at), targets.astype(np.int64)) for request, at, targets in wanted
    )
    return Tree(tokens, positions, visible, base, nodes, asked)


def chain_of(sequences: SequenceList, stem: Stem) -> Tree:
    """A stem's own tokens as a pack that asks for nothing."""
    tokens = sequences.tokens[stem.sequence][stem.start : stem.length].astype(np.int64)
    count = len(tokens)
    return Tree(
        tokens=tokens,
        positions=np.arange(stem.start, stem.length),
        visible=np.tri(count, dtype=bool),
        base=stem.start,
        logits_at=np.empty(0, dtype=np.int64),
        asked=(),
    )
