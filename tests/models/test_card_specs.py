"""A model SPEC that is the id of a card: how the card's fields become a model."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from seahelm_lite.catalog.model_card import Reasoning, model_card, model_cards
from seahelm_lite.cli.main import main
from seahelm_lite.errors import UnknownNameError
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.thinking import resolve
from seahelm_lite.models.api.wires.registry import GROUP
from seahelm_lite.models.specs import open_model
from tests.installed_plugin import InstalledPlugin

CARD = """\
schema: seahelm-lite/model/1
id: pelanduk
identity: {name: Pelanduk, version: '1', developer: {name: Us, type: lab, country: MY}, status: active, src: [us]}
lineage: {origin: unknown}
openness: {weights: closed, licence: unknown, src: [us]}
residency: {developer_jurisdiction: MY, air_gap: no, src: [us]}
access:
  - {id: there, wire: openai-chat, base_url: "http://localhost:1/v1", model_id: m, src: [us]}
  - id: otherwise
    base_url: http://localhost:1/v1
    wire: teh-tarik
    model_id: m
    src: [us]
protocols: [gen-letter]
sources: {us: {what: made up, kind: common}}
"""
WIRE = """\
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.thinking import resolve
from seahelm_lite.models.api.wires.openai_chat import OpenAIChat

class TehTarik(OpenAIChat):
    name = "teh-tarik"

wire = TehTarik()
"""


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "leaderboards" / "models" / "pelanduk.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CARD, encoding="utf-8")
    monkeypatch.setattr("seahelm_lite.catalog.model_card.shipped_folder", lambda name: tmp_path / name)
    return path


def test_a_wire_format_that_nobody_has_is_told_by_file_and_line_when_it_is_asked_for(
    card: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = f"{card}:11: there is no wire format 'teh-tarik'. See: the formats are openai-chat"
    assert list(model_cards()) == ["pelanduk"]
    assert isinstance(open_model("pelanduk"), ApiModel)
    with pytest.raises(UnknownNameError) as caught:
        open_model("pelanduk@otherwise")
    assert str(caught.value).startswith(told)
    assert main(["run", "--model", "pelanduk@otherwise", "--suite", "regional_basics", "--out", str(card.parent)]) == 2
    assert told in capsys.readouterr().err


def test_a_misspelt_wire_format_names_the_nearest(card: Path) -> None:
    card.write_text(card.read_text(encoding="utf-8").replace("teh-tarik", "openai-chats"), encoding="utf-8")
    with pytest.raises(UnknownNameError) as caught:
        open_model("pelanduk@otherwise")
    assert str(caught.value).startswith(f"{card}:11: there is no wire format 'openai-chats'. Did you mean openai-chat")


def test_a_card_may_name_the_wire_format_of_a_plugin(
    card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    files = {"__init__.py": WIRE}
    InstalledPlugin(tmp_path / "site", "teh-tarik", "kedai_wire", "kedai_wire:wire", files, group=GROUP).install()
    model = open_model("pelanduk@otherwise")
    assert isinstance(model, ApiModel)
    assert model.facts.fingerprint["wire"] == "teh-tarik"


def test_one_card_is_read_without_the_others(card: Path) -> None:
    (card.parent / "zebra.yaml").write_text("schema: [", encoding="utf-8")
    assert model_card("pelanduk").identity.name == "Pelanduk"
    assert isinstance(open_model("pelanduk"), ApiModel)


@pytest.mark.parametrize(
    ("mode", "default", "room"),
    [
        ("optional", "on", 700),
        ("optional", "off", 0),
        ("optional", "unknown", 700),
        ("always", "unknown", 700),
        ("none", "unknown", 0),
    ],
)
def test_a_model_that_may_think_by_itself_has_room_for_it(
    mode: Literal["optional", "always", "none"], default: Literal["on", "off", "unknown"], room: int
) -> None:
    reasoning = Reasoning(mode=mode, default=default, budget_tokens=700)
    assert resolve(reasoning, "auto", model="m").tokens == room
