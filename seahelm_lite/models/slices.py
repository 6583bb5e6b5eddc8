"""Backends that answer a whole list in one go, asked a slice at a time, so that an interruption costs one slice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Planned
from seahelm_lite.records import Request

_KINDS = frozenset({"vllm", "sglang"})
_SIZE = 1024
"""Requests. Enough that an engine's batches are full for most of the time that a slice takes."""
_SIZE_WITH_START = 16 * _SIZE
"""Where each call starts its engines anew, as those of `data_parallel_size` are by lm-eval."""


def slice_size(kind: str, arguments: Mapping[str, Any], *, where: str) -> int | None:
    """How many requests a backend is handed at once; None for one that reports answers as it makes them.

    Args:
        kind: lm-eval's name of the backend.
        arguments: Its arguments; a number under `batch_size` is the size.
        where: The model SPEC, for error texts.

    Raises:
        ModelError: If `batch_size` is no size.
    """
    if kind not in _KINDS:
        return None
    given = str(arguments.get("batch_size", "auto"))
    if given.startswith("auto"):
        return _SIZE_WITH_START if str(arguments.get("data_parallel_size", "1")) != "1" else _SIZE
    if not given.isdecimal() or int(given) == 0:
        raise ModelError(f"batch_size is a number from 1 up, or auto, and not {given!r}", where=where)
    return int(given)


class Slices:
    """Stretches of a list of requests, whose bounds stay where they are when some of them have been answered."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._slice_of: dict[str, int] = {}

    def plan(self, requests: Sequence[Request]) -> Planned:
        """Cut the whole list."""
        self._slice_of = {request.hash(): index // self._size for index, request in enumerate(requests)}
        return Planned((), tuple(map(tuple, self.of(requests))))

    def of(self, requests: Sequence[Request]) -> list[list[int]]:
        """Indices of some requests, those of a slice together; what was never planned is planned as the whole list."""
        digests = [request.hash() for request in requests]
        if not self._slice_of.keys() >= set(digests):
            self.plan(requests)
        found: dict[int, list[int]] = defaultdict(list)
        for index, digest in enumerate(digests):
            found[self._slice_of[digest]].append(index)
        return [found[each] for each in sorted(found)]
