"""How a score moves over ways of asking that should not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seahelm_lite.records import Failure, Outcome, Sample
from seahelm_lite.scoring.scores import score_task
from seahelm_lite.scoring.spread import Varied, is_complete, score_varied
from tests.scoring.making import choice, choice_card, said, task_of


def _samples(*replies: Outcome | int) -> list[Sample]:
    """Replies to documents whose right answer is the first option."""
    return [said(choice(number, 0), reply) for number, reply in enumerate(replies)]


FIRST, SECOND, THIRD = _samples(0, 0, 0, 1), _samples(0, 1, 1, 1), _samples(0, 0, 0, 0)


def _entries(*varied: Varied, metrics: tuple[Any, ...] = ("acc",)) -> list[dict[str, Any]]:
    return score_varied(task_of(choice_card(*metrics), FIRST), varied).scores


def test_the_spread_holds_each_value_the_least_the_greatest_and_their_deviation() -> None:
    (entry,) = _entries(Varied("templates", SECOND), Varied("templates", THIRD))
    values = [3 / 4, 1 / 4, 1.0]
    assert entry["value"] == values[0]
    (spread,) = entry["spread"]
    assert spread["sd"] == pytest.approx(np.std(values, ddof=1), abs=1e-12)
    assert {**spread, "sd": None} == {
        "over": "templates", "values": values, "min": 1 / 4, "max": 1.0, "sd": None, "reason": None,
    }  # fmt: skip


def test_everything_but_the_spread_is_as_if_the_task_had_been_asked_in_one_way() -> None:
    (alone,) = score_task(task_of(choice_card("acc"), FIRST)).scores
    (entry,) = _entries(Varied("templates", SECOND))
    assert {name: value for name, value in entry.items() if name != "spread"} == alone
    assert "spread" not in alone
    assert _entries() == [alone]


def test_each_metric_and_each_thing_that_is_varied_has_its_own_spread() -> None:
    acc, f1 = _entries(
        Varied("templates", SECOND),
        Varied("shot_seeds", THIRD),
        Varied("templates", THIRD),
        metrics=("acc", "macro_f1"),
    )
    assert [(one["over"], one["values"]) for one in acc["spread"]] == [
        ("templates", [3 / 4, 1 / 4, 1.0]), ("shot_seeds", [3 / 4, 1.0]),
    ]  # fmt: skip
    alone = [score_task(task_of(choice_card("macro_f1"), samples)).scores[0]["value"] for samples in (FIRST, SECOND)]
    assert f1["spread"][0]["values"] == [*alone, 1.0]
    assert alone[0] != acc["value"]


def test_an_unreadable_answer_to_a_wording_counts_as_wrong() -> None:
    (entry,) = _entries(Varied("templates", [said(choice(number, 0), "?") for number in range(4)]))
    assert entry["spread"][0]["values"] == [3 / 4, 0.0]


@pytest.mark.parametrize("first", [True, False], ids=["of the task itself", "of a variation"])
def test_a_value_that_is_missing_leaves_no_summary_and_says_which_and_why(first: bool) -> None:
    broken = _samples(0, Failure("HTTP 503"), Failure("HTTP 503"), 0)
    task, variation = (broken, FIRST) if first else (FIRST, broken)
    (entry,) = score_varied(task_of(choice_card("acc"), task), [Varied("templates", variation)]).scores
    (spread,) = entry["spread"]
    assert spread["values"] == ([None, 3 / 4] if first else [3 / 4, None])
    assert (spread["min"], spread["max"], spread["sd"]) == (None, None, None)
    assert spread["reason"].startswith(f"value {1 if first else 2}: 2 of 4 answers ended in error")
    assert entry["status"] == ("incomplete" if first else "complete")
    assert not is_complete(entry)


def test_a_score_is_complete_when_all_of_its_variations_are() -> None:
    assert all(map(is_complete, _entries()))
    assert all(map(is_complete, _entries(Varied("templates", SECOND))))
