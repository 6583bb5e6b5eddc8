"""lm-eval's backends as sources of answers: what they finished is kept, what failed is never an answer."""

from __future__ import annotations

from typing import Any

import pytest
from lm_eval.api.model import LM

from seahelm_lite.errors import ModelError
from seahelm_lite.models import lm_eval_bridge
from seahelm_lite.models.base import Planned
from seahelm_lite.records import Failure, Outcome, Request, Response


class _Backend(LM):
    """Answers through the hook, as lm-eval's own backends do, and breaks after some answers."""

    def __init__(self, *, breaks_after: int = 10**6, likelihood: float = -1.0, text: str = "B") -> None:
        super().__init__()
        self._left = breaks_after
        self._likelihood = likelihood
        self._text = text

    def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
        return [self._finish("loglikelihood", request, (self._likelihood, False)) for request in requests]

    def generate_until(self, requests: list[Any]) -> list[str]:
        return [self._finish("generate_until", request, self._text) for request in requests]

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        raise NotImplementedError

    def _finish(self, method: str, request: Any, answer: Any) -> Any:
        if self._left == 0:
            raise RuntimeError("out of memory")
        self._left -= 1
        self.cache_hook.add_partial(method, request.args, answer)
        return answer


def _generations(count: int) -> list[Request]:
    return [Request(kind="generate", params={"max_tokens": 4}, context=f"question {n}") for n in range(count)]


def _answer(model: LM, requests: list[Request], **options: bool) -> dict[int, Outcome]:
    outcomes: dict[int, Outcome] = {}
    lm_eval_bridge.answer(model, requests, outcomes.__setitem__, **options)
    return outcomes


def test_every_request_is_answered_once_also_when_two_are_alike() -> None:
    delivered: list[int] = []
    requests = [*_generations(2), *_generations(2)]
    lm_eval_bridge.answer(_Backend(), requests, lambda index, _: delivered.append(index))
    assert sorted(delivered) == [0, 1, 2, 3]


def test_the_same_prompt_under_other_settings_gets_its_own_answer() -> None:
    class Reversed(_Backend):
        """Names the limit it was given, and answers the last request first."""

        def generate_until(self, requests: list[Any]) -> list[str]:
            last_first = [
                self._finish("generate_until", each, str(each.args[1]["max_gen_toks"])) for each in requests[::-1]
            ]
            return last_first[::-1]

    requests = [Request(kind="generate", params={"max_tokens": count}, context="question") for count in (4, 8, 16)]
    answers = _answer(Reversed(), requests)
    assert [answers[index] for index in range(3)] == [Response(text=limit) for limit in ("4", "8", "16")]


def test_a_backend_that_breaks_keeps_what_it_finished_and_fails_the_rest() -> None:
    outcomes = _answer(_Backend(breaks_after=2), _generations(4))
    assert [type(outcomes[index]) for index in range(4)] == [Response, Response, Failure, Failure]
    assert "out of memory" in outcomes[3].cause  # type: ignore[union-attr]


def test_a_backend_that_breaks_before_its_first_answer_is_an_error_of_the_model() -> None:
    with pytest.raises(ModelError, match="out of memory"):
        _answer(_Backend(breaks_after=0), _generations(2))


def test_a_log_likelihood_that_is_not_a_number_is_a_failure() -> None:
    request = Request(kind="loglikelihood", params={}, context="question", continuation=" A")
    (outcome,) = _answer(_Backend(likelihood=float("nan")), [request]).values()
    assert isinstance(outcome, Failure)


def test_an_empty_text_is_an_answer_of_a_local_model_and_a_failure_behind_an_api() -> None:
    local = _answer(_Backend(text=""), _generations(1), remote=False)
    remote = _answer(_Backend(text=""), _generations(1), remote=True)
    assert local[0] == Response(text="")
    assert isinstance(remote[0], Failure)


class _Pairing(_Backend):
    """Computes neighbouring log-likelihoods in twos."""

    def plan(self, pairs: list[Any]) -> Planned:
        return Planned(("a note",), tuple(tuple(range(len(pairs)))[start : start + 2] for start in range(0, 4, 2)))

    def plan_generations(self, asked: list[Any]) -> Planned:
        return Planned(("another",), (tuple(range(len(asked))),))


def test_units_are_told_by_the_places_of_all_requests_scored_or_generated() -> None:
    scored = [Request(kind="loglikelihood", params={}, context="question", continuation=f" {n}") for n in range(4)]
    requests = [_generations(1)[0], scored[0], scored[1], *_generations(1), scored[2], scored[3]]
    planned = lm_eval_bridge.plan(_Pairing(), requests)
    assert planned.notes == ("a note", "another")
    assert sorted(planned.units) == [(0, 3), (1, 2), (4, 5)]


def test_requests_of_a_backend_that_plans_nothing_are_units_of_their_own() -> None:
    assert lm_eval_bridge.plan(_Backend(), _generations(3)) == Planned((), ((0,), (1,), (2,)))


def test_an_unknown_type_of_model_is_named() -> None:
    with pytest.raises(ModelError, match="no-such-type"):
        lm_eval_bridge.load("no-such-type", {}, where="lmeval:no-such-type")
