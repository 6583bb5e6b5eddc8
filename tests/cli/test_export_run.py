"""`runs export`: a run in the formats of others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.cli.conftest import Call, refused
from tests.conftest import REPOSITORY
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.own_cards import write_card
from tests.small_task import SmallTask, row

SCHEMAS = REPOSITORY / "tests" / "fixtures" / "every_eval_ever"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """Says A, but to the last question nothing of use."""

    async def letter(seen: Seen) -> Canned:
        return Canned(chat("Entah." if "Soalan 5?" in seen.body["messages"][-1]["content"] else "A"))

    with ChatServer(letter) as server:
        yield server


def _run(call: Call, *more: str) -> str:
    folder: str = json.loads(call("run", "--task", "small", "--out", "out", "--json", *more).out)["folder"]
    return folder


def _check(name: str, body: Any) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft7Validator(schema).validate(body)


def _exported(call: Call, folder: str, *more: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The record and its samples, both as the schemas of the database say."""
    called = call("runs", "export", folder, "--format", "every-eval-ever", "--out", "eee", "--json", *more)
    paths = [Path(path) for path in json.loads(called.out)["files"]]
    body = json.loads(paths[0].read_text(encoding="utf-8"))
    rows = [json.loads(line) for path in paths[1:] for line in path.read_text(encoding="utf-8").splitlines()]
    _check("eval", body)
    for one in rows:
        _check("instance_level_eval", one)
    return body, rows


def test_a_record_of_every_eval_ever_keeps_uncertainty_states_and_where_it_is_from(
    small: SmallTask, server: ChatServer, call: Call
) -> None:
    folder = _run(call, "--model", f"openai:{server.base_url}#org/m", "--repeats", "2")
    (score,) = json.loads(call("runs", "show", folder, "--json").out)["scores"]
    body, rows = _exported(call, folder, "--evaluator", "A lab", "--relationship", "third_party", "--developer", "B")
    assert body["schema_version"] == "0.3.0"
    assert body["source_metadata"]["source_organization_name"] == "A lab"
    assert body["source_metadata"]["evaluator_relationship"] == "third_party"
    assert (body["model_info"]["id"], body["model_info"]["developer"]) == ("org/m", "B")
    (result,) = body["evaluation_results"]
    details = result["score_details"]
    assert details["score"] == score["value"]
    assert details["uncertainty"]["standard_error"]["value"] == score["se"]
    told = details["uncertainty"]["confidence_interval"]
    assert [told["lower"], told["upper"], told["confidence_level"]] == [*score["ci95"], 0.95]
    assert told["method"] == "Wilson score interval"
    assert json.loads(details["details"]["counts"]) == score["counts"]
    assert json.loads(details["details"]["variance"]) == score["variance"]
    assert len(rows) == 12
    assert {one["evaluation_result_id"] for one in rows} == {result["evaluation_result_id"]}
    states = [one["metadata"]["state"] for one in rows]
    assert (states.count("scored"), states.count("unparsed")) == (10, 2)
    assert sum(one["evaluation"]["score"] for one in rows) / len(rows) == pytest.approx(score["value"])
    assert all(one["answer_attribution"] == [] for one in rows if one["metadata"]["state"] == "unparsed")


def test_the_record_names_its_samples_with_their_hash_and_is_the_same_each_time(small: SmallTask, call: Call) -> None:
    folder = _run(call, "--model", "baseline:longest")
    body, rows = _exported(call, folder)
    named = body["detailed_evaluation_results"]
    content = (Path("eee") / named["file_path"]).read_bytes()
    assert named["checksum"] == hashlib.sha256(content).hexdigest()
    assert named["total_rows"] == len(rows) == 6
    assert {one["evaluation_id"] for one in rows} == {body["evaluation_id"]}
    again = call("runs", "export", folder, "--format", "every-eval-ever", "--out", "again", "--json")
    assert (Path("again") / named["file_path"]).read_bytes() == content
    first, second = (json.loads(Path(json.loads(again.out)["files"][0]).read_bytes()), body)
    assert first == second


def test_what_nobody_said_is_unknown(small: SmallTask, call: Call) -> None:
    body, _ = _exported(call, _run(call, "--model", "baseline:longest"))
    source, model = body["source_metadata"], body["model_info"]
    assert source["source_organization_name"] == "unknown"
    assert source["evaluator_relationship"] == "other"
    assert source["additional_details"]["evaluator_relationship"] == "unknown"
    assert model["developer"] == "unknown"
    assert model["additional_details"]["model_availability"] == "unknown"
    assert "reasoning" not in body["evaluation_results"][0]["generation_config"]["generation_args"]


