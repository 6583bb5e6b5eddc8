"""`models list` and `models show`: the cards as a lab, or a ministry, reads them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from seahelm_lite.catalog.model_card import model_cards
from seahelm_lite.cli.model_sheet import sections
from seahelm_lite.schemas import schema
from tests.catalog.test_shipped_models import SYSTEMS
from tests.cli.conftest import Call, refused
from tests.conftest import REPOSITORY

MODELS = REPOSITORY / "leaderboards" / "models"


@pytest.fixture
def own_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cards in the place of the shipped ones, with one in it."""
    folder = tmp_path / "leaderboards" / "models"
    folder.mkdir(parents=True)
    shutil.copy(MODELS / "ilmu-v3.1.yaml", folder)
    monkeypatch.setattr("seahelm_lite.catalog.model_card.shipped_folder", lambda name: tmp_path / name)
    return folder


def test_the_list_covers_every_system_that_people_ask_about(call: Call) -> None:
    called = call("models", "list", "--json")
    assert called.status == 0
    told = json.loads(called.out)
    assert {entry["name"] for entry in told} == set(SYSTEMS)
    (ilmu,) = (entry for entry in told if entry["id"] == "ilmu-v3.1")
    assert ilmu == {
        "id": "ilmu-v3.1",
        "name": "ILMU",
        "version": "v3.1",
        "developer": "YTL AI Labs with Universiti Malaya",
        "country": "MY",
        "status": "active",
        "weights": "closed",
        "licence": "proprietary",
        "endpoints": ["ytl", "ytl-anthropic"],
        "wires": ["openai-chat", "anthropic-messages"],
        "engines": [],
        "languages": ["ms", "en"],
        "verified": "none",
    }
    assert {(entry["id"], entry["verified"]) for entry in told} >= {("khmer-llm", "none"), ("qwen-plus", "docs")}


@pytest.mark.parametrize("width", [60, 80, 100, 150])
def test_an_id_stands_whole_on_its_line_however_narrow_the_terminal(
    width: int, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seahelm_lite.cli.tables.console", lambda: Console(width=width, highlight=False))
    lines = call("models", "list").out.splitlines()
    assert max(map(len, lines)) <= width
    starts = {line.split(" ")[0] for line in lines}
    assert starts >= {path.stem for path in MODELS.glob("*.yaml")}


def test_a_card_reads_like_a_data_sheet(call: Call) -> None:
    called = call("models", "show", "ilmu-v3.1")
    assert called.status == 0
    sheet = re.sub(r"[ \n]+", " ", called.out)
    for told in (
        "ILMU v3.1 (ilmu-v3.1)",
        "developer YTL AI Labs with Universiti Malaya (company) [1]",
        "claimed built from scratch (said, and not shown) [1][2]",
        "licence proprietary [1]",
        "commercial use unknown",
        "asked at ytl MY; run by YTL",
        "on premises needs a network: its weights are not published",
        "requests kept unknown trains on them unknown",
        "Asked as --model ilmu-v3.1 address https://api.ilmu.ai/v1, as ilmu-v3.1",
        "Asked as --model ilmu-v3.1@ytl-anthropic address https://api.ilmu.ai/anthropic, as ilmu-v3.1",
        "key from ILMU_API_KEY, in the header x-api-key",
        "not known stop sequences, seed, temperature 0,",
        "price unknown verified no: neither tried, nor seen in documents of the vendor",
        "[2] interview with the vendor at w.media (press)",
    ):
        assert told in sheet


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("gpt-5.6", "price USD 4 for a million tokens of prompts, 20 of answers; list price as of 2026-11-22 ["),
        ("sarvam-105b", "price INR 29.28 for a million tokens of prompts, 73.2 of answers; list price as of 2026-09"),
        ("gpt-5.6", "not sent: temperature, stop, logprobs, logit_bias; a run that asks for one says so"),
        ("gpt-5.6", "max_tokens is sent as max_completion_tokens"),
        ("gigachat-2-max", "temperature 0 is sent as top_p 0"),
        ("gigachat-2-max", "certificates by the file in GIGACHAT_CA_BUNDLE_FILE"),
        ("hcx-005", "asked at clova-studio-gov KR, cloud of the Korean government; run by NAVER"),
        ("sarvam-105b", 'switched by reasoning_effort (on: "high", off: null)'),
        ("sarvam-105b", "on premises runs in a room without a network"),
        ("typhoon-v2.5-30b-a3b-instruct", "limits 200 requests a minute, 5 requests a second"),
        ("typhoon-v2.5-30b-a3b-instruct", "usual answer 150 tokens, where a request names no limit; ours always do"),
        ("khmer-llm", "nowhere no way to reach it is known"),
    ],
)  # fmt: skip
def test_the_sheet_tells(model: str, told: str, call: Call) -> None:
    assert told in re.sub(r"[ \n]+", " ", call("models", "show", model).out)


