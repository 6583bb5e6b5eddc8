"""`--compat lm-eval` asks and scores what lm-eval's own evaluator does of the same rows."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.compat import LmEvalForm
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.engine.measure import measure
from seahelm_lite.engine.plan import Plan, make_plan
from seahelm_lite.engine.progress import Silent
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.engine.store import ResponseStore
from seahelm_lite.errors import ProtocolError
from seahelm_lite.models import lm_eval_bridge
from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts
from seahelm_lite.models.lm_eval_bridge import compared
from seahelm_lite.records import Request
from seahelm_lite.scoring.scores import ScoredTask, score_task
from seahelm_lite.sources.peer_rows import PeerRows, load_peer_rows
from seahelm_lite.sources.where import Where
from tests.conftest import skip_without_data
from tests.hash_model import HashModel

DOCUMENTS = 20
COVERED = [name for name, task in load_catalog().tasks.items() if task.card.compat.lm_eval is not None]


class _Hashed:
    """The hash model in our engine."""

    facts = ModelFacts("hash", {"kind": "hash"}, Capabilities(chat=True, prompt_logprobs=True))

    def __init__(self) -> None:
        self.model = HashModel()

    def answer(self, requests: list[Request], deliver: Deliver) -> None:
        lm_eval_bridge.answer(self.model, requests, deliver)


@pytest.fixture
def _only_the_first_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering all rows to compare twenty would take most of the time: lm-eval compiles a template for each row."""
    monkeypatch.setattr("seahelm_lite.models.lm_eval_tasks.load_peer_rows", _first_rows)


def _first_rows(card: TaskCard, form: LmEvalForm, where: Where) -> PeerRows:
    whole = load_peer_rows(card, form, where)
    return dataclasses.replace(whole, rows=whole.rows[:DOCUMENTS])


@pytest.mark.usefixtures("_only_the_first_rows")
@pytest.mark.parametrize("task", COVERED)
def test_both_harnesses_ask_and_score_alike(
    task: str, catalog: Catalog, where: Where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skip_without_data(task)
    theirs, their_requests = _under_lm_eval(catalog, task, where, monkeypatch)
    ours, our_requests = _under_ours(catalog, task, where, tmp_path)
    assert len(ours) == DOCUMENTS
    assert ours == theirs
    # We ask equal requests of several documents once.
    assert our_requests == [asked for n, asked in enumerate(their_requests) if asked not in their_requests[:n]]


def _under_lm_eval(
    catalog: Catalog, task: str, where: Where, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[float], list[tuple[Any, ...]]]:
    """lm-eval as it comes, with our rows where it would download its own."""
    import datasets
    import lm_eval.tasks

    card = catalog.task(task).card
    form = _form(catalog, task)
    rows = datasets.Dataset.from_list([row.mapping(form.columns) for row in _first_rows(card, form, where).rows])
    splits = datasets.DatasetDict({name: rows for name in ("test", "test_colloquial", "validation", "train")})
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: splits)
    # It asks pip for every installed package, which takes longer than all the rest.
    monkeypatch.setattr("lm_eval.evaluator.add_env_info", lambda results: None)
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    folder = Path(lm_eval.tasks.__file__).parent / form.folder
    manager = lm_eval.tasks.TaskManager(include_path=str(folder), include_defaults=False)
    model = HashModel()
    results = lm_eval.simple_evaluate(
        model=model, tasks=[form.task], task_manager=manager, limit=DOCUMENTS, bootstrap_iters=0
    )
    assert results is not None
    return [sample["acc"] for sample in results["samples"][form.task]], model.asked


def _under_ours(
    catalog: Catalog, task: str, where: Where, tmp_path: Path
) -> tuple[list[float | None], list[tuple[Any, ...]]]:
    definition = catalog.task(task)
    model = _Hashed()
    spec = RunSpec(model="hash", tasks=(task,), compat="lm-eval")
    (planned,) = make_plan([definition], (), spec, model, where).tasks
    with ResponseStore(tmp_path / "store.sqlite") as store:
        measured = measure(Plan((planned,), (), ()), model, store, "hash", Silent())
    scored = score_task(
        ScoredTask(
            task=task,
            version=definition.version,
            protocol=planned.protocol,
            shots=0,
            card=definition.card,
            data_hash=planned.data.data_hash,
            n_total=DOCUMENTS,
            samples=measured.samples(planned),
            form=planned.form,
        )
    )
    assert [score["metric"] for score in scored.scores] == ["acc"]
    return scored.values, model.model.asked


def _form(catalog: Catalog, task: str) -> LmEvalForm:
    form = catalog.task(task).card.compat.lm_eval
    assert form is not None
    return form


def test_the_last_letter_of_a_colloquial_premise_is_cut_off_as_lm_eval_does_it(catalog: Catalog, where: Where) -> None:
    skip_without_data("copal_id_colloquial")
    form = _form(catalog, "copal_id_colloquial")
    row = {"premise": "Aku naek angkot", "question": "cause", "choice1": "Murah.", "choice2": "Mahal.", "label": 1}
    (asked,) = compared(form.folder, form.task, [row])
    assert asked.context == "Aku naek angko karena"
    assert asked.continuations == (" murah.", " mahal.")
    assert asked.gold == 1


@pytest.mark.parametrize(
    ("folder", "task", "told"),
    [
        ("xcopa", "xcopa_ms", "there is no task 'xcopa_ms'. Install lm-eval 0.4.13."),
        ("no_such_folder", "xcopa_id", "there is no task 'xcopa_id'"),
        ("gsm8k", "gsm8k", "does not compare choices by likelihood"),
    ],
)
def test_a_task_that_lm_eval_has_not_or_asks_otherwise_is_refused(folder: str, task: str, told: str) -> None:
    row = {"question": "1 + 1?", "answer": "#### 2"}
    with pytest.raises(ProtocolError, match=told):
        compared(folder, task, [row])
