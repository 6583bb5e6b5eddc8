"""What the terminal shows of a spread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from seahelm_lite.cli.tables import score_table
from tests.cli.conftest import Call, refused
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.small_task import SmallTask, row


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """Answers the first wording with A, the others with B."""

    async def letter(seen: Seen) -> Canned:
        return Canned(chat("A" if "Jawab dengan" in seen.body["messages"][-1]["content"] else "B"))

    with ChatServer(letter) as server:
        yield server


@pytest.fixture
def small(small: SmallTask) -> SmallTask:
    """Four of six right answers are A."""
    task = SmallTask(small.root, [row(n, answer=int(n > 3)) for n in range(6)], [row(10 + n) for n in range(4)])
    task.write()
    return task


def command(server: ChatServer, *more: str) -> tuple[str, ...]:
    return ("run", "--model", f"openai:{server.base_url}#m", "--task", "small", "--out", "out", *more)


def test_a_column_stands_beside_the_score_only_where_something_was_varied(
    small: SmallTask, server: ChatServer, call: Call
) -> None:
    assert "wordings" not in call(*command(server)).out
    told = call(*command(server, "--templates", "all")).out
    assert "66.7" in told
    assert "wordings" in told
    assert "33.3 to 66.7" in told
    assert "draws" not in told
    told = call(*command(server, "--shots", "1", "--shot-seeds", "2")).out
    assert "66.7 to 66.7" in told
    assert "wordings" not in told


@pytest.mark.parametrize("again", [("runs", "show"), ("score",)])
def test_the_spread_is_shown_again(again: tuple[str, ...], small: SmallTask, server: ChatServer, call: Call) -> None:
    folder = json.loads(call(*command(server, "--templates", "all", "--json")).out)["folder"]
    called = call(*again, folder)
    assert called.status == 0
    assert "33.3 to 66.7" in called.out


@pytest.mark.parametrize("over", [("templates",), ("templates", "shot_seeds")])
@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_a_narrow_terminal_cuts_nothing_off(width: int, over: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    spread = {"values": [0.5, 0.25], "min": 0.25, "max": 0.5, "sd": 0.17, "reason": None}
    score = {
        "task": "regional_basics_fil", "protocol": "gen-letter", "metric": "acc", "value": 0.5, "ci95": [0.31, 0.69],
        "chance": 0.25, "baselines": {"majority": 0.28}, "n": 25, "counts": {"scored": 22, "unparsed": 3},
        "spread": [{"over": name, **spread} for name in over],
    }  # fmt: skip
    narrow = Console(width=width)
    monkeypatch.setattr("seahelm_lite.cli.tables.console", lambda: narrow)
    with narrow.capture() as captured:
        narrow.print(score_table([score]))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= width
    shown = "".join(captured.get().split())
    for name in ("25.0", "50.0", "31.0", "69.0"):
        assert name in captured.get()
    assert shown.count("25.0") == 1 + len(over)
    assert "…" not in shown


def test_a_spread_that_lacks_a_value_is_incomplete_and_the_command_ends_with_1(small: SmallTask, call: Call) -> None:

    async def failing(seen: Seen) -> Canned:
        asked = seen.body["messages"][-1]["content"]
        return (
            Canned(chat("A"))
            if "Jawab dengan" in asked
            else Canned({"error": "busy"}, status=500, headers={"Retry-After": "0"})
        )

    with ChatServer(failing) as server:
        called = call(*command(server, "--templates", "all"))
    assert called.status == 1
    assert "66.7" in called.out
    assert "incomplete" in called.out.split("small ")[1]
    (folder,) = (path for path in Path("out").iterdir() if path.is_dir())
    assert f"Go on with: seahelm-lite run --resume {folder}" in called.err
    assert call("score", folder).status == 1


def test_a_dry_run_counts_the_requests_of_every_wording_and_draw(
    small: SmallTask, server: ChatServer, call: Call
) -> None:
    more = ("--templates", "all", "--shots", "1", "--shot-seeds", "3", "--json")
    forecast = json.loads(call(*command(server, "--dry-run", *more)).out)
    assert [(task["documents"], task["requests"], task["stored"]) for task in forecast["tasks"]] == [(6, 30, 0)]
    assert server.requests == []
    call(*command(server, "--shots", "1"))
    assert json.loads(call(*command(server, "--dry-run", *more)).out)["tasks"][0]["stored"] == 6


def test_the_settings_file_takes_both(small: SmallTask, server: ChatServer, call: Call) -> None:
    Path("settings.yaml").write_text("templates: all\nshots: 1\nshot_seeds: 2\n", encoding="utf-8")
    told = json.loads(call(*command(server, "--config", "settings.yaml", "--json")).out)
    assert [spread["over"] for spread in told["scores"][0]["spread"]] == ["templates", "shot_seeds"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--templates", "three"), "argument --templates: invalid choice: 'three'"),
        (("--shot-seeds", "3"), "--shot-seeds: without --shots there are no examples to draw again"),
        (("--shot-seeds", "0", "--shots", "1"), "--shot-seeds: Input should be greater than or equal to 1"),
        (("--shot-seeds", "5", "--shots", "1"), "has 4 examples, from which 4 draws of 1 can be made, not 5"),
    ],
)
def test_what_cannot_be_varied_is_refused(
    more: tuple[str, ...], told: str, small: SmallTask, server: ChatServer, call: Call
) -> None:
    assert told in refused(call(*command(server, *more)), Path("out"))
    assert server.requests == []


@pytest.mark.parametrize("wording", [1, 2, 3])
def test_a_wording_can_be_read_before_it_is_asked(wording: int, small: SmallTask, call: Call) -> None:
    instruction = ["Jawab dengan satu huruf", "pilih satu dan tulis", "Nyatakan huruf"][wording - 1]
    prompts = json.loads(call("tasks", "preview", "small", "--wording", wording, "--json").out)["prompts"]
    asked = [json.dumps(prompt) for prompt in prompts if prompt["protocol"] == "gen-letter"]
    assert len(asked) == 2
    assert all(instruction in prompt for prompt in asked)
    assert len(prompts) == (6 if wording == 1 else 4)


def test_a_wording_is_exported_to_a_file_of_its_own(small: SmallTask, call: Call) -> None:
    for wording in (1, 2):
        call("tasks", "export", "small", "--protocol", "gen-letter", "--wording", wording, "--out", "exported")
    names = sorted(path.name for path in Path("exported").iterdir())
    assert names == ["small@gen-letter.yaml", "small@gen-letter~wording-2.yaml"]


@pytest.mark.parametrize("action", ["preview", "export"])
def test_a_protocol_that_has_one_wording_only_says_which_has_more(action: str, small: SmallTask, call: Call) -> None:
    told = refused(call("tasks", action, "small", "--protocol", "ll-letter", "--wording", 2))
    assert told == "ll-letter has one wording only. Use gen-letter, which has several."


def test_gen_choice_is_shown_with_its_schema_and_cannot_be_exported(small: SmallTask, call: Call) -> None:
    shown = call("tasks", "preview", "small", "--protocol", "gen-choice").out
    assert '"enum": ["A", "B"]' in shown
    for what in ("small", "small_suite"):
        told = refused(call("tasks", "export", what, "--protocol", "gen-choice"))
        assert told.startswith("lm-eval cannot ask for an answer that fits a JSON schema")


def test_what_the_standard_error_is_of_is_said(small: SmallTask, server: ChatServer, call: Call) -> None:
    sentence = "small acc: standard error "
    assert sentence not in call(*command(server)).out
    called = call(*command(server, "--shots", "1", "--shot-seeds", "2", "--repeats", "2", "--json"))
    told = json.loads(called.out)
    variance = told["scores"][0]["variance"]
    # The endpoint answers alike each time, whatever the examples.
    assert variance["runs"] == {"se": 0.0, "reason": None}
    assert variance["draws"]["reason"] == "draws of examples differ by no more than documents and runs let them"
    points = f"{100 * told['scores'][0]['se']:.2f}"
    for again in (("runs", "show"), ("score",)):
        shown = call(*again, told["folder"]).out
        assert f"{sentence}{points} points: {points} of documents, 0.00 of repeated runs, that of draws" in shown
