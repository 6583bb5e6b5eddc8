"""Where values stand in a drawing, and which of them get a mark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""What marks may be apart, times a power of ten."""

_SCALES = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))


@dataclass(frozen=True)
class Scale:
    """A linear scale from values to places."""

    lo: float
    hi: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        if self.hi == self.lo:
            return (self.start + self.end) / 2
        return self.start + (value - self.lo) / (self.hi - self.lo) * (self.end - self.start)


def marks(lo: float, hi: float, count: int) -> list[float]:
    """Round values from `lo` to `hi`, about as many as wanted."""
    if hi <= lo:
        return [lo]
    rough = (hi - lo) / count
    power = 10.0 ** math.floor(math.log10(rough))
    apart = next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))
    first, last = math.ceil(lo / apart - 1e-9), math.floor(hi / apart + 1e-9)
    return [place * apart for place in range(first, last + 1)]


def around(values: Sequence[float], floor: float, top: float) -> tuple[float, float]:
    """A range that holds all values with some room, and is nowhere outside of what the metric can reach."""
    lo, hi = min(values), max(values)
    room = max(0.06 * (hi - lo), 0.01)
    return max(floor, lo - room), min(top, hi + room)


def short(number: float) -> str:
    """A count as an axis has it: 1500 is 1.5k."""
    for scale, letter in _SCALES:
        if abs(number) >= scale:
            return f"{number / scale:.4g}{letter}"
    return f"{number:.4g}"
