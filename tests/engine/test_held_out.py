"""Held-out probes: opened with a key from the environment, and nothing of them written anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pyrage
import pytest
import yaml

from seahelm_lite.cli.main import main
from seahelm_lite.records import sha256_hex
from seahelm_lite.sources.held_out import KEY_VARIABLE
from tests.loopback import Canned, ChatServer, Seen
from tests.probe_families import raw

SECRETS = ("sirap bandung", "Toa Payoh", "bir sejuk", "sells beer", "Shah Alam", "sirap|teh")
"""What prompts, options, rubrics and patterns of the held-out families say."""

CARD = """\
metadata:
  version: '1.0'
  seahelm_lite:
    id: held_out_choice
    suite: held_out
    title: Held-out probes
    measures: Held-out probes, for tests.
    language: ms
    pillar: culture
    kind: multiple_choice
    protocols: [ll-cloze, gen-letter]
    metrics: [acc]
    licence: {stated: CC-BY-4.0, redistributable: false}
    citation: tests
    data:
      test:
      - {kind: packaged, path: held_out.age, sha256: SHA, format: probes, encrypted: age}
    document: {question: text, options: options, answer: answer, cluster: family}
"""

Runs = Callable[..., int]


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> pyrage.x25519.Identity:
    identity = pyrage.x25519.Identity.generate()
    monkeypatch.setenv(KEY_VARIABLE, str(identity))
    return identity


@pytest.fixture
def task(tmp_path: Path, key: pyrage.x25519.Identity) -> Path:
    bodies = [{**raw(name), "split": "held_out"} for name in ("MY-REL-001", "SG-REL-001")]
    return _sealed(tmp_path / "tasks", key, "".join(json.dumps(body, ensure_ascii=False) + "\n" for body in bodies))


def _sealed(folder: Path, key: pyrage.x25519.Identity, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    sealed = pyrage.encrypt(text.encode(), [key.to_public()])
    (folder / "held_out.age").write_bytes(sealed)
    body = yaml.safe_load(CARD.replace("SHA", sha256_hex(sealed)))
    (folder / "held_out_choice.yaml").write_text(
        yaml.safe_dump({"task": "held_out_choice", **body}, allow_unicode=True), encoding="utf-8"
    )
    return folder


def _run(folder: Path, out: Path, *more: str) -> int:
    asked = ["run", "--model", "baseline:longest", "--task", "held_out_choice", "--trust", str(folder)]
    return main([*asked, "--out", str(out), *more])


def _everything_written(out: Path) -> str:
    texts = []
    for path in sorted(out.rglob("*")):
        if path.suffix == ".parquet":
            texts.append(json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False))
        elif path.is_file():
            texts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(texts)


def test_a_run_keeps_numbers_and_nothing_that_was_asked_or_answered(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert _run(task, out) == 0
    folder = next(path for path in out.iterdir() if path.is_dir())
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))["scores"]
    assert [(entry["metric"], entry["n"], entry["status"]) for entry in scores] == [("acc", 4, "complete")]
    rows = pq.read_table(next((folder / "samples").iterdir())).to_pylist()
    assert [row["state"] for row in rows] == ["scored"] * 4
    told = capsys.readouterr()
    everything = _everything_written(out) + told.out + told.err
    assert not [secret for secret in SECRETS if secret in everything]
    assert not (out / "responses.sqlite").exists()


def test_what_needs_the_replies_of_a_run_of_held_out_items_is_refused(
    task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for model in ("baseline:longest", "baseline:random"):
        assert _run(task, out, "--model", model) == 0
    one, other = sorted(str(path) for path in out.iterdir() if path.is_dir())
    for command in (
        ["score", one],
        ["runs", "verify", one],
        ["runs", "export", one, "--format", "lm-eval", "--out", str(tmp_path / "exported")],
        ["compare", one, other],
        ["judge", "sheet", one, "--out", str(tmp_path / "sheet.csv")],
    ):
        capsys.readouterr()
        assert main(command) == 2, command
        told = capsys.readouterr().err
        assert "held out" in told
        assert told.count("\n") == 1
    assert not (tmp_path / "exported").exists()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "there is no key to open them"),
        ("nonsense", "holds no age secret key"),
        ("ANOTHER", "the key does not open it"),
    ],
)
def test_a_missing_broken_or_wrong_key_gets_one_sentence(
    value: str,
    said: str,
    task: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = str(pyrage.x25519.Identity.generate()) if value == "ANOTHER" else value
    monkeypatch.setenv(KEY_VARIABLE, value)
    assert _run(task, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not value or value not in error
    assert not (tmp_path / "out").exists()


def test_a_family_that_is_not_whole_is_not_quoted(
    tmp_path: Path, key: pyrage.x25519.Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = {**raw("MY-REL-001"), "split": "held_out", "language": "sells beer"}
    folder = _sealed(tmp_path / "tasks", key, json.dumps(broken))
    assert _run(folder, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert "no whole probe family" in error
    assert "sells beer" not in error


@pytest.mark.parametrize("expression", ["answer: text", "options: text"])
def test_a_card_that_does_not_fit_does_not_quote_the_items(
    expression: str, task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = task / "held_out_choice.yaml"
    name = expression.partition(":")[0]
    card.write_text(card.read_text(encoding="utf-8").replace(f"{name}: {name}", expression), encoding="utf-8")
    assert _run(task, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert "cannot be read as the card says" in error
    assert not [secret for secret in SECRETS if secret in error]


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(400, 1, "HTTP 400"), (401, 2, "Set OPENAI_API_KEY"), (200, 2, "Check the base URL")],
)
def test_an_endpoint_that_quotes_the_request_in_its_error_is_not_repeated(
    status: int, code: int, said: str, task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def quotes(seen: Seen) -> Canned:
        return Canned(f"cannot read: {seen.body['messages'][-1]['content']}", status=status)

    out = tmp_path / "out"
    with ChatServer(quotes) as server:
        assert _run(task, out, "--model", f"openai:{server.base_url}#m-1") == code
        assert server.requests
    told = capsys.readouterr()
    everything = _everything_written(out) + told.out + told.err
    assert said in everything
    assert not [secret for secret in SECRETS if secret in everything]


def test_a_public_family_is_not_held_out(
    tmp_path: Path, key: pyrage.x25519.Identity, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _sealed(tmp_path / "tasks", key, json.dumps(raw("MY-REL-001")))
    assert _run(folder, tmp_path / "out") == 2
    assert "`split: held_out`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--task", "regional_basics_ms"], "Run held-out tasks by themselves"),
        (["--executor", "ray"], "keeps what it is given"),
    ],
)
def test_what_would_keep_or_spread_items_is_refused(
    more: list[str], said: str, task: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(task, tmp_path / "out", *more) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", [["tasks", "preview", "held_out_choice"], ["tasks", "lint", "held_out_choice"]])
def test_no_other_command_opens_them(command: list[str], task: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--trust", str(task)]) != 0
    told = capsys.readouterr()
    assert not [secret for secret in SECRETS if secret in told.out + told.err]


def test_a_card_of_encrypted_items_cannot_let_them_be_shown(task: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = task / "held_out_choice.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("redistributable: false", "redistributable: true"))
    assert main(["tasks", "show", "held_out_choice", "--trust", str(task)]) == 2
    assert "held out" in capsys.readouterr().err