@pytest.mark.parametrize("model", ["gigachat-2-max", "sea-lion-v4.5-27b-it", "khmer-llm"])
def test_every_number_of_a_source_stands_under_sources(model: str, call: Call) -> None:
    body, _, sources = call("models", "show", model).out.partition("\nSources\n")
    listed = re.findall(r"^ +\[(\d+)\] ", sources, re.MULTILINE)
    assert listed == [str(number + 1) for number in range(len(listed))]
    assert set(re.findall(r"\[(\d+)\]", body)) == set(listed)


def test_nothing_known_on_any_sheet_lacks_a_source_but_what_we_say_ourselves() -> None:
    ours = {"not known", "verified", "we allow it", "nowhere"}
    for card in model_cards().values():
        for _, lines in sections(card):
            for line in lines:
                assert line.text == "unknown" or line.src != "unknown" or line.label in ours, (card.id, line)


@pytest.mark.parametrize("model", ["ilmu-v3.1", "gigachat-2-max", "sarvam-105b", "khmer-llm"])
def test_a_card_as_json_is_as_the_schema_says(model: str, call: Call) -> None:
    told = json.loads(call("models", "show", model, "--json").out)
    Draft202012Validator(schema("model-1")).validate(told)
    assert told["id"] == model
    assert told["schema"] == "seahelm-lite/model/1"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("khmer-lm", "there is no model card 'khmer-lm'. Did you mean khmer-llm?"),
        ("GigaChat", "there is no model card 'GigaChat'. Cards of that name: gigachat-2-max, gigachat-2-pro, "),
        ("qqqq", "there is no model card 'qqqq'. See: seahelm-lite models list."),
    ],
)
def test_a_model_without_a_card_tells_the_nearest(asked: str, sentence: str, call: Call) -> None:
    assert refused(call("models", "show", asked)).startswith(sentence)


@pytest.mark.parametrize("command", [("list",), ("list", "--json"), ("show", "ilmu-v3.1")])
def test_a_card_with_a_typo_is_told_by_file_and_line(command: tuple[str, ...], own_cards: Path, call: Call) -> None:
    path = own_cards / "ilmu-v3.1.yaml"
    text = path.read_text(encoding="utf-8").replace("  air_gap: no", "  airgap: no")
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("  airgap")].count("\n") + 1
    told = f"{path}:{line}: unknown key 'residency.airgap' (and 1 more in this file). Did you mean air_gap?"
    assert refused(call("models", *command)) == told


def test_a_card_with_a_fault_does_not_keep_others_from_being_shown(own_cards: Path, call: Call) -> None:
    (own_cards / "broken.yaml").write_text("schema: [", encoding="utf-8")
    assert call("models", "show", "ilmu-v3.1").status == 0


def test_a_price_without_a_currency_is_told_by_file_and_line(own_cards: Path, call: Call) -> None:
    path = own_cards / "ilmu-v3.1.yaml"
    price = "    price:\n      - {prompt: 1, completion: 2, as_of: 2026-11-01, src: clients}\n"
    text = path.read_text(encoding="utf-8").replace("  - id: ytl-anthropic", f"{price}  - id: ytl-anthropic")
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("      - {prompt")].count("\n") + 1
    assert (
        refused(call("models", "show", "ilmu-v3.1"))
        == f"{path}:{line}: the key 'access.0.price.0.currency' is missing. Add it."
    )
