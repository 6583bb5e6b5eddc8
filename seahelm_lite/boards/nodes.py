"""The nodes of a board: which columns each is made of, and what part it has in the headline."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from seahelm_lite.boards.results import Column, Node
from seahelm_lite.boards.scale import rounded


def nodes_of(columns: Sequence[Column]) -> tuple[Node, ...]:
    """The nodes from the top, those below a node right after it; none on a board without levels.

    Args:
        columns: All of the board, each with its path; only the required ones are in a node.
    """
    return tuple(_below((), [index for index, column in enumerate(columns) if column.required], columns))


def _below(path: tuple[str, ...], places: Sequence[int], columns: Sequence[Column]) -> Iterator[Node]:
    depth = len(path)
    if depth == len(columns[places[0]].path):
        return
    for name in dict.fromkeys(columns[place].path[depth] for place in places):
        own = [place for place in places if columns[place].path[depth] == name]
        share = rounded(math.fsum(columns[place].share for place in own))
        yield Node(path=(*path, name), share=share, columns=tuple(own))
        yield from _below((*path, name), own, columns)
