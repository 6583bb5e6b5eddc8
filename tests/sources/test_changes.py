"""A source that changed: the error says which rows, where the pinned version is at hand."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.pins import HubPin, PackagedPin, Pin
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.catalog.task_data import DataFile, Format
from seahelm_lite.errors import ChangedSourceError
from seahelm_lite.sources import GithubPin, Where, rows_sha256
from seahelm_lite.sources import hub as hub_module
from seahelm_lite.sources.changes import verify_pin
from seahelm_lite.sources.differences import differences
from seahelm_lite.sources.hub import load_hub
from seahelm_lite.sources.rows import load_file
from tests.small_task import CARD
from tests.sources.conftest import COMMIT, FileServer, pin_of, put

OLD = [{"question": f"q{n}", "answer": n % 2, "topic": "a"} for n in range(8)]


def _with(changes: dict[int, dict[str, Any]], rows: list[dict[str, Any]] = OLD) -> list[dict[str, Any]]:
    return [{**row, **changes.get(number, {})} for number, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (OLD, "none of the 8 rows differs, only how they are written down"),
        (_with({3: {"answer": 0}}), "1 of 8 rows differs: #3 (answer)"),
        (
            _with({3: {"answer": 0}, 5: {"question": "x", "topic": "b"}}),
            "2 of 8 rows differ: #3 (answer), #5 (question, topic)",
        ),
        (
            _with({n: {"topic": "b"} for n in range(8)}),
            "8 of 8 rows differ: #0 (topic), #1 (topic), #2 (topic), #3 (topic), #4 (topic), …",
        ),
        (OLD[:2] + OLD[3:], "1 of 8 rows is missing: #2"),
        (OLD[2:], "2 of 8 rows are missing: #0, #1"),
        ([{"question": "new"}, *OLD], "1 new row: #0"),
        ([*OLD[:4], {"question": "x"}, {"question": "y"}, *OLD[4:]], "2 new rows: #4, #5"),
        (
            [*_with({1: {"answer": 0}})[:7], {"question": "end"}, OLD[7]],
            "1 of 8 rows differs: #1 (answer); 1 new row: #7",
        ),
        ([{"a": row["question"], **row} for row in OLD[:1]] + OLD[1:], "1 of 8 rows differs: #0 (a)"),
        ([], "8 of 8 rows are missing: #0, #1, #2, #3, #4, …"),
    ],
)
def test_rows_that_differ_are_counted_and_the_first_are_named_by_number_and_column(
    new: list[dict[str, Any]], told: str
) -> None:
    assert differences(OLD, new) == told


def _jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _file(pin: Pin, format: Format = "jsonl") -> DataFile:
    return DataFile(format=format, pin=pin)


def _fault(file: DataFile, where: Where) -> str:
    """What reading says, which is what verifying says."""
    with pytest.raises(ChangedSourceError) as read:
        load_file(file, where)
    with pytest.raises(ChangedSourceError) as verified:
        verify_pin(TaskCard.model_validate({**CARD, "data": {"test": [file]}}), file.pins[0], where)
    assert str(read.value) == str(verified.value)
    assert "\n" not in str(read.value)
    return str(read.value)


NEW = _with({3: {"answer": 0}})
PIN = pin_of(_jsonl(OLD), "data/test.jsonl")


def _hashes(old: bytes, new: bytes) -> str:
    return f"sha256 is {hashlib.sha256(new).hexdigest()}, but the pin says {hashlib.sha256(old).hexdigest()}"


def test_a_mirror_that_differs_is_compared_with_the_cache(offline: Where) -> None:
    changed = put(offline.mirror, _jsonl(NEW), "data/test.jsonl")
    cached = put(offline.cache, _jsonl(OLD), "data/test.jsonl")
    told = f"{changed}: {_hashes(_jsonl(OLD), _jsonl(NEW))}; compared with the pinned version in {cached}, "
    assert _fault(_file(PIN), offline).startswith(told + "1 of 8 rows differs: #3 (answer). Replace this copy")


def test_a_cached_file_that_differs_is_compared_with_another_mirror(offline: Where, tmp_path: Path) -> None:
    put(offline.cache, _jsonl(NEW), "data/test.jsonl")
    put(tmp_path / "old", _jsonl(OLD), "data/test.jsonl")
    where = dataclasses.replace(offline, others=(tmp_path / "old",))
    assert "1 of 8 rows differs: #3 (answer). Delete it, and it is fetched again." in _fault(_file(PIN), where)


def test_the_mirror_of_the_environment_is_at_hand_when_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAHELM_LITE_MIRROR", str(tmp_path / "old"))
    monkeypatch.setenv("SEAHELM_LITE_CACHE", str(tmp_path / "cache"))
    put(tmp_path / "old", _jsonl(OLD), "data/test.jsonl")
    put(tmp_path / "new", _jsonl(NEW), "data/test.jsonl")
    where = Where.from_environment(tmp_path / "new", offline=True)
    assert "1 of 8 rows differs: #3 (answer)" in _fault(_file(PIN), where)


def test_a_pin_that_moved_to_another_commit_is_compared_with_the_file_of_the_old_one(
    offline: Where, tmp_path: Path
) -> None:
    put(offline.mirror, _jsonl(OLD), "data/test.jsonl")
    moved = GithubPin(repo="owner/name", commit="f" * 40, path="data/test.jsonl", sha256=PIN.sha256)
    assert offline.mirror is not None
    now = offline.mirror / "github.com" / "owner" / "name" / ("f" * 40) / "data" / "test.jsonl"
    now.parent.mkdir(parents=True)
    now.write_bytes(_jsonl(NEW))
    told = _fault(_file(moved), offline)
    assert f"{COMMIT}/data/test.jsonl, 1 of 8 rows differs: #3 (answer)" in told


def test_a_download_that_differs_is_compared_and_not_kept(where: Where, server: FileServer, tmp_path: Path) -> None:
    server.serve(_jsonl(NEW))
    put(tmp_path / "old", _jsonl(OLD), "data/test.jsonl")
    here = dataclasses.replace(where, others=(tmp_path / "old",))
    assert "1 of 8 rows differs: #3 (answer). Nothing was kept." in _fault(_file(PIN), here)
    assert not where.cache.exists()


def test_without_the_pinned_version_only_the_hashes_are_told(offline: Where) -> None:
    put(offline.mirror, _jsonl(NEW), "data/test.jsonl")
    assert f"{_hashes(_jsonl(OLD), _jsonl(NEW))}. Replace this copy" in _fault(_file(PIN), offline)


def test_a_changed_file_that_cannot_be_read_any_more_says_where(offline: Where) -> None:
    put(offline.mirror, b'{"question": "q"}\n{"question"\n', "data/test.jsonl")
    put(offline.cache, _jsonl(OLD), "data/test.jsonl")
    told = _fault(_file(PIN), offline)
    assert "it can no longer be read as jsonl (" in told
    assert "test.jsonl:2: not JSON" in told


def test_lines_of_a_parallel_text_are_its_rows(offline: Where) -> None:
    old, new = b"satu\ndua\ntiga\n", b"satu\nDua\ntiga\n"
    put(offline.mirror, new, "ms.txt")
    put(offline.cache, old, "ms.txt")
    file = DataFile(format="parallel_lines", columns={"ms": pin_of(old, "ms.txt")})
    assert "1 of 3 rows differs: #1 (line)" in _fault(file, offline)


def test_a_packaged_file_has_no_other_version_at_hand(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(_jsonl(NEW))
    pin = PackagedPin(path="rows.jsonl", sha256=PIN.sha256)
    where = Where(None, tmp_path / "cache", offline=True, task_roots=(tmp_path,))
    assert f"{_hashes(_jsonl(OLD), _jsonl(NEW))}. Install the package again" in _fault(_file(pin), where)


@pytest.fixture
def hub(offline: Where) -> tuple[HubPin, Where, Path]:
    """A pin of the old rows, and the file of them in the mirror."""
    assert offline.mirror is not None
    pin = HubPin(id="org/set", split="test", revision=COMMIT, data_files="test.jsonl", sha256=rows_sha256(OLD))
    path = offline.mirror / "hub" / "org" / "set" / COMMIT / "test.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(_jsonl(NEW))
    return pin, offline, path


def test_rows_of_a_hub_that_differ_are_compared_with_the_cache(hub: tuple[HubPin, Where, Path]) -> None:
    pin, where, _ = hub
    before = dataclasses.replace(where, mirror=None)
    cached = hub_module._cached(pin, before)  # its name is nobody's business but the cache's
    cached.parent.mkdir(parents=True)
    cached.write_text("".join(json.dumps(row, sort_keys=True, separators=(",", ":")) + "\n" for row in OLD))
    assert load_hub(pin, before)[0] == OLD
    assert "; 1 of 8 rows differs: #3 (answer). Replace this folder" in _fault(_file(pin), where)


def test_rows_of_a_hub_that_differ_are_compared_with_another_mirror(
    hub: tuple[HubPin, Where, Path], tmp_path: Path
) -> None:
    pin, where, _ = hub
    old = tmp_path / "old" / "hub" / "org" / "set" / COMMIT / "test.jsonl"
    old.parent.mkdir(parents=True)
    old.write_bytes(_jsonl(OLD))
    told = _fault(_file(pin), dataclasses.replace(where, others=(tmp_path / "old",)))
    assert "; 1 of 8 rows differs: #3 (answer). Replace this folder" in told


def test_another_mirror_that_is_broken_is_no_second_fault(hub: tuple[HubPin, Where, Path], tmp_path: Path) -> None:
    pin, where, _ = hub
    (tmp_path / "old" / "hub" / "org" / "set" / COMMIT).mkdir(parents=True)
    told = _fault(_file(pin), dataclasses.replace(where, others=(tmp_path / "old",)))
    assert "rows differ" not in told
