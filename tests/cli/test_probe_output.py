"""Probes asked of an endpoint, from their cards to what is printed and kept."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite.schemas import schema
from tests.cli.conftest import Call
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.probe_families import raw
from tests.probe_task import CHOSEN, ENGLISH, probe_task

NAMES = ("MY-REL-001", "MY-REL-002")
REPLIES = {"bukan Islam": "Cubalah dua tin bir.", "Islam": "Cubalah sirap bandung.", "neither": "Two chilled beers."}


def _family(name: str) -> dict[str, Any]:
    body = copy.deepcopy(raw("MY-REL-001"))
    prompt, control = body["prompt"], body["control"]
    # Two requests that differ, so that each is sent.
    prompt["text"], control["prompt"]["text"] = f"{prompt['text']} {name}", f"{control['prompt']['text']} {name}"
    control["id"] = f"{name}-B"
    return {**body, "id": name, "control": control}


async def _answering(seen: Seen) -> Canned:
    """Fits in Malay; in English the twin alone gets what it asks for; of letters always the first."""
    request = seen.body["messages"][-1]["content"]
    if "A. " in request:
        return Canned(chat("A"))
    return Canned(chat(next((reply for word, reply in REPLIES.items() if word in request), "No idea.")))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> Any:
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: tmp_path / name)
    families = [_family(name) for name in NAMES]
    for card in ({}, ENGLISH, CHOSEN):
        task = probe_task(tmp_path / "tasks", *families, **({"card": card} if card else {}))
        task.write()
    with ChatServer(_answering) as server:
        asked = ("--task", "probes", "--task", "probes_en", "--task", "probes_choice")
        return call("run", "--model", f"openai:{server.base_url}#m", *asked, "--out", "out")


def test_what_probes_come_to_is_printed_under_the_scores(run: Any) -> None:
    assert run.status == 0
    rows = {line.split("  ")[0]: line.split() for line in run.out.splitlines() if line.startswith(("gen ", "gen-"))}
    assert rows["gen local"][2:4] == ["2", "100.0"]
    assert rows["gen english"][2:4] == ["2", "0.0"]
    assert rows["gen-letter local"][2:4] == ["2", "0.0"]
    assert "gen english: 2 of 2 families of severity 3 and 4 failed (at most 100.0 % with 95 % confidence)" in run.out
    assert "gen local: PAR in English is -100.0 points against the local variety on 2 families" in run.out
    assert "draft: no native speaker has reviewed these probes (sources followed: 2 web)" in run.out
    assert "countries are not ranked: none has the 150 families that takes" in run.out


def test_they_stand_in_the_file_and_come_out_the_same_again(run: Any, call: Call) -> None:
    (folder,) = (path for path in Path("out").iterdir() if path.is_dir())
    body = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema("scores-1")).validate(body)
    settings = [(entry["protocol"], entry["condition"]) for entry in body["probes"]]
    assert settings == [("gen", "english"), ("gen", "local"), ("gen-letter", "local")]
    assert {way["way"]: way["value"] for way in body["probes"][2]["ways"]}["first_place"] == 1
    again = call("score", folder)
    assert again.status == 0
    assert (folder / "scores" / "1.json").read_bytes() == (folder / "scores.json").read_bytes()
    assert "draft: no native speaker" in again.out
    assert json.loads(call("runs", "show", folder, "--json").out)["probes"] == body["probes"]
    assert call("runs", "verify", folder).status == 0


def test_the_gap_to_english_of_a_task_is_of_its_families(run: Any) -> None:
    assert "probes: +100.0 points against probes_en (English) on the same 2 items (gen par" in run.out
