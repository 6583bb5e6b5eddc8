"""The model card: who made a model, under what terms, and how it is reached. One card, one model."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
)

from seahelm_lite.catalog.access import Access, OnOff, Part, Unknown, YesNo, YesNoConditional
from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.task_card import CountryCode, LanguageTag, Protocol
from seahelm_lite.catalog.yaml_files import parse, read_yaml
from seahelm_lite.errors import CardError, UnknownNameError

Sourced = tuple[str, ...] | Unknown
"""Names of the card's sources that a part rests on; `unknown` where nothing in it is known."""


OWN_CARDS = "SEAHELM_LITE_MODELS"
"""The environment variable that names a folder with cards of one's own."""


class SourcedPart(Part):
    """A part that says where its facts were found."""

    src: Sourced = "unknown"


class Developer(Part):
    """Who made the model."""

    name: str
    type: Literal["gov", "lab", "company", "university", "consortium"]
    country: CountryCode


class Identity(SourcedPart):
    """What the model is called, and by whom it was made."""

    name: str
    version: str
    developer: Developer
    released: date | Annotated[str, Field(pattern=r"^\d{4}(-\d{2})?$")] | Unknown = "unknown"
    homepage: str | None = None
    status: Literal["active", "deprecated", "gated", "unreleased", "unknown"]


class Parent(Part):
    """What the weights were made from."""

    model: str
    """Repository or name."""
    relation: str


class Lineage(SourcedPart):
    """Where the weights come from."""

    origin: Literal["from-scratch", "continued-pretraining", "fine-tune", "merge", "distillation", "unknown"]
    parents: tuple[Parent, ...] = ()
    params_total_b: float | Unknown = "unknown"
    """Billions."""
    params_active_b: float | Unknown = "unknown"
    architecture: str = "unknown"
    training_data: Literal["full", "partial", "none", "unknown"] = "unknown"
    """How much of it is disclosed."""
    claims: tuple[str, ...] = ()
    """What the developer says of it and nobody else has shown."""


class Openness(SourcedPart):
    """What may be had and used."""

    weights: Literal["open", "gated", "closed", "none", "unknown"]
    licence: str
    """SPDX id, the licence's own name, or `unknown`."""
    commercial: YesNoConditional = "unknown"


class Hosting(Part):
    """Where an endpoint runs."""

    endpoint: str
    """Id of one of the card's ways of access."""
    country: CountryCode | Unknown
    region: str | Unknown = "unknown"
    operator: str


class Residency(SourcedPart):
    """Where data goes."""

    developer_jurisdiction: CountryCode
    hosting: tuple[Hosting, ...] = ()
    air_gap: YesNo
    """Whether the model can run in a room without a network."""
    retention_days: int | Unknown = "unknown"
    trains_on_inputs: Annotated[
        Literal["yes", "no", "opt-out", "unknown"],
        BeforeValidator(lambda value: {True: "yes", False: "no"}.get(value, value)),
    ] = "unknown"


class Languages(SourcedPart):
    """What it is said to speak."""

    official: tuple[LanguageTag, ...] = ()
    """The developer lists them as supported."""
    claimed: tuple[LanguageTag, ...] = ()
    """The developer, or others, speak of them."""


class Weights(SourcedPart):
    """A repository of weights."""

    repo: str
    revision: str | Unknown = "unknown"
    role: Literal["instruct", "base", "quantised"]


class Tokenizer(SourcedPart):
    """What splits its text, for counts of tokens without the model."""

    repo: str | Unknown = "unknown"
    vocabulary: int | Unknown = "unknown"


class Context(SourcedPart):
    """How much it reads and writes, in tokens."""

    window: int | Unknown = "unknown"
    max_output: int | Unknown = "unknown"
    default_max_tokens: int | Unknown = "unknown"


class Chat(SourcedPart):
    """How it is spoken to."""

    template: Literal["repo", "server", "none", "unknown"] = "unknown"
    system_role: Literal["native", "merged", "none", "unknown"] = "unknown"
    """`merged`: what is said as system stands at the head of the first question."""


