"""Run folders that are damaged, of another version, or of a task, data or model that has changed since."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, refused
from tests.small_task import SmallTask, row

RANDOM = ("run", "--model", "baseline:random")


def _finished(call: Call) -> Path:
    called = call(*RANDOM, "--task", "regional_basics_ms", "--limit", "3", "--out", "out", "--json")
    assert called.status == 0
    return Path(json.loads(called.out)["folder"])


@pytest.mark.parametrize(
    "command", [("runs", "show"), ("runs", "verify"), ("score",), ("run", "--resume")], ids=lambda command: command[-1]
)
@pytest.mark.parametrize("schema", ["seahelm-lite/run/2", "other/run/1", None])
def test_a_run_of_another_schema_is_not_read(command: tuple[str, ...], schema: str | None, call: Call) -> None:
    folder = _finished(call)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "schema": schema}), encoding="utf-8")
    called = call(*command, folder)
    if command == ("runs", "verify"):
        # The seal is broken, which is what this command is asked about.
        assert (called.status, "manifest.json has changed" in called.out) == (1, True)
        return
    told = refused(called)
    assert told.startswith(f"{folder}/manifest.json: has schema {schema!r}; this version reads 'seahelm-lite/run/1'")
    assert "Update seahelm-lite" in told


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null"])
def test_a_manifest_that_cannot_be_read_is_named(content: bytes, call: Call) -> None:
    folder = _finished(call)
    (folder / "manifest.json").write_bytes(content)
    for command in (("runs", "show"), ("score",), ("run", "--resume")):
        assert refused(call(*command, folder)).startswith(f"{folder}/manifest.json: ")


def test_a_setting_in_a_manifest_that_this_version_does_not_know_is_named(call: Call) -> None:
    folder = _finished(call)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["spec"]["mood"] = "good"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    told = refused(call("run", "--resume", folder))
    assert told.startswith(f"{folder}: its settings cannot be read: mood: Extra inputs are not permitted. Use ")


def test_damaged_samples_are_named(call: Call) -> None:
    folder = _finished(call)
    (samples,) = folder.glob("samples/*.parquet")
    samples.write_bytes(samples.read_bytes()[:100])
    assert str(samples.relative_to(folder)) in refused(call("score", folder))


@pytest.mark.parametrize("content", [b"not a database, and long enough to be seen as none", b""])
def test_a_damaged_response_store_is_named_and_an_empty_one_is_begun_anew(content: bytes, call: Call) -> None:
    Path("out").mkdir()
    Path("out/responses.sqlite").write_bytes(content)
    called = call(*RANDOM, "--task", "regional_basics_ms", "--out", "out")
    if content:
        assert "out/responses.sqlite: the response store cannot be used: " in refused(called, Path("out"))
    else:
        assert called.status == 0


def test_a_response_store_damaged_inside_is_named(call: Call) -> None:
    assert call(*RANDOM, "--suite", "regional_basics", "--out", "out").status == 0
    store = Path("out/responses.sqlite")
    content = bytearray(store.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    store.write_bytes(content)
    told = refused(call(*RANDOM, "--suite", "regional_basics", "--out", "out", "--seed", "1"))
    assert "out/responses.sqlite: the response store cannot be used: " in told


def _incomplete(small: SmallTask, call: Call, folder: Path) -> tuple[Path, Path]:
    """A run with one document unanswered, and its replay file."""
    answers = folder / "answers.jsonl"
    lines = [{"task": "small", "document": document.id, "text": "A"} for document in small.documents().test[1:]]
    answers.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    called = call("run", "--model", f"replay:{answers}", "--task", "small", "--out", "out", "--json")
    assert called.status == 1
    return Path(json.loads(called.out)["folder"]), answers


@pytest.mark.parametrize(
    "changes",
    [
        {"document": {"question": "question ~ '!'"}},
        {"document": {"options": "options | reverse | list"}},
        {"document": {"cluster": "topic"}},
        {"prompt_language": "en"},
        {"max_tokens": 3},
        {"metrics": ["macro_f1"]},
    ],
    ids=str,
)
def test_a_run_whose_task_has_changed_is_not_resumed_until_it_is_as_before(
    changes: dict[str, Any], small: SmallTask, tmp_path: Path, call: Call
) -> None:
    folder, _ = _incomplete(small, call, tmp_path)
    SmallTask(small.root, small.rows, changes=changes).write()
    told = refused(call("run", "--resume", folder))
    assert told.startswith(f"{folder}: cannot be resumed: the task small@gen-letter has changed since it began. ")
    assert "Start a new run" in told
    small.write()
    assert call("run", "--resume", folder).status == 1


def test_a_run_whose_data_has_changed_is_not_resumed(small: SmallTask, tmp_path: Path, call: Call) -> None:
    folder, _ = _incomplete(small, call, tmp_path)
    # The card pins the data, so that it changes too.
    SmallTask(small.root, [*small.rows, row(99)]).write()
    assert "small@gen-letter has changed" in refused(call("run", "--resume", folder))


def test_a_run_whose_task_has_another_version_is_not_resumed(small: SmallTask, tmp_path: Path, call: Call) -> None:
    folder, _ = _incomplete(small, call, tmp_path)
    path = small.write()
    path.write_text(path.read_text(encoding="utf-8").replace("version: '1.0'", "version: '1.1'"), encoding="utf-8")
    assert "the task small@gen-letter has changed" in refused(call("run", "--resume", folder))


def test_a_run_whose_model_has_changed_is_not_resumed(small: SmallTask, tmp_path: Path, call: Call) -> None:
    folder, answers = _incomplete(small, call, tmp_path)
    answers.write_text(answers.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "the model has changed" in refused(call("run", "--resume", folder))


def test_a_run_whose_task_is_gone_is_not_resumed(small: SmallTask, tmp_path: Path, call: Call) -> None:
    folder, _ = _incomplete(small, call, tmp_path)
    small.write().unlink()
    assert "there is no task 'small'" in refused(call("run", "--resume", folder))


def test_statuses_are_0_done_1_incomplete_or_failed_2refused(small: SmallTask, tmp_path: Path, call: Call) -> None:
    incomplete, _ = _incomplete(small, call, tmp_path)
    assert "Go on with: seahelm-lite run --resume" in call("run", "--resume", incomplete).err
    assert call("score", incomplete).status == 1
    finished = call(*RANDOM, "--task", "small", "--json")
    assert finished.status == 0
    folder = Path(json.loads(finished.out)["folder"])
    assert call("score", folder).status == 0
    assert call("runs", "verify", folder).status == 0
    (folder / "scores.json").write_text("{}", encoding="utf-8")
    assert call("runs", "verify", folder).status == 1
    assert call("data", "verify", "--task", "small").status == 0
    (small.root / "small" / "rows.jsonl").write_bytes(b"")
    assert call("data", "verify", "--task", "small").status == 1
    assert call(*RANDOM, "--task", "small").status == 2


@pytest.mark.parametrize("option", [("--limit", "2"), ("--shots", "0"), ("--model", "baseline:random"), ("--out", "b")])
def test_a_setting_beside_resume_is_refused_rather_than_ignored(option: tuple[str, str], call: Call) -> None:
    folder = _finished(call)
    told = refused(call("run", "--resume", folder, *option))
    assert "--resume takes everything from the run" in told
