from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seahelm_lite.errors import DataError, SourceError
from seahelm_lite.sources import HubPin, Where, hub_rows, rows_sha256
from seahelm_lite.sources.hub import load_hub
from tests.hub_standin import HubStandin, StandinDataset

REPO = Path(__file__).parents[2]
REVISION = "abcdef0123456789abcdef0123456789abcdef01"
README = b"---\nconfigs:\n- config_name: ms\n  data_files:\n  - split: test\n    path: ms/test-*\n---\n# Soalan\n"
ROWS = [{"soalan": "Apa\u2028itu?", "n": 1, "pilihan": ["a", "b"]}, {"soalan": "Siapa?", "n": 2.5, "pilihan": []}]
OTHER = [{"soalan": "Apa?", "n": 1}]


def parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({name: [row[name] for row in rows] for name in rows[0]}), sink)
    return sink.getvalue()


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def pin(**fields: Any) -> HubPin:
    return HubPin(**{"id": "org/name", "config": "ms", "split": "test", "revision": REVISION, **fields})


def lay(where: Where, files: dict[str, bytes]) -> Path:
    """Put files of the dataset's repository into the mirror."""
    assert where.mirror is not None
    folder = where.mirror / "hub" / "org" / "name" / REVISION
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ({"README.md": README, "ms/test-00000-of-00001.parquet": parquet(ROWS)}, {}),
        ({"ms/test-00000-of-00001.parquet": parquet(ROWS)}, {}),
        ({"data/test-00000-of-00001.parquet": parquet(ROWS)}, {"config": None}),
        ({"test.jsonl": jsonl(ROWS)}, {"config": None}),
        (
            {"soalan/semua.json": jsonl(ROWS), "lain.csv": b"a\n1\n"},
            {"config": None, "data_files": "soalan/semua.json"},
        ),
    ],
    ids=["declared", "config folder", "data folder", "file of a split", "data_files"],
)
def test_a_mirror_folder_is_read_like_the_hub(
    files: dict[str, bytes], fields: dict[str, Any], offline: Where, no_sockets: list[str]
) -> None:
    folder = lay(offline, files)
    rows, found = load_hub(pin(sha256=rows_sha256(ROWS), **fields), offline)
    assert rows == ROWS
    assert (found.place, found.path) == ("mirror", folder)
    assert no_sockets == []


def test_the_mirror_is_neither_written_nor_copied_to_the_cache(offline: Where) -> None:
    folder = lay(offline, {"ms/test.jsonl": jsonl(ROWS)})
    hub_rows(pin(), offline)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["test.jsonl"]
    assert not offline.cache.exists()


def test_other_rows_than_pinned_name_both_hashes_and_the_folder(where: Where, no_sockets: list[str]) -> None:
    folder = lay(where, {"ms/test.jsonl": jsonl(OTHER)})
    with pytest.raises(SourceError) as error:
        hub_rows(pin(sha256=rows_sha256(ROWS)), where)
    for part in (str(folder), rows_sha256(OTHER), rows_sha256(ROWS), "hub org/name@abcdef0 ms/test"):
        assert part in str(error.value)
    assert no_sockets == []


@pytest.mark.parametrize(
    ("files", "fields", "reason"),
    [
        ({"ms/test.jsonl": jsonl(ROWS)}, {"split": "dev"}, "dev"),
        ({"ms/test.jsonl": b'{"soalan": \n'}, {}, "JSON"),
        ({"README.md": README}, {}, "data files found"),
    ],
    ids=["no such split", "broken file", "no data"],
)
def test_a_mirror_folder_that_cannot_be_read_is_an_error(
    files: dict[str, bytes], fields: dict[str, Any], reason: str, where: Where, no_sockets: list[str]
) -> None:
    folder = lay(where, files)
    with pytest.raises(SourceError, match=reason) as error:
        hub_rows(pin(**fields), where)
    assert error.value.where == str(folder)
    assert no_sockets == []


