"""`run --shuffled` from the command line to the scores: a model that has learned the items, and one that has not."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import evaluate, runs
from seahelm_lite.cli.main import main
from seahelm_lite.prompts.shuffling import whole_item
from seahelm_lite.schemas import schema
from seahelm_lite.scoring.shuffled import shuffled_scores
from tests.loopback import ChatServer, chat
from tests.small_task import SmallTask, row
from tests.tiny_model import save_tiny_llama

WORDS = ("beras", "gula", "kopi", "teh", "ikan", "ayam", "sayur", "buah", "roti", "susu", "garam", "lada", "minyak")


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> SmallTask:
    chance = random.Random(1)
    rows = [row(n, chance.sample(WORDS, 4), n % 4) for n in range(40)]
    made = SmallTask(tmp_path_factory.mktemp("tasks"), rows)
    made.write()
    return made


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_llama(tmp_path_factory.mktemp("fresh"), spread=0.1)


@pytest.fixture(scope="module")
def taught(fresh: Path, task: SmallTask, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model after reading the published items some times."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    written = whole_item(task.card)
    texts = ["".join(written(item, tuple(item.fields["options"]))) for item in task.documents().test]
    tokenizer = AutoTokenizer.from_pretrained(fresh)
    model = AutoModelForCausalLM.from_pretrained(fresh)
    batch = tokenizer(texts, return_tensors="pt", padding=True, return_token_type_ids=False)
    labels = batch.input_ids.masked_fill(batch.attention_mask == 0, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(40):
        optimizer.zero_grad()
        model(**batch, labels=labels).loss.backward()
        optimizer.step()
    folder = tmp_path_factory.mktemp("taught")
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def run(model: Path | str, task: SmallTask, out: Path, **settings: Any) -> runs.Run:
    spec = f"hf:{model}" if isinstance(model, Path) else model
    given = {"protocol": "ll-letter", "shuffled": True, **settings}
    return evaluate(model=spec, tasks=[task.name], trust=[task.root], out=out, offline=True, **given)


def test_a_model_that_has_learned_the_items_finds_their_published_order_likelier(
    taught: Path, task: SmallTask, tmp_path: Path
) -> None:
    (score,) = run(taught, task, tmp_path).scores
    gap = score["shuffled"]
    assert (gap["n"], gap["counts"]) == (40, {"scored": 40, "error": 0})
    assert gap["ci95"][0] > 0
    assert gap["p"] < 0.001
    assert gap["likeliest"] > 0.5 > gap["likeliest_chance"] == 0.2


def test_a_model_that_has_not_finds_all_orders_alike(fresh: Path, task: SmallTask, tmp_path: Path) -> None:
    (score,) = run(fresh, task, tmp_path).scores
    lo, hi = score["shuffled"]["ci95"]
    assert lo < 0 < hi
    assert score["shuffled"]["p"] > 0.025


def test_the_numbers_are_those_of_the_likelihoods_that_transformers_gives(
    fresh: Path, task: SmallTask, tmp_path: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(fresh), AutoModelForCausalLM.from_pretrained(fresh)
    done = run(fresh, task, tmp_path, limit=3)
    (sample, *_) = done.folder.read_samples(f"{task.name}@ll-letter~shuffled")
    options = sample.sample.document.fields["options"]
    before, after = whole_item(task.card)(sample.sample.document, tuple(options))
    given, whole = (tokenizer(text, return_tensors="pt").input_ids for text in (before, before + after))
    with torch.no_grad():
        likely = model(whole).logits[0].log_softmax(-1)
    wanted = sum(float(likely[place - 1, whole[0, place]]) for place in range(given.shape[1], whole.shape[1]))
    found = [outcome.loglikelihood for outcome in sample.sample.outcomes]  # type: ignore[union-attr]
    assert found[0] == pytest.approx(wanted, abs=1e-3)
    assert sample.value == pytest.approx(found[0] - sum(found[1:]) / 4)  # type: ignore[operator, arg-type]


def test_the_files_are_as_their_schemas_say_and_the_score_is_that_of_a_run_without(
    fresh: Path, task: SmallTask, tmp_path: Path
) -> None:
    plain = run(fresh, task, tmp_path, shuffled=False)
    read = run(fresh, task, tmp_path)
    for name, file in (("run-1", "manifest.json"), ("scores-1", "scores.json")):
        body = json.loads((read.folder.path / file).read_text(encoding="utf-8"))
        Draft202012Validator(schema(name)).validate(body)  # type: ignore[arg-type]
    again, _ = runs.score_again(read.folder.path)
    assert again.read_bytes() == (read.folder.path / "scores.json").read_bytes()
    assert plain.scores[0] == {name: value for name, value in read.scores[0].items() if name != "shuffled"}
    assert (plain.manifest["requests_sent"], read.manifest["requests_sent"]) == (160, 200)


def test_generated_answers_and_likelihoods_stand_in_one_run(fresh: Path, task: SmallTask, tmp_path: Path) -> None:
    (score,) = run(fresh, task, tmp_path, protocol="gen-letter", limit=6, max_tokens=2).scores
    assert (score["protocol"], score["n"], score["shuffled"]["n"]) == ("gen-letter", 6, 6)


def test_a_model_without_likelihoods_is_refused_and_the_sentence_says_what_to_do(
    task: SmallTask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ChatServer(lambda _: chat("A")) as server:
        model = f"openai:{server.base_url}#m"
        command = ["run", "--model", model, "--task", task.name, "--trust", str(task.root), "--out", str(tmp_path)]
        assert main([*command, "--shuffled"]) == 2
    assert "gives no log-likelihood of a text, which --shuffled compares" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_terminal_tells_it_in_words_and_says_what_was_not_read(
    fresh: Path, task: SmallTask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = SmallTask(tmp_path / "pair", [row(n) for n in range(4)], changes={"id": "labels", "suite": "pairs"})
    pair.write()
    command = ["run", "--model", f"hf:{fresh}", "--trust", str(task.root), "--trust", str(pair.root), "--offline"]
    tasks = ["--task", task.name, "--task", "labels", "--protocol", "ll-letter", "--shuffled"]
    assert main([*command, *tasks, "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    assert "small with its options shuffled: 40 documents are" in told
    assert "where orders that mean nothing give 20.0 %" in told
    assert "labels: --shuffled asks nothing more: the options of all its documents stand in an order" in told


def test_a_reading_that_failed_leaves_no_number(task: SmallTask, fresh: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from seahelm_lite.records import Failure

    done = run(fresh, task, tmp_path, limit=5)
    read = [one.sample for one in done.folder.read_samples(f"{task.name}@ll-letter~shuffled")]
    broken = replace(read[2], outcomes=(*read[2].outcomes[:-1], Failure("out of memory")))
    scored = shuffled_scores([*read[:2], broken, *read[3:]], done.manifest["tasks"][0]["shuffled"])
    assert (scored.told["value"], scored.told["n"], scored.told["counts"]) == (None, 0, {"scored": 4, "error": 1})
    assert scored.told["reason"] == "1 of 5 documents were not read in every order; resume the run"
    assert (scored.values[2], scored.answers[2].note) == (None, "out of memory")
