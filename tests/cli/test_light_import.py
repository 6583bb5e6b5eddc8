"""Help and import are quick because nothing heavy is imported for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MODEL_LIBRARIES = {"torch", "transformers", "datasets", "lm_eval", "pandas", "sklearn", "aiohttp"}
HEAVY = MODEL_LIBRARIES | {"pyarrow", "numpy", "scipy", "pydantic", "rich", "yaml", "jinja2"}

REPORT = f"; import sys; print('imported:', sorted({HEAVY!r} & set(sys.modules)))"


def _imported(code: str, folder: Path) -> str:
    """What of the heavy libraries a fresh process has imported after some code."""
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    return done.stdout.splitlines()[-1]


def _ends(arguments: list[str]) -> str:
    """Code that runs a command which ends its process."""
    return (
        f"import contextlib, seahelm_lite.cli.main as m\nwith contextlib.suppress(SystemExit): m.main({arguments})\n0"
    )


@pytest.mark.parametrize(
    "code",
    [
        "import seahelm_lite",
        "import seahelm_lite.cli.main",
        _ends(["-h"]),
        _ends(["--version"]),
        _ends(["run", "-h"]),
        _ends(["tasks", "preview", "-h"]),
        _ends(["rnu"]),
        _ends(["run", "--limit", "few"]),
    ],
)
def test_help_and_import_leave_heavy_libraries_alone(code: str, tmp_path: Path) -> None:
    assert _imported(code, tmp_path) == "imported: []"


def test_listing_tasks_needs_no_model_library(tmp_path: Path) -> None:
    found = _imported(_ends(["tasks", "list", "--json"]), tmp_path)
    assert not MODEL_LIBRARIES & set(found.split("'"))


def test_a_baseline_needs_no_model_library(tmp_path: Path) -> None:
    run = ["run", "--model", "baseline:random", "--task", "regional_basics_ms", "--limit", "2"]
    found = _imported(_ends(run), tmp_path)
    # pyarrow, which writes the samples, brings pandas where it is installed.
    assert not MODEL_LIBRARIES - {"pandas"} & set(found.split("'"))
