"""`--json` puts one JSON document on standard output, and nothing else there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.cli.main import parser
from tests.cli.conftest import Call
from tests.loopback import ChatServer
from tests.small_task import SmallTask, row

RUN = ("run", "--model", "baseline:random", "--task", "small", "--out", "out")


def _told(call: Call, *arguments: object, status: int = 0) -> Any:
    """The one document; anything beside it on standard output is an error of parsing."""
    called = call(*arguments, "--json")
    assert called.status == status, called.err
    return json.loads(called.out)


@pytest.fixture
def folder(small: SmallTask, call: Call) -> Path:
    """A finished run."""
    return Path(_told(call, *RUN)["folder"])


def test_tasks_are_listed_without_data_in_over_200_pairs_and_25_varieties(call: Call) -> None:
    told = _told(call, "tasks", "list")
    names = [entry["task"] for entry in told]
    assert names == sorted(names)
    assert "malaymmlu" in names
    assert len({(entry["task"], entry["language"]) for entry in told}) >= 200
    assert len({(entry["language"], entry["variety"]) for entry in told}) >= 25


def test_each_task_is_listed_with_licence_pins_chance_baselines_and_lint_or_the_reason_why_not(call: Call) -> None:
    for entry in _told(call, "tasks", "list"):
        assert entry["licence"]["stated"]
        assert entry["sources"]
        facts = entry["facts"]
        if facts["state"] != "current":
            assert facts["reason"]
            assert facts["documents"] is facts["lint"] is None
            continue
        assert facts["documents"] >= facts["clusters"] >= 1
        assert facts["chance"] is not None or facts["reasons"]["chance"]
        assert facts["detectable"] is not None or facts["reasons"]["detectable"]
        assert facts["lint"]["status"] in ("errors", "warnings", "clean")


def test_only_tasks_of_a_hub_are_listed_without_numbers(call: Call) -> None:
    without = [entry for entry in _told(call, "tasks", "list") if entry["facts"]["state"] != "current"]
    assert without
    assert all(source.startswith("hub ") for entry in without for source in entry["sources"])


def test_suites_are_listed(call: Call) -> None:
    (suite,) = (entry for entry in _told(call, "tasks", "list", "--suites") if entry["suite"] == "ms-core")
    assert "malaymmlu" in suite["optional"]
    assert "regional_basics_ms" in suite["tasks"]


def test_a_task_is_shown_with_its_numbers_an_item_and_the_prompt_of_each_protocol(call: Call) -> None:
    told = _told(call, "tasks", "show", "regional_basics_ms")
    assert told["facts"]["documents"] == 25
    assert told["facts"]["chance"] == 0.25
    assert set(told["facts"]["baselines"]) == {"majority", "longest"}
    assert told["item"]["document"] == "regional_basics/items/ms.jsonl#0"
    assert told["item_reason"] is None
    assert [prompt["protocol"] for prompt in told["prompts"]] == told["protocols"]
    assert all(told["item"]["fields"]["question"] in prompt["text"] for prompt in told["prompts"])
    assert told["card"]["data"]["from"] == {"kind": "packaged"}


def test_a_task_whose_data_is_not_at_hand_is_shown_with_its_numbers_and_with_the_reason(call: Call) -> None:
    told = _told(call, "tasks", "show", "copal_id_standard", "--offline")
    assert told["facts"]["documents"] == 559
    assert told["item"] is None
    assert told["item_reason"] == "not shown: the data is not at hand; name a copy of it with --mirror"
    texts = {prompt["protocol"]: prompt["text"] for prompt in told["prompts"]}
    assert "⟨question⟩" in texts["gen-letter"]
    assert texts["ll-cloze"] == "⟨beginning⟩"


def test_an_item_is_not_shown_where_its_licence_does_not_clearly_allow_it(call: Call) -> None:
    told = _told(call, "tasks", "show", "thai_exam_ic", "--offline")
    assert told["item"] is None
    assert told["item_reason"].startswith("not shown: the licence does not clearly allow it (none stated")


def test_prompts_are_previewed_in_every_protocol_and_layout(call: Call) -> None:
    told = _told(call, "tasks", "preview", "regional_basics_th", "--shots", "2")
    assert [(prompt["protocol"], prompt["layout"]) for prompt in told["prompts"]] == [
        ("ll-letter", "plain"),
        ("gen-letter", "chat"),
        ("gen-letter", "plain"),
        ("ll-cloze", "plain"),
        ("gen-choice", "chat"),
        ("gen-choice", "plain"),
    ]
    assert told["prompts"][-1]["requests"][0]["params"]["json_schema"]["required"] == ["answer"]
    assert told["document"] == "regional_basics/items/th.jsonl#0"
    assert told["fields"]["language"] == "th"


def test_verified_data_is_told_and_a_fault_is_status_1(small: SmallTask, call: Call) -> None:
    (entry,) = _told(call, "data", "verify", "--task", "small")
    assert (entry["state"], entry["place"], entry["pinned"]) == ("right", "packaged", True)
    (small.root / "small" / "rows.jsonl").write_bytes(b"{}\n")
    (entry,) = _told(call, "data", "verify", "--task", "small", status=1)
    assert entry["state"] == "FAULT"
    assert entry["reason"].count("sha256 is ") == 1


def test_data_is_fetched_or_named(call: Call) -> None:
    entries = _told(call, "data", "fetch", "--task", "thai_exam_ic", "--offline", status=1)
    assert {entry["state"] for entry in entries} == {"FAULT"}


def test_a_run_tells_its_scores(small: SmallTask, call: Call) -> None:
    told = _told(call, *RUN)
    assert told["status"] == "complete"
    assert told["skipped"] == told["deviations"] == []
    (score,) = told["scores"]
    assert (score["task"], score["n"], score["metric"]) == ("small", 6, "acc")


def test_an_unfinished_run_tells_itself_too(small: SmallTask, call: Call, tmp_path: Path) -> None:
    line = {"task": "small", "document": "small/rows.jsonl#0", "text": "A"}
    (tmp_path / "answers.jsonl").write_text(json.dumps(line), encoding="utf-8")
    told = _told(call, "run", "--model", f"replay:{tmp_path}/answers.jsonl", "--task", "small", status=1)
    assert told["status"] == "incomplete"
    (score,) = told["scores"]
    assert (score["value"], score["counts"]["error"]) == (None, 5)
    assert "never an answer" in score["reason"]
    assert _told(call, "run", "--resume", told["folder"], status=1)["folder"] == told["folder"]


def test_a_forecast_tells_what_would_be_asked_and_writes_nothing(small: SmallTask, call: Call) -> None:
    told = _told(call, *RUN, "--dry-run")
    (task,) = told["tasks"]
    assert (task["task"], task["documents"], task["requests"], task["stored"]) == ("small@gen-letter", 6, 6, 0)
    assert told["unit"] == "characters"
    assert told["cost"]["value"] is None
    assert list(Path().iterdir()) == []


def test_a_forecast_after_the_run_finds_its_answers_in_the_store(folder: Path, call: Call) -> None:
    (task,) = _told(call, *RUN, "--dry-run")["tasks"]
    assert task["stored"] == 6


def test_a_forecast_asks_an_endpoint_nothing(small: SmallTask, call: Call) -> None:
    with ChatServer() as server:
        _told(call, "run", "--model", f"openai:{server.base_url}#m", "--task", "small", "--dry-run")
        assert server.requests == []


def test_a_run_over_an_endpoint_keeps_standard_output_clean(small: SmallTask, call: Call) -> None:
    with ChatServer() as server:
        told = _told(call, "run", "--model", f"openai:{server.base_url}#m", "--task", "small")
    assert told["status"] == "complete"


def test_a_score_anew_tells_its_file_and_whether_it_is_the_same(folder: Path, call: Call) -> None:
    told = _told(call, "score", folder)
    assert told["same_as_first"] is True
    assert Path(told["file"]) == folder / "scores" / "1.json"
    assert Path(_told(call, "score", folder)["file"]).name == "2.json"


def test_runs_are_listed_shown_and_verified(folder: Path, call: Call) -> None:
    (entry,) = _told(call, "runs", "list", "--out", "out")
    assert (entry["run"], entry["status"], entry["model"]) == (folder.name, "complete", "baseline-random")
    told = _told(call, "runs", "show", folder)
    assert told["manifest"]["run"] == folder.name
    assert told["scores"][0]["task"] == "small"
    assert _told(call, "runs", "verify", folder) == {"run": folder.name, "verified": True, "faults": []}
    (folder / "scores.json").write_text("{}", encoding="utf-8")
    told = _told(call, "runs", "verify", folder, status=1)
    assert told == {"run": folder.name, "verified": False, "faults": ["scores.json has changed"]}


def test_a_run_of_another_version_does_not_hide_the_others(folder: Path, call: Call) -> None:
    foreign = folder.parent / "foreign"
    foreign.mkdir()
    (foreign / "manifest.json").write_text('{"schema": "seahelm-lite/run/9"}', encoding="utf-8")
    called = call("runs", "list", "--out", "out", "--json")
    assert [entry["run"] for entry in json.loads(called.out)] == [folder.name]
    assert "foreign/manifest.json: has schema 'seahelm-lite/run/9'" in called.err


def test_no_runs_are_an_empty_list(call: Call) -> None:
    assert _told(call, "runs", "list", "--out", "absent") == []


def test_a_skipped_task_is_told_with_its_reason(small: SmallTask, call: Call) -> None:
    SmallTask(small.root, changes={"id": "shown", "suite": "other"}, shots=[row(90)]).write()
    told = _told(call, "run", "--model", "baseline:ngram", "--task", "shown", "--task", "small")
    (skipped,) = told["skipped"]
    assert skipped["task"] == "small"
    assert "few-shot split" in skipped["reason"]


def _commands(parsers: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every command that can be run, with its parser."""
    deeper = [action for action in parsers._actions if isinstance(action.choices, dict)]
    if not deeper:
        return [(path, parsers)]
    return [
        found
        for action in deeper
        for name, inner in action.choices.items()
        for found in _commands(inner, (*path, name))
    ]


COMMANDS = _commands(parser())


@pytest.mark.parametrize("path", [path for path, _ in COMMANDS], ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...], call: Call) -> None:
    called = call(*path, "-h")
    assert called.status == 0
    assert "\nexample:\n  seahelm-lite " in called.out
    assert called.err == ""


def test_every_listing_takes_json() -> None:
    without = {" ".join(path) for path, made in COMMANDS if "--json" not in made._option_string_actions}
    assert without == {"demo", "tasks export", "tasks new", "site build", "lm-eval", "judge sheet", "probes new"}
