"""What a run on a card with a price says of tokens, money and time, and where it stops."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import load_run
from seahelm_lite.cli.main import main
from seahelm_lite.schemas import schema
from tests.loopback import Canned, ChatServer, Seen, chat, text_for
from tests.own_cards import PRICE, write_card

TASK = ("--task", "regional_basics_ms", "--limit", "20", "--max-tokens", "3")
ANSWER = Decimal("0.000038")
"""Seven tokens of a prompt at 2 ringgit a million, and three of an answer at 8."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    """A server, and the card `pelanduk` that leads to it and has a price."""
    monkeypatch.setenv("SEAHELM_LITE_MODELS", str(tmp_path / "cards"))

    async def letter(seen: Seen) -> Canned:
        return Canned(chat(text_for(seen.body["messages"])[0]))

    with ChatServer(letter) as server:
        write_card(tmp_path / "cards", server.base_url, PRICE)
        yield server


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["run", "--model", "pelanduk", *arguments, "--json"])
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, body


def test_a_run_tells_tokens_and_money_for_all_an_item_and_a_right_answer(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, body = told(capsys, *TASK, "--out", str(tmp_path / "out"))
    assert status == 0
    (score,) = body["scores"]
    right = round(score["value"] * 20)
    assert 0 < right < 20
    assert score["cost"] == {
        "value": float(ANSWER * 20),
        "responses_without_usage": 0,
        "per_item": float(ANSWER),
        "per_right_answer": pytest.approx(float(ANSWER * 20 / right)),
        "reason": None,
    }
    assert score["usage"]["per_item"] == {"prompt": 7, "completion": 3, "reasoning": None, "cached": None}
    assert score["usage"]["per_right_answer"]["completion"] == pytest.approx(60 / right)
    cost = body["cost"]
    assert (cost["value"], cost["spent"], cost["currency"]) == (float(ANSWER * 20), float(ANSWER * 20), "MYR")
    assert (cost["price"]["as_of"], cost["price"]["src"]) == ("2026-11-01", "the page of Pelanduk")
    (malay,) = body["languages"]
    assert malay == {
        "language": "ms", "items": 20, "right_answers": right, "usage": score["usage"], "cost": score["cost"]
    }  # fmt: skip
    assert body["latency"]["responses"] == 20
    assert 0 < body["latency"]["median_s"] <= body["latency"]["p95_s"]
    folder = Path(body["folder"])
    for name, file in (("run-1", "manifest.json"), ("scores-1", "scores.json")):
        Draft202012Validator(schema(name)).validate(json.loads((folder / file).read_text(encoding="utf-8")))  # type: ignore[arg-type]
    assert main(["runs", "verify", str(folder)]) == 0
    capsys.readouterr()
    assert main(["runs", "show", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "tokens: 140 of prompts, 60 of answers" in shown
    assert "cost: 0.00076 MYR; price of 2026-11-01 (the page of Pelanduk)" in shown
    assert "cost in ms: 0.00076 MYR, 3.8e-05 an item, " in shown
    assert "latency: median " in shown


def test_the_same_answers_found_or_asked_give_the_same_scores_to_the_last_byte(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first = told(capsys, *TASK, "--out", str(tmp_path / "a"))
    told(capsys, *TASK[:2], "--limit", "10", "--max-tokens", "3", "--out", str(tmp_path / "b"))
    _, second = told(capsys, *TASK, "--out", str(tmp_path / "b"))
    one, other = (Path(body["folder"]) / "scores.json" for body in (first, second))
    assert one.read_bytes() == other.read_bytes()
    assert second["cost"]["value"] == first["cost"]["value"] == first["cost"]["spent"]
    assert second["cost"]["spent"] == float(ANSWER * 10)


def test_what_has_been_spent_is_drawn_while_it_runs(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    told(capsys, *TASK[:2], "--limit", "10", "--max-tokens", "3", "--out", str(tmp_path / "out"))
    main(["run", "--model", "pelanduk", *TASK, "--out", str(tmp_path / "out"), "--max-cost", "5"])
    drawn = capsys.readouterr().err
    assert "0 MYR of 5" in drawn
    assert "0.00038 MYR of 5" in drawn, "what other runs paid for is not in it"


def test_a_run_stops_at_its_cost_limit_and_goes_on_when_it_is_resumed(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    assert main(["run", "--model", "pelanduk", *TASK, "--out", out, "--max-cost", "0.0011"]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("The run is stopped at the cost limit. Go on with: seahelm-lite run --resume")
    assert told.endswith(" --max-cost MORE")
    asked = len(server.requests)
    assert 0 < asked < 20
    (folder,) = (path for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert load_run(folder).manifest["cost"]["spent"] == float(ANSWER * asked)
    Draft202012Validator(schema("run-1")).validate(load_run(folder).manifest)
    assert main(["run", "--resume", str(folder), "--max-cost", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cost"]["spent"] == float(ANSWER * 20)
    assert len(server.requests) == 20


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--model", "openai:http://127.0.0.1:9/v1#m", "--max-cost", "5"), "no price is known for it"),
        (("--model", "baseline:longest", "--max-cost", "5"), "no price is known for it"),
        (("--model", "pelanduk", "--max-cost", "0"), "'0' is no amount above 0"),
        (("--model", "pelanduk", "--max-cost", "nan"), "'nan' is no amount above 0"),
        (("--model", "pelanduk", "--max-cost", "5 USD"), "'5 USD' is no amount above 0"),
    ],
)
def test_a_cost_limit_that_means_nothing_is_refused(
    arguments: tuple[str, ...],
    sentence: str,
    server: ChatServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        status = main(["run", *arguments, *TASK, "--out", str(tmp_path / "out")])
    except SystemExit as ended:
        status = int(ended.code or 0)
    assert status == 2
    assert sentence in capsys.readouterr().err
    assert server.requests == []


def test_a_dry_run_says_what_it_would_cost_at_most_and_how_that_is_known(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", str(tmp_path / "out"))
    _, body = told(capsys, *TASK, *out, "--dry-run")
    cost = body["cost"]
    assert cost["requests"] == 20
    assert cost["completion_tokens_at_most"] == 60
    assert cost["value"] == pytest.approx((cost["prompt_tokens"] * 2 + 60 * 8) / 1e6)
    assert cost["estimated"].startswith("a token for 4 bytes")
    told(capsys, *TASK[:2], "--limit", "10", "--max-tokens", "3", *out)
    _, body = told(capsys, *TASK, *out, "--dry-run")
    assert body["cost"]["requests"] == 10
    assert body["cost"]["prompt_tokens"] == pytest.approx(70, rel=0.3), "as long as those that were counted"
    assert body["cost"]["estimated"].endswith("as in the 10 answers that are there")
    assert main(["run", "--model", "pelanduk", *TASK, *out, "--dry-run"]) == 0
    assert "cost: at most " in capsys.readouterr().out
    assert len(server.requests) == 10
