"""The example plugin, built and installed beside us, and used as a user uses it: through its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

PLUGIN = REPOSITORY / "tests" / "fixtures" / "plugin_suite"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plugin in it, as `pip` installs it."""
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run([*pip, "--target", str(folder), str(PLUGIN)], check=True, cwd=folder)
    return folder


def _call(site: Path, work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    places = os.pathsep.join((str(REPOSITORY), str(site)))
    environment = {**os.environ, "PYTHONPATH": places, "SEAHELM_LITE_CACHE": str(work / "cache"), "TQDM_DISABLE": "1"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=work, env=environment)


def _told(site: Path, work: Path, *arguments: str) -> Any:
    done = _call(site, work, "seahelm_lite", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr
    return json.loads(done.stdout)


def test_it_is_listed_shown_and_clean(site: Path, tmp_path: Path) -> None:
    assert "satuan_id" in {task["task"] for task in _told(site, tmp_path, "tasks", "list")}
    assert {"satuan"} <= {suite["suite"] for suite in _told(site, tmp_path, "tasks", "list", "--suites")}
    shown = _told(site, tmp_path, "tasks", "show", "satuan_id")
    assert (shown["facts"]["state"], shown["facts"]["documents"], shown["facts"]["chance"]) == ("current", 8, 0.25)
    linted = _told(site, tmp_path, "tasks", "lint", "--suite", "satuan")
    assert linted["summary"] == {"tasks": 1, "rows": 8, "error": 0, "warning": 0, "note": 0}


def test_it_runs_from_end_to_end(site: Path, tmp_path: Path) -> None:
    run = _told(site, tmp_path, "run", "--model", "baseline:random", "--suite", "satuan", "--offline", "--out", "out")
    assert run["status"] == "complete"
    (score,) = run["scores"]
    assert (score["task"], score["n"], score["chance"]) == ("satuan_id", 8, 0.25)
    assert any("reader satuan_suite.reader.blocks" in deviation for deviation in run["deviations"])
    assert _call(site, tmp_path, "seahelm_lite", "score", run["folder"]).returncode == 0


def test_without_the_plugin_there_is_no_such_suite(tmp_path: Path) -> None:
    done = _call(tmp_path, tmp_path, "seahelm_lite", "run", "--model", "baseline:random", "--suite", "satuan")
    assert done.returncode == 2
    assert "there is no suite 'satuan'" in done.stderr


def test_its_task_file_asks_what_its_card_derives(site: Path, tmp_path: Path) -> None:
    exported = _call(site, tmp_path, "seahelm_lite", "tasks", "export", "satuan_id").stdout
    assert exported == (PLUGIN / "satuan_suite" / "tasks" / "satuan" / "satuan_id.yaml").read_text(encoding="utf-8")


_LM_EVAL = """\
import json, sys
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager
from tests.hash_model import HashModel
import lm_eval.evaluator
lm_eval.evaluator.add_env_info = lambda results: None
manager = TaskManager(include_path=sys.argv[1], include_defaults=False)
results = simple_evaluate(model=HashModel(), tasks=["satuan_id"], task_manager=manager, bootstrap_iters=0)
print(json.dumps([sample["doc"]["question"] for sample in results["samples"]["satuan_id"]]))
"""


def test_lm_eval_runs_its_task_file_where_it_is_installed(site: Path, tmp_path: Path) -> None:
    tasks = site / "satuan_suite" / "tasks"
    script = tmp_path / "ask.py"
    script.write_text(_LM_EVAL, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(site)))}
    done = subprocess.run(
        [sys.executable, str(script), str(tasks)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    questions = json.loads(done.stdout.splitlines()[-1])
    assert len(questions) == 8
    assert questions[0] == "Apa satuan pokok SI untuk panjang?"
