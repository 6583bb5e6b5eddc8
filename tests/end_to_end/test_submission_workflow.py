"""The example workflow for submitted runs: its own steps, run on a small run folder."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from seahelm_lite import evaluate
from tests.conftest import REPOSITORY

WORKFLOW = REPOSITORY / "leaderboards" / "submission-workflow.example.yml"
OURS = "regional_basics"


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    """The only job."""
    (job,) = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    return dict(job)


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """The checkout of a pull request that hands in a run of items that we wrote ourselves."""
    folder = tmp_path / "handed-in" / "leaderboards" / "submissions"
    evaluate(model="baseline:longest", suites=[OURS], out=folder, offline=True)
    (folder / "responses.sqlite").unlink()
    return folder


@pytest.fixture
def passes(job: dict[str, Any], submissions: Path, tmp_path: Path) -> Any:
    """Runs the steps after set-up as a runner does, each by bash that stops at an error; gives what they printed."""
    names = [step["name"] for step in job["steps"]]
    scripts = [step["run"] for step in job["steps"][names.index("Set up") + 1 :]]
    command = tmp_path / "bin" / "seahelm-lite"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m seahelm_lite "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    environment = {
        **os.environ,
        **{name: value for name, value in job["env"].items() if "${{" not in value},
        "SUBMISSIONS": str(submissions),
        "RESULTS": str(tmp_path / "results"),
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
    }

    def run() -> tuple[bool, str]:
        said = ""
        for script in scripts:
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            done = subprocess.run(
                shell, capture_output=True, text=True, check=False, cwd=REPOSITORY, env=environment, timeout=300
            )
            said += done.stdout + done.stderr
            if done.returncode:
                return False, said
        return True, said

    return run


def test_its_steps_verify_a_run_score_it_again_and_build_its_board(passes: Any, tmp_path: Path) -> None:
    passed, said = passes()
    assert passed, said
    assert ": verified" in said
    assert "basics: as it should be" in said
    day = datetime.now(UTC).date()
    (release,) = (tmp_path / "results").iterdir()
    assert (day - datetime.fromisoformat(release.name).date()).days in (0, 1)
    assert (release / "basics.json").is_file()


def test_a_run_that_was_changed_does_not_pass(passes: Any, submissions: Path) -> None:
    (run,) = submissions.iterdir()
    with (run / "scores.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    passed, said = passes()
    assert not passed
    assert "scores.json has changed" in said


def test_a_store_of_all_answers_does_not_pass(passes: Any, submissions: Path) -> None:
    (submissions / "responses.sqlite").write_bytes(b"")
    passed, said = passes()
    assert not passed
    assert "responses.sqlite is no run folder, and everybody may read it" in said


def test_it_is_an_example_and_can_do_no_harm(job: dict[str, Any]) -> None:
    """Nothing of a pull request is executed, and nothing can be written or learnt by it."""
    text = WORKFLOW.read_text(encoding="utf-8")
    whole = yaml.safe_load(text)
    # YAML 1.1 reads `on` as true.
    assert list(whole[True]) == ["pull_request"]
    assert whole["permissions"] == {"contents": "read"}
    assert "secrets." not in text
    assert job["defaults"]["run"]["working-directory"] == "base"
    checkouts = [step["with"] for step in job["steps"] if "with" in step]
    assert [one["path"] for one in checkouts] == ["base", "handed-in"]
    assert "pull_request.base.sha" in checkouts[0]["ref"]
    assert checkouts[1]["sparse-checkout"] == "leaderboards/submissions"
    assert not (REPOSITORY / ".github").exists()
