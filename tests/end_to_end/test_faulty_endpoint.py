"""A run of an endpoint that fails one time in five, and of one that is down: no fault becomes an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite import runs
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.cli.main import main
from seahelm_lite.engine.progress import Silent
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.retry import RetryPolicy
from seahelm_lite.records import Outcome
from seahelm_lite.sources.where import Where
from tests.faulty import KINDS, OTHER, FaultyServer
from tests.small_card import put_card

REPEATS = 40
REQUESTS = 125 * REPEATS
SEED = 5
"""With which none of the first requests gets a web page, which would be taken for a wrong address."""


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer(share=0, seed=SEED) as server:
        yield server


@pytest.fixture
def model(server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SMALL_CREDENTIALS", "client:s3cret-of-the-client")
    auth = {"kind": "oauth2-client", "env": "SMALL_CREDENTIALS", "token_url": f"{server.base_url}/token"}
    access = {"base_url": server.base_url, "auth": auth, "timeout_s": 1}
    return put_card(tmp_path, monkeypatch, access)


def run(model: str, out: Path, *more: str, repeats: int = REPEATS) -> int:
    what = ["--suite", "regional_basics", "--repeats", str(repeats)]
    return main(["run", "--model", model, *what, "--out", str(out), *more])


def folder_in(out: Path) -> Path:
    (folder,) = [path for path in out.iterdir() if path.is_dir()]
    return folder


def manifest(out: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder_in(out) / "manifest.json").read_text(encoding="utf-8"))
    return read


def scores(out: Path) -> bytes:
    return (folder_in(out) / "scores.json").read_bytes()


def test_a_run_in_which_every_fifth_request_fails_ends_with_the_bytes_of_one_without_faults(
    server: FaultyServer, model: str, tmp_path: Path
) -> None:
    assert run(model, tmp_path / "calm") == 0
    server.share = 0.2
    assert run(model, tmp_path / "faulty") == 0
    assert len(server.requests) > 2 * REQUESTS * 1.1, "there were no faults"
    assert set(server.faults) == set(KINDS), "a kind of fault was never tried"
    for score in json.loads(scores(tmp_path / "faulty"))["scores"]:
        assert score["counts"] == {"scored": 25 * REPEATS, "unparsed": 0, "refused": 0, "truncated": 0, "error": 0}
    assert scores(tmp_path / "faulty") == scores(tmp_path / "calm")
    named = manifest(tmp_path / "faulty")
    assert named["served_models"] == ["loopback-1", OTHER]
    assert f"the endpoint named itself differently along the way: loopback-1, {OTHER}" in named["deviations"]
    assert not any("named itself" in sentence for sentence in manifest(tmp_path / "calm")["deviations"])


def test_streamed_answers_are_the_same_however_their_streams_fail(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = {"base_url": server.base_url, "timeout_s": 1, "stream": True}
    model = put_card(tmp_path, monkeypatch, access)
    assert run(model, tmp_path / "calm", repeats=4) == 0
    server.share = 0.2
    assert run(model, tmp_path / "faulty", repeats=4) == 0
    assert {"duplicated chunk", "truncated", "null content", "half JSON"} <= set(server.faults)
    assert scores(tmp_path / "faulty") == scores(tmp_path / "calm")


def test_an_endpoint_that_goes_down_costs_no_finished_work_and_the_run_is_resumed(
    server: FaultyServer, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(model, tmp_path / "calm", repeats=4) == 0
    answered = 200
    server.down_after = len(server.requests) + answered
    assert run(model, tmp_path / "down", repeats=4) == 1
    folder = folder_in(tmp_path / "down")
    assert f"--resume {folder}" in capsys.readouterr().err
    assert manifest(tmp_path / "down")["status"] == "incomplete"
    counts = [score["counts"] for score in json.loads(scores(tmp_path / "down"))["scores"]]
    assert all(sum(each.values()) == 100 for each in counts)
    kept = sum(each["scored"] for each in counts)
    assert kept >= answered - 1  # one of them was for the token
    assert sum(each["error"] for each in counts) == 500 - kept
    server.down_after = None
    before = len(server.requests)
    assert main(["run", "--resume", str(folder)]) == 0
    assert len(server.requests) - before == 500 - kept + 1
    assert scores(tmp_path / "down") == scores(tmp_path / "calm")


def test_an_address_at_which_nobody_answers_any_more_is_a_failure_of_each_request(
    server: FaultyServer, tmp_path: Path
) -> None:
    spec = RunSpec(model=f"openai:{server.base_url}#m", suites=("regional_basics",))
    catalog = load_catalog()
    where = Where.from_environment(mirror=None, offline=True, task_roots=catalog.roots, code=catalog.code)
    prepared = runs.prepare(spec, catalog=catalog, where=where, out=tmp_path)
    policy = RetryPolicy(max_attempts=2, first_wait_s=0.01)

    class Cutting(Silent):
        """Cuts the server off after fifty answers."""

        answers = 0

        def answered(self, outcome: Outcome) -> None:
            self.answers += 1
            if self.answers == 50:
                server.stop()

    assert isinstance(prepared.model, ApiModel)
    impatient = replace(prepared, model=ApiModel(prepared.model.access, policy=policy))
    done = runs.execute(impatient, progress=Cutting())
    assert not done.complete
    counts = [score["counts"] for score in done.scores]
    assert sum(each["scored"] for each in counts) >= 50
    assert sum(each["error"] for each in counts) == 125 - sum(each["scored"] for each in counts) > 0
    server.start_again()
    assert main(["run", "--resume", str(done.folder.path)]) == 0


def test_what_an_endpoint_does_not_take_is_told_of_a_run_of_stored_answers_too(
    server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = {"base_url": server.base_url, "params": {"unsupported": ["seed"]}}
    model = put_card(tmp_path, monkeypatch, access)
    told = "the endpoint takes no seed, so none was sent: a repeated request may be answered differently"
    for limit, sent in (("10", 10), ("5", 0)):
        before = len(server.requests)
        what = ["--task", "regional_basics_ms", "--limit", limit, "--out", str(tmp_path / "out")]
        assert main(["run", "--model", model, *what]) == 0
        assert len(server.requests) - before == sent
    deviations = [json.loads(path.read_text())["deviations"] for path in (tmp_path / "out").glob("*/manifest.json")]
    assert len(deviations) == 2
    assert all(told in each for each in deviations)
