"""A disk that is full, or becomes so: the run stops in one sentence, and goes on once there is room."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite import finished
from seahelm_lite.engine.run_folder import RunFolder
from tests.cli.conftest import Call
from tests.small_task import SmallTask

RANDOM = ("run", "--model", "baseline:random")
_PAGE = 4096


@pytest.mark.parametrize("room", ["8k", "48k", "64k", "120k"])
def test_a_disk_that_is_full_stops_the_run_and_more_room_finishes_it(
    room: str, small_disk: Callable[[str], Path], call: Call
) -> None:
    out = small_disk(room)
    told = call(*RANDOM, "--suite", "regional_basics", "--out", out)
    assert told.status == 2
    assert told.out == ""
    assert told.sentence().startswith(f"{out}/")
    assert not list(out.rglob("*.partial"))
    assert not list(out.rglob("scores.json"))
    small_disk("8m")
    assert call(*RANDOM, "--suite", "regional_basics", "--out", out).status == 0
    (folder,) = (path.parent for path in out.glob("*/scores.json"))
    assert call("runs", "verify", folder).status == 0


@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_disk_that_fills_up_before_the_scores_are_written_leaves_nothing_half_written(
    left: int, small_disk: Callable[[str], Path], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = small_disk("4m")
    filler, score = out / "filler", finished.score_varied

    def fill_first(*arguments: Any) -> Any:
        """Score, with a few pages of the disk left."""
        if not filler.exists():
            with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while file.write(bytes(_PAGE)):
                    pass
            os.truncate(filler, filler.stat().st_size - left * _PAGE)
        return score(*arguments)

    run = (*RANDOM, "--suite", "regional_basics", "--out", out)
    with monkeypatch.context() as patched:
        patched.setattr(finished, "score_varied", fill_first)
        told = call(*run)
    assert told.status == 2
    assert "No space left on device" in told.sentence()
    (folder,) = (path.parent for path in out.glob("*/manifest.json"))
    assert RunFolder(folder).manifest()["status"] == "running"
    assert not list(out.rglob("*.partial"))
    filler.unlink()
    again = call(*run)
    assert again.status == 0
    assert "125 answered already" in again.err
    assert call("runs", "verify", folder).status == 0


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("small@gen-letter.parquet", 1),
        ("scores.json", 1),
        ("manifest.json", 1),
        ("manifest.json", 2),
        ("MANIFEST.sha256", 1),
    ],
)
def test_a_file_of_a_run_that_cannot_be_written_leaves_nothing_half_written(
    name: str, time: int, small: SmallTask, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, seen = os.replace, Counter[str]()

    def fails(source: Path, target: Path) -> None:
        seen[target.name] += 1
        if (target.name, seen[target.name]) == (name, time):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    run = (*RANDOM, "--task", "small", "--out", "out")
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", fails)
        told = call(*run)
    assert told.status == 2
    assert f"/{name}: cannot be written: No space left on device. " in told.sentence()
    assert not list(Path("out").rglob("*.partial"))
    assert call(*run).status == 0
    (folder,) = (path.parent for path in Path("out").glob("*/scores.json"))
    assert call("runs", "verify", folder).status == 0


def test_a_limit_on_the_size_of_files_stops_the_run_and_without_it_the_run_goes_on(
    tmp_path: Path, call_outside: Call
) -> None:
    run = (*RANDOM, "--suite", "regional_basics", "--out", tmp_path / "out")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    told = call_outside(*run, preexec_fn=limit)
    assert (told.status, told.out) == (2, "")
    assert "the response store cannot be used" in told.sentence()
    assert not list(tmp_path.rglob("*.partial"))
    assert not list(tmp_path.rglob("scores.json"))
    assert call_outside(*run).status == 0