def test_of_a_model_with_a_card_developer_and_weights_are_known(
    small: SmallTask, server: ChatServer, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_card(tmp_path / "cards", server.base_url)
    monkeypatch.setenv("SEAHELM_LITE_MODELS", str(tmp_path / "cards"))
    body, _ = _exported(call, _run(call, "--model", "pelanduk"))
    assert body["model_info"]["developer"] == "Nobody"
    assert body["model_info"]["additional_details"]["model_availability"] == "closed_weights"
    assert body["detailed_evaluation_results"]["file_path"].startswith("data/seahelm-lite/Nobody/pelanduk/")


def _incomplete(call: Call, tmp_path: Path) -> str:
    answers = tmp_path / "answers.jsonl"
    line = {"task": "small", "document": "small/rows.jsonl#0", "text": "A"}
    answers.write_text(json.dumps(line), encoding="utf-8")
    return _run(call, "--model", f"replay:{answers}")


def test_an_incomplete_run_goes_to_lm_eval_with_its_status_and_without_a_number(
    small: SmallTask, call: Call, tmp_path: Path
) -> None:
    called = call("runs", "export", _incomplete(call, tmp_path), "--format", "lm-eval", "--out", "lm")
    assert called.status == 1
    (path,) = Path("lm").rglob("results_*.json")
    body = json.loads(path.read_text(encoding="utf-8"))
    assert body["seahelm_lite"]["status"] == "incomplete"
    assert "acc,none" not in body["results"]["small@gen-letter"]
    assert "not in it: small@gen-letter acc: 5 of 6 answers ended in error" in called.err
    (samples,) = Path("lm").rglob("samples_*.jsonl")
    assert len(samples.read_text(encoding="utf-8").splitlines()) == 1


def test_and_not_to_every_eval_ever_which_takes_no_score_without_a_number(
    small: SmallTask, call: Call, tmp_path: Path
) -> None:
    folder = _incomplete(call, tmp_path)
    sentence = refused(call("runs", "export", folder, "--format", "every-eval-ever", "--out", "eee"))
    assert "has no score with a value" in sentence
    assert not Path("eee").exists()


def test_our_own_import_reads_the_samples_back_to_the_same_score(
    small: SmallTask, server: ChatServer, call: Call
) -> None:
    folder = _run(call, "--model", f"openai:{server.base_url}#m")
    (score,) = json.loads(call("runs", "show", folder, "--json").out)["scores"]
    call("runs", "export", folder, "--format", "lm-eval", "--out", "lm")
    (samples,) = Path("lm").rglob("samples_*.jsonl")
    told = json.loads(call("import", "lm-eval", samples, "--out", "imported", "--json").out)
    (again,) = told[0]["scores"]
    same = ("value", "se", "ci95", "counts", "n")
    assert [again[name] for name in same] == [score[name] for name in same]


def test_prompts_that_the_folder_cannot_give_are_left_out_and_named(
    small: SmallTask, server: ChatServer, call: Call
) -> None:
    SmallTask(small.root, shots=[row(10 + n) for n in range(4)]).write()
    folder = _run(call, "--model", f"openai:{server.base_url}#m", "--shots", "1")
    called = call("runs", "export", folder, "--format", "lm-eval", "--out", "lm")
    assert "the prompts of 6 samples, which cannot be made from the run folder alone" in called.err
    (samples,) = Path("lm").rglob("samples_*.jsonl")
    line = json.loads(samples.read_text(encoding="utf-8").splitlines()[0])
    assert (line["arguments"], line["prompt_hash"]) == ({}, None)


def test_items_that_may_not_be_redistributed_are_pointed_out(small: SmallTask, call: Call) -> None:
    SmallTask(small.root, changes={"licence": {"stated": "none stated", "redistributable": False}}).write()
    folder = _run(call, "--model", "baseline:longest")
    called = call("runs", "export", folder, "--format", "every-eval-ever", "--out", "eee")
    assert "It holds items of small, which may not be redistributed" in called.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "lm_eval", "--out", "x"), "there is no format 'lm_eval'. Did you mean lm-eval?"),
        (("--format", "lm-eval", "--out", "x", "--evaluator", "me"), "are for --format every-eval-ever"),
        (("--format", "lm-eval", "--submission", "small", "--out", "x"), "not allowed with argument"),
        (("--out", "x"), "one of the arguments --format --submission is required"),
    ],
)
def test_what_cannot_be_exported_is_refused(options: tuple[str, ...], said: str, small: SmallTask, call: Call) -> None:
    folder = _run(call, "--model", "baseline:longest")
    called = call("runs", "export", folder, *options)
    assert called.status == 2
    assert said in called.err
    assert not Path("x").exists()


@pytest.mark.parametrize("told", ["lm-eval", "every-eval-ever"])
def test_a_file_that_is_there_already_stays_and_a_file_is_no_folder(told: str, small: SmallTask, call: Call) -> None:
    folder = _run(call, "--model", "baseline:longest")
    export = ("runs", "export", folder, "--format", told, "--out")
    assert call(*export, "there").status == 0
    before = {path: path.read_bytes() for path in Path("there").rglob("*.json*")}
    called = call(*export, "there")
    assert (called.status, "is there already" in called.sentence()) == (2, True)
    assert {path: path.read_bytes() for path in Path("there").rglob("*.json*")} == before
    Path("file").write_text("", encoding="utf-8")
    assert call(*export, "file").status == 2
