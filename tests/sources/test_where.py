from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.errors import SourceError
from seahelm_lite.sources import Where


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MIRROR", "CACHE", "OFFLINE"):
        monkeypatch.delenv(f"SEAHELM_LITE_{name}", raising=False)


def test_the_environment_names_mirror_cache_and_switch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAHELM_LITE_MIRROR", str(tmp_path))
    monkeypatch.setenv("SEAHELM_LITE_CACHE", str(tmp_path / "kept"))
    monkeypatch.setenv("SEAHELM_LITE_OFFLINE", "1")
    assert Where.from_environment() == Where(mirror=tmp_path, cache=tmp_path / "kept", offline=True)


def test_arguments_win_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAHELM_LITE_MIRROR", str(tmp_path / "absent"))
    monkeypatch.setenv("SEAHELM_LITE_OFFLINE", "1")
    found = Where.from_environment(mirror=str(tmp_path), offline=False, task_roots=[tmp_path])
    assert (found.mirror, found.offline, found.task_roots) == (tmp_path, False, (tmp_path,))


@pytest.mark.parametrize(
    ("value", "is_offline"),
    [("1", True), ("true", True), ("TRUE", True), ("on", True), ("0", False), ("", False), ("false", False)],
)
def test_the_switch_reads_usual_spellings(value: str, is_offline: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAHELM_LITE_OFFLINE", value)
    assert Where.from_environment().offline is is_offline


def test_a_misspelt_switch_is_an_error_and_not_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAHELM_LITE_OFFLINE", "ture")
    with pytest.raises(SourceError, match="SEAHELM_LITE_OFFLINE='ture'"):
        Where.from_environment()


def test_a_mirror_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="absent: the mirror is not a folder"):
        Where.from_environment(mirror=tmp_path / "absent")


def test_the_cache_follows_xdg_unless_its_value_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Where.from_environment().cache == tmp_path / "seahelm-lite"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert Where.from_environment().cache == tmp_path / ".cache" / "seahelm-lite"
