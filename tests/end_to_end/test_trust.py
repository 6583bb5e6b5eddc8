"""What must never happen: an old score for a new question, an edited score shown, a mixed run taken for one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seahelm_lite import evaluate, load_run, runs
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import ModelError, RunFolderError
from seahelm_lite.runs import Run
from seahelm_lite.sources.where import Where
from tests.loopback import Canned, ChatServer, Seen, chat, script
from tests.tiny_model import save_tiny_llama

TASK = "regional_basics_ms"


def _run(out: Path, model: str = "baseline:longest", **settings: object) -> Run:
    return evaluate(model=model, tasks=[TASK], out=out, **settings)  # type: ignore[arg-type]


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """A copy of our own tasks that a test may edit."""
    return shutil.copytree(shipped_folder("tasks") / "regional_basics", tmp_path / "tasks" / "regional_basics").parent


def _run_from(tasks: Path, out: Path) -> Run:
    catalog = load_catalog([tasks])
    where = Where(mirror=None, cache=out, offline=True, task_roots=catalog.roots)
    prepared = runs.prepare(RunSpec(model="baseline:longest", tasks=(TASK,)), catalog=catalog, where=where, out=out)
    return runs.execute(prepared)


def test_a_card_that_scores_otherwise_makes_another_run(tasks: Path, tmp_path: Path) -> None:
    before = _run_from(tasks, tmp_path / "out")
    card = tasks / "regional_basics" / f"{TASK}.yaml"
    card.write_text(card.read_text(encoding="utf-8").replace("answer: answer", "answer: 3 - answer"), encoding="utf-8")
    after = _run_from(tasks, tmp_path / "out")
    assert after.folder.run_id != before.folder.run_id
    assert after.scores[0]["value"] != before.scores[0]["value"]


@pytest.mark.parametrize("where", ["scores.json", f"samples/{TASK}@gen-letter.parquet"])
def test_a_finished_run_that_was_edited_is_not_shown(where: str, tmp_path: Path) -> None:
    run = _run(tmp_path)
    path = run.folder.path / where
    path.write_bytes(path.read_bytes().replace(b"0.2", b"0.9") + b" ")
    for use in (lambda: load_run(run.folder.path), lambda: _run(tmp_path), lambda: runs.score_again(run.folder.path)):
        with pytest.raises(RunFolderError, match="is not as it was finished"):
            use()


def test_a_task_that_is_skipped_is_named_though_the_rest_was_run_before(mirror: Path, tmp_path: Path) -> None:
    alone = _run(tmp_path, "baseline:ngram")
    both = evaluate(model="baseline:ngram", tasks=[TASK, "malaymmlu"], out=tmp_path, mirror=mirror, offline=True)
    assert both.folder.run_id != alone.folder.run_id
    assert [item["task"] for item in both.manifest["skipped"]] == ["malaymmlu"]


def test_two_processes_cannot_be_at_one_run(tmp_path: Path) -> None:
    run = _run(tmp_path)
    with RunFolder(run.folder.path).lock(), pytest.raises(RunFolderError, match="another process"):
        _run(tmp_path)
    assert _run(tmp_path).complete
    assert not list(tmp_path.glob(".*.lock"))


def test_a_resume_that_finds_the_endpoint_down_leaves_the_run_as_it_was(tmp_path: Path) -> None:
    async def one_error(seen: Seen) -> Canned:
        return Canned(chat("B")) if seen.number else Canned({"error": {"message": "no"}}, status=422)

    with ChatServer(one_error) as server:
        model = f"openai:{server.base_url}#m"
        before = _run(tmp_path, model)
    assert before.manifest["status"] == "incomplete"
    with pytest.raises(ModelError):
        _run(tmp_path, model)
    after = load_run(before.folder.path)
    assert (after.manifest, after.scores) == (before.manifest, before.scores)


def test_an_endpoint_that_changes_its_model_on_the_way_is_named(tmp_path: Path) -> None:
    async def swapped(seen: Seen) -> Canned:
        return Canned({**chat("B"), "model": "v1" if seen.number < 10 else "v2"})

    with ChatServer(swapped) as server:
        run = _run(tmp_path, f"openai:{server.base_url}#m")
    assert run.manifest["served_models"] == ["v1", "v2"]
    assert any("v1, v2" in deviation for deviation in run.manifest["deviations"])


def test_answers_that_were_cut_off_are_said_to_be(tmp_path: Path) -> None:
    with ChatServer(script(Canned(chat("Saya fikir dahulu", finish="length")))) as server:
        run = _run(tmp_path, f"openai:{server.base_url}#m")
    assert run.scores[0]["value"] == 0
    assert any("25 of 25 answers were cut off at 64 tokens" in deviation for deviation in run.manifest["deviations"])


def test_plain_text_that_a_chat_endpoint_cannot_take_is_a_deviation(tmp_path: Path) -> None:
    with ChatServer(script(Canned(chat("B")))) as server:
        run = _run(tmp_path, f"openai:{server.base_url}#m", chat_template="off")
    assert run.manifest["tasks"][0]["layout"] == "chat"
    assert any("--chat-template off not honoured" in deviation for deviation in run.manifest["deviations"])


@pytest.mark.parametrize("half", ["\ud83d", "B \udc00"])
def test_half_a_surrogate_pair_from_an_endpoint_does_not_lose_the_run(half: str, tmp_path: Path) -> None:
    async def odd(seen: Seen) -> Canned:
        if seen.number % 2:
            return Canned({"error": {"message": half}}, status=422)
        return Canned({**chat(f"B {half}"), "model": half})

    with ChatServer(odd) as server:
        run = _run(tmp_path, f"openai:{server.base_url}#m")
    assert run.manifest["status"] == "incomplete"
    assert run.scores[0]["counts"]["error"] > 0


@pytest.mark.parametrize("spec", ["hf:{}", "lmeval:hf,pretrained={},device=cpu"])
def test_new_weights_in_the_same_folder_are_another_model(spec: str, tmp_path: Path) -> None:
    folder = save_tiny_llama(tmp_path / "checkpoint")
    settings = {"protocol": "ll-letter", "limit": 3}
    before = _run(tmp_path / "out", spec.format(folder), **settings)
    save_tiny_llama(folder, seed=1)
    after = _run(tmp_path / "out", spec.format(folder), **settings)
    assert before.folder.run_id != after.folder.run_id


def test_another_adapter_is_another_model(tmp_path: Path) -> None:
    from seahelm_lite.models.weights import local_hashes

    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_model.safetensors").write_bytes(b"one")
    before = local_hashes({"pretrained": "org/model", "peft": str(adapter)})
    (adapter / "adapter_model.safetensors").write_bytes(b"two")
    assert before.keys() == {"peft"}
    assert local_hashes({"pretrained": "org/model", "peft": str(adapter)}) != before


@pytest.mark.parametrize(
    "secret",
    ["openai_api_key=SECRET", "api_key=SECRET", "token=SECRET", "base_url=http://user:SECRET@host/v1"],
)
def test_a_secret_in_a_spec_is_refused_and_not_repeated(secret: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        _run(tmp_path, f"lmeval:dummy,{secret}")
    assert "SECRET" not in str(caught.value)
    assert not list(tmp_path.rglob("manifest.json"))


def test_a_reading_that_cannot_vary_has_no_interval_of_no_width(tmp_path: Path) -> None:
    """All right or all wrong on clustered documents: the interval is Wilson's on the clusters."""
    from seahelm_lite.stats.intervals import proportion

    estimate = proportion([1.0] * 12, ["a", "b", "c"] * 4)
    assert (estimate.method, estimate.se, estimate.hi) == ("wilson-clusters", None, 1.0)
    assert estimate.lo is not None
    assert estimate.lo < 0.5
    assert json.dumps(estimate.reason)
