"""`--compat` as a user meets it, with a task and a configuration file of our own in the shape of SEA-HELM's."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite.schemas import schema
from tests.cli.conftest import Call, refused
from tests.small_task import SmallTask, row

CONFIG = """\
made-up:
  languages:
    ms:
      max_tokens: 16
      prompt_template:
        preamble: |-
          Satu perkataan sahaja.
          "{answer_tag} KATA"
        task_template: |-
          {question}
          {left} atau {right}?
        answer_tag: "Kata:"
"""
PATH = "seahelm_tasks/made/config.yaml"
COMMIT = "1" * 40
FORM: dict[str, Any] = {
    "config": {
        "kind": "github",
        "repo": "aisingapore/SEA-HELM",
        "commit": COMMIT,
        "path": PATH,
        "sha256": hashlib.sha256(CONFIG.encode()).hexdigest(),
    },
    "task": "made-up",
    "language": "ms",
    "variables": "{'question': question, 'left': options[0], 'right': options[1]}",
    "labels": ["Ya", "Tidak"],
    "answer": "answer",
}
ROWS = [row(number, answer=number % 2) for number in range(6)]
LEFT_OUT = {"reason": "left out by us, not by them", "rows": [2]}


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Two tasks, one of which SEA-HELM asks too; the options that name mirror and output."""
    tasks = tmp_path / "tasks"
    SmallTask(tasks, ROWS, changes={"compat": {"sea-helm": FORM}, "exclude": [LEFT_OUT]}).write()
    SmallTask(tasks, ROWS, changes={"id": "ours_alone"}).write()
    monkeypatch.setattr("seahelm_lite.catalog.catalog.shipped_folder", lambda name: tmp_path / name)
    config = tmp_path / "mirror" / "github.com" / "aisingapore" / "SEA-HELM" / COMMIT / PATH
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG, encoding="utf-8")
    return "--mirror", str(tmp_path / "mirror"), "--offline"


def _run(call: Call, *arguments: str) -> dict[str, Any]:
    done = call("run", "--model", "baseline:longest", "--json", *arguments)
    assert done.status == 0, done.err
    return dict(json.loads(done.out))


def _manifest(run: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads((Path(run["folder"]) / "manifest.json").read_text(encoding="utf-8")))


def test_a_run_takes_the_peers_prompts_rows_and_metrics(call: Call, places: tuple[str, ...]) -> None:
    run = _run(call, "--task", "small", "--compat", "sea-helm", *places)
    assert [(s["protocol"], s["metric"], s["n"]) for s in run["scores"]] == [
        ("compat:sea-helm", "balanced_acc", 6),
        ("compat:sea-helm", "acc", 6),
    ]
    # The longest label is the wrong one in half of the rows, and is said in a form that the peer reads.
    assert run["scores"][1]["value"] == 0.5
    assert run["scores"][1]["counts"]["scored"] == 6
    (task,) = _manifest(run)["tasks"]
    assert task["answer_form"] == {"kind": "sea-helm", "key": None, "tag": "Kata:", "labels": ["Ya", "Tidak"]}
    assert task["decoding"] == {"max_tokens": 16, "temperature": 0}
    assert task["sources"][-1]["sha256"] == FORM["config"]["sha256"]
    assert (Path(run["folder"]) / "samples" / "small@compat-sea-helm.parquet").is_file()
    assert any("SEA-HELM leaves the temperature to the server" in told for told in run["deviations"])


def test_the_files_are_as_their_schemas_say(call: Call, places: tuple[str, ...]) -> None:
    run = _run(call, "--task", "small", "--compat", "sea-helm", *places)
    for name, file in (("run-1", "manifest.json"), ("scores-1", "scores.json")):
        body = json.loads((Path(run["folder"]) / file).read_text(encoding="utf-8"))
        Draft202012Validator(schema(name)).validate(body)  # type: ignore[arg-type]


def test_the_folder_alone_is_enough_to_score_it_again(call: Call, places: tuple[str, ...], tmp_path: Path) -> None:
    run = _run(call, "--task", "small", "--compat", "sea-helm", *places)
    shutil.rmtree(tmp_path / "mirror")
    shutil.rmtree(tmp_path / "tasks")
    again = call("score", run["folder"], "--json")
    assert again.status == 0, again.err
    assert json.loads((Path(run["folder"]) / "scores" / "1.json").read_text("utf-8"))["scores"] == run["scores"]