class Switch(Part):
    """What turns thinking on and off in a request."""

    field: str
    """Dotted path in the body, such as `chat_template_kwargs.enable_thinking`."""
    on: JsonValue = None
    off: JsonValue = None
    """`null` is a value like another, where the card gives it."""

    def turns(self, state: OnOff) -> bool:
        """Whether the card gives a value for that state; without one, the endpoint cannot be switched that way."""
        return state in self.model_fields_set

    @model_serializer(mode="wrap")
    def _as_given(self, whole: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        """Without the values that the card does not give, which are not `null`."""
        return {name: value for name, value in whole(self).items() if name in self.model_fields_set}


class Reasoning(SourcedPart):
    """Whether it thinks before it answers."""

    mode: Literal["none", "optional", "always", "unknown"] = "unknown"
    default: OnOff | Unknown = "unknown"
    switch: Switch | None = None
    output: str = Field(default="unknown", pattern=r"^(unknown|hidden|field:[a-z_]+|tag:<[a-z_]+>)$")
    """Where the thinking is found: in a field of the message, between tags in the text, or nowhere."""
    budget_tokens: int | Unknown = "unknown"
    """What is added to a task's limit of tokens while it thinks."""


class Quirk(SourcedPart):
    """What else somebody who asks the model, or buys it, should know."""

    text: str


class Source(Part):
    """Where a fact was found."""

    what: str
    """A URL, or words that find it."""
    kind: Literal["vendor", "weights", "third-party", "price-map", "press", "survey", "common"]
    """`third-party`: code or pages of others; `price-map`: a library's table of models; `survey`: our own
    notes, which do not say where they have it from; `common`: general knowledge that nobody has checked."""
    on: date | None = None


AnyPart = TypeVar("AnyPart", bound=SourcedPart | Access)


def _traced(part: AnyPart, info: ValidationInfo) -> AnyPart:
    """Refuse facts of a part that come from nowhere, or from a source that is not on the card."""
    known = [
        name
        for name, field in type(part).model_fields.items()
        if name != "src" and getattr(part, name) not in (field.get_default(call_default_factory=True), "unknown")
    ]
    if known and part.src in ("unknown", ()):
        raise ValueError(f"src is missing, which says where {known[0]} is known from")
    named = [] if part.src == "unknown" else [*part.src]
    if isinstance(part, Access):
        named += [price.src for price in part.price]
    for name in named:
        if name not in info.data.get("sources", named):
            raise ValueError(f"src names {name!r}, which is not among the card's sources")
    return part


Traced = AfterValidator(_traced)


class ModelCard(Part):
    """SourcedPart about a model; what nobody could find out says `unknown`."""

    schema_: Literal["seahelm-lite/model/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    sources: dict[str, Source] = Field(min_length=1)
    """By the name that parts refer to; before the parts, so that it is there when these are checked."""
    identity: Annotated[Identity, Traced]
    lineage: Annotated[Lineage, Traced]
    openness: Annotated[Openness, Traced]
    residency: Annotated[Residency, Traced]
    languages: Annotated[Languages, Traced] = Languages()
    weights: tuple[Annotated[Weights, Traced], ...] = ()
    tokenizer: Annotated[Tokenizer, Traced] = Tokenizer()
    context: Annotated[Context, Traced] = Context()
    chat: Annotated[Chat, Traced] = Chat()
    reasoning: Annotated[Reasoning, Traced] = Reasoning()
    access: tuple[Annotated[Access, Traced], ...] = ()
    """The first is used unless another is named, as in `card@endpoint`. None for a model that nobody can reach."""
    protocols: tuple[Protocol, ...]
    quirks: tuple[Annotated[Quirk, Traced], ...] = ()

    @field_validator("access")
    @classmethod
    def _has_one_of_each(cls, access: tuple[Access, ...], info: ValidationInfo) -> tuple[Access, ...]:
        ids = [each.id for each in access]
        if len(set(ids)) < len(ids):
            raise ValueError("two ways of access have the same id")
        hosting = info.data["residency"].hosting if "residency" in info.data else ()
        for place in hosting:
            if place.endpoint not in ids:
                raise ValueError(f"residency tells of the endpoint {place.endpoint!r}, which is not here")
        return access

    @field_validator("protocols")
    @classmethod
    def _go_with_access(cls, protocols: tuple[Protocol, ...], info: ValidationInfo) -> tuple[Protocol, ...]:
        if "access" in info.data and bool(info.data["access"]) != bool(protocols):
            raise ValueError("protocols are the ways in which it can be asked: some where there is access, else none")
        return protocols

    def endpoint(self, name: str | None) -> Access:
        """A way of access by name, or the first.

        Raises:
            UnknownNameError: With the nearest names.
            CardError: If there is none at all.
        """
        if not self.access:
            why = " ".join(quirk.text for quirk in self.quirks)
            raise CardError(f"{self.id} cannot be asked: its card knows no way to reach it", remedy=why)
        for access in self.access:
            if name in (None, access.id):
                return access
        raise unknown(f"endpoint of {self.id}", str(name), [e.id for e in self.access], listing=f"the card {self.id}")


def model_cards(folder: Path | None = None) -> dict[str, ModelCard]:
    """All model cards, by id.

    Raises:
        CardError: With file and line, at the first card that cannot be used.
    """
    return {name: _card(path) for name, path in sorted(_files(folder).items())}


def model_card(name: str, folder: Path | None = None, *, listing: str = "seahelm-lite models list") -> ModelCard:
    """The card of that id; the others are not read.

    Args:
        name: The id.
        folder: Where the cards are; those that ship with the package and one's own, where none is named.
        listing: What to look at where no id is near.

    Raises:
        UnknownNameError: If there is none, with the cards of the system that has that name, or the nearest ids.
        CardError: With file and line, if the card cannot be used.
    """
    names = _files(folder)
    if name in names:
        return _card(names[name])
    same = [card.id for card in model_cards(folder).values() if card.identity.name.casefold() == name.casefold()]
    if same:
        raise UnknownNameError(f"there is no model card {name!r}", remedy=f"Cards of that name: {', '.join(same)}.")
    raise unknown("model card", name.lower(), names, listing=listing)


def place_on_card(card: ModelCard, access: Access, key: str, folder: Path | None = None) -> str:
    """`file:line` of what a card says of a way of access, for messages about it."""
    file = read_yaml(_files(folder)[card.id])
    return file.at(("access", card.access.index(access), key))


def _files(folder: Path | None) -> dict[str, Path]:
    """The cards of a folder, or those that ship with the package and those of `SEAHELM_LITE_MODELS`, by id."""
    if folder is not None:
        return {path.stem: path for path in folder.glob("*.yaml")}
    files = _files(shipped_folder("leaderboards") / "models")
    if not (own := os.environ.get(OWN_CARDS)):
        return files
    place = Path(own).expanduser()
    if not place.is_dir():
        raise CardError("the folder of one's own model cards does not exist", where=own, remedy=f"Correct {OWN_CARDS}.")
    for name, path in _files(place).items():
        if name in files:
            raise CardError(f"there is a card {name} already, in {files[name].parent}", where=str(path))
        files[name] = path
    return files


def _card(path: Path) -> ModelCard:
    file = read_yaml(path)
    card = parse(ModelCard, file)
    if path.stem != card.id:
        raise CardError(f"the card of {card.id} must be called {card.id}.yaml", where=file.at(("id",)))
    return card
