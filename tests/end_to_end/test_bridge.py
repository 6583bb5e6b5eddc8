"""`compare --bridge`: the same models in two protocols."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from seahelm_lite import evaluate
from seahelm_lite.bridging import bridge
from seahelm_lite.cli.main import main
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.errors import RunFolderError
from seahelm_lite.schemas import schema
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.tiny_model import save_tiny_llama

MALAY, THAI = "regional_basics_ms", "regional_basics_th"


def _loves_letters(folder: Path, seed: int) -> Path:
    """A random model of which what it writes first is a letter, another one for other prompts."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    save_tiny_llama(folder, seed=seed, spread=0.3)
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    (letters,) = zip(*(tokenizer.encode(f" {letter}", add_special_tokens=False) for letter in "ABCD"), strict=True)
    with torch.no_grad():
        model.lm_head.weight[list(letters)] *= 60
    model.save_pretrained(folder)
    return folder


def _ask(model: Path, protocol: str, out: Path, **settings: Any) -> Path:
    spec = f"hf:{model},dtype=float32,batch_size=16"
    asked: dict[str, Any] = {"tasks": [MALAY, THAI], "max_tokens": 1, **settings}
    return evaluate(model=spec, out=out, offline=True, protocol=protocol, **asked).folder.path  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def local_runs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    """Three models, each in `gen-letter` and in `ll-letter`."""
    root = tmp_path_factory.mktemp("bridge")
    models = [_loves_letters(root / f"tiny-{seed}", seed) for seed in (1, 2, 5)]
    return [(_ask(model, "gen-letter", root / "out"), _ask(model, "ll-letter", root / "out")) for model in models]


def _right(run: Path, task: str, protocol: str) -> list[bool]:
    """Whether each document is right, by id, as the samples file says it."""
    samples = RunFolder(run).read_samples(f"{task}@{protocol}")
    return [one.value == 1 for one in sorted(samples, key=lambda one: one.sample.document.id)]


@pytest.mark.parametrize("task", [MALAY, THAI])
def test_gaps_counts_and_order_of_local_models_are_those_of_other_libraries(
    task: str, local_runs: list[tuple[Path, Path]]
) -> None:
    told = bridge(*(run for pair in reversed(local_runs) for run in pair)).to_json()
    Draft202012Validator(schema("bridge-1")).validate(told)
    (span,) = [one for one in told["bridges"] if one["task"] == task]
    assert (span["protocol"], span["than"], len(span["models"])) == ("ll-letter", "gen-letter", 3)
    right = [
        [np.array(_right(run, task, protocol)) for run, protocol in zip(pair, ("gen-letter", "ll-letter"), strict=True)]
        for pair in local_runs
    ]
    assert len({tuple(side) for pair in right for side in pair}) > 2, "the comparison would say nothing"
    for model, (one, other) in zip(reversed(span["models"]), right, strict=True):
        assert [value["value"] for value in model["values"]] == pytest.approx([one.mean(), other.mean()])
        gap = stats.ttest_rel(other.astype(float), one.astype(float)).confidence_interval(0.95)
        assert model["gap"]["value"] == pytest.approx(other.mean() - one.mean())
        assert model["gap"]["ci95"] == pytest.approx([gap.low, gap.high])
        table = [[(one & other).sum(), (one & ~other).sum()], [(~one & other).sum(), (~one & ~other).sum()]]
        counts = model["mcnemar"]
        assert [[counts["both"], counts["only"][0]["n"]], [counts["only"][1]["n"], counts["neither"]]] == table
        assert counts["p"] == pytest.approx(float(mcnemar(table, exact=True).pvalue))
        assert counts["p"] <= counts["p_holm"] <= 1
    means = np.mean([other.astype(float) - one for one, other in right], axis=0)
    wanted = stats.ttest_1samp(means, 0).confidence_interval(0.95)
    assert span["mean_gap"]["value"] == pytest.approx(means.mean())
    assert span["mean_gap"]["ci95"] == pytest.approx([wanted.low, wanted.high])
    values = [[side.mean() for side in of_protocol] for of_protocol in zip(*right, strict=True)]
    assert span["rank_correlation"] == {
        "value": pytest.approx(stats.spearmanr(*values).statistic), "reason": None, "models": 3,
    }  # fmt: skip


def test_one_model_has_gaps_and_no_order(local_runs: list[tuple[Path, Path]]) -> None:
    told = bridge(*local_runs[0]).to_json()
    Draft202012Validator(schema("bridge-1")).validate(told)
    assert [one["rank_correlation"]["reason"] for one in told["bridges"]] == ["one model has no order"] * 2
    assert [one["mean_gap"] for one in told["bridges"]] == [one["models"][0]["gap"] for one in told["bridges"]]


