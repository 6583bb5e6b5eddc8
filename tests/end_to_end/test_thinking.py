"""`--thinking on|off`: two runs of one model, here and behind an API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.boards.runs import read_runs
from seahelm_lite.cli.main import main
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.records import Response
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.own_cards import write_card
from tests.tiny_model import CHAT_TEMPLATE, save_tiny_llama

TASK = ("--task", "regional_basics_ms", "--limit", "3", "--max-tokens", "4")
OPENS = (
    "{% if add_generation_prompt %}{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n"
    "{% else %}<think>\n{% endif %}{% endif %}"
)
"""As templates of models that think unless they are told not to."""


@pytest.fixture(scope="module")
def thinker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose template opens the thinking, and whose thoughts never end."""
    folder = save_tiny_llama(tmp_path_factory.mktemp("thinker"), chat=True)
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE + OPENS, encoding="utf-8")
    return folder


def run(model: str, out: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> RunFolder:
    assert main(["run", "--model", model, *TASK, "--out", str(out), "--json", *arguments]) == 0
    return RunFolder(Path(json.loads(capsys.readouterr().out)["folder"]))


def endings(folder: RunFolder) -> list[tuple[str, str, str]]:
    rows = folder.read_samples("regional_basics_ms@gen-letter")
    found = []
    for row in rows:
        (response,) = row.sample.outcomes
        assert isinstance(response, Response)
        found.append((row.state, row.note, (response.text or "")[:7]))
    return found


def test_a_model_here_is_told_by_its_template_and_thinking_that_never_closes_is_truncated(
    thinker: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = f"hf:{thinker},dtype=float32"
    on, off, auto = (
        run(model, tmp_path, capsys, *given) for given in (("--thinking", "on"), ("--thinking", "off"), ())
    )
    assert endings(on) == endings(auto) == [("truncated", "reasoning that never closed", "<think>")] * 3
    assert not any(note == "reasoning that never closed" or text == "<think>" for _, note, text in endings(off))
    models: list[dict[str, Any]] = [folder.manifest()["model"] for folder in (on, off, auto)]
    assert len({told["fingerprint_sha256"] for told in models}) == 3
    assert [told["fingerprint"]["thinking"] for told in models] == ["on", "off", "default"]
    assert [folder.run_id.rpartition("-")[0].removeprefix(f"{thinker.name}") for folder in (on, off, auto)] == [
        "-thinking-on", "-thinking-off", ""
    ]  # fmt: skip
    assert len({finished.model for finished in read_runs([tmp_path]).finished}) == 3, "each is a row of its own"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("SEAHELM_LITE_MODELS", str(tmp_path / "cards"))

    async def letter(seen: Seen) -> Canned:
        return Canned(chat("A"))

    with ChatServer(letter) as server:
        write_card(tmp_path / "cards", server.base_url)
        yield server


def test_a_model_behind_an_api_is_told_by_the_switch_of_its_card(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on = run("pelanduk", tmp_path / "out", capsys, "--thinking", "on")
    off = run("pelanduk", tmp_path / "out", capsys, "--thinking", "off")
    told = [(seen.body["chat_template_kwargs"]["enable_thinking"], seen.body["max_tokens"]) for seen in server.requests]
    assert told == [(True, 504)] * 3 + [(False, 4)] * 3, "the card's budget is added while it thinks"
    assert on.run_id.startswith("pelanduk-thinking-on-")
    assert off.run_id.startswith("pelanduk-thinking-off-")


def test_a_settings_file_may_say_it_in_the_words_that_yaml_reads_as_booleans(
    server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("thinking: off\nchat_template: on\n", encoding="utf-8")
    folder = run("pelanduk", tmp_path / "out", capsys, "--config", str(settings))
    spec = folder.manifest()["spec"]
    assert (spec["thinking"], spec["chat_template"]) == ("off", "on")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--model", "baseline:random", "--thinking", "on"), "cannot be told whether to think"),
        (("--model", "openai:http://127.0.0.1:9/v1#m", "--thinking", "off"), "cannot be told whether to think"),
        (("--model", "pelanduk", "--thinking", "on", "--protocol", "ll-letter"), "nothing is thought in ll-letter"),
        (("--model", "pelanduk", "--thinking", "on", "--compat", "lm-eval"), "nothing is thought in lm-eval"),
        (("--model", "pelanduk", "--thinking", "on", "--chat-template", "off"), "thinking is switched in the chat"),
    ],
)
def test_what_nobody_can_do_is_refused_in_one_sentence(
    arguments: tuple[str, ...], sentence: str, server: ChatServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *arguments, *TASK[:4], "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert sentence in line
    assert server.requests == []
