"""What the runs of a series are put in order by: steps, tokens, or the order in which they were named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seahelm_lite.models.training import Training

_SOURCES = {
    "name": "the models' names",
    "revision": "the revisions",
    "trainer_state.json": "trainer_state.json",
}


@dataclass(frozen=True)
class Axis:
    """Where each run stands."""

    kind: Literal["step", "tokens", "order"]
    positions: tuple[int, ...]
    """Of each run, in the order in which they were named: its steps, its tokens, or its place from 1."""
    told: str
    """Where the positions are from, or why there are none, as a sentence."""


def axis_of(names: Sequence[str], trainings: Sequence[Training | None]) -> Axis:
    """Steps where all runs have them, else tokens, else the order in which they were named.

    Two runs at one step cannot be of one training, so that no curve leads through them.
    """
    whys = []
    for kind in ("step", "tokens"):
        found = [None if one is None else one.step if kind == "step" else one.tokens for one in trainings]
        positions = [value for value in found if value is not None]
        word = "step" if kind == "step" else "number of tokens"
        lacking = [name for name, value in zip(names, found, strict=True) if value is None]
        twice = [value for value, count in Counter(positions).items() if count > 1]
        if not lacking and not twice:
            sources = sorted({_SOURCES[one.source] for one in trainings if one is not None})
            return Axis(kind, tuple(positions), f"{kind}: read from {' and '.join(sources)}")
        if positions:
            whys.append(f"two runs have the {word} {twice[0]}" if twice else f"no {word} is known of {lacking[0]}")
    why = "; ".join(whys) or "no step is known of any run"
    return Axis("order", tuple(range(1, len(names) + 1)), f"order: as named on the command line, since {why}")
