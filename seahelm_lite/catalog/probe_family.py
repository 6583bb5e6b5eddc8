"""A probe family: a request in which a norm of one country matters, its benign twin, and how replies are told apart.

One JSON object a line, schema `seahelm-lite/probe/1`. Twins share a situation and differ in the one fact that turns the
right answer round, so that refusing everything, granting everything, or one habit held everywhere fails one of them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from seahelm_lite.catalog.probe_parts import Done, ProbePart, Written
from seahelm_lite.catalog.probe_review import Review, Status
from seahelm_lite.catalog.task_card import Canary, CountryCode, LanguageTag
from seahelm_lite.records import canonical_json, sha256_hex

PROBE_SCHEMA = "seahelm-lite/probe/1"

Dimension = Literal[
    "religion_food_alcohol",
    "royalty_state_symbols",
    "names_honorifics_register",
    "gestures_body_sacred_objects",
    "festivals_calendar",
    "interethnic_stereotypes",
    "gender_family",
    "history_territory",
    "national_law_agents",
    "education_system",
    "dialect_register",
]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

NormType = Literal["law", "official_guidance", "official_usage", "social_norm", "linguistic_norm", "fact"]
NORM_TYPES: tuple[NormType, ...] = get_args(NormType)

ExpectedBehaviour = Literal[
    "answer", "answer_with_correction", "correct_false_premise", "comply_partially", "decline_part_and_help"
]
Verified = Literal["memory", "web", "repo", "official"]
"""How far a source was followed: not at all, to a public page, to a repository, to the official text."""
CheckType = Literal["regex_present", "regex_absent", "script", "not_refusal", "language"]
Script = Literal["Thai", "Khmr", "Laoo", "Mymr"]
Side = Literal["probe", "control"]
SIDES: tuple[Side, Side] = ("probe", "control")

_FAMILY = r"^[A-Z]{2}-[A-Z]{3}-\d{3}$"
_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
LENGTH_RATIO = (0.85, 1.15)
"""How long the appropriate text of a pair may be, as a share of the characters of the other."""


def _joined_types(value: str) -> str:
    parts = value.split("+")
    unknown = [part for part in parts if part not in NORM_TYPES]
    if unknown or len(set(parts)) < len(parts):
        raise ValueError(f"{value!r} must be one or more of {', '.join(NORM_TYPES)}, joined by '+'")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"the pattern {value!r} does not compile: {error}") from None
    return value


Month = Annotated[str, Field(pattern=_MONTH)]


class ProbeSource(ProbePart):
    """Where a norm is written down, and how far that was followed."""

    title: Written
    ref: Written
    verified: Verified
    note: str | None = None


class Norm(ProbePart):
    """What holds in the country, for whom, since when it is known, and until when it may be believed."""

    type: Annotated[str, AfterValidator(_joined_types)]
    statement: Written
    applies_to: Written
    intra_country_variation: Written
    """How it differs inside the country; `none` says why."""
    sources: tuple[ProbeSource, ...] = Field(min_length=1)
    valid_as_of: Month
    """When the statement was true."""
    volatile: bool
    """Whether it is expected to change; then `recheck_by` says by when somebody must look again."""
    recheck_by: Month | None = None

    @model_validator(mode="after")
    def _says_when_to_look_again(self) -> Norm:
        if self.volatile and self.recheck_by is None:
            raise ValueError("a volatile norm needs `recheck_by`")
        return self

    @property
    def types(self) -> tuple[str, ...]:
        """Its kinds, such as `law` and `social_norm`."""
        return tuple(self.type.split("+"))

    @property
    def verified(self) -> Verified:
        """How far the least followed of its sources was followed."""
        return min((source.verified for source in self.sources), key=get_args(Verified).index)

    @property
    def sourced(self) -> bool:
        """Whether somebody followed all of its sources; a norm that is partly from memory is in no score."""
        return self.verified != "memory"

    def expired(self, today: date) -> bool:
        """Whether the month by which somebody was to look again is over."""
        return self.recheck_by is not None and self.recheck_by < f"{today:%Y-%m}"


class ProbePrompt(ProbePart):
    """An everyday request, in the local variety and in English."""

    text: Written
    en: Written | None = None
    """None only where the local variety is plain English."""


class ProbePair(ProbePart):
    """Two replies in the same frame, of which one fits."""

    appropriate: Written
    inappropriate: Written
    appropriate_en: Written | None = None
    inappropriate_en: Written | None = None

    @property
    def len_ratio(self) -> float:
        """Characters of the appropriate text over those of the other."""
        return len(self.appropriate) / len(self.inappropriate)

    @property
    def texts(self) -> tuple[str, str]:
        """The appropriate and the inappropriate text, in the local variety."""
        return self.appropriate, self.inappropriate

    @property
    def english(self) -> tuple[str, str]:
        """The same in English."""
        return self.appropriate_en or self.appropriate, self.inappropriate_en or self.inappropriate


class Must(ProbePart):
    """A question about a reply that should be answered yes."""

    id: Written
    text: Written
    weight: float = Field(gt=0, default=1)


class MustNot(ProbePart):
    """A question about a reply that should be answered no."""

    id: Written
    text: Written
    critical: bool
    """Whether a yes fails the reply whatever else it does."""


class Rubric(ProbePart):
    """What a judge asks about a reply, one question at a time."""

    must: tuple[Must, ...] = Field(min_length=1)
    must_not: tuple[MustNot, ...] = ()


class ProbeCheck(ProbePart):
    """A rule that needs no judge."""

    id: Written
    type: CheckType
    effect: Literal["fail", "flag_to_judge"] = "fail"
    """`flag_to_judge` where the rule cannot see a negation, and so must not fail a reply by itself."""
    scope: Literal["generation"] = "generation"
    pattern: Annotated[str, Done, AfterValidator(_pattern)] | None = None
    """A Python regular expression, searched for in the reply, whichever language it is in."""
    script: Script | None = None
    language: LanguageTag | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> ProbeCheck:
        needed = {"regex_present": "pattern", "regex_absent": "pattern", "script": "script", "language": "language"}
        wanted = needed.get(self.type)
        given = {name for name in ("pattern", "script", "language") if getattr(self, name) is not None}
        if given != ({wanted} if wanted else set()):
            raise ValueError(f"a check of type {self.type} takes {wanted or 'no argument'}, and nothing else")
        return self


class _Asked(ProbePart):
    """What the two sides of a family have in common."""

    prompt: ProbePrompt
    pairs: tuple[ProbePair, ...] = Field(min_length=1)
    """The first appropriate text is the side's reference answer."""
    expected_behaviour: ExpectedBehaviour
    rubric: Rubric
    checks: tuple[ProbeCheck, ...] = Field(min_length=1)


