from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.measure import Measured, measure
from seahelm_lite.engine.plan import Plan, make_plan
from seahelm_lite.engine.progress import Silent
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.engine.store import ResponseStore
from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts
from seahelm_lite.records import Failure, Request, Response
from seahelm_lite.sources.where import Where

FACTS = ModelFacts("made", {"kind": "made"}, Capabilities(chat=False, prompt_logprobs=True))


@dataclass
class Made:
    """Gives every option the same number, but the last one -1."""

    value: float
    facts: ModelFacts = FACTS
    asked: int = 0
    joined: bool | None = None

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        self.asked += len(requests)
        for index in range(len(requests) - 1):
            deliver(index, Response(loglikelihood=self.value, is_greedy=False, joined=self.joined))
        deliver(len(requests) - 1, Response(loglikelihood=-1.0, is_greedy=False))


@pytest.fixture
def plan(catalog: Catalog, where: Where) -> Plan:
    """One document with its four requests."""
    spec = RunSpec(model="made", tasks=("regional_basics_ms",), protocol="ll-letter", limit=1)
    return make_plan([catalog.task("regional_basics_ms")], (), spec, Made(-1.0), where)


def measured(plan: Plan, model: Made, out: Path) -> Measured:
    with ResponseStore(out / "responses.sqlite") as store:
        return measure(plan, model, store, "fingerprint", Silent())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_log_likelihood_that_is_no_finite_number_is_a_failure_and_is_not_stored(
    value: float, plan: Plan, tmp_path: Path
) -> None:
    found = measured(plan, Made(value), tmp_path)
    *failed, last = found.outcomes.values()
    assert failed == [Failure(f"the backend returned the log-likelihood {value}, which is not a finite number")] * 3
    assert last == Response(loglikelihood=-1.0, is_greedy=False)
    again = Made(-2.0)
    measured(plan, again, tmp_path)
    assert again.asked == 3


def test_log_likelihoods_that_leave_a_token_out_are_counted_over_all_sessions(plan: Plan, tmp_path: Path) -> None:
    said = ("3 of 4 prompts end inside a token of the whole text, which counts for the prompt and not for the answer",)
    assert measured(plan, Made(-2.0, joined=True), tmp_path).notes == said
    assert measured(plan, Made(-2.0), tmp_path).notes == said
    assert measured(plan, Made(-2.0), tmp_path / "another").notes == ()


def test_what_is_stored_is_not_asked_again(plan: Plan, tmp_path: Path) -> None:
    first = measured(plan, Made(-2.0), tmp_path)
    assert (first.sent, len(first.outcomes)) == (4, 4)
    again = Made(-9.0)
    second = measured(plan, again, tmp_path)
    assert (again.asked, second.sent) == (0, 0)
    assert second.outcomes == first.outcomes
