"""The numbers of tasks that are kept beside their cards, and when they are no longer theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.facts import (
    FACTS_FILE,
    Facts,
    LintFacts,
    card_hash,
    facts_text,
    known_of,
    read_facts,
)
from seahelm_lite.errors import CardError
from tests.small_task import SmallTask


def _task(folder: Path, **changes: Any) -> TaskDefinition:
    return SmallTask(folder, changes=changes).catalog().tasks["small"]


def _facts(task: TaskDefinition, **changes: Any) -> Facts:
    made = Facts(
        version=task.version,
        card_sha256=card_hash(task.card),
        data_sha256="0" * 64,
        documents=6,
        clusters=6,
        shots=0,
        excluded={},
        options=(2, 2),
        metric="acc",
        chance=0.5,
        baselines={"majority": 0.5},
        detectable=0.4,
        reasons={},
        lint=LintFacts(status="clean", rules={}),
    )
    return made.model_copy(update=changes)


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    entries = {"small": _facts(_task(tmp_path)), "another": _facts(_task(tmp_path), documents=9)}
    (tmp_path / FACTS_FILE).write_text(facts_text(entries), encoding="utf-8")
    assert read_facts([tmp_path, tmp_path / "without"]) == entries


def test_each_task_is_a_line_of_the_file_in_the_order_of_names(tmp_path: Path) -> None:
    facts = _facts(_task(tmp_path))
    lines = facts_text({"b": facts, "a": facts}).splitlines()
    assert [line[:3] for line in lines if line.startswith('"')][2:] == ['"a"', '"b"']
    assert facts_text({"b": facts, "a": facts}) == facts_text({"a": facts, "b": facts})


@pytest.mark.parametrize(
    "words",
    [
        {"title": "Another title"},
        {"measures": "Something else."},
        {"citation": "Somebody, 2020"},
        {"defects": ["one row is odd"]},
        {"human": [{"value": 0.4, "source": "a published table"}]},
    ],
    ids=lambda words: next(iter(words)),
)
def test_words_for_readers_leave_the_numbers_standing(words: dict[str, Any], tmp_path: Path) -> None:
    entries = {"small": _facts(_task(tmp_path / "before"))}
    assert known_of(_task(tmp_path / "after", **words), entries).state == "current"


@pytest.mark.parametrize(
    "change",
    [
        {"exclude": [{"reason": "misprinted", "rows": [0]}]},
        {"document": {"cluster": "topic"}},
        {"metrics": ["macro_f1", "acc"]},
        {"licence": {"stated": "none stated", "redistributable": False}},
        {"language": "id"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_could_change_a_number_makes_an_entry_stale(change: dict[str, Any], tmp_path: Path) -> None:
    entries = {"small": _facts(_task(tmp_path / "before"))}
    known = known_of(_task(tmp_path / "after", **change), entries)
    assert (known.state, known.facts) == ("stale", None)
    assert known.reason is not None
    assert "`seahelm-lite tasks lint small --write`" in known.reason


def test_numbers_of_another_version_are_stale(tmp_path: Path) -> None:
    task = _task(tmp_path)
    assert known_of(task, {"small": _facts(task, version="0.9")}).state == "stale"


def test_stale_and_missing_entries_are_told_with_null_numbers_and_a_reason(tmp_path: Path) -> None:
    task = _task(tmp_path)
    whole = known_of(task, {"small": _facts(task)}).told()
    for entries in ({}, {"small": _facts(task, version="0.9")}):
        told = known_of(task, entries).told()
        assert set(told) == set(whole)
        assert told.pop("state") in ("missing", "stale")
        assert told.pop("reason")
        assert set(told.values()) == {None}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "is no JSON"),
        ("[]", r"is no facts file: it holds no JSON object\. Make it again"),
        ("7", r"is no facts file: it holds no JSON object\. Make it again"),
        ('{"schema": "seahelm-lite/task-facts/9", "tasks": {}}', "is no facts file: schema"),
        ('{"schema": "seahelm-lite/task-facts/1", "tasks": {"a": {}}}', r"is no facts file: tasks\.a\.version"),
        ('{"schema": "seahelm-lite/task-facts/1", "tasks": []}', r"is no facts file: tasks: no JSON object\. Make"),
        (
            '{"schema": "seahelm-lite/task-facts/1", "tasks": {"a": 3}}',
            r"is no facts file: tasks\.a: no JSON object\. M",
        ),
        ('{"schema": "seahelm-lite/task-facts/1", "tasks": {}, "more": 1}', "is no facts file: more"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(content: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / FACTS_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(CardError, match=rf"facts\.json: {fault}"):
        read_facts([tmp_path])


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    text = facts_text({"small": _facts(_task(tmp_path))}).replace('"chance": 0.5', '"chance": NaN')
    (tmp_path / FACTS_FILE).write_text(text, encoding="utf-8")
    assert json.loads(text)
    with pytest.raises(CardError, match="chance"):
        read_facts([tmp_path])
