"""Suites of plugins and of trusted folders on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, refused
from tests.installed_plugin import READER, InstalledPlugin, write_with_reader
from tests.small_task import SmallTask

RANDOM = ("run", "--model", "baseline:random")


@pytest.fixture
def site(small: SmallTask, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that packages are installed in, beside the small task."""
    folder = small.root.parent / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def mine(small: SmallTask) -> Path:
    """A folder with a suite whose rows are read by code."""
    folder = small.root.parent / "mine"
    write_with_reader(SmallTask(folder, changes={"id": "onde", "suite": "kuih"}), "onde.reading.rows")
    (folder / "onde" / "reading.py").write_text(READER, encoding="utf-8")
    return folder


def test_a_broken_plugin_is_a_warning_on_standard_error_and_the_command_goes_on(site: Path, call: Call) -> None:
    InstalledPlugin(site).install()
    called = call("tasks", "list", "--json")
    assert called.status == 0
    assert [task["task"] for task in json.loads(called.out)] == ["small"]
    told = "warning: the plugin kuih (kuih 1.0) is left out: kuih_suite, which its entry point names, has no folder"
    assert called.err.startswith(told)


def test_a_task_of_a_broken_plugin_is_refused_with_the_reason(site: Path, call: Call) -> None:
    plugin = InstalledPlugin(site).install()
    plugin.add("onde")
    (plugin.tasks / "onde" / "onde.yaml").write_text("task: [\n", encoding="utf-8")
    told = refused(call(*RANDOM, "--task", "onde", "--out", "out"), Path("out"))
    assert told.startswith("the task 'onde' cannot be had: the plugin kuih (kuih 1.0) is left out: ")
    assert "onde.yaml:2: is not valid YAML" in told


def test_a_plugin_whose_task_we_have_already_is_refused_by_both_names(site: Path, call: Call) -> None:
    InstalledPlugin(site).install().add("small")
    told = refused(call(*RANDOM, "--task", "small", "--out", "out"), Path("out"))
    assert "the task 'small' of the plugin kuih (kuih 1.0) exists already: seahelm-lite has it in " in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("tasks", "list"),
        ("tasks", "show", "onde"),
        ("tasks", "preview", "onde"),
        ("tasks", "lint", "--suite", "kuih"),
        ("tasks", "export", "onde"),
        ("data", "verify", "--suite", "kuih"),
        (*RANDOM, "--suite", "kuih", "--out", "out"),
    ],
)
def test_a_trusted_folder_is_known_to_every_command_about_tasks(
    arguments: tuple[str, ...], mine: Path, call: Call
) -> None:
    called = call(*arguments, "--trust", mine)
    assert called.status == 0, called.err
    assert "onde" in called.out


def test_without_trust_the_folder_is_not_looked_at(mine: Path, call: Call) -> None:
    assert "there is no task 'onde'" in refused(call(*RANDOM, "--task", "onde"))


def test_a_run_says_which_code_read_its_rows(mine: Path, call: Call) -> None:
    called = call(*RANDOM, "--task", "onde", "--trust", mine, "--out", "out", "--json")
    deviations = json.loads(called.out)["deviations"]
    assert any("data not pinned (reader onde.reading.rows, sha256 " in deviation for deviation in deviations)


def test_code_of_another_folder_is_refused_by_name(mine: Path, call: Call) -> None:
    write_with_reader(SmallTask(mine, changes={"id": "onde", "suite": "kuih"}), "os.listdir")
    told = refused(call(*RANDOM, "--task", "onde", "--trust", mine))
    assert "onde.yaml:" in told
    assert "the task 'onde' of the suite 'kuih' names code, 'os.listdir', which is no module of the trusted " in told


def test_a_reader_that_fails_is_named_and_nothing_is_written(mine: Path, call: Call) -> None:
    (mine / "onde" / "reading.py").write_text("def rows(path):\n    return [{}][1]\n", encoding="utf-8")
    told = refused(call(*RANDOM, "--task", "onde", "--trust", mine, "--out", "out"), Path("out"))
    assert "the reader 'onde.reading.rows' of the trusted folder " in told
    assert "cannot read it: IndexError: list index out of range" in told


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [("absent", "absent: the folder to trust is not there. Correct --trust."), (".", ".: holds no task file. --trust")],
)
def test_a_folder_that_holds_no_tasks_is_refused(folder: str, sentence: str, call: Call) -> None:
    assert refused(call("tasks", "list", "--trust", folder)).startswith(sentence)
