"""The model card: who made a model, under what terms, and how it is reached. One card, one model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from seahelm_lite.catalog.access import Access, OnOff, Part, Unknown, YesNo, YesNoConditional
from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.task_card import CountryCode, LanguageTag, Protocol
from seahelm_lite.catalog.yaml_files import parse, read_yaml
from seahelm_lite.errors import CardError

Sourced = tuple[str, ...] | Unknown
"""Names of the card's sources that a part rests on; `unknown` where nothing in it is known."""


class Developer(Part):
    """Who made the model."""

    name: str
    type: Literal["gov", "lab", "company", "university", "consortium"]
    country: CountryCode


class Identity(Part):
    """What the model is called, and by whom it was made."""

    name: str
    version: str
    developer: Developer
    released: date | Annotated[str, Field(pattern=r"^\d{4}(-\d{2})?$")] | Unknown = "unknown"
    homepage: str | None = None
    status: Literal["active", "deprecated", "gated", "unreleased", "unknown"]
    src: Sourced


class Parent(Part):
    """What the weights were made from."""

    model: str
    """Repository or name."""
    relation: str


class Lineage(Part):
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
    src: Sourced


class Openness(Part):
    """What may be had and used."""

    weights: Literal["open", "gated", "closed", "none", "unknown"]
    licence: str
    """SPDX id, the licence's own name, or `unknown`."""
    commercial: YesNoConditional = "unknown"
    src: Sourced


class Hosting(Part):
    """Where an endpoint runs."""

    endpoint: str
    """Id of one of the card's ways of access."""
    country: CountryCode | Unknown
    region: str | Unknown = "unknown"
    operator: str


class Residency(Part):
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
    src: Sourced


class LanguageClaim(Part):
    """A language the developer speaks of."""

    code: LanguageTag
    level: Literal["official", "claimed", "untested"]


class Weights(Part):
    """A repository of weights."""

    repo: str
    revision: str | Unknown = "unknown"
    role: Literal["instruct", "base", "quantised"]


class Tokenizer(Part):
    """What splits its text, for counts of tokens without the model."""

    repo: str | Unknown = "unknown"
    vocabulary: int | Unknown = "unknown"


class Context(Part):
    """How much it reads and writes, in tokens."""

    window: int | Unknown = "unknown"
    max_output: int | Unknown = "unknown"
    default_max_tokens: int | Unknown = "unknown"


class Chat(Part):
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
    """Where a value is None, the endpoint cannot be switched that way."""


class Reasoning(Part):
    """Whether it thinks before it answers."""

    mode: Literal["none", "optional", "always", "unknown"] = "unknown"
    default: OnOff | Unknown = "unknown"
    switch: Switch | None = None
    output: str = Field(default="unknown", pattern=r"^(unknown|hidden|field:[a-z_]+|tag:<[a-z_]+>)$")
    """Where the thinking is found: in a field of the message, between tags in the text, or nowhere."""
    budget_tokens: int | Unknown = "unknown"
    """What is added to a task's limit of tokens while it thinks."""
    src: Sourced = "unknown"


class Source(Part):
    """Where a fact was found."""

    what: str
    """A URL, or words that find it."""
    kind: Literal["vendor", "weights", "third-party", "price-map", "press", "common"]
    """`third-party`: code or pages of others; `price-map`: a library's table; `common`: general knowledge."""
    on: date | None = None


class ModelCard(Part):
    """Facts about a model; what nobody could find out says `unknown`."""

    schema_: Literal["seahelm-lite/model/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    identity: Identity
    lineage: Lineage
    openness: Openness
    residency: Residency
    languages: tuple[LanguageClaim, ...] = ()
    weights: tuple[Weights, ...] = ()
    tokenizer: Tokenizer = Tokenizer()
    context: Context = Context()
    chat: Chat = Chat()
    reasoning: Reasoning = Reasoning()
    access: tuple[Access, ...] = ()
    """The first is used unless another is named, as in `card@endpoint`. None for a model that nobody can reach."""
    protocols: tuple[Protocol, ...]
    quirks: tuple[str, ...] = ()
    sources: dict[str, Source] = Field(min_length=1)
    """By the name that parts refer to."""

    @model_validator(mode="after")
    def _refers_to_what_is_here(self) -> ModelCard:
        for named in self._named_sources():
            if named not in self.sources:
                raise ValueError(f"src names {named!r}, which is not among the card's sources")
        ids = [access.id for access in self.access]
        if len(set(ids)) < len(ids):
            raise ValueError("two ways of access have the same id")
        for hosting in self.residency.hosting:
            if hosting.endpoint not in ids:
                raise ValueError(f"hosting names the endpoint {hosting.endpoint!r}, which is not under access")
        return self

    def _named_sources(self) -> Iterator[str]:
        parts = (self.identity, self.lineage, self.openness, self.residency, self.reasoning, *self.access)
        for part in parts:
            if part.src != "unknown":
                yield from part.src
        for access in self.access:
            yield from (price.src for price in access.price)

    def endpoint(self, name: str | None) -> Access:
        """A way of access by name, or the first.

        Raises:
            UnknownNameError: With the nearest names.
            CardError: If there is none at all.
        """
        if not self.access:
            raise CardError(f"{self.id} cannot be reached: its card knows no access", remedy="; ".join(self.quirks))
        for access in self.access:
            if name in (None, access.id):
                return access
        raise unknown(f"endpoint of {self.id}", str(name), [e.id for e in self.access], listing=f"the card {self.id}")


def model_cards(folder: Path | None = None) -> dict[str, ModelCard]:
    """All model cards, by id.

    Raises:
        CardError: With file and line, at the first card that cannot be used.
    """
    cards: dict[str, ModelCard] = {}
    for path in sorted((folder or shipped_folder("leaderboards") / "models").glob("*.yaml")):
        file = read_yaml(path)
        card = parse(ModelCard, file)
        if path.stem != card.id:
            raise CardError(f"the card of {card.id} must be called {card.id}.yaml", where=file.at(("id",)))
        cards[card.id] = card
    return cards
