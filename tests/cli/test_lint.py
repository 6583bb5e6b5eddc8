"""`tasks lint`: what it prints, and how it ends."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, refused
from tests.small_task import SmallTask, row

BARE = {
    "kind": "generation",
    "protocols": ["gen"],
    "metrics": ["instr_acc"],
    "asking": "bare",
}
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
    lacking = {entry["task"]: entry["failure"] for entry in told["not_at_hand"]}
    assert lacking["malaymmlu"] is False
    assert not any(lacking.values())


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


def _first_finding(call: Call) -> dict[str, Any]:
    finding: dict[str, Any] = _told(call, "small", status=1)["tasks"][0]["findings"][0]
    assert finding["severity"] == "error"
    return finding


@pytest.mark.parametrize(
    ("rows", "rule", "row_number", "what"),
    [
        ([row(1), row(2, answer=7)], "key-outside-options", 1, "the answer key 7 is outside the 2 options"),
        (
            [row(1), {"question": "q", "answer": 0}],
            "missing-column",
            1,
            "a column is missing: options (columns: question, answer)",
        ),
        ([row(1), row(2, ("A. x", "B. y"))], "lettered-options", 1, "the options already carry letters"),
        ([row(1), row(2, ("x", ""), answer=1)], "blank-key", 1, "the answer key names a blank option"),
        ([row(1), row(2, ("x",))], "too-few-options", 1, "fewer than two options are left"),
        ([row(1), {**row(2), "question": " "}], "empty-text", 1, "the question is empty"),
    ],
)
def test_an_unreadable_row_is_an_error_with_file_row_and_rule(
    rows: list[dict[str, Any]], rule: str, row_number: int, what: str, small: SmallTask, call: Call
) -> None:
    SmallTask(small.root, rows).write()
    finding = _first_finding(call)
    assert (finding["rule"], finding["place"]) == (rule, f"small/rows.jsonl#{row_number}")
    assert what in finding["what"]


def test_a_broken_line_is_an_error_with_file_and_line_and_the_other_tasks_are_looked_at(
    small: SmallTask, call: Call
) -> None:
    task = SmallTask(small.root, changes={"id": "other", "suite": "more"})
    task.write()
    rows, card = small.root / "small" / "rows.jsonl", small.root / "small" / "small.yaml"
    before = hashlib.sha256(rows.read_bytes()).hexdigest()
    rows.write_bytes(rows.read_bytes() + b'{"question" "q"}\n')
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace(before, hashlib.sha256(rows.read_bytes()).hexdigest()), encoding="utf-8")
    told = _told(call, status=1)
    by_name = {task["task"]: task for task in told["tasks"]}
    (finding,) = by_name["small"]["findings"]
    assert (finding["rule"], finding["place"]) == ("unreadable-source", f"{rows}:7")
    assert finding["what"].startswith("not JSON: Expecting ':' delimiter (column 13)")
    assert by_name["other"]["asked"] == 6


def test_an_excluded_row_that_is_not_there_is_an_error_at_its_place(small: SmallTask, call: Call) -> None:
    SmallTask(small.root, changes={"exclude": [{"reason": "not there", "rows": [77]}]}).write()
    finding = _first_finding(call)
    assert (finding["rule"], finding["place"]) == ("unreadable-source", "small/rows.jsonl#77")
    assert finding["what"].startswith("the excluded row does not exist")


def test_other_bytes_than_pinned_are_an_error_with_file_and_both_hashes(small: SmallTask, call: Call) -> None:
    rows = small.root / "small" / "rows.jsonl"
    before = hashlib.sha256(rows.read_bytes()).hexdigest()
    rows.write_bytes(b"{}\n")
    finding = _first_finding(call)
    assert (finding["rule"], finding["place"]) == ("changed-source", str(rows))
    assert f"sha256 is {hashlib.sha256(b'{}' + bytes([10])).hexdigest()}, but the pin says {before}" in finding["what"]


def test_a_task_file_changed_by_hand_is_an_error_with_its_line(small: SmallTask, call: Call) -> None:
    path = small.root / "small" / "small.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("num_fewshot: 0", "num_fewshot: 5"), encoding="utf-8")
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if text.startswith("num_fewshot"))
    finding = _first_finding(call)
    assert (finding["rule"], finding["place"]) == ("lm-eval-part", f"{path}:{line}")
    assert finding["what"].startswith("num_fewshot is not what the card derives: 0")


@pytest.mark.parametrize("content", ["{bad", "[]", '{"tasks": {}}', "\x00"])
def test_a_broken_file_of_numbers_is_mended_by_the_command_that_its_refusal_names(
    content: str, small: SmallTask, call: Call
) -> None:
    path = small.root / "facts.json"
    path.write_text(content, encoding="utf-8")
    for command in (("list",), ("show", "small")):
        assert "Make it again with `seahelm-lite tasks lint --write`" in refused(call("tasks", *command))
    called = call("tasks", "lint", "--write")
    assert called.status == 0
    assert called.err.startswith(f"warning: {path}: is no ")
    assert called.err.endswith(". It is made again from nothing.\n")
    assert json.loads(call("tasks", "show", "small", "--json").out)["facts"]["documents"] == 6


def test_a_broken_file_of_numbers_stays_as_it_is_where_nothing_is_written(small: SmallTask, call: Call) -> None:
    path = small.root / "facts.json"
    path.write_text("{bad", encoding="utf-8")
    assert call("tasks", "lint", "small").status == 0
    assert path.read_text(encoding="utf-8") == "{bad"


def test_an_item_without_a_right_answer_is_shown_without_one(small: SmallTask, call: Call) -> None:
    checks = "[{'name': 'detectable_format:title', 'arguments': {}}]"
    SmallTask(small.root, changes={**BARE, "document": {"checks": checks, "options": None, "answer": None}}).write()
    said = call("tasks", "show", "small").out
    assert "small/rows.jsonl#0" in said
    assert "right is" not in said
    assert "the makers keep" not in said
