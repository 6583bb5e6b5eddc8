from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from seahelm_lite.errors import SourceError
from seahelm_lite.sources import GithubPin, PackagedPin, Where, locate, verify
from tests.sources.conftest import COMMIT, CONTENT, FileServer, files_under, pin_of, put

OTHER = b"premise,label\nHujan turun.,0\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_mirror_comes_before_cache_and_network(pin: GithubPin, where: Where, no_sockets: list[str]) -> None:
    mirrored = put(where.mirror, CONTENT)
    put(where.cache, CONTENT)
    found = verify(pin, where)
    assert (found.place, found.path, found.sha256) == ("mirror", mirrored, pin.sha256)
    assert no_sockets == []


def test_the_cache_comes_before_the_network(pin: GithubPin, where: Where, no_sockets: list[str]) -> None:
    cached = put(where.cache, CONTENT)
    assert (verify(pin, where).place, locate(pin, where)) == ("cache", cached)
    assert no_sockets == []


def test_a_download_is_kept_and_not_repeated(pin: GithubPin, where: Where, server: FileServer) -> None:
    server.serve(CONTENT)
    first = verify(pin, where)
    assert first.place == "network"
    assert first.path.read_bytes() == CONTENT
    assert verify(pin, where).place == "cache"
    assert server.seen == [f"/owner/name/{COMMIT}/data/test.csv"]
    assert files_under(where.mirror or Path()) == []


def test_a_path_with_blanks_is_percent_encoded_for_the_network_only(where: Where, server: FileServer) -> None:
    server.serve(CONTENT)
    path = locate(pin_of(CONTENT, "a b/100% ujian#1.csv"), where)
    assert server.seen == [f"/owner/name/{COMMIT}/a%20b/100%25%20ujian%231.csv"]
    assert path.as_posix().endswith(f"{COMMIT}/a b/100% ujian#1.csv")


def test_offline_names_every_place_and_opens_no_socket(pin: GithubPin, offline: Where, no_sockets: list[str]) -> None:
    with pytest.raises(SourceError) as error:
        locate(pin, offline)
    text = str(error.value)
    assert f"mirror {offline.mirror}" in text
    assert f"cache {offline.cache}" in text
    assert "offline" in text
    assert "seahelm-lite data fetch" in text
    assert no_sockets == []


def test_a_missing_file_names_the_address_that_was_tried(pin: GithubPin, where: Where, server: FileServer) -> None:
    server.serve(b"404: Not Found", status=404)
    with pytest.raises(SourceError, match=f"{server.url}/owner/name/{COMMIT}/data/test.csv: .*404") as error:
        locate(pin, Where(mirror=None, cache=where.cache, offline=False))
    assert "no mirror given" in str(error.value)
    assert "Pass --mirror" in error.value.remedy
    assert len(server.seen) == 1  # asking again would not change a 404


@pytest.mark.parametrize("place", ["mirror", "cache"])
def test_a_wrong_copy_names_both_hashes_and_is_not_passed_over(
    place: str, pin: GithubPin, where: Where, no_sockets: list[str]
) -> None:
    wrong = put(getattr(where, place), OTHER)
    with pytest.raises(SourceError) as error:
        locate(pin, where)
    for part in (str(wrong), sha256(OTHER), pin.sha256):
        assert part in str(error.value)
    assert no_sockets == []


def test_a_wrong_download_names_both_hashes_and_is_not_kept(pin: GithubPin, where: Where, server: FileServer) -> None:
    server.serve(OTHER)
    with pytest.raises(SourceError) as error:
        locate(pin, where)
    for part in (server.url, sha256(OTHER), pin.sha256):
        assert part in str(error.value)
    assert not where.cache.exists()


def test_a_truncated_download_leaves_nothing_in_the_cache(pin: GithubPin, where: Where, server: FileServer) -> None:
    server.serve(CONTENT[:9], announced=len(CONTENT))
    with pytest.raises(SourceError, match="IncompleteRead"):
        locate(pin, where)
    assert len(server.seen) == 3
    assert not where.cache.exists()


def test_a_passing_fault_is_tried_again(pin: GithubPin, where: Where, server: FileServer) -> None:
    server.serve(b"", status=503)
    server.serve(CONTENT[:9], announced=len(CONTENT))
    server.serve(CONTENT)
    assert locate(pin, where).read_bytes() == CONTENT


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_half_way_leaves_nothing(
    step: str, pin: GithubPin, where: Where, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve(CONTENT)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(SourceError, match=r"No space left on device\. Set SEAHELM_LITE_CACHE"):
        locate(pin, where)
    assert files_under(where.cache) == []


def test_a_file_that_changes_is_hashed_again(pin: GithubPin, offline: Where) -> None:
    path = put(offline.mirror, CONTENT)
    locate(pin, offline)
    path.write_bytes(CONTENT + b"x")
    with pytest.raises(SourceError, match=sha256(CONTENT + b"x")):
        locate(pin, offline)


def test_a_file_that_stays_is_read_once(pin: GithubPin, offline: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    put(offline.mirror, CONTENT)
    locate(pin, offline)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("hashed twice"))
    locate(pin, offline)


@pytest.mark.parametrize("base", ["file:///etc", "ftp://127.0.0.1", "raw.githubusercontent.com"])
def test_only_web_addresses_are_fetched_from(
    base: str, pin: GithubPin, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAHELM_LITE_GITHUB_BASE", base)
    with pytest.raises(SourceError, match="SEAHELM_LITE_GITHUB_BASE"):
        locate(pin, where)


def test_a_packaged_file_is_found_under_the_task_folders(offline: Where, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin" / "suite" / "ms.jsonl"
    plugin.parent.mkdir(parents=True)
    plugin.write_bytes(b"{}\n")
    where = Where(offline.mirror, offline.cache, offline=True, task_roots=(*offline.task_roots, tmp_path / "plugin"))
    found = verify(PackagedPin(path="suite/ms.jsonl", sha256=sha256(b"{}\n")), where)
    assert (found.place, found.path) == ("packaged", plugin)


def test_a_packaged_file_that_was_edited_names_both_hashes(offline: Where) -> None:
    file = offline.task_roots[0] / "ms.jsonl"
    file.parent.mkdir()
    file.write_bytes(b"{}\n")
    with pytest.raises(SourceError, match=f"sha256 is {sha256(b'{}' + bytes([10]))}, but the pin says {'0' * 64}"):
        verify(PackagedPin(path="ms.jsonl", sha256="0" * 64), offline)


def test_a_packaged_file_that_is_missing_names_the_folders(offline: Where) -> None:
    with pytest.raises(SourceError, match=f"packaged ms.jsonl was not found .*{offline.task_roots[0]}"):
        verify(PackagedPin(path="ms.jsonl", sha256="0" * 64), offline)
