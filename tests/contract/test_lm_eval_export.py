"""A run that is exported says what lm-eval itself writes of the same task, and lm-eval's own code reads it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite import runs
from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.exports import lm_eval
from seahelm_lite.engine.exports.contents import contents_of
from seahelm_lite.engine.plan import make_plan
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.models import lm_eval_bridge
from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts
from seahelm_lite.prompts.export import export
from seahelm_lite.records import Request
from seahelm_lite.sources.where import Where
from tests.hash_model import HashModel

TASK = "regional_basics_ms"
VOLATILE = {"git_hash", "pretty_env_info", "lm_eval_version", "upper_git_hash", "transformers_version"}
"""Of the machine, which a stand-in keeps out of lm-eval's file here."""


class _Hashed:
    """The hash model in our engine."""

    facts = ModelFacts("org/hash", {"kind": "hash"}, Capabilities(chat=False, prompt_logprobs=True))

    def __init__(self) -> None:
        self.model = HashModel()

    def answer(self, requests: list[Request], deliver: Deliver) -> None:
        lm_eval_bridge.answer(self.model, requests, deliver)


def _ours(catalog: Catalog, protocol: Any, tmp_path: Path) -> Path:
    where = Where(mirror=None, cache=tmp_path / "cache", offline=True, task_roots=catalog.roots)
    spec = RunSpec(model="hash", tasks=(TASK,), protocol=protocol)
    plan = make_plan([catalog.task(TASK)], (), spec, _Hashed(), where)
    prepared = runs.Prepared(spec, _Hashed(), plan, "0" * 64, where, RunFolder(tmp_path / "runs" / "run"))
    done = runs.execute(prepared)
    assert done.complete
    made = lm_eval.export(contents_of(done.folder), tmp_path / "ours")
    assert made.left_out == ()
    return tmp_path / "ours" / "org__hash"


def _theirs(catalog: Catalog, protocol: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from lm_eval import simple_evaluate
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    monkeypatch.setenv("SEAHELM_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SEAHELM_LITE_OFFLINE", "1")
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    # It asks pip for every installed package, which takes longer than all the rest.
    monkeypatch.setattr("lm_eval.evaluator.add_env_info", lambda results: None)
    (tmp_path / "exported").mkdir()
    (tmp_path / "exported" / "task.yaml").write_text(export(catalog.task(TASK), protocol), encoding="utf-8")
    manager = TaskManager(include_path=str(tmp_path / "exported"), include_defaults=False)
    tracker = EvaluationTracker(output_path=str(tmp_path / "theirs"))
    tracker.general_config_tracker.log_experiment_args("hash", "model=org/hash", None, None, False)
    results = simple_evaluate(
        model=HashModel(), tasks=list(manager.all_subtasks), task_manager=manager, bootstrap_iters=0
    )
    assert results is not None
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for name, rows in samples.items():
        tracker.save_results_samples(task_name=name, samples=rows)
    return tmp_path / "theirs" / "org__hash"


def _results(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("results_*.json")
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return body


def _samples(folder: Path) -> dict[str, dict[str, Any]]:
    (path,) = folder.glob("samples_*.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["doc"]["id"]: row for row in rows}


@pytest.mark.parametrize("protocol", ["ll-letter", "ll-cloze", "gen-letter"])
def test_the_files_are_those_of_lm_eval_for_the_same_task_and_model(
    protocol: str, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = _ours(catalog, protocol, tmp_path)
    theirs = _theirs(catalog, protocol, tmp_path, monkeypatch)
    one, other = _results(ours), _results(theirs)
    assert set(one) - {"seahelm_lite"} - VOLATILE == set(other) - VOLATILE
    (numbers,), (wanted,) = one["results"].values(), other["results"].values()
    assert numbers["acc,none"] == pytest.approx(next(v for k, v in wanted.items() if k.startswith("acc,")))
    assert list(one["n-samples"].values()) == list(other["n-samples"].values())
    assert list(one["n-shot"].values()) == list(other["n-shot"].values())
    told, wanted_samples = _samples(ours), _samples(theirs)
    assert told.keys() == wanted_samples.keys()
    for document, row in told.items():
        their = wanted_samples[document]
        same = ["doc_id", "doc", "target", "resps", "doc_hash", "prompt_hash", "target_hash", "acc"]
        assert {name: row[name] for name in same} == {name: their[name] for name in same}
        assert set(row) - set(their) == set()
        contexts = [[argument["arg_0"] for argument in one["arguments"].values()] for one in (row, their)]
        assert contexts[0] == contexts[1]
        if protocol != "gen-letter":
            assert row["arguments"] == their["arguments"]
    assert list(one["task_hashes"].values()) == list(other["task_hashes"].values())


def test_lm_evals_own_table_and_file_names_read_it(catalog: Catalog, tmp_path: Path) -> None:
    from lm_eval.utils import get_file_task_name, get_results_filenames, get_sample_results_filenames, make_table

    folder = _ours(catalog, "ll-letter", tmp_path)
    body = _results(folder)
    (score,) = body["seahelm_lite"]["scores"]
    table = make_table(body)
    assert f"{score['value']:.4f}".rstrip("0") in table
    assert f"{score['se']:.4f}" in table
    names = [str(path) for path in folder.iterdir()]
    assert len(get_results_filenames(names)) == 1
    (samples,) = get_sample_results_filenames(names)
    assert get_file_task_name(Path(samples).name) == f"{TASK}@ll-letter"
