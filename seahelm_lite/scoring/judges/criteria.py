"""What a judge is asked of a reply: the criteria of its document, each a yes/no question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seahelm_lite.catalog.probe_family import Rubric
from seahelm_lite.records import JsonValue


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question about a reply."""

    id: str
    """Such as `MY-REL-001:M1`: the same wherever the same is asked, and nowhere else."""
    text: str
    wanted: bool
    """Whether a good reply has the answer yes."""
    weight: float = 1.0
    """Of a yes that is wanted, among the others of its document."""
    critical: bool = False
    """Whether a yes that is not wanted fails the reply whatever else it does."""


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a judge is told of a document beside the request and the reply."""

    norm: str
    """What a good reply goes by; empty where the criteria say it all."""
    criteria: tuple[Criterion, ...]


def brief_of(fields: Mapping[str, JsonValue]) -> Brief | None:
    """The brief of a document, from its `probe`, or from its `criteria`; None where it has nothing to judge by.

    `criteria` is a list of `{id, text, wanted: yes|no}`, of which `weight` and `critical` may be absent; a yes that is
    not wanted is critical unless it says otherwise.
    """
    if (probe := fields.get("probe")) is not None:
        side = f"{probe['family']}{'-B' if probe['side'] == 'control' else ''}"
        return Brief(str(probe["norm"]), _of_rubric(Rubric.model_validate(probe["rubric"]), side))
    if not (given := fields.get("criteria")):
        return None
    return Brief(str(fields.get("norm") or ""), tuple(map(_criterion, given)))


def _of_rubric(rubric: Rubric, side: str) -> tuple[Criterion, ...]:
    """What a reply must do, then what it must not; `side` is the id of the probe or of its twin."""
    wanted = (Criterion(f"{side}:{one.id}", one.text, True, one.weight) for one in rubric.must)
    unwanted = (Criterion(f"{side}:{one.id}", one.text, False, critical=one.critical) for one in rubric.must_not)
    return (*wanted, *unwanted)


def _criterion(given: Mapping[str, JsonValue]) -> Criterion:
    wanted = given["wanted"] == "yes"
    return Criterion(
        id=str(given["id"]),
        text=str(given["text"]),
        wanted=wanted,
        weight=float(given.get("weight", 1)),
        critical=bool(given.get("critical", not wanted)),
    )