def test_the_terminal_shows_every_model_and_forbids_converting(
    local_runs: list[tuple[Path, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--bridge", *(str(run) for pair in local_runs for run in pair)]) == 0
    out = capsys.readouterr().out
    assert "ll-letter less gen-letter" in out
    assert "never convert a number of one into the other" in " ".join(out.split())
    lines = [line.split() for line in out.splitlines()]
    (row,) = [line for line in lines if line[:2] == [MALAY, "tiny-1"]]
    gen, ll = (
        100 * float(np.mean(_right(run, MALAY, p)))
        for run, p in zip(local_runs[0], ("gen-letter", "ll-letter"), strict=True)
    )
    assert row[2:4] == [f"{gen:.1f}", f"{ll:.1f}"]
    assert sum(line[:1] == ["mean"] for line in lines) == 2


def test_models_that_were_asked_in_one_protocol_only_are_named(local_runs: list[tuple[Path, Path]]) -> None:
    (one, other), (alone, _) = local_runs[:2]
    told = bridge(one, other, alone)
    assert [dict(span.lacking) for span in told.spans] == [{"tiny-2": "not asked in ll-letter"}] * 2
    assert any("without tiny-2: not asked in ll-letter" in note for note in told.notes())


def test_two_protocols_with_other_examples_are_no_bridge(local_runs: list[tuple[Path, Path]], tmp_path: Path) -> None:
    model = Path(RunFolder(local_runs[0][0]).manifest()["spec"]["model"].removeprefix("hf:").partition(",")[0])
    drawn = {"shots": 2, "limit": 2}
    one, other = _ask(model, "gen-letter", tmp_path, **drawn), _ask(model, "ll-letter", tmp_path, seed=1, **drawn)
    with pytest.raises(RunFolderError, match="no model of these runs was asked a task in gen-letter and in another"):
        bridge(one, other)
    told = bridge(*local_runs[0], one, other)
    assert {span.shots for span in told.spans} == {0}


def test_what_is_no_bridge_is_refused_in_a_sentence(local_runs: list[tuple[Path, Path]], tmp_path: Path) -> None:
    (one, other), (alone, _) = local_runs[:2]
    with pytest.raises(RunFolderError, match="no model of these runs was asked a task in gen-letter and in another"):
        bridge(one, alone)
    with pytest.raises(RunFolderError, match="two or more runs are needed"):
        bridge(one)
    model = Path(RunFolder(one).manifest()["spec"]["model"].removeprefix("hf:").partition(",")[0])
    again = _ask(model, "gen-letter", tmp_path, limit=5)
    with pytest.raises(
        RunFolderError, match=r"regional_basics_ms in gen-letter with 0 shots stands in 2 runs of tiny-1"
    ):
        bridge(one, other, again)
    part = bridge(again, other)
    assert [span.mean_gap.n for span in part.spans] == [5, 5]
    assert any("on the 5 documents that all runs have; one has 20 more" in note for note in part.notes())


def test_two_protocols_are_not_compared_and_the_sentence_names_the_bridge(
    local_runs: list[tuple[Path, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *map(str, local_runs[0])]) == 2
    assert "--bridge tells how far two protocols are apart" in capsys.readouterr().err
    assert main(["compare", "--bridge", "--svg", "x.svg", *map(str, local_runs[0])]) == 2
    assert "--bridge draws no curve" in capsys.readouterr().err


class Endpoint:
    """Knows a letter for every question; asked in its own words, it talks instead every third time."""

    def __init__(self) -> None:
        self.schemas: list[Any] = []

    async def __call__(self, seen: Seen) -> Canned:
        prompt = seen.body["messages"][-1]["content"]
        number = hashlib.sha256(prompt.encode()).digest()[0]
        letter = "ABCD"[number % 4]
        form = seen.body.get("response_format")
        if form is not None:
            self.schemas.append(form)
            return Canned(chat(json.dumps({"answer": letter})))
        return Canned(chat("Soalan yang menarik!" if number % 3 == 0 else letter))


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def asked(endpoint: Endpoint, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    with ChatServer(endpoint.__call__) as server:

        def ask(protocol: str) -> Path:
            model = f"openai:{server.base_url}#m"
            return evaluate(model=model, tasks=[MALAY], out=tmp_path, offline=True, protocol=protocol).folder.path

        yield ask


def test_what_a_model_loses_to_the_form_of_its_answer_is_gen_choice_less_gen_letter(
    asked: Callable[[str], Path], endpoint: Endpoint
) -> None:
    choosing, writing = asked("gen-choice"), asked("gen-letter")
    (form,) = {json.dumps(one, sort_keys=True) for one in endpoint.schemas}
    assert '"enum": ["A", "B", "C", "D"]' in form
    assert len(endpoint.schemas) == 25
    told = bridge(writing, choosing).to_json()
    Draft202012Validator(schema("bridge-1")).validate(told)
    (span,) = told["bridges"]
    assert span["protocol"] == "gen-choice"
    states = [one.state for one in RunFolder(writing).read_samples(f"{MALAY}@gen-letter")]
    one, other = (np.array(_right(run, MALAY, p)) for run, p in ((writing, "gen-letter"), (choosing, "gen-choice")))
    assert states.count("unparsed") > 0 == (one & ~other).sum()
    assert span["mean_gap"]["value"] == pytest.approx(other.mean() - one.mean())
    assert other.mean() > one.mean()
    assert any("is what a model loses to the form of its answer" in note for note in told["notes"])
