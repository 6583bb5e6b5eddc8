"""`run --batch`: the answers are those of the unbatched run, and nothing is paid for twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import ModelError, RunFolderError, SeahelmError
from seahelm_lite.finished import Run
from seahelm_lite.models.api import batch_services
from seahelm_lite.runs import Prepared, execute, prepare, resume
from seahelm_lite.sources.where import Where
from tests.batch_service import BatchServer
from tests.loopback import ChatServer

KEY = "sk-planted-0123456789"
TASK, DOCUMENTS = "regional_basics_ms", 25
KINDS = ("openai", "anthropic")
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seahelm_lite.models.api.batch.FIRST_WAIT_S", 0.01)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def spec(server: ChatServer, kind: str) -> str:
    return f"{kind}:{server.base_url}#loopback"


@cache
def places() -> tuple[Catalog, Where]:
    catalog = load_catalog()
    return catalog, Where.from_environment(None, None, catalog.roots, catalog.code)


def prepared(model: str, out: Path, **more: Any) -> Prepared:
    catalog, where = places()
    return prepare(RunSpec(model=model, tasks=(TASK,)), catalog=catalog, where=where, out=out, **more)


def asked(server: ChatServer, kind: str, out: Path, *, batch: bool = True) -> Run:
    return execute(prepared(spec(server, kind), out, batch=batch))


def again(folder: Path, *, batch: bool = False) -> Run:
    catalog, where = places()
    return execute(resume(folder, catalog=catalog, where=where, batch=batch))


def states(run: Run) -> dict[str, int]:
    totals: dict[str, int] = {}
    for score in run.scores:
        for state, count in score["counts"].items():
            totals[state] = totals.get(state, 0) + count
    return {state: count for state, count in totals.items() if count}


def handed_in(run: Run) -> list[dict[str, Any]]:
    return list(json.loads((run.folder.path / "batches.json").read_text())["batches"])


@each_kind
def test_a_batched_run_ends_with_the_bytes_of_the_unbatched_one(kind: str, tmp_path: Path) -> None:
    with BatchServer(kind) as server:
        singly = asked(server, kind, tmp_path / "singly", batch=False)
        sent = len(server.requests)
        batched = asked(server, kind, tmp_path / "batched")
        assert len(server.batches) == 1
        assert len(server.requests) == sent, "nothing was asked singly"
    assert batched.complete
    assert batched.manifest["usage"] == singly.manifest["usage"]
    assert batched.folder.unsealed_changes() == []
    paths = [run.folder.path / "scores.json" for run in (singly, batched)]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    (entry,) = handed_in(batched)
    assert (entry["requests"], entry["service"]) == (len(server.batches[0].entries), kind)
    assert entry["ended"] in ("completed", "ended")


@each_kind
def test_the_key_goes_with_every_call_and_into_no_file(kind: str, tmp_path: Path) -> None:
    with BatchServer(kind) as server:
        asked(server, kind, tmp_path)
    assert server.keys == {f"Bearer {KEY}" if kind == "openai" else KEY}
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


@each_kind
def test_more_requests_than_a_batch_takes_are_several_batches(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = batch_services.OpenAIBatches if kind == "openai" else batch_services.AnthropicBatches
    monkeypatch.setattr(service, "most_requests", 12)
    with BatchServer(kind) as server:
        run = asked(server, kind, tmp_path)
    assert run.complete
    assert [len(batch.entries) for batch in server.batches] == [12, 12, 1]


@each_kind
def test_a_batch_is_no_larger_than_the_service_takes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seahelm_lite.models.api.batch.MOST_BYTES", 6_000)
    with BatchServer(kind) as server:
        run = asked(server, kind, tmp_path)
    assert run.complete
    assert len(server.batches) > 1
    assert max(len(json.dumps(batch.entries)) for batch in server.batches) < 7_000


@each_kind
@pytest.mark.parametrize("ending", ["errored", "expired", "lost"])
def test_requests_that_a_batch_failed_are_errors_that_going_on_asks_again(
    kind: str, ending: str, tmp_path: Path
) -> None:
    def some_fail(number: int, text: str) -> str:
        return ending if number == 0 and len(text) % 3 == 0 else "answered"

    with BatchServer(kind, ending=some_fail) as server:
        first = asked(server, kind, tmp_path)
        errors = states(first)["error"]
        assert (first.complete, 0 < errors < DOCUMENTS) == (False, True)
        second = again(first.folder.path, batch=True)
        assert [len(batch.entries) for batch in server.batches] == [DOCUMENTS, errors]
    assert second.complete
    assert states(second) == {"scored": DOCUMENTS}


def test_a_finished_batched_run_is_not_handed_in_again(tmp_path: Path) -> None:
    with BatchServer("openai") as server:
        asked(server, "openai", tmp_path)
        assert asked(server, "openai", tmp_path).complete
        assert len(server.batches) == 1


def test_what_is_left_can_be_asked_singly(tmp_path: Path) -> None:
    with BatchServer("openai", ending=lambda number, text: "expired" if len(text) % 3 == 0 else "answered") as server:
        first = asked(server, "openai", tmp_path)
        second = again(first.folder.path)
    assert (first.complete, second.complete, len(server.batches)) == (False, True, 1)


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_a_batch_that_failed_as_a_whole_says_why(status: str, tmp_path: Path) -> None:
    ending = "answered" if status == "failed" else "lost"
    with BatchServer("openai", status=status, ending=lambda number, text: ending) as server:
        run = asked(server, "openai", tmp_path)
    assert states(run) == {"error": DOCUMENTS}
    reason = f"batch batch_0 ended ({status}" + (": Enqueued token limit reached)" if status == "failed" else ")")
    assert any(reason in deviation for deviation in run.manifest["deviations"])


def test_a_filtered_request_is_refused_and_an_empty_answer_is_asked_for_once_more(tmp_path: Path) -> None:
    endings = {0: "filtered", 1: "blank"}
    with BatchServer("openai", ending=lambda number, text: endings.get(len(text) % 4, "answered")) as server:
        run = asked(server, "openai", tmp_path)
        blank = [entry for entry in server.batches[0].entries if len(entry["body"]["messages"][-1]["content"]) % 4 == 1]
        singly = [seen.body["messages"] for seen in server.requests]
    assert run.complete
    assert states(run)["refused"] > 0
    assert "unparsed" not in states(run)
    assert sorted(map(str, singly)) == sorted(str(entry["body"]["messages"]) for entry in blank)


@each_kind
def test_a_run_killed_after_it_handed_in_goes_on_with_the_same_batch(kind: str, tmp_path: Path) -> None:
    with BatchServer(kind, looks=10_000) as server:
        command = [sys.executable, "-m", "seahelm_lite", "run", "--model", spec(server, kind), "--batch"]
        command += ["--task", TASK, "--out", str(tmp_path / "killed")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not any(path.endswith("_0") for _, path in server.calls):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        (file,) = (tmp_path / "killed").rglob("batches.json")
        assert [entry["ended"] for entry in json.loads(file.read_text())["batches"]] == [None]
        server.looks = 0
        # Neither has to be told that there is a batch.
        resumed = again(file.parent)
        assert len(server.batches) == 1
        assert server.requests == []
        whole = asked(server, kind, tmp_path / "whole", batch=False)
    assert resumed.complete
    paths = [run.folder.path / "scores.json" for run in (resumed, whole)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_going_on_without_batches_collects_what_is_out_before_it_asks(tmp_path: Path) -> None:
    """Also where a batch can no longer be found: then what it held is asked anew."""
    with BatchServer("openai", status="failed") as server:
        run = asked(server, "openai", tmp_path)
        file = run.folder.path / "batches.json"
        body = json.loads(file.read_text())
        body["batches"][0] |= {"id": "batch_gone", "ended": None}
        file.write_text(json.dumps(body))
        server.fail_looks = 404
        second = again(run.folder.path)
    assert second.complete
    assert handed_in(second)[0]["ended"] == "gone"
    assert len(server.requests) == DOCUMENTS


def test_while_a_batch_that_is_out_cannot_be_asked_after_nothing_else_is_sent(tmp_path: Path) -> None:
    with BatchServer("openai", status="failed") as server:
        run = asked(server, "openai", tmp_path)
        file = run.folder.path / "batches.json"
        body = json.loads(file.read_text())
        body["batches"][0]["ended"] = None
        file.write_text(json.dumps(body))
        server.fail_looks = 400
        second = again(run.folder.path, batch=True)
        assert (states(second), server.requests, len(server.batches)) == ({"error": DOCUMENTS}, [], 1)
        assert handed_in(second)[0]["ended"] is None
        server.fail_looks = 0
        server.status = "completed"
        third = again(run.folder.path)
    assert third.complete
    assert (server.requests, len(server.batches)) == ([], 1)


def test_results_at_another_host_are_not_fetched(tmp_path: Path) -> None:
    with ChatServer() as foreign, BatchServer("anthropic", results_url=f"{foreign.base_url}/results") as server:
        run = asked(server, "anthropic", tmp_path)
    assert states(run) == {"error": DOCUMENTS}
    assert foreign.requests == []
    assert any("results are at another host" in deviation for deviation in run.manifest["deviations"])
    assert handed_in(run)[0]["ended"] is None


def test_a_damaged_list_of_batches_is_not_passed_over(tmp_path: Path) -> None:
    with BatchServer("openai", status="failed") as server:
        run = asked(server, "openai", tmp_path)
        (run.folder.path / "batches.json").write_text("{")
        with pytest.raises(RunFolderError, match=r"batches\.json: cannot be read"):
            again(run.folder.path)


def test_an_endpoint_without_a_batch_api_is_one_sentence_and_leaves_no_run(tmp_path: Path) -> None:
    with BatchServer("none") as server, pytest.raises(ModelError, match="took no batch: HTTP 404") as error:
        asked(server, "openai", tmp_path)
    assert "Leave out --batch" in error.value.sentence()
    assert not list(tmp_path.rglob("manifest.json"))


@pytest.mark.parametrize(
    ("model", "executor", "said"),
    [
        ("baseline:longest", "local", "has no endpoint that could be asked"),
        ("hf:nowhere", "local", "has no endpoint that could be asked"),
        ("openai:http://127.0.0.1:9/v1#m", "ray", "Leave out --executor"),
    ],
)
def test_what_cannot_be_asked_in_batches_is_refused_before_anything_is_loaded(
    model: str, executor: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SeahelmError, match=said):
        prepared(model, tmp_path, batch=True, executor=executor)
