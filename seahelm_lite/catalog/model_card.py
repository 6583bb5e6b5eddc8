"""The model card: who made a model, under what terms, and how it is reached. One card, one model."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.task_card import CountryCode, LanguageTag, Protocol
from seahelm_lite.catalog.yaml_files import parse, read_yaml
from seahelm_lite.errors import CardError


def _word(value: object) -> object:
    """YAML 1.1 reads `yes`, `no`, `on` and `off` as booleans; on a card they are words."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


YesNo = Annotated[Literal["yes", "no", "conditional", "unknown"], BeforeValidator(_word)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Developer(_Part):
    """Who made the model."""

    name: str
    type: Literal["gov", "lab", "company", "university", "consortium"]
    country: CountryCode


class Openness(_Part):
    """What may be had and used."""

    weights: Literal["open", "gated", "closed"]
    licence: str
    """SPDX id, the licence's own name, or `unknown`."""
    commercial: YesNo = "unknown"


class Hosting(_Part):
    """Where an endpoint runs."""

    endpoint: str
    country: CountryCode | Literal["unknown"]
    operator: str


class Residency(_Part):
    """Where data goes."""

    developer_jurisdiction: CountryCode
    hosting: tuple[Hosting, ...] = ()
    air_gap: YesNo
    retention_days: int | Literal["unknown"] = "unknown"
    trains_on_inputs: YesNo = "unknown"


class LanguageClaim(_Part):
    """A language the developer speaks of."""

    code: LanguageTag
    level: Literal["official", "claimed", "untested"]


class Endpoint(_Part):
    """One way to reach the model."""

    id: str
    wire: Literal["openai-chat", "hf"]
    base_url: str | None = None
    model_id: str
    """Name of the model at the endpoint, or its hub repository."""
    revision: str | None = None
    api_key_env: str | None = None
    """Environment variable that holds the key; the key itself never stands on a card."""
    max_concurrency: int | None = Field(default=None, ge=1)
    verified: Literal["docs", "live", "none"] = "none"
    verified_on: date | None = None

    @model_validator(mode="after")
    def _complete(self) -> Endpoint:
        if self.wire == "openai-chat" and self.base_url is None:
            raise ValueError("an openai-chat endpoint needs base_url")
        return self


class ModelCard(_Part):
    """Facts about a model; what nobody could find out says `unknown`."""

    schema_: Literal["seahelm-lite/model/1"] = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    name: str
    version: str
    developer: Developer
    status: Literal["active", "deprecated", "gated"]
    openness: Openness
    residency: Residency
    languages: tuple[LanguageClaim, ...] = ()
    params_total_b: float | None = None
    """Billions of parameters, where stated."""
    access: tuple[Endpoint, ...] = Field(min_length=1)
    """The first is used unless another is named, as in `card@endpoint`."""
    protocols: tuple[Protocol, ...] = Field(min_length=1)
    quirks: tuple[str, ...] = ()
    sources: tuple[str, ...] = Field(min_length=1)

    def endpoint(self, name: str | None) -> Endpoint:
        """An endpoint by name, or the first.

        Raises:
            UnknownNameError: With the nearest names.
        """
        for endpoint in self.access:
            if name in (None, endpoint.id):
                return endpoint
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