@pytest.mark.parametrize("address", ["https://example.org/soalan.jsonl", "hf://datasets/org/lain/soalan.jsonl"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_mirror_whose_card_points_to_the_network_is_refused(
    address: str, line_end: bytes, offline: Where, no_sockets: list[str]
) -> None:
    card = README.replace(b"ms/test-*", address.encode()).replace(b"\n", line_end)
    folder = lay(offline, {"README.md": card, "ms/test.jsonl": jsonl(ROWS)})
    with pytest.raises(SourceError, match="declares data files by an address") as error:
        hub_rows(pin(), offline)
    assert error.value.where == str(folder / "README.md")
    assert no_sockets == []


def test_other_addresses_in_a_card_do_no_harm(offline: Where) -> None:
    card = README.replace(b"configs:", b"homepage: https://example.org\nconfigs:") + b"See https://example.org\n"
    lay(offline, {"README.md": card, "ms/test-0.jsonl": jsonl(ROWS)})
    assert hub_rows(pin(), offline) == ROWS


def test_offline_names_every_place_and_opens_no_socket(offline: Where, no_sockets: list[str]) -> None:
    with pytest.raises(SourceError) as error:
        hub_rows(pin(), offline)
    for part in (f"mirror {offline.mirror}", f"cache {offline.cache}", "offline", "Pass --mirror"):
        assert part in str(error.value)
    assert no_sockets == []


def test_a_folder_that_hides_the_dataset_is_not_loaded_in_its_place(
    where: Where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_sockets: list[str]
) -> None:
    (tmp_path / "org" / "name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="the folder org/name of the working directory"):
        hub_rows(pin(), where)
    assert no_sockets == []


def test_a_value_without_json_form_is_named_by_its_row() -> None:
    with pytest.raises(DataError, match="rows#1: a value has no JSON form") as error:
        rows_sha256([{"n": 1.0}, {"n": float("nan")}])
    assert "columns: n" in str(error.value)
    with pytest.raises(DataError, match="bytes"):
        rows_sha256([{"gambar": b"\x89PNG"}])
    with pytest.raises(DataError, match="surrogates"):
        rows_sha256([{"q": "\ud800"}])


def test_the_hash_of_rows_knows_neither_column_order_nor_number_type() -> None:
    assert rows_sha256([{"ก": 1.0, "b": "é"}]) == rows_sha256([{"b": "é", "ก": 1}])
    assert rows_sha256([{"a": "é"}]) != rows_sha256([{"a": "e\u0301"}])


FILES = {"README.md": README, "ms/test-00000-of-00001.parquet": parquet(ROWS)}
HUB = {
    "org/name": StandinDataset(REVISION, FILES),
    "org/other": StandinDataset(REVISION, {"README.md": README, "ms/test-0.jsonl": jsonl(OTHER)}),
    "org/gated": StandinDataset(REVISION, FILES, gated=True),
    "org/moved": StandinDataset("9" * 40, FILES),
}
PINS = {
    "pinned": pin(sha256=rows_sha256(ROWS)),
    "not yet known": pin(data_files="ms/test-*"),
    "other": pin(id="org/other", sha256=rows_sha256(ROWS)),
    "gated": pin(id="org/gated"),
    "absent": pin(id="org/absent"),
    "no such revision": pin(id="org/moved"),
    "no such split": pin(split="dev"),
}

_LOAD = """
import json, sys
from pathlib import Path
from seahelm_lite.errors import SeahelmError
from seahelm_lite.sources import HubPin, Where
from seahelm_lite.sources.hub import load_hub

def load(pin):
    try:
        rows, found = load_hub(HubPin(**pin), Where(None, Path(sys.argv[2]), sys.argv[3] == "offline"))
    except SeahelmError as fault:
        return [None, "", "", str(fault)]
    return [rows, found.place, found.sha256, ""] if found.path.is_file() else None

print(json.dumps({name: load(pin) for name, pin in json.loads(sys.argv[1]).items()}))
"""


@dataclass(frozen=True)
class Loaded:
    """What a new process says of one pin."""

    rows: Any
    place: str
    sha256: str
    error: str


def load_in_new_process(
    pins: dict[str, HubPin], folder: Path, endpoint: str, switch: str = "online", **more: str
) -> dict[str, Loaded]:
    """Load hub pins in a process that sees the stand-in, since the libraries read `HF_ENDPOINT` once."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPO),
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(folder / "hf"),
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "no_proxy": "127.0.0.1",
        **more,
    }
    jobs = json.dumps({name: each.model_dump() for name, each in pins.items()})
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, jobs, str(folder / "cache"), switch],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "split:" not in done.stderr, "a progress bar was drawn"
    return {name: Loaded(*facts) for name, facts in json.loads(done.stdout).items()}


@dataclass(frozen=True)
class Session:
    """One process with a hub, then one offline with what the first kept."""

    folder: Path
    online: dict[str, Loaded]
    requests: list[str]
    offline: dict[str, Loaded]
    offline_requests: list[str]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("session")
    with HubStandin(HUB) as hub:
        online = load_in_new_process(PINS, folder, hub.url)
        requests = hub.seen.copy()
        hub.seen.clear()
        offline = load_in_new_process(PINS, folder, hub.url, "offline")
        return Session(folder, online, requests, offline, hub.seen.copy())


def test_the_hub_is_asked_for_the_pinned_revision_only(session: Session) -> None:
    asked = [request for request in session.requests if "/org/name/" in request]
    assert any(f"/resolve/{REVISION}/ms/test-00000" in request for request in asked)
    assert all(REVISION in request for request in asked)


def test_rows_of_the_hub_are_those_of_a_mirror(session: Session, offline: Where) -> None:
    lay(offline, FILES)
    loaded = session.online["pinned"]
    assert (loaded.place, loaded.sha256) == ("network", rows_sha256(ROWS))
    assert loaded.rows == hub_rows(PINS["pinned"], offline) == ROWS


def test_rows_whose_hash_is_not_known_yet_come_with_the_hash_to_write_down(session: Session) -> None:
    loaded = session.online["not yet known"]
    assert (loaded.rows, loaded.sha256) == (ROWS, rows_sha256(ROWS))


def test_rows_that_were_loaded_once_are_there_offline(session: Session) -> None:
    assert {name for name, loaded in session.offline.items() if loaded.place == "cache"} == {"pinned", "not yet known"}
    assert session.offline["pinned"].rows == ROWS
    assert session.offline_requests == []


def test_rows_of_another_hash_are_refused_and_not_kept(session: Session) -> None:
    for part in (rows_sha256(OTHER), rows_sha256(ROWS)):
        assert part in session.online["other"].error
    kept = [
        path.relative_to(session.folder / "cache").parts[:3] for path in (session.folder / "cache").rglob("*.jsonl")
    ]
    assert set(kept) == {("hub", "org", "name")}


@pytest.mark.parametrize(
    ("name", "reason"),
    [("absent", "doesn't exist"), ("gated", "gated"), ("no such revision", "Revision"), ("no such split", "dev")],
)
def test_a_dataset_that_cannot_be_had_says_why_and_what_to_do(name: str, reason: str, session: Session) -> None:
    error = session.online[name].error
    assert f"{PINS[name].describe()} cannot be loaded from the hub" in error
    assert reason in error
    assert "set HF_TOKEN" in error


def test_an_unreachable_hub_is_an_error_though_another_revision_was_loaded_before(session: Session) -> None:
    # Left alone, the library then serves whatever revision its own cache holds.
    other = {"another revision": pin(revision="8" * 40)}
    loaded = load_in_new_process(other, session.folder, "http://127.0.0.1:9", HF_HUB_OFFLINE="1")["another revision"]
    assert loaded.rows is None
    assert "cannot be loaded from the hub" in loaded.error


def test_a_hub_out_of_reach_is_not_waited_for_again_by_the_next_set(session: Session) -> None:
    pins = {"first": pin(revision="8" * 40), "second": pin(id="org/other", revision="8" * 40)}
    loaded = load_in_new_process(pins, session.folder, "http://127.0.0.1:9", HF_HUB_OFFLINE="1")
    assert "cannot be loaded from the hub" in loaded["first"].error
    assert "was not asked for: the hub could not be reached a moment ago" in loaded["second"].error
    assert PINS["other"].id in loaded["second"].error


def test_kept_rows_that_were_changed_are_an_error(session: Session, tmp_path: Path) -> None:
    cache = shutil.copytree(session.folder / "cache", tmp_path / "cache", dirs_exist_ok=True)
    for kept in cache.rglob("*.rows.jsonl"):
        kept.write_bytes(kept.read_bytes().replace(b"Siapa", b"siapa"))
    with pytest.raises(SourceError, match=f"{cache}.*{rows_sha256(ROWS)}"):
        hub_rows(PINS["pinned"], Where(None, cache, offline=True))
