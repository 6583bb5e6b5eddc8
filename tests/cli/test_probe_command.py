"""`models probe`: from an endpoint to a table, to a record, to a card, and to the deviations of a run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from seahelm_lite.catalog.yaml_files import read_yaml
from tests.behaving import Behaving, Manners
from tests.cli.conftest import Call, refused
from tests.conftest import REPOSITORY
from tests.loopback import Canned, ChatServer, Seen
from tests.small_task import SmallTask

KEY = "sk-planted-0123456789"


def test_what_an_endpoint_honours_is_a_table_and_a_record(call: Call, tmp_path: Path) -> None:
    with ChatServer(Behaving(Manners(stop="ignores", seed="refuses"))) as server:
        called = call("models", "probe", f"openai:{server.base_url}#small", "--out", tmp_path / "record.yaml")
    assert called.status == 0
    lines = [line.split() for line in called.out.splitlines()]
    assert ["stop", "ignored"] in [line[:2] for line in lines]
    assert ["seed", "refused"] in [line[:2] for line in lines]
    assert f"{len(server.requests)} calls: " in called.out
    assert "15 calls, or up to 19" in called.err
    made = yaml.safe_load((tmp_path / "record.yaml").read_text())
    assert made["verified"] == "live"
    assert made["verified_on"] == datetime.now(UTC).date().isoformat()
    assert made["params"]["unsupported"] == ["seed", "stop"]


def test_a_program_reads_the_same(call: Call, tmp_path: Path) -> None:
    with ChatServer(Behaving(Manners(tools="deaf"))) as server:
        model = f"openai:{server.base_url}#small"
        called = call("models", "probe", model, "--json", "--out", tmp_path / "record.json")
    told = json.loads(called.out)
    assert (told["model"], told["wire"], told["calls"]) == (model, "openai-chat", len(server.requests))
    assert told["record"] == json.loads((tmp_path / "record.json").read_text())
    outcomes = {finding["what"]: finding["outcome"] for finding in told["findings"]}
    assert (outcomes["stop"], outcomes["tools"]) == ("honoured", "unknown")
    assert told["record"]["capabilities"]["tools"] == "unknown"


def test_a_call_without_a_reply_is_exit_1(call: Call) -> None:
    behaving = Behaving(Manners())

    async def no_streams(seen: Seen) -> Canned:
        broken = Canned("data: {}", headers={"Content-Type": "text/event-stream"}, cut=True)
        return broken if seen.body.get("stream") else await behaving(seen)

    with ChatServer(no_streams) as server:
        called = call("models", "probe", f"openai:{server.base_url}#small")
    assert called.status == 1
    assert "probe again" in called.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hf:nowhere"], "has no endpoint that could be asked"),
        (["baseline:longest"], "has no endpoint that could be asked"),
        (["no-such-card"], "there is no model card"),
        (["ilmu-v3.1"], "the key variable ILMU_API_KEY is not set"),
        (["openai:http://127.0.0.1:9/v1#m", "--out", "nowhere/record.yaml"], "there is no such folder"),
    ],
)
def test_what_cannot_be_probed_is_a_sentence(arguments: list[str], said: str, call: Call) -> None:
    assert said in refused(call("models", "probe", *arguments))


def test_offline_no_other_machine_is_probed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAHELM_LITE_OFFLINE", "1")
    assert "is not this machine" in refused(call("models", "probe", "openai:http://api.example.org/v1#m"))


def test_a_key_that_the_endpoint_repeats_is_written_nowhere(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    behaving = Behaving(Manners())

    async def repeats_it(seen: Seen) -> Canned:
        if "seed" in seen.body:
            return Canned({"error": {"message": f"{seen.headers['Authorization']} may not use \x07 seed"}}, status=400)
        return await behaving(seen)

    with ChatServer(repeats_it) as server:
        called = call("models", "probe", f"openai:{server.base_url}#small", "--out", tmp_path / "record.yaml")
    written = (tmp_path / "record.yaml").read_text()
    assert KEY not in called.out + called.err + written
    assert yaml.safe_load(written)["capabilities"]["seed"] == "unsupported"


def test_a_probed_record_on_a_card_becomes_the_deviations_of_a_run(
    call: Call, small: SmallTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seahelm_lite.catalog.model_card.shipped_folder", lambda name: tmp_path / name)
    card = dict(read_yaml(REPOSITORY / "leaderboards" / "models" / "ilmu-v3.1.yaml").data)
    with ChatServer(Behaving(Manners(seed="refuses", system="refuses"))) as server:
        access = {**card["access"][0], "base_url": server.base_url, "auth": {"kind": "none"}}
        card["access"] = [access, card["access"][1]]
        path = tmp_path / "leaderboards" / "models" / "ilmu-v3.1.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(yaml.safe_dump(card))
        run = ["run", "--model", "ilmu-v3.1", "--task", small.name, "--json"]
        before = call(*run, "--out", tmp_path / "before")
        assert call("models", "probe", "ilmu-v3.1", "--out", tmp_path / "record.yaml").status == 0
        access |= yaml.safe_load((tmp_path / "record.yaml").read_text())
        path.write_text(yaml.safe_dump(card))
        after = call(*run, "--out", tmp_path / "after")
    assert json.loads(before.out)["status"] == "incomplete", "every request with a seed is refused"
    told = json.loads(after.out)
    assert told["status"] == "complete"
    assert any("the endpoint takes no seed" in deviation for deviation in told["deviations"])
