"""A share of the documents, planned in every order of their options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from seahelm_lite.engine.plan import Plan, PlannedTask, make_plan
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.models.base import Capabilities, ModelFacts
from seahelm_lite.models.baselines import Baseline
from tests.small_task import SmallTask, row

OPTIONS = (("kucing", "anjing"), ("merah", "hijau", "biru"), ("nasi", "roti", "mi", "ubi"))
ROWS = [
    row(number, [f"{option} {number}x" for option in OPTIONS[number % 3]], number % 2, topic=f"topik {number % 2}")
    for number in range(30)
]


class _Anything:
    """A model that can be asked in any protocol, for plans."""

    facts = ModelFacts("m", {"kind": "m"}, Capabilities(chat=True, prompt_logprobs=True, json_schema=True))

    def answer(self, requests: Any, deliver: Any) -> None:
        raise NotImplementedError


def _plan(folder: Path, rows: Any = ROWS, model: Any = None, changes: Any = None, **settings: Any) -> Plan:
    small = SmallTask(folder, rows, [row(100 + number) for number in range(3)], changes=changes or {})
    spec = RunSpec(model="m", tasks=("small",), **{"rotations": 10, **settings})
    return make_plan([small.catalog().task("small")], (), spec, model or _Anything(), small.where)


def _task(folder: Path, **settings: Any) -> PlannedTask:
    (task,) = _plan(folder, **settings).tasks
    return task


def _drawn(task: PlannedTask) -> set[str]:
    assert task.rotations is not None
    return {document.id for document in task.rotations.documents}


def test_nothing_is_rotated_unless_it_is_wanted(tmp_path: Path) -> None:
    task = _task(tmp_path, rotations=0)
    assert (task.rotations, task.variations) == (None, ())


@pytest.mark.parametrize("protocol", ["gen-letter", "gen-choice", "ll-letter"])
def test_every_further_order_is_a_variation_of_the_documents_that_have_so_many_options(
    protocol: str, tmp_path: Path
) -> None:
    task = _task(tmp_path, protocol=protocol, rotations=100)
    parts = [(part.key, part.over, len(part.samples)) for part in task.variations]
    assert parts == [(f"small@{protocol}~rotation-{n}", "rotations", count) for n, count in ((1, 30), (2, 20), (3, 10))]
    asked = [digest for part in task.parts for sample in part.samples for digest in sample.hashes[:1]]
    assert len(asked) == len(set(asked)) == 30 + 60


def test_in_every_order_the_letter_of_the_right_option_moves_with_it(tmp_path: Path) -> None:
    task = _task(tmp_path, rotations=100)
    texts: dict[str, set[str]] = {}
    for part in task.parts:
        for sample in part.samples:
            assert sample.requests[0].messages is not None
            prompt = sample.requests[0].messages[-1].content
            fields = sample.document.fields
            letter, right = "ABCD"[fields["answer"]], fields["options"][fields["answer"]]
            assert f"{letter}. {right}\n" in prompt
            texts.setdefault(sample.document.id, set()).add(right)
    assert all(len(of_document) == 1 for of_document in texts.values())


def test_the_share_is_drawn_from_every_stratum_alike_and_a_smaller_one_is_in_a_larger(tmp_path: Path) -> None:
    drawn = [_drawn(_task(tmp_path, rotations=percent)) for percent in (10, 20, 50, 100)]
    assert [len(ids) for ids in drawn] == [3, 6, 15, 30]
    assert drawn[0] < drawn[1] < drawn[2] < drawn[3]
    assert sum(int(identity.rpartition("#")[2]) % 2 for identity in drawn[1]) == 3
    assert _drawn(_task(tmp_path, rotations=20, seed=1)) != drawn[1]
    assert len(_drawn(_task(tmp_path, rotations=10, limit=10))) == 1
    assert _drawn(_task(tmp_path, rotations=10, limit=10)) <= drawn[0]


def test_documents_are_rotated_once_however_often_they_are_repeated(tmp_path: Path) -> None:
    task = _task(tmp_path, repeats=3)
    assert len(task.samples) == 90
    assert {sample.repeat for part in task.variations for sample in part.samples} == {0}


def test_documents_whose_options_cannot_change_places_are_left_out_and_counted(tmp_path: Path) -> None:
    fixed = [row(40, ["x", "semua di atas"]), row(41, ["1", "2"]), *(row(n) for n in range(42, 45))]
    task = _task(tmp_path, rows=[*ROWS, *fixed], rotations=100)
    assert task.rotations is not None
    assert task.rotations.to_json() == {
        "percent": 100, "documents": 30, "left_out": {"about_options": 1, "labels": 3, "ordered_numbers": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"protocol": "ll-cloze"}, "ll-cloze shows no options"),
        ({"rows": [row(n) for n in range(5)]}, "the options of all its documents stand in an order of their own"),
    ],
)
def test_a_task_of_which_nothing_can_be_rotated_says_why(settings: dict[str, Any], why: str, tmp_path: Path) -> None:
    plan = _plan(tmp_path, **settings)
    assert plan.tasks[0].variations == ()
    assert plan.deviations == (f"small: --rotations 10 asks nothing more: {why}",)


def test_a_model_that_answers_by_document_is_not_asked_again_and_says_why(tmp_path: Path) -> None:
    plan = _plan(tmp_path, model=Baseline("random"))
    assert plan.tasks[0].variations == ()
    assert plan.deviations == (
        "--rotations 10 asks nothing more: baseline-random answers by document, whatever the prompt",
    )


@pytest.mark.parametrize("percent", [-1, 101, 2.5])
def test_a_share_that_cannot_be_is_refused(percent: float) -> None:
    with pytest.raises(ValidationError, match="rotations"):
        RunSpec.model_validate({"model": "m", "tasks": ("small",), "rotations": percent})
