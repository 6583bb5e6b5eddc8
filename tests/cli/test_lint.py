"""`tasks lint`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, refused
from tests.small_task import SmallTask, row

BAD = [row(1), row(2, answer=7), row(3), row(1), row(4, ("ya", "ya"))]


@pytest.fixture
def bad(small: SmallTask) -> SmallTask:
    """The small task with an unreadable row, a repeat, and a row of equal options."""
    task = SmallTask(small.root, BAD)
    task.write()
    return task


def _told(call: Call, *arguments: object, status: int = 0) -> Any:
    called = call("tasks", "lint", *arguments, "--json")
    assert called.status == status, called.err
    return json.loads(called.out)


def test_errors_are_told_by_rule_file_and_row_and_end_with_status_1(bad: SmallTask, call: Call) -> None:
    called = call("tasks", "lint", "small")
    assert called.status == 1
    lines = {line.split()[0]: line for line in called.out.splitlines() if " error " in line}
    assert set(lines) == {"key-outside-options", "duplicate-question", "repeated-option"}
    assert "small/rows.jsonl#1" in lines["key-outside-options"]
    assert "the answer key 7 is outside the 2 options" in lines["key-outside-options"]
    assert "small/rows.jsonl#3" in lines["duplicate-question"]
    assert called.out.splitlines()[-1] == "3 errors, 1 warning, 0 notes in 5 rows of 1 tasks"


def test_a_table_names_the_first_places_and_counts_the_rest(small: SmallTask, call: Call) -> None:
    SmallTask(small.root, [row(n, answer=9) for n in range(5)] + [row(8), row(9)]).write()
    (line,) = (line for line in call("tasks", "lint", "small").out.splitlines() if "key-outside" in line)
    assert line.split()[2] == "5"
    assert "small/rows.jsonl#0, #1, #2, …" in line


def test_text_of_a_source_is_shown_as_it_is_and_never_styles_the_table(small: SmallTask, call: Call) -> None:
    SmallTask(small.root, [row(n, answer="[bold]B[/bold] [/]") for n in range(2)]).write()
    assert "'[bold]B[/bold] [/]'" in call("tasks", "lint", "small").out


def test_a_task_without_findings_says_so_and_ends_with_status_0(small: SmallTask, call: Call) -> None:
    rows = [row(n, (f"{'ya' * (n % 2 + 1)} {n}", f"{'tak' * (2 - n % 2)} {n}"), n % 2) for n in range(4)]
    SmallTask(small.root, rows).write()
    called = call("tasks", "lint", "small")
    assert called.status == 0
    assert "small: 4 rows\n  nothing found\n" in called.out


def test_warnings_and_notes_end_with_status_0(small: SmallTask, call: Call) -> None:
    SmallTask(small.root, changes={"licence": {"stated": "none stated", "redistributable": False}}).write()
    assert _told(call, "small")["tasks"][0]["status"] == "warnings"


def test_rows_that_the_card_leaves_out_are_counted_and_end_with_status_0(bad: SmallTask, call: Call) -> None:
    exclude = [{"reason": "seen by lint", "rows": [1, 3, 4]}]
    SmallTask(bad.root, BAD, changes={"exclude": exclude}).write()
    (task,) = _told(call, "small")["tasks"]
    assert (task["asked"], task["excluded"]) == (2, {"seen by lint": 3})
    assert "small: 2 rows, 3 left out by the card" in call("tasks", "lint", "small").out


def test_json_holds_every_finding_with_its_place(bad: SmallTask, call: Call) -> None:
    told = _told(call, "small", status=1)
    (task,) = told["tasks"]
    assert (task["task"], task["status"], task["counts"]["error"]) == ("small", "errors", 3)
    assert {"rule": "key-outside-options", "severity": "error", "place": "small/rows.jsonl#1"}.items() <= next(
        finding for finding in task["findings"] if finding["place"].endswith("#1")
    ).items()
    assert told["summary"] == {"tasks": 1, "rows": 5, "error": 3, "warning": 1, "note": 0}
    assert told["not_at_hand"] == []


def test_without_a_name_every_task_is_looked_at_and_suites_and_tasks_once_each(bad: SmallTask, call: Call) -> None:
    SmallTask(bad.root, changes={"id": "other", "suite": "more"}).write()
    assert {task["task"] for task in _told(call, status=1)["tasks"]} == {"small", "other"}
    assert [task["task"] for task in _told(call, "other")["tasks"]] == ["other"]
    told = _told(call, "other", "--suite", "more", "--suite", "small_suite", status=1)
    assert [task["task"] for task in told["tasks"]] == ["other", "small"]


def test_the_suites_that_we_wrote_have_no_errors(call: Call) -> None:
    told = _told(call, "--suite", "regional_basics", "--offline")
    assert len(told["tasks"]) == 5
    assert told["summary"]["error"] == 0


def test_data_that_is_not_at_hand_is_named_with_its_reason(call: Call) -> None:
    told = _told(call, "thai_exam_ic", "regional_basics_th", "--offline", status=1)
    (absent,) = told["not_at_hand"]
    assert absent["task"] == "thai_exam_ic"
    assert "network not tried, being offline" in absent["reason"]
    assert [task["task"] for task in told["tasks"]] == ["regional_basics_th"]
    called = call("tasks", "lint", "thai_exam_ic", "--offline")
    assert called.status == 1
    assert "thai_exam_ic: not looked at: " in called.out


def test_a_task_that_a_suite_calls_optional_may_be_absent(call: Call, shared_data: Path) -> None:
    told = json.loads(call("tasks", "lint", "--suite", "ms-core", "--mirror", shared_data, "--offline", "--json").out)
    assert [(entry["task"], entry["failure"]) for entry in told["not_at_hand"]] == [("malaymmlu", False)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("smal",), "there is no task 'smal'. Did you mean small"),
        (("--suite", "small_suit"), "there is no suite 'small_suit'. Did you mean small_suite"),
        (("--mirror", "absent"), "absent: the mirror is not a folder"),
        (("--rule", "licence"), "unrecognized arguments: --rule"),
    ],
)
def test_wrong_usage_is_refused(arguments: tuple[str, ...], sentence: str, small: SmallTask, call: Call) -> None:
    assert sentence in refused(call("tasks", "lint", *arguments))


def test_an_excluded_row_that_is_not_there_is_refused_and_named(small: SmallTask, call: Call) -> None:
    SmallTask(small.root, changes={"exclude": [{"reason": "not there", "rows": [77]}]}).write()
    assert refused(call("tasks", "lint", "small")).startswith("small/rows.jsonl#77: the excluded row does not exist")


def test_other_bytes_than_pinned_are_refused_and_named(small: SmallTask, call: Call) -> None:
    (small.root / "small" / "rows.jsonl").write_bytes(b"{}\n")
    assert "sha256 is " in refused(call("tasks", "lint", "small"))


def _entries(small: SmallTask) -> Any:
    return json.loads((small.root / "facts.json").read_text(encoding="utf-8"))["tasks"]


def test_what_the_data_came_to_is_kept_and_listed_without_it(small: SmallTask, call: Call) -> None:
    assert call("tasks", "lint", "--write").status == 0
    (small.root / "small" / "rows.jsonl").unlink()
    (listed,) = json.loads(call("tasks", "list", "--json").out)
    assert listed["facts"]["state"] == "current"
    assert (listed["facts"]["documents"], listed["facts"]["chance"]) == (6, 0.5)
    assert listed["facts"]["lint"]["status"] == "clean"


def test_numbers_of_a_changed_card_are_listed_as_stale_until_they_are_made_again(small: SmallTask, call: Call) -> None:
    call("tasks", "lint", "--write")
    SmallTask(small.root, changes={"exclude": [{"reason": "misprinted", "rows": [0]}]}).write()
    (listed,) = json.loads(call("tasks", "list", "--json").out)
    assert (listed["facts"]["state"], listed["facts"]["documents"]) == ("stale", None)
    assert "stale" in call("tasks", "list").out
    assert "stale" in call("tasks", "show", "small").out
    call("tasks", "lint", "--write")
    (listed,) = json.loads(call("tasks", "list", "--json").out)
    assert listed["facts"]["documents"] == 5
    assert listed["facts"]["excluded"] == {"misprinted": 1}


def test_numbers_of_tasks_that_are_not_looked_at_stay_and_those_of_tasks_that_are_gone_go(
    small: SmallTask, call: Call
) -> None:
    for name in ("other", "gone"):
        SmallTask(small.root, changes={"id": name, "suite": "others"}).write()
    call("tasks", "lint", "--write")
    before = _entries(small)
    assert set(before) == {"small", "other", "gone"}
    (small.root / "gone" / "gone.yaml").unlink()
    SmallTask(small.root, [row(n) for n in range(9)]).write()
    call("tasks", "lint", "small", "--write")
    after = _entries(small)
    assert set(after) == {"small", "other"}
    assert after["other"] == before["other"]
    assert after["small"]["documents"] == 9


def test_a_task_whose_rows_cannot_be_read_gets_no_numbers(bad: SmallTask, call: Call) -> None:
    assert call("tasks", "lint", "--write").status == 1
    assert not (bad.root / "facts.json").exists()


def test_nothing_is_kept_without_being_asked(small: SmallTask, call: Call) -> None:
    call("tasks", "lint")
    assert not (small.root / "facts.json").exists()


def test_numbers_that_cannot_be_read_or_written_stop_the_command(small: SmallTask, call: Call) -> None:
    path = small.root / "facts.json"
    path.write_text("{", encoding="utf-8")
    for arguments in (("tasks", "list"), ("tasks", "show", "small"), ("tasks", "lint", "--write")):
        assert "facts.json: is no JSON" in refused(call(*arguments))
    assert path.read_text(encoding="utf-8") == "{"
    path.unlink()
    path.with_name("facts.json.partial").mkdir()
    assert "facts.json: cannot be written" in refused(call("tasks", "lint", "--write"))
    assert not path.exists()
