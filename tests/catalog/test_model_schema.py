"""The JSON Schema of model cards: made from what checks them, and true of every card.

`UPDATE_SCHEMA=1` writes it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from seahelm_lite import schemas
from seahelm_lite.catalog import access, model_card
from seahelm_lite.catalog.model_card import ModelCard, model_cards
from seahelm_lite.schemas import schema
from tests.catalog.described import described_schema
from tests.conftest import REPOSITORY

MODELS = REPOSITORY / "leaderboards" / "models"
FILE = Path(schemas.__file__).parent / "model-1.json"


class Yaml12(yaml.SafeLoader):
    """YAML 1.2, as editors that check a file against a schema read it: `no` and `on` are words, dates are texts."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _made() -> dict[str, Any]:
    return described_schema(ModelCard, (access, model_card), "A model card of seahelm-lite")


def test_the_schema_is_what_the_checks_of_today_make() -> None:
    made = json.dumps(_made(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SCHEMA"):
        FILE.write_text(made, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == made


def test_the_schema_is_a_schema_and_explains_its_fields() -> None:
    body = schema("model-1")
    Draft202012Validator.check_schema(body)
    assert "Tokens that the amounts are for" in body["$defs"]["Price"]["properties"]["per"]["description"]


def test_every_card_is_as_the_schema_says_as_its_author_and_as_a_program_reads_it() -> None:
    validator = Draft202012Validator(schema("model-1"))
    for card in model_cards().values():
        text = (MODELS / f"{card.id}.yaml").read_text(encoding="utf-8")
        validator.validate(yaml.load(text, Loader=Yaml12))
        validator.validate(card.model_dump(mode="json", by_alias=True))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("air_gap: no", "airgap: no"),
        ("air_gap: no", "air_gap: maybe"),
        ("id: ilmu-v3.1", "id: Ilmu 3.1"),
        ("schema: seahelm-lite/model/1", "schema: seahelm-lite/model/2"),
        ("status: active", "status: alive"),
        ("country: MY}", "country: Malaysia}"),
    ],
)
def test_a_changed_card_is_found_out(old: str, new: str) -> None:
    text = (MODELS / "ilmu-v3.1.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ValidationError):
        Draft202012Validator(schema("model-1")).validate(yaml.load(text.replace(old, new), Loader=Yaml12))
