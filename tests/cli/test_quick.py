"""`run --quick`: a registered subset, and what it costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.schemas import schema
from tests.cli.conftest import Call, refused
from tests.small_task import SmallTask, row

RUN = ("run", "--model", "baseline:longest", "--task", "small", "--out", "out")


@pytest.fixture
def large(small: SmallTask) -> SmallTask:
    """A thousand documents, four of which share a passage."""
    rows = [row(n, answer=n % 2, topic=f"topic {n % 3}", passage=f"Petikan {n // 4}.") for n in range(1000)]
    task = SmallTask(small.root, rows, changes={"document": {"passage": "passage", "cluster": "passage"}})
    task.write()
    return task


def _register(call: Call) -> dict[str, Any]:
    call("tasks", "lint", "--write")
    facts: dict[str, Any] = json.loads(Path("../tasks/facts.json").read_text(encoding="utf-8"))
    quick: dict[str, Any] = facts["tasks"]["small"]["quick"]
    return quick


def _run(call: Call, *more: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(call(*RUN, "--json", *more).out)
    return told


def test_a_run_asks_what_was_registered_before_and_says_so(large: SmallTask, call: Call) -> None:
    registered = _register(call)
    told = _run(call, "--quick")
    (score,) = told["scores"]
    assert score["subset"] == {"kind": "quick", "id": "small_suite/quick-1", "n_total": 1000}
    assert (score["n"], told["status"], told["deviations"]) == (250, "complete", [])
    (entry,) = RunFolder(Path(told["folder"])).manifest()["tasks"]
    assert entry["quick"]["registered"]
    assert entry["quick"]["documents_sha256"] == registered["documents_sha256"]
    for name, file in (("run-1", "manifest.json"), ("scores-1", "scores.json")):
        body = json.loads((Path(told["folder"]) / file).read_text(encoding="utf-8"))
        Draft202012Validator(schema(name)).validate(body)  # type: ignore[arg-type]


def test_the_subset_is_the_same_whatever_the_seed_and_another_run_than_the_whole_task(
    large: SmallTask, call: Call
) -> None:
    _register(call)
    runs = [_run(call, *more) for more in (["--quick"], ["--quick", "--seed", "7"], [])]
    folders = [RunFolder(Path(told["folder"])) for told in runs]
    asked = [{scored.sample.document.id for scored in one.read_samples("small@gen-letter")} for one in folders]
    assert asked[0] == asked[1] < asked[2]
    assert len({one.run_id for one in folders}) == 3


def test_a_task_that_is_not_larger_is_asked_whole_and_is_no_subset(small: SmallTask, call: Call) -> None:
    call("tasks", "lint", "--write")
    told = _run(call, "--quick")
    assert told["scores"][0]["subset"] == {"kind": "full", "n_total": 6}
    assert told["quick"] == []
    assert "the whole task" in call("tasks", "show", "small").out


@pytest.mark.parametrize("again", [(*RUN, "--quick", "--dry-run"), ("runs", "show"), ("score",), (*RUN, "--quick")])
def test_the_loss_of_precision_is_said_in_words_and_numbers(
    again: tuple[str, ...], large: SmallTask, call: Call
) -> None:
    _register(call)
    told = _run(call, "--quick")
    (fact,) = told["quick"]
    # A quarter of the documents: half the precision, but that passages have fewer questions each.
    assert 1.7 < fact["times_as_wide"] < 2
    few, whole = 100 * fact["detectable"], 100 * fact["detectable_whole"]
    sentence = (
        "small: 250 of 1000 documents (small_suite/quick-1): intervals about "
        f"{fact['times_as_wide']:.1f} times as wide as on the whole task; "
        f"two models must differ by about {few:.1f} points to be told apart, not {whole:.1f}"
    )
    folder = [told["folder"]] if again[0] in ("runs", "score") else []
    assert sentence in call(*again, *folder).out


def test_tasks_show_says_what_is_registered(large: SmallTask, call: Call) -> None:
    assert "at most 250 documents, by the rule" in " ".join(call("tasks", "show", "small").out.split())
    registered = _register(call)
    shown = " ".join(call("tasks", "show", "small").out.split())
    wide = f"intervals about {registered['times_as_wide']:.1f} times as wide"
    assert f"250 documents, registered as small_suite/quick-1: {wide}" in shown


def test_a_subset_that_was_never_registered_is_a_deviation(large: SmallTask, call: Call) -> None:
    told = _run(call, "--quick")
    assert not told["quick"][0]["registered"]
    (deviation,) = told["deviations"]
    assert deviation.startswith("small: its quick subset follows from the rule alone")


def test_other_documents_than_the_registered_ones_are_refused(large: SmallTask, call: Call) -> None:
    registered = _register(call)
    path = Path("../tasks/facts.json")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(registered["documents_sha256"], "0" * 64), encoding="utf-8")
    sentence = refused(call(*RUN, "--quick"), Path("out"))
    assert "small_suite/quick-1 would be other documents of small than those registered" in sentence


def test_an_interrupted_quick_run_is_resumed_as_one(large: SmallTask, call: Call, tmp_path: Path) -> None:
    _register(call)
    answers = tmp_path / "answers.jsonl"
    line = {"task": "small", "document": "small/rows.jsonl#0", "text": "A"}
    answers.write_text(json.dumps(line), encoding="utf-8")
    called = call("run", "--model", f"replay:{answers}", "--task", "small", "--out", "out", "--quick", "--json")
    told = json.loads(called.out)
    assert (called.status, told["status"], told["scores"][0]["subset"]["kind"]) == (1, "incomplete", "quick")
    again = json.loads(call("run", "--resume", told["folder"], "--json").out)
    assert (again["run"], again["scores"]) == (told["run"], told["scores"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--limit", "5"), "not allowed with argument"),
        (("--config", "settings.yaml"), "quick and limit both say which documents are asked"),
        (("--compat", "lm-eval"), "the quick subsets are of our own rows, and compat lm-eval asks rows of its own"),
    ],
)
def test_what_does_not_go_with_it_is_refused(more: tuple[str, ...], said: str, small: SmallTask, call: Call) -> None:
    Path("settings.yaml").write_text("limit: 5\n", encoding="utf-8")
    called = call(*RUN, "--quick", *more)
    assert called.status == 2
    assert said in called.err
    assert not Path("out").exists()
