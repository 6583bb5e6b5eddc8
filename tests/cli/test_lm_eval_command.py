"""`seahelm-lite lm-eval` is lm-eval's own command line, which knows our backend and our tasks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.cli.main import main
from tests.conftest import REPOSITORY
from tests.tiny_model import save_tiny_llama

TASK = "task: {name}\noutput_type: multiple_choice\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_llama(tmp_path_factory.mktemp("lm-eval-command"))


@pytest.fixture(autouse=True)
def lm_evals_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the fourteen thousand task files that lm-eval ships, which take half a minute to read."""
    folder = tmp_path / "shipped-by-lm-eval"
    folder.mkdir()
    for name in ("theirs", "regional_basics_th"):
        (folder / f"{name}.yaml").write_text(TASK.format(name=name), encoding="utf-8")
    monkeypatch.setattr("lm_eval.tasks.manager.__file__", str(folder / "manager.py"))
    # It asks pip for every installed package.
    monkeypatch.setattr("lm_eval.evaluator.add_env_info", lambda results: None)
    return folder


def _samples(backend: str, model: Path, out: Path, *more: str) -> list[dict[str, Any]]:
    """What a run of lm-eval says of each document, in the order of documents."""
    arguments = ["--model", backend, "--model_args", f"pretrained={model},dtype=float32", "--device", "cpu"]
    asked = ["--tasks", "regional_basics_ms", "--log_samples", "--output_path", str(out)]
    assert main(["lm-eval", *more, *arguments, *asked]) == 0
    (file,) = out.rglob("samples_regional_basics_ms_*.jsonl")
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return sorted(lines, key=lambda line: int(line["doc_id"]))


def test_a_task_of_ours_scores_every_document_as_under_lm_evals_own_backend(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = _samples("hf", model, tmp_path / "hf")
    ours = _samples("seahelm-packed", model, tmp_path / "packed", "run")
    assert f"seahelm-packed ({{'pretrained': '{model}'" in capsys.readouterr().out
    assert len(ours) == 25
    assert [line["acc"] for line in ours] == [line["acc"] for line in theirs]
    assert _likelihoods(ours) == pytest.approx(_likelihoods(theirs), abs=1e-4)


def _likelihoods(lines: list[dict[str, Any]]) -> list[float]:
    return [float(value) for line in lines for value, _ in line["filtered_resps"]]


def test_all_tasks_of_the_catalogue_are_found_beside_lm_evals_own(catalog: Catalog) -> None:
    assert main(["lm-eval", "validate", "--tasks", ",".join([*catalog.tasks, "theirs"])]) == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["validate", "--tasks", "theirs"], 0),
        (["validate", "--tasks", "no-such-task"], 1),
        (["ls", "everything"], 2),
    ],
    ids=["found", "not-found", "wrong-usage"],
)
def test_the_exit_status_is_lm_evals(arguments: list[str], status: int) -> None:
    assert main(["lm-eval", *arguments]) == status


@pytest.mark.parametrize(
    ("arguments", "place"),
    [([], str(REPOSITORY / "tasks")), (["--include_path", "{user}"], "{user}")],
    ids=["ours", "the user's"],
)
def test_of_tasks_with_one_name_the_users_comes_first_and_lm_evals_last(
    arguments: list[str], place: str, lm_evals_tasks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user = tmp_path / "user"
    user.mkdir()
    (user / "own.yaml").write_text(TASK.format(name="regional_basics_th"), encoding="utf-8")
    assert main(["lm-eval", "ls", "subtasks", *(each.format(user=user) for each in arguments)]) == 0
    listed = capsys.readouterr().out.splitlines()
    (row,) = [line for line in listed if line.startswith("|regional_basics_th ")]
    assert place.format(user=user) in row


@pytest.mark.parametrize("asked", [[], ["-h"], ["--help"]])
def test_help_is_lm_evals_and_names_what_is_registered(
    asked: list[str], catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lm-eval", *asked]) == 0
    told = capsys.readouterr().out
    assert "Language Model Evaluation Harness" in told
    assert "seahelm-packed" in told
    assert f"the {len(catalog.tasks)} of its catalogue" in told


def test_what_lm_eval_was_before_it_is_again() -> None:
    from lm_eval import tasks

    before = tasks.TaskManager, sys.argv
    main(["lm-eval", "ls"])
    assert (tasks.TaskManager, sys.argv) == before


ROWS = """
from datasets import Dataset

def rows(**_):
    return {"test": Dataset.from_list([{"question": "Ibu negara?", "answer": 0}] * 2)}
"""
LONG = """
task: long
output_type: multiple_choice
custom_dataset: !function rows.rows
test_split: test
doc_to_text: question
doc_to_choice: ["A", "sebuah jawapan yang jauh lebih panjang daripada yang lain"]
doc_to_target: answer
"""


def test_what_cannot_be_scored_is_a_sentence_and_no_score(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "user"
    folder.mkdir()
    (folder / "rows.py").write_text(ROWS, encoding="utf-8")
    (folder / "long.yaml").write_text(LONG, encoding="utf-8")
    arguments = f"pretrained={model},dtype=float32,max_length=8"
    asked = ["--model", "seahelm-packed", "--model_args", arguments, "--device", "cpu", "--include_path", str(folder)]
    assert main(["lm-eval", "run", *asked, "--tasks", "long"]) == 2
    told = capsys.readouterr()
    assert "2 of 4 requests got no answer, so there is no score; the first: " in told.err
    assert "|acc" not in told.out
