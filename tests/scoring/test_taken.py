"""Tokens and money of a task, and what is said where a share of them cannot be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from seahelm_lite.catalog.access import Price
from seahelm_lite.catalog.costs import tally
from seahelm_lite.records import Failure, Outcome, Response, Usage
from seahelm_lite.scoring.taken import Taken, by_language

PRICE = Price(currency="IDR", per=1, prompt=1, completion=10, as_of=date(2026, 11, 1), src="x")
TOLD = Response(text="A", usage=Usage(6, 2))
SILENT = Response(text="A")


def taken(*outcomes: Outcome, right: int | None = 1, price: Price | None = PRICE) -> Taken:
    failed = sum(isinstance(outcome, Failure) for outcome in outcomes)
    return Taken(tally(outcomes, price), len(outcomes), right, failed)


def test_all_tokens_are_shared_among_the_items_and_among_the_right_answers() -> None:
    told = taken(TOLD, TOLD, TOLD, TOLD, right=2).told()
    assert told["usage"]["per_item"] == {"prompt": 6, "completion": 2, "reasoning": None, "cached": None}
    assert told["usage"]["per_right_answer"] == {"prompt": 12, "completion": 4, "reasoning": None, "cached": None}
    assert told["cost"] == {
        "value": 104, "responses_without_usage": 0, "per_item": 26, "per_right_answer": 52, "reason": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("part", "value", "per_item", "reason"),
    [
        (taken(TOLD, TOLD, right=0), 52, 26, "no answer is right"),
        (taken(TOLD, TOLD, right=None), 52, 26, "nothing calls an answer right or wrong"),
        (taken(TOLD, SILENT), 26, None, "1 of 2 responses state no tokens"),
        (taken(TOLD, Failure("HTTP 503")), 26, None, "1 of 2 answers ended in error"),
        (taken(SILENT, SILENT), None, None, "no answer states its tokens"),
    ],
)
def test_a_share_that_cannot_be_told_is_missing_with_its_reason(
    part: Taken, value: float | None, per_item: float | None, reason: str
) -> None:
    cost: dict[str, Any] = part.told()["cost"]
    assert (cost["value"], cost["per_item"], cost["per_right_answer"]) == (value, per_item, None)
    assert cost["reason"] == reason


def test_what_nobody_states_is_not_there_at_all() -> None:
    assert taken(SILENT, price=None).told() == {}
    assert set(taken(TOLD, price=None).told()) == {"usage"}


def test_the_tasks_of_a_language_are_added_up() -> None:
    parts = [
        ("ms", taken(TOLD, TOLD)),
        ("id", taken(TOLD)),
        ("ms", taken(TOLD, right=1)),
        ("id", taken(TOLD, right=None)),
    ]
    indonesian, malay = by_language(parts)
    assert (malay["language"], malay["items"], malay["right_answers"]) == ("ms", 3, 2)
    assert (malay["cost"]["value"], malay["cost"]["per_right_answer"]) == (78, 39)
    assert (indonesian["right_answers"], indonesian["cost"]["per_item"]) == (None, 26)