def test_the_mode_is_part_of_the_identity(call: Call, places: tuple[str, ...]) -> None:
    ours = _run(call, "--task", "small", *places)
    theirs = _run(call, "--task", "small", "--compat", "sea-helm", *places)
    assert ours["run"] != theirs["run"]
    assert {score["protocol"] for score in ours["scores"]} == {"gen-letter"}
    assert _manifest(ours)["tasks"][0]["key"] == "small@gen-letter"


def test_a_task_that_the_peer_does_not_ask_is_skipped_with_the_reason(call: Call, places: tuple[str, ...]) -> None:
    run = _run(call, "--suite", "small_suite", "--compat", "sea-helm", *places)
    assert {score["task"] for score in run["scores"]} == {"small"}
    reason = "its card does not say how SEA-HELM asks it (compat: sea-helm:)"
    assert run["skipped"] == [{"task": "ours_alone", "reason": reason}]


def test_preview_shows_the_prompt(call: Call, places: tuple[str, ...]) -> None:
    done = call("tasks", "preview", "small", "--compat", "sea-helm", "--json", *places)
    (prompt,) = json.loads(done.out)["prompts"]
    assert prompt["protocol"] == "compat:sea-helm"
    (turn,) = prompt["requests"][0]["messages"]
    assert turn == {"role": "user", "content": 'Satu perkataan sahaja.\n"Kata: KATA"\n\nSoalan 0?\nya atau tidak?'}


def test_the_configuration_file_is_verified_with_the_data(call: Call, places: tuple[str, ...], tmp_path: Path) -> None:
    assert call("data", "verify", "--task", "small", *places[:2]).status == 0
    (tmp_path / "mirror" / "github.com" / "aisingapore" / "SEA-HELM" / COMMIT / PATH).write_text("changed: 1\n")
    done = call("data", "verify", "--task", "small", "--json", *places[:2])
    assert done.status == 1
    (fault,) = (entry for entry in json.loads(done.out) if entry["state"] != "right")
    assert PATH in fault["source"]
    assert "but the pin says" in fault["reason"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--compat", "sea-helmm"), "there is no harness to be compatible with 'sea-helmm'. Did you mean sea-helm?"),
        (("--compat", "helm-classic"), "there is no harness to be compatible with 'helm-classic'. "),
        (("--compat", "lm-eval"), "baseline-longest gives no prompt log-probabilities, which lm-eval's tasks compare"),
        (
            ("--compat", "sea-helm", "--shots", "2", "--protocol", "gen-letter"),
            "compat sea-helm has prompts and limits of its own, so leave out protocol, shots",
        ),
        (("--compat", "sea-helm", "--max-tokens", "9"), "compat sea-helm has prompts and limits of its own, so leave"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    arguments: tuple[str, ...], sentence: str, call: Call, places: tuple[str, ...], tmp_path: Path
) -> None:
    done = call("run", "--model", "baseline:longest", "--task", "small", *arguments, *places)
    assert refused(done, tmp_path / "work" / "out").startswith(sentence)


def test_a_missing_configuration_file_stops_the_run(call: Call, places: tuple[str, ...], tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "mirror" / "github.com")
    done = call("run", "--model", "baseline:longest", "--task", "small", "--compat", "sea-helm", *places)
    told = refused(done, tmp_path / "work" / "out")
    assert told.startswith(f"github aisingapore/SEA-HELM@1111111 {PATH} was not found (mirror ")


def test_a_run_is_resumed_in_its_own_mode_and_in_no_other(call: Call, places: tuple[str, ...]) -> None:
    run = _run(call, "--task", "small", "--compat", "sea-helm", *places)
    done = call("run", "--resume", run["folder"], "--compat", "lm-eval", *places)
    assert refused(done).startswith("--resume takes everything from the run, so compat cannot be given")
    assert call("run", "--resume", run["folder"], *places).status == 0


@pytest.mark.parametrize("arguments", [("--protocol", "gen-letter"), ("--shots", "2")])
def test_preview_takes_one_way_of_asking(arguments: tuple[str, ...], call: Call, places: tuple[str, ...]) -> None:
    done = call("tasks", "preview", "small", "--compat", "sea-helm", *arguments, *places)
    assert refused(done) == "--compat sea-helm has prompts of its own. Leave --protocol and --shots out."


def test_preview_of_a_task_that_the_peer_does_not_ask_is_refused(call: Call, places: tuple[str, ...]) -> None:
    told = refused(call("tasks", "preview", "ours_alone", "--compat", "sea-helm", *places))
    assert told.startswith("ours_alone: its card does not say how SEA-HELM asks it")
    told = refused(call("tasks", "preview", "small", "--compat", "lm-eval", *places))
    assert told.endswith("(compat: lm-eval:). It does for sea-helm.")
