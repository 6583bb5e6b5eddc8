"""The command line, called as a user calls it."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.cli.main import main
from tests.conftest import REPOSITORY
from tests.small_task import SmallTask


@dataclass(frozen=True)
class Called:
    """What a command left behind."""

    status: int
    out: str
    err: str

    def sentence(self) -> str:
        """The complaint: the one line of ours on standard error, where nothing else looks like a crash."""
        assert "Traceback" not in self.err
        lines = [line for line in self.err.splitlines() if line.startswith("seahelm-lite")]
        assert len(lines) == 1, self.err
        return lines[0].partition(": ")[2]


Call = Callable[..., Called]


def refused(called: Called, out: Path | None = None) -> str:
    """The sentence of a command that was refused and wrote no run."""
    assert called.status == 2
    assert called.out == ""
    if out is not None and out.is_dir():
        assert not list(out.rglob("*.partial"))
        assert not list(out.rglob("scores.json"))
        assert not list(out.rglob("manifest.json"))
    return called.sentence()


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's user is read or written: an empty cache, no mirror, no key, a folder to work in."""
    for name in ("SEAHELM_LITE_MIRROR", "SEAHELM_LITE_MODELS", "SEAHELM_LITE_OFFLINE", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SEAHELM_LITE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture(autouse=True)
def _lm_evals_log_as_it_was() -> Iterator[None]:
    """lm-eval's command line keeps logging to the standard error of the test that called it, which is closed then."""
    log = logging.getLogger("lm_eval")
    before = list(log.handlers), log.propagate, log.level
    yield
    log.handlers[:], log.propagate = before[:2]
    log.setLevel(before[2])


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """`call("run", "--task", "x")`, in this process."""

    def run(*arguments: object) -> Called:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse
            status = int(end.code or 0)
        return Called(status, *capsys.readouterr())

    return run


@pytest.fixture
def call_outside() -> Call:
    """The same in a process of its own, with its real exit status."""

    def run(*arguments: object, **options: Any) -> Called:
        command = [sys.executable, "-m", "seahelm_lite", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **options)
        return Called(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallTask:
    """A task of our own that stands in the place of the shipped ones."""
    task = SmallTask(tmp_path / "tasks")
    task.write()
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: tmp_path / name)
    return task


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A folder on a disk of its own with so much room; asked again, the same disk with other room."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options: str) -> None:
        command = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")

    def room(size: str) -> Path:
        mount("-o", f"{'remount,' if os.path.ismount(folder) else ''}size={size}")
        return folder

    if shutil.which("mount") is None:
        pytest.skip("there is no mount command here")
    yield room
    if os.path.ismount(folder):
        subprocess.run(["umount", str(folder)], check=True)
