"""`seahelm-lite lm-eval --model seahelm-api`: our client under lm-eval's own evaluator."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.cli.main import main
from tests.loopback import Canned, ChatServer, Handler, Seen, chat, script

CAPITALS = {"Malaysia": "Kuala Lumpur", "Thailand": "Bangkok", "Laos": "Vientiane"}
TASK = """
task: capitals
output_type: {kind}
custom_dataset: !function rows.rows
test_split: test
doc_to_text: "Ibu negara {{{{country}}}}?"
{rest}
metric_list: [{{metric: {metric}}}]
metadata: {{version: 1}}
"""
ROWS = """
from datasets import Dataset

def rows(**_):
    return {{"test": Dataset.from_list({rows!r})}}
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> None:
    """Without the thousands of task files that lm-eval and we ship, and without keys of whoever runs the tests."""
    monkeypatch.setattr("seahelm_lite.catalog.catalog.load_catalog", lambda: replace(catalog, roots=()))
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr("lm_eval.tasks.manager.__file__", str(tmp_path / "shipped" / "manager.py"))
    monkeypatch.setattr("lm_eval.evaluator.add_env_info", lambda results: None)
    for name in ("OPENAI_API_KEY", "ILMU_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """A folder with one task, of generation."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    rows = [{"country": country, "capital": capital} for country, capital in CAPITALS.items()]
    (folder / "rows.py").write_text(ROWS.format(rows=rows), encoding="utf-8")
    _write_task(
        folder,
        "generate_until",
        'doc_to_target: "{{capital}}"\ngeneration_kwargs: {until: ["\\n"], max_gen_toks: 8}',
        "exact_match",
    )
    return folder


def _write_task(folder: Path, kind: str, rest: str, metric: str) -> None:
    (folder / "capitals.yaml").write_text(TASK.format(kind=kind, rest=rest, metric=metric), encoding="utf-8")


def _lm_eval(tasks: Path, model: Mapping[str, str], *more: str) -> int:
    arguments = ",".join(f"{name}={value}" for name, value in model.items())
    asked = ["--include_path", str(tasks), "--tasks", "capitals"]
    return main(["lm-eval", "run", "--model", "seahelm-api", "--model_args", arguments, *asked, *more])


def _at(server: ChatServer, **more: str) -> dict[str, str]:
    return {"base_url": server.base_url, "model": "qwen2.5-7b", **more}


def _country(seen: Seen) -> str:
    (country,) = [name for name in CAPITALS if name in json.dumps(seen.body)]
    return country


def _knows(**others: Canned) -> Handler:
    """A server that knows the capitals, and has other replies for some countries."""

    async def handler(seen: Seen) -> Canned:
        country = _country(seen)
        return others.get(country) or Canned(chat(CAPITALS[country]))

    return handler


def _scores(out: Path) -> Any:
    (file,) = out.rglob("results_*.json")
    return json.loads(file.read_text(encoding="utf-8"))["results"]["capitals"]


def test_generations_are_asked_as_messages_and_scored(tasks: Path, tmp_path: Path) -> None:
    with ChatServer(_knows()) as server:
        chosen = ("--apply_chat_template", "--system_instruction", "Jawab.", "--output_path", str(tmp_path / "out"))
        assert _lm_eval(tasks, _at(server), *chosen) == 0
        bodies = {_country(seen): seen.body for seen in server.requests}
    assert _scores(tmp_path / "out")["exact_match,none"] == 1.0
    assert bodies["Laos"]["messages"] == [
        {"role": "system", "content": "Jawab."},
        {"role": "user", "content": "Ibu negara Laos?"},
    ]
    assert len(bodies) == 3


def test_settings_are_sent_whole_whatever_the_model_is_called(tasks: Path) -> None:
    """lm-eval's own client leaves out all stops beyond four, and all of them where the name holds a 5."""
    stops = [f"stop {n}" for n in range(6)]
    settings = json.dumps({"until": stops, "max_gen_toks": 5, "temperature": 0, "top_p": 0.5, "seed": 3})
    with ChatServer(_knows()) as server:
        assert _lm_eval(tasks, _at(server), "--apply_chat_template", "--gen_kwargs", settings) == 0
        body = server.requests[0].body
    assert {name: body.get(name) for name in ("model", "stop", "max_tokens", "temperature", "top_p", "seed")} == {
        **{"model": "qwen2.5-7b", "stop": stops, "max_tokens": 5},
        **{"temperature": 0, "top_p": 0.5, "seed": 3},
    }


@pytest.mark.parametrize(
    "reply",
    [
        Canned({"error": {"message": "prompt is too long"}}, status=400),
        Canned(chat(None, finish="content_filter")),
        Canned({"error": {"message": "blocked", "code": "content_filter"}}, status=400),
    ],
    ids=["refused", "filtered", "filtered by an error"],
)
def test_a_request_without_an_answer_is_no_wrong_answer_and_alone_is_asked_again(
    reply: Canned, tasks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ("--apply_chat_template", "--use_cache", str(tmp_path / "cache"))
    with ChatServer(_knows(Laos=reply)) as server:
        assert _lm_eval(tasks, _at(server), *chosen) == 2
    assert "1 of 3 requests got no answer" in capsys.readouterr().err
    with ChatServer(_knows()) as server:
        assert _lm_eval(tasks, _at(server), *chosen, "--output_path", str(tmp_path / "out")) == 0
        assert [_country(seen) for seen in server.requests] == ["Laos"]
    assert _scores(tmp_path / "out")["exact_match,none"] == 1.0


def test_empty_answers_are_counted(tasks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    log = logging.getLogger("lm_eval.models.seahelm_api")
    monkeypatch.setattr(log, "warning", lambda text, *facts: told.append(text % facts))
    with ChatServer(_knows(Laos=Canned(chat(None)))) as server:
        assert _lm_eval(tasks, _at(server), "--apply_chat_template") == 0
    assert "qwen2.5-7b gave 1 empty answers of 3" in told


def test_without_a_chat_template_a_chat_api_is_refused(tasks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ChatServer() as server:
        assert _lm_eval(tasks, _at(server)) == 2
        assert server.requests == []
    assert "Add --apply_chat_template." in capsys.readouterr().err


CHOICES = 'doc_to_choice: ["Kuala Lumpur", "Bangkok", "Vientiane"]\ndoc_to_target: "{{capital}}"'


def _echo(seen: Seen) -> dict[str, Any]:
    """What vLLM's `/v1/completions` says of a prompt: words as tokens, the right ending likelier than the others."""
    prompt = seen.body["prompt"]
    words = [word + " " for word in prompt.split(" ")[:-1]] + [prompt.rpartition(" ")[2]]
    offsets = [sum(map(len, words[:place])) for place in range(len(words))]
    likely = -0.5 if CAPITALS[_country(seen)] in prompt else -4.0
    values = [None, *(likely - place / 100 for place in range(1, len(words)))]
    top = [None, *({word: value} for word, value in zip(words[1:], values[1:], strict=True))]
    told = {"tokens": words, "token_logprobs": values, "text_offset": offsets, "top_logprobs": top}
    choice = {"text": prompt, "index": 0, "finish_reason": "length", "logprobs": told}
    return {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}


def test_multiple_choice_is_asked_of_completions_with_echo(tasks: Path, tmp_path: Path) -> None:
    async def handler(seen: Seen) -> Canned:
        return Canned(_echo(seen))

    _write_task(tasks, "multiple_choice", CHOICES, "acc")
    with ChatServer(handler) as server:
        model = _at(server, wire="openai-completions")
        assert _lm_eval(tasks, model, "--output_path", str(tmp_path / "out")) == 0
        assert {seen.path for seen in server.requests} == {"/v1/completions"}
        assert all(seen.body["echo"] for seen in server.requests)
        assert len(server.requests) == 9
    assert _scores(tmp_path / "out")["acc,none"] == 1.0


def test_a_server_that_does_not_tell_what_is_likeliest_is_said_to(tasks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handler(seen: Seen) -> Canned:
        said = _echo(seen)
        said["choices"][0]["logprobs"]["top_logprobs"] = None
        return Canned(said)

    told: list[str] = []
    log = logging.getLogger("lm_eval.models.seahelm_api")
    monkeypatch.setattr(log, "warning", lambda text, *facts: told.append(text % facts))
    _write_task(tasks, "multiple_choice", CHOICES, "acc")
    with ChatServer(handler) as server:
        assert _lm_eval(tasks, _at(server, wire="openai-completions")) == 0
    assert any("does not tell which continuations are the likeliest" in each for each in told)


def test_multiple_choice_over_a_chat_api_is_refused(tasks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write_task(tasks, "multiple_choice", CHOICES, "acc")
    with ChatServer() as server:
        assert _lm_eval(tasks, _at(server), "--apply_chat_template") == 2
        assert server.requests == []
    assert "cannot give log-likelihoods" in capsys.readouterr().err


def test_a_card_is_asked_as_its_endpoint_says(tasks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _lm_eval(tasks, {"card": "ilmu-v3.1"}, "--apply_chat_template") == 2
    assert "ILMU_API_KEY" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ({}, "card=<id>"),
        ({"card": "ilmu-v3.1", "model": "m"}, "card=<id>"),
        ({"card": "no-such-card"}, "no-such-card"),
        ({"base_url": "http://127.0.0.1:9/v1"}, "model=<name>"),
        ({"base_url": "http://127.0.0.1:9/v1", "model": "m", "wire": "no-such-wire"}, "no-such-wire"),
        ({"base_url": "http://127.0.0.1:9/v1", "model": "m", "num_concurrent": "4"}, "num_concurrent"),
        ({"base_url": "http://127.0.0.1:9/v1", "model": "m", "thinking": "perhaps"}, "thinking"),
        ({"base_url": "nowhere", "model": "m"}, "is not a base URL"),
    ],
)
def test_arguments_that_name_no_model_are_a_sentence(
    model: dict[str, str], told: str, tasks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _lm_eval(tasks, model) == 2
    assert told in capsys.readouterr().err


def test_an_answer_that_is_asked_for_several_times_is_asked_with_other_seeds(tasks: Path) -> None:
    """lm-eval's own client sends one seed every time, so that a server that heeds it gives one answer every time."""
    _write_task(tasks, "generate_until", 'doc_to_target: "{{capital}}"\nrepeats: 3', "exact_match")
    settings = json.dumps({"do_sample": True, "temperature": 0.7, "seed": 5})
    with ChatServer(_knows()) as server:
        assert _lm_eval(tasks, _at(server), "--apply_chat_template", "--limit", "1", "--gen_kwargs", settings) == 0
        assert sorted(seen.body["seed"] for seen in server.requests) == [5, 6, 7]
        assert {seen.body["temperature"] for seen in server.requests} == {0.7}


def test_a_rate_limit_is_waited_out(tasks: Path) -> None:
    busy = Canned("busy", status=429, headers={"Retry-After": "0"})
    with ChatServer(script(busy, Canned(chat("Kuala Lumpur")))) as server:
        assert _lm_eval(tasks, _at(server), "--apply_chat_template", "--limit", "1") == 0
        assert len(server.requests) == 2
