"""The wheel carries what it needs: installed away from the checkout, it runs the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(REPOSITORY)], check=True, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_tasks_and_cards_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "seahelm_lite/shipped/tasks/thai_exam/thai_exam_ic.yaml" in names
    assert "seahelm_lite/shipped/leaderboards/boards/basics.yaml" in names
    assert "seahelm_lite/py.typed" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_wheel_installed_elsewhere_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", "--target", str(installed)]
    subprocess.run([*install, str(wheel)], check=True)
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    code = "import seahelm_lite, sys; sys.stdout.write(seahelm_lite.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=elsewhere, env=environment
    )
    assert where.stdout.startswith(str(installed)), "the checkout was imported instead of the wheel"
    demo = subprocess.run(
        [sys.executable, "-m", "seahelm_lite", "demo"], check=False, capture_output=True, cwd=elsewhere, env=environment
    )
    assert demo.returncode == 0, demo.stderr.decode()
    assert len(list((elsewhere / "demo-out").glob("*/scores.json"))) == 4
