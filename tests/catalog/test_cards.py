"""Model cards and board cards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from seahelm_lite.catalog.board_card import board_cards
from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.model_card import model_cards
from seahelm_lite.errors import CardError, UnknownNameError
from tests.conftest import REPOSITORY

BOARDS = REPOSITORY / "leaderboards" / "boards"
MODELS = REPOSITORY / "leaderboards" / "models"

MODEL = """\
schema: seahelm-lite/model/1
id: pelanduk-1b
name: Pelanduk
version: 1B
developer: {name: Nobody, type: lab, country: MY}
status: active
openness: {weights: open, licence: Apache-2.0, commercial: yes}
residency:
  developer_jurisdiction: MY
  air_gap: no
access:
  - id: here
    wire: hf
    model_id: nobody/pelanduk-1b
  - id: there
    wire: openai-chat
    model_id: pelanduk
    base_url: https://api.example.org/v1
protocols: [gen-letter]
sources:
  - https://example.org/pelanduk
"""
BOARD = """\
schema: seahelm-lite/board/1
id: small
title: Small
measures: Nothing.
languages: [ms]
protocol: gen-letter
tasks:
  - task: one
  - task: two
    weight: 2
    required: no
"""


def _model(folder: Path, text: str = MODEL, name: str = "pelanduk-1b") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _board(folder: Path, text: str = BOARD) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _edited(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with one place changed, and the line of that place."""
    assert text.count(old) == 1
    return text.replace(old, new), text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_model_card_loads_and_names_its_sources(path: Path) -> None:
    card = model_cards()[path.stem]
    assert card.sources
    assert card.endpoint(None) == card.access[0]


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_board_ranks_tasks_that_exist_in_its_languages_and_protocol(path: Path, catalog: Catalog) -> None:
    board = board_cards(catalog.tasks)[path.stem]
    for column in board.tasks:
        card = catalog.task(column.task).card
        assert card.kind == "generation" or board.protocol in card.protocols
        assert card.language in board.languages


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "yes"),
        ("off", "no"),
        ("true", "yes"),
        ("No", "no"),
        ("'yes'", "yes"),
        ("'no'", "no"),
        ("conditional", "conditional"),
        ("unknown", "unknown"),
    ],
)
def test_yes_and_no_on_a_card_are_words_however_yaml_reads_them(tmp_path: Path, written: str, meant: str) -> None:
    text = MODEL.replace("commercial: yes", f"commercial: {written}").replace("air_gap: no", f"air_gap: {written}")
    _model(tmp_path, text)
    card = model_cards(tmp_path)["pelanduk-1b"]
    assert (card.openness.commercial, card.residency.air_gap) == (meant, meant)


@pytest.mark.parametrize("written", ["maybe", "1", "[yes]"])
def test_neither_yes_nor_no_is_refused(tmp_path: Path, written: str) -> None:
    text, line = _edited(MODEL, "air_gap: no", f"air_gap: {written}")
    path = _model(tmp_path, text)
    with pytest.raises(CardError, match=r"residency\.air_gap: ") as caught:
        model_cards(tmp_path)
    assert caught.value.where == f"{path}:{line}"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("schema: seahelm-lite/model/1", "schema: seahelm-lite/model/2", "schema: Input should be"),
        ("id: pelanduk-1b", "id: other", "the card of other must be called other.yaml"),
        ("id: pelanduk-1b", "id: Pelanduk 1B", "id: String should match pattern"),
        ("    wire: openai-chat", "    wire: anthropic", "access.1.wire: Input should be"),
        ("  air_gap: no", "  airgap: no", "unknown key 'residency.airgap'"),
        ("protocols: [gen-letter]", "protocols: []", "protocols: Tuple should have at least 1 item"),
        ("status: active", "status: alive", "status: Input should be 'active'"),
    ],
)
def test_a_fault_on_a_model_card_names_its_line(tmp_path: Path, old: str, new: str, what: str) -> None:
    text, line = _edited(MODEL, old, new)
    path = _model(tmp_path, text)
    with pytest.raises(CardError) as caught:
        model_cards(tmp_path)
    assert caught.value.where == f"{path}:{line}"
    assert what in caught.value.what


def test_a_chat_endpoint_without_an_address_is_refused(tmp_path: Path) -> None:
    path = _model(tmp_path, MODEL.replace("    base_url: https://api.example.org/v1\n", ""))
    with pytest.raises(CardError, match="an openai-chat endpoint needs base_url") as caught:
        model_cards(tmp_path)
    assert caught.value.where == f"{path}:15"


def test_an_endpoint_is_picked_by_name_and_an_unknown_one_names_the_nearest(tmp_path: Path) -> None:
    _model(tmp_path)
    card = model_cards(tmp_path)["pelanduk-1b"]
    assert card.endpoint("there").model_id == "pelanduk"
    with pytest.raises(UnknownNameError, match=r"no endpoint of pelanduk-1b 'ther'\. Did you mean there"):
        card.endpoint("ther")


def test_a_board_has_weights_and_may_do_without_a_task(tmp_path: Path) -> None:
    _board(tmp_path)
    columns: tuple[Any, ...] = board_cards(["one", "two"], tmp_path)["small"].tasks
    assert [(column.task, column.weight, column.required) for column in columns] == [
        ("one", 1.0, True),
        ("two", 2.0, False),
    ]


def test_a_board_that_names_a_task_twice_is_refused(tmp_path: Path) -> None:
    path = _board(tmp_path, BOARD.replace("task: two", "task: one"))
    with pytest.raises(CardError) as caught:
        board_cards(["one", "two"], tmp_path)
    assert str(caught.value) == f"{path}:9: the task 'one' is named twice. Remove one."


def test_a_board_that_names_an_unknown_task_tells_line_and_nearest(tmp_path: Path) -> None:
    path = _board(tmp_path)
    with pytest.raises(CardError) as caught:
        board_cards(["one", "twos"], tmp_path)
    assert str(caught.value) == f"{path}:9: there is no task 'two'. Did you mean twos?"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("id: small", "id: large", "the board large must be called large.yaml"),
        ("    weight: 2", "    weight: 0", "tasks.1.weight: Input should be greater than 0"),
        ("    weight: 2", "    wieght: 2", "unknown key 'tasks.1.wieght'"),
        ("protocol: gen-letter", "protocol: gen-leter", "protocol: Input should be 'gen-letter'"),
        ("languages: [ms]", "languages: [Malay]", "languages.0: String should match"),
    ],
)
def test_a_fault_on_a_board_names_its_line(tmp_path: Path, old: str, new: str, what: str) -> None:
    text, line = _edited(BOARD, old, new)
    path = _board(tmp_path, text)
    with pytest.raises(CardError) as caught:
        board_cards(["one", "two"], tmp_path)
    assert caught.value.where == f"{path}:{line}"
    assert what in caught.value.what


@pytest.mark.parametrize("folder", [BOARDS, MODELS])
def test_shipped_cards_hold_no_key_and_no_path_of_a_machine(folder: Path) -> None:
    for path in folder.glob("*.yaml"):
        body = yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")))
        assert "sk-" not in body
        assert "/home/" not in body
