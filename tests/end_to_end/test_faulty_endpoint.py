"""A run of an endpoint that fails one time in five, and of one that is down: no fault becomes an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.cli.main import main
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
    access = {"base_url": server.base_url, "auth": auth, "timeout_s": 2}
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
