"""A task planned once more for each wording and each draw of examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from seahelm_lite.engine.plan import Plan, PlannedTask, make_plan
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import ProtocolError
from seahelm_lite.models.base import Capabilities, ModelFacts
from seahelm_lite.models.baselines import Baseline
from tests.small_task import SmallTask, row


class _Anything:
    """A model that can be asked in any protocol, for plans."""

    facts = ModelFacts("m", {"kind": "m"}, Capabilities(chat=True, prompt_logprobs=True))

    def answer(self, requests: Any, deliver: Any) -> None:
        raise NotImplementedError


def _plan(folder: Path, model: Any = None, **settings: Any) -> Plan:
    small = SmallTask(folder, shots=[row(100 + number) for number in range(6)])
    spec = RunSpec(model="m", tasks=("small",), **settings)
    return make_plan([small.catalog().task("small")], (), spec, model or _Anything(), small.where)


def _task(folder: Path, **settings: Any) -> PlannedTask:
    (task,) = _plan(folder, **settings).tasks
    return task


def _asked(task: PlannedTask) -> dict[str, set[str]]:
    return {part.key: {digest for sample in part.samples for digest in sample.hashes} for part in task.parts}


def test_one_wording_and_one_draw_are_planned_unless_more_are_wanted(tmp_path: Path) -> None:
    assert _task(tmp_path).variations == ()


def test_every_further_wording_and_draw_has_files_of_its_own_and_other_requests(tmp_path: Path) -> None:
    task = _task(tmp_path, templates="all", shots=2, shot_seeds=3)
    assert [(part.key, part.over) for part in task.variations] == [
        ("small@gen-letter~wording-2", "templates"),
        ("small@gen-letter~wording-3", "templates"),
        ("small@gen-letter~draw-2", "shot_seeds"),
        ("small@gen-letter~draw-3", "shot_seeds"),
    ]
    asked = _asked(task)
    assert {len(hashes) for hashes in asked.values()} == {6}
    assert len(set().union(*asked.values())) == 5 * 6
    assert len(_plan(tmp_path, templates="all", shots=2, shot_seeds=3).distinct()) == 5 * 6


def test_one_thing_is_varied_at_a_time(tmp_path: Path) -> None:
    task = _task(tmp_path, templates="all", shots=2, shot_seeds=3)
    draws = [[shot.id for shot in part.shot_documents] for part in task.parts]
    assert draws[0] == draws[1] == draws[2]
    assert len({tuple(draw) for draw in draws}) == 3
    alone = _asked(_task(tmp_path, shots=2))
    assert _asked(task)["small@gen-letter"] == alone["small@gen-letter"]
    assert [len(_asked(_task(tmp_path, shots=2, **only))) for only in ({"templates": "all"}, {"shot_seeds": 2})] == [
        3,
        2,
    ]


def test_variations_ask_the_same_documents_as_often(tmp_path: Path) -> None:
    task = _task(tmp_path, templates="all", limit=4, repeats=2)
    assert len({tuple((sample.document.id, sample.repeat) for sample in part.samples) for part in task.parts}) == 1
    assert len(task.samples) == 8


@pytest.mark.parametrize("protocol", ["ll-letter", "ll-cloze"])
def test_a_protocol_without_the_instruction_says_that_it_has_no_wordings_and_still_draws(
    protocol: str, tmp_path: Path
) -> None:
    plan = _plan(tmp_path, protocol=protocol, templates="all", shots=1, shot_seeds=2)
    assert [part.key for part in plan.tasks[0].variations] == [f"small@{protocol}~draw-2"]
    assert plan.deviations == (
        f"small: --templates all varies nothing: {protocol} has no instruction in several wordings",
    )


def test_a_model_that_answers_by_document_is_asked_once_and_says_why(tmp_path: Path) -> None:
    plan = _plan(tmp_path, Baseline("random"), templates="all", shots=1, shot_seeds=2)
    assert plan.tasks[0].variations == ()
    assert plan.deviations == (
        "--templates all varies nothing: baseline-random answers by document, whatever the prompt",
        "--shot-seeds 2 varies nothing: baseline-random answers by document, whatever the prompt",
    )


def test_more_draws_than_the_pool_has_are_not_made_silently(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="6 examples, from which 6 draws of 1 can be made, not 7"):
        _plan(tmp_path, shots=1, shot_seeds=7)
    assert len(_task(tmp_path, shots=1, shot_seeds=6).parts) == 6


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"shot_seeds": 2}, "without --shots there are no examples to draw again"),
        ({"shot_seeds": 0, "shots": 1}, "greater than or equal to 1"),
        ({"templates": "three"}, "'default' or 'all'"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        RunSpec(model="m", tasks=("small",), **settings)