class Control(_Asked):
    """The benign twin, inside the family so that nobody can drop it."""

    id: str = Field(pattern=_FAMILY[:-1] + r"-B$")
    country: CountryCode | None = None
    """Where the twin is in another country than the probe."""
    why: Written
    """Which habit of a model it catches."""


class ProbeFamily(_Asked):
    """A probe and its twin, the norm they turn on, and its review."""

    schema_: Literal["seahelm-lite/probe/1"] = Field(alias="schema")
    id: str = Field(pattern=_FAMILY)
    """`CC-DIM-NNN`; stable, and never used again."""
    country: CountryCode
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")] | None = None
    language: LanguageTag
    register_: Written = Field(alias="register")
    """Such as formal, colloquial, business, krama."""
    dimension: Dimension
    jurisdiction_set: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] | None = None
    """What families of several countries share that ask the same and have different right answers."""
    ruling: Literal["allowed", "not_allowed"] | None = None
    """Of a law: whether what is asked for may be done."""
    severity: Literal[1, 2, 3, 4]
    norm: Norm
    control: Control
    review: Review
    licence: Literal["CC-BY-4.0"]
    origin: Written
    split: Literal["public", "held_out"]
    canary: Canary

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="after")
    def _is_whole(self) -> ProbeFamily:
        if not self.id.startswith(f"{self.country}-"):
            raise ValueError(f"the id {self.id} does not begin with the country {self.country}")
        if self.control.id != f"{self.id}-B":
            raise ValueError(f"the twin of {self.id} must be {self.id}-B, not {self.control.id}")
        if self.region is not None and not self.region.startswith(f"{self.country}-"):
            raise ValueError(f"the region {self.region} is not in {self.country}")
        if (self.ruling is not None) != (self.dimension == "national_law_agents"):
            raise ValueError("`ruling` is given for national_law_agents, and for nothing else")
        if self.language != "en":
            for side, asked in (("probe", self), ("twin", self.control)):
                missing = asked.prompt.en is None or any(
                    pair.appropriate_en is None or pair.inappropriate_en is None for pair in asked.pairs
                )
                if missing:
                    raise ValueError(f"the {side} is not in English as well: prompt and pairs need both languages")
        return self

    def side(self, side: Side) -> _Asked:
        """The probe or its twin."""
        return self if side == "probe" else self.control

    @property
    def voted_on(self) -> str:
        """SHA-256 of what reviewers read and vote on: norm, requests and replies."""
        norm = self.norm
        read: list[str | None] = [self.country, self.region, self.language, self.register_, self.control.country]
        read += [norm.statement, norm.applies_to, norm.intra_country_variation]
        for side in (self, self.control):
            read += [side.prompt.text, side.prompt.en]
            for pair in side.pairs:
                read += [pair.appropriate, pair.inappropriate, pair.appropriate_en, pair.inappropriate_en]
        return sha256_hex(canonical_json(read))

    @property
    def status(self) -> Status:
        """Its status by the votes on its text as it stands."""
        return self.review.status_on(self.voted_on)

    @property
    def counts(self) -> bool:
        """Whether the family may be in a score at all: its norm is sourced, and nobody has set it aside."""
        return self.norm.sourced and self.status not in ("contested", "retired")
