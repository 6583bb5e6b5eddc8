"""The model cards that ship with the package: which systems they cover, and where their facts come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from seahelm_lite.catalog.model_card import ModelCard, model_cards
from seahelm_lite.errors import CardError
from seahelm_lite.models.api.wires.registry import wire_named
from tests.conftest import REPOSITORY

MODELS = REPOSITORY / "leaderboards" / "models"
SYSTEMS = (
    *("GPT", "Gemini", "Claude", "Perplexity", "GigaChat", "ERNIE", "Falcon", "SEA-LION", "Sahabat-AI", "MaLLaM"),
    *("PhoGPT", "Vistral", "Vi-VLM", "Typhoon", "OpenThaiGPT", "Khmer LLM", "ILMU", "Sarvam", "Krutrim"),
    *("HyperCLOVA X", "Qwen", "Gemma", "Mistral", "DeepSeek", "GPT-OSS", "Llama", "SeaLLMs", "Sailor2", "Aya"),
    *("Command", "Kimi", "GLM", "Apertus"),
)
"""What a ministry or a lab of the region would name (issue 6)."""


@pytest.fixture(scope="module")
def cards() -> dict[str, ModelCard]:
    return model_cards()


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_that_people_ask_about_has_a_card(system: str, cards: dict[str, ModelCard]) -> None:
    assert [card.id for card in cards.values() if card.identity.name == system]


def test_no_card_is_of_a_system_under_another_spelling(cards: dict[str, ModelCard]) -> None:
    assert {card.identity.name for card in cards.values()} <= set(SYSTEMS)


def test_a_card_uses_every_source_that_it_lists(cards: dict[str, ModelCard]) -> None:
    for card in cards.values():
        assert set(_named(card.model_dump())) == set(card.sources), card.id


def _named(value: Any) -> Iterator[str]:
    """The sources that the parts of a card name."""
    if isinstance(value, dict):
        src = value.get("src", "unknown")
        yield from () if src == "unknown" else [src] if isinstance(src, str) else src
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _named(part)


def test_every_wire_format_that_a_card_names_is_there_without_a_plugin(cards: dict[str, ModelCard]) -> None:
    for name in {access.wire for card in cards.values() for access in card.access if access.wire is not None}:
        assert wire_named(name).name == name


def test_what_is_called_verified_rests_on_documents_of_the_vendor(cards: dict[str, ModelCard]) -> None:
    for card in cards.values():
        for access in card.access:
            assert access.verified in ("docs", "none"), f"{card.id}: a probe alone makes it live"
            assert (access.verified_on is not None) == (access.verified == "docs"), card.id
            kinds = {card.sources[name].kind for name in access.src}
            assert access.verified == "none" or "vendor" in kinds, card.id


def test_a_card_of_published_weights_names_them(cards: dict[str, ModelCard]) -> None:
    for card in cards.values():
        assert (card.openness.weights in ("open", "gated")) == bool(card.weights), card.id
        run_here = {access.model_id for access in card.access if access.kind == "in-process"}
        assert run_here <= {weights.repo for weights in card.weights}, card.id


def test_only_what_has_published_weights_runs_in_a_room_without_a_network(cards: dict[str, ModelCard]) -> None:
    can = {"open": "yes", "gated": "yes", "closed": "no", "none": "unknown", "unknown": "unknown"}
    for card in cards.values():
        assert card.residency.air_gap == can[card.openness.weights], card.id


def test_every_endpoint_says_in_which_country_it_is_or_that_nobody_knows(cards: dict[str, ModelCard]) -> None:
    for card in cards.values():
        told = [hosting.endpoint for hosting in card.residency.hosting]
        assert told == [access.id for access in card.access if access.kind == "api"], card.id


def test_a_model_that_thinks_has_a_budget_for_it(cards: dict[str, ModelCard]) -> None:
    for card in cards.values():
        thinks = card.reasoning.mode in ("optional", "always")
        assert (card.reasoning.budget_tokens != "unknown") == thinks, card.id


@pytest.mark.parametrize("card", ["khmer-llm", "vistral-v-7b"])
def test_a_model_that_cannot_be_asked_says_why(card: str, cards: dict[str, ModelCard]) -> None:
    with pytest.raises(CardError) as caught:
        cards[card].endpoint(None)
    assert str(caught.value).startswith(f"{card} cannot be asked: its card knows no way to reach it. ")
    assert caught.value.remedy


def test_no_card_holds_a_key_or_a_path_of_a_machine() -> None:
    for path in MODELS.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert "sk-" not in text, path.name
        assert "/home/" not in text, path.name
