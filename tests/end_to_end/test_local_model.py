"""A local model with its real loading code: a folder with random weights, on CPU."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from seahelm_lite.cli.main import main
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.models.packed import generation
from seahelm_lite.models.packed.forward import TreeModel
from seahelm_lite.models.packed.packs import Pack
from seahelm_lite.models.packed.sequences import SequenceList
from seahelm_lite.records import Response
from tests.conftest import SHARED_DATA
from tests.tiny_model import save_tiny_llama


@pytest.fixture(scope="session")
def base_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_llama(tmp_path_factory.mktemp("tiny-base"))


@pytest.fixture(scope="session")
def chat_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_llama(tmp_path_factory.mktemp("tiny-chat"), chat=True)


def _run(capsys: pytest.CaptureFixture[str], out: Path, *arguments: str) -> tuple[int, dict[str, object], RunFolder]:
    status = main(["run", "--out", str(out), "--json", *arguments])
    told = json.loads(capsys.readouterr().out)
    return status, told, RunFolder(Path(told["folder"]))


@pytest.mark.parametrize("protocol", ["gen-letter", "ll-letter", "ll-cloze"])
@pytest.mark.parametrize("suite", ["thai_exam", "copal_id"])
def test_a_local_model_answers_real_suites_in_every_protocol(
    suite: str, protocol: str, base_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the mirror of real data (../shared/data), which is not here")
    status, told, folder = _run(
        capsys,
        tmp_path,
        *("--model", f"hf:{base_model},dtype=float32,batch_size=16", "--suite", suite, "--protocol", protocol),
        *("--limit", "12", "--mirror", str(SHARED_DATA)),
    )
    assert (status, told["status"]) == (0, "complete")
    for score in told["scores"]:  # type: ignore[attr-defined]
        assert score["protocol"] == protocol
        assert sum(score["counts"].values()) == score["n"] == 12
        if protocol != "gen-letter":
            assert score["counts"]["scored"] == 12
    assert folder.unsealed_changes() == []


def test_a_model_without_a_chat_template_is_asked_as_a_plain_completion_and_says_so(
    base_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told, folder = _run(
        capsys, tmp_path, "--model", f"hf:{base_model}", "--task", "regional_basics_ms", "--shots", "2", "--limit", "3"
    )
    assert folder.manifest()["tasks"][0]["layout"] == "plain"
    assert any("no chat template" in deviation for deviation in told["deviations"])  # type: ignore[attr-defined]


def test_a_model_with_a_chat_template_is_asked_through_it(
    chat_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told, folder = _run(
        capsys, tmp_path, "--model", f"hf:{chat_model}", "--task", "regional_basics_ms", "--limit", "3"
    )
    manifest = folder.manifest()
    assert manifest["tasks"][0]["layout"] == "chat"
    assert manifest["model"]["fingerprint"]["chat_template"]
    assert not [one for one in told["deviations"] if "template" in one]  # type: ignore[attr-defined]


def test_other_weights_are_another_model(tmp_path: Path, base_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = save_tiny_llama(tmp_path / "other", seed=1)
    runs = [
        _run(
            capsys,
            tmp_path / "out",
            *("--model", f"hf:{folder}", "--task", "regional_basics_th", "--protocol", "ll-letter", "--limit", "2"),
        )[2]
        for folder in (base_model, other)
    ]
    prints = [run.manifest()["model"]["fingerprint_sha256"] for run in runs]
    assert prints[0] != prints[1]


def test_packs_that_are_done_are_kept_and_the_resumed_run_has_the_bytes_of_one_that_was_never_interrupted(
    base_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    score = TreeModel.score
    packs = iter(range(1000))

    def interrupted(self: TreeModel, sequences: SequenceList, pack: Pack) -> Any:
        # The test that a model makes of itself while it is loaded has a few sequences only.
        if len(sequences.tokens) > 20 and next(packs) == 3:
            raise KeyboardInterrupt
        return score(self, sequences, pack)

    model = f"hf:{base_model},device=cpu,pack_tokens=128"
    asked = ("--model", model, "--task", "regional_basics_vi", "--protocol", "ll-cloze")
    _, _, whole = _run(capsys, tmp_path / "whole", *asked)
    with monkeypatch.context() as patch:
        patch.setattr(TreeModel, "score", interrupted)
        status, told, _ = _run(capsys, tmp_path / "stopped", *asked)
    assert (status, told["status"]) == (1, "interrupted")
    status, told, folder = _run(capsys, tmp_path / "stopped", *asked)
    assert (status, told["status"]) == (0, "complete")
    sent = [session["requests_sent"] for session in folder.manifest()["sessions"]]
    assert sum(sent) == 100
    assert min(sent) > 0, "the second session asked everything again"
    assert (folder.path / "scores.json").read_bytes() == (whole.path / "scores.json").read_bytes()
    assert _likelihoods(folder) == _likelihoods(whole)


def test_a_document_that_does_not_fit_into_memory_is_named_and_the_resumed_run_asks_it_alone(
    base_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    score = TreeModel.score

    def on_a_small_gpu(self: TreeModel, sequences: SequenceList, pack: Pack) -> Any:
        if pack.base + pack.size > 75:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return score(self, sequences, pack)

    asked = ("--model", f"hf:{base_model},device=cpu", "--task", "regional_basics_vi", "--protocol", "ll-letter")
    with monkeypatch.context() as patch:
        patch.setattr(TreeModel, "score", on_a_small_gpu)
        status, told, folder = _run(capsys, tmp_path, *asked)
    counts = told["scores"][0]["counts"]  # type: ignore[index]
    assert (status, told["status"]) == (1, "incomplete")
    assert 0 < counts["error"] < 25
    failed = [
        each.sample.document.id for each in folder.read_samples("regional_basics_vi@ll-letter") if each.state == "error"
    ]
    (told_of,) = [each for each in told["deviations"] if "ended in error" in each]  # type: ignore[attr-defined]
    assert f"{counts['error']} of 25" in told_of
    assert failed[0] in told_of
    assert "fewer --shots" in told_of
    status, told, folder = _run(capsys, tmp_path, *asked)
    assert (status, told["status"]) == (0, "complete")
    assert folder.manifest()["sessions"][-1]["requests_sent"] == 4 * counts["error"]
    assert not [each for each in told["deviations"] if "ended in error" in each]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ("pack_tokens=0", "pack_tokens is 0; it has to be a whole number from 1"),
        ("pack_tokens=-5", "pack_tokens is -5"),
        ("pack_tokens=abc", "pack_tokens is 'abc'"),
        ("max_length=-3", "max_length is -3"),
    ],
)
def test_an_argument_that_is_no_size_is_refused_by_name(
    arguments: str, fault: str, base_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--model", f"hf:{base_model},{arguments}", "--task", "regional_basics_vi", "--protocol", "ll-letter")
    assert main(["run", "--out", str(tmp_path / "out"), *asked]) == 2
    assert fault in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_batches_that_are_done_are_kept_and_the_resumed_run_has_the_texts_of_one_that_was_never_interrupted(
    base_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decode = generation.decode
    batches = iter(range(1000))

    def interrupted(*arguments: Any, **options: Any) -> None:
        if next(batches) == 2:
            raise KeyboardInterrupt
        decode(*arguments, **options)

    model = f"hf:{base_model},device=cpu,batch_size=8"
    asked = ("--model", model, "--task", "regional_basics_vi", "--protocol", "gen-letter", "--max-tokens", "6")
    _, _, whole = _run(capsys, tmp_path / "whole", *asked)
    with monkeypatch.context() as patch:
        patch.setattr(generation, "decode", interrupted)
        status, told, _ = _run(capsys, tmp_path / "stopped", *asked)
    assert (status, told["status"]) == (1, "interrupted")
    status, told, folder = _run(capsys, tmp_path / "stopped", *asked)
    assert (status, told["status"]) == (0, "complete")
    sent = [session["requests_sent"] for session in folder.manifest()["sessions"]]
    assert sum(sent) == 25
    assert min(sent) > 0, "the second session asked everything again"
    assert (folder.path / "scores.json").read_bytes() == (whole.path / "scores.json").read_bytes()
    assert _texts(folder) == _texts(whole)


def _texts(folder: RunFolder) -> list[tuple[str | None, str | None]]:
    samples = folder.read_samples("regional_basics_vi@gen-letter")
    return [(o.text, o.finish_reason) for each in samples for o in each.sample.outcomes if isinstance(o, Response)]


def _likelihoods(folder: RunFolder) -> list[float | None]:
    samples = folder.read_samples("regional_basics_vi@ll-cloze")
    return [o.loglikelihood for each in samples for o in each.sample.outcomes if isinstance(o, Response)]


def test_a_generation_that_fills_its_limit_is_truncated_rather_than_unreadable(
    chat_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--model", f"hf:{chat_model}", "--task", "regional_basics_th", "--limit", "5", "--max-tokens", "4")
    _, told, _ = _run(capsys, tmp_path, *asked)
    (score,) = told["scores"]  # type: ignore[misc]
    assert score["counts"]["truncated"] > 0
    assert score["counts"]["unparsed"] == 0
