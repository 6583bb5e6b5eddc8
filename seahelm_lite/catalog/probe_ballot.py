"""What a reviewer is shown of a family, and what their choice of replies says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seahelm_lite.catalog.probe_family import SIDES, ProbeFamily, Side
from seahelm_lite.catalog.probe_review import Opinion
from seahelm_lite.records import sha256_hex

Letter = Literal["A", "B"]
Choice = Literal["A", "B", "unsure"]
CHOICES: tuple[Choice, ...] = ("A", "B", "unsure")


@dataclass(frozen=True)
class Shown:
    """One side of a family as a reviewer reads it: nothing tells which reply is the appropriate one."""

    request: str
    request_en: str | None
    """None where the request is in English."""
    replies: dict[Letter, tuple[tuple[str, str | None], ...]]
    """Of each letter the texts, one of every pair, each with its English."""
    fits: Letter
    """The letter of the appropriate texts."""


def shown(family: ProbeFamily, side: Side) -> Shown:
    """A side of a family, with its replies in an order that is drawn from its id."""
    asked = family.side(side)
    fits: Letter = "AB"[int(sha256_hex(f"{family.id} {side} ballot"), 16) % 2]  # type: ignore[assignment]
    right = tuple((pair.appropriate, pair.appropriate_en) for pair in asked.pairs)
    wrong = tuple((pair.inappropriate, pair.inappropriate_en) for pair in asked.pairs)
    replies: dict[Letter, tuple[tuple[str, str | None], ...]]
    replies = {"A": right, "B": wrong} if fits == "A" else {"A": wrong, "B": right}
    return Shown(asked.prompt.text, asked.prompt.en, replies, fits)


def opinion_of(family: ProbeFamily, choices: tuple[Choice, Choice]) -> Opinion:
    """Whether choices for the probe and its twin are the family's own: `disagree` as soon as one is not."""
    fits = [shown(family, side).fits for side in SIDES]
    if any(choice not in (letter, "unsure") for choice, letter in zip(choices, fits, strict=True)):
        return "disagree"
    return "unsure" if "unsure" in choices else "agree"
