from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seahelm_lite.catalog.access import Price
from seahelm_lite.catalog.costs import cost_of, money, most_of, tally
from seahelm_lite.records import Failure, Message, Request, Response, Usage


def price(**given: Any) -> Price:
    return Price(**{"currency": "USD", "prompt": 2, "completion": 8, "as_of": date(2026, 11, 1), "src": "x", **given})


@pytest.mark.parametrize(
    ("usage", "given", "cost"),
    [
        pytest.param(Usage(1_000_000, 500_000), {}, "6", id="each kind at its own price"),
        pytest.param(Usage(1_000_000, 500_000, reasoning=400_000), {}, "6", id="thinking is part of what was written"),
        pytest.param(Usage(1_000_000, 0, cached=750_000), {"cached": 0.5}, "0.875", id="cached tokens at their price"),
        pytest.param(Usage(1_000_000, 0, cached=750_000), {}, "2", id="cached tokens without a price of their own"),
        pytest.param(Usage(1_000_000, 0, cached=750_000), {"cached": 0}, "0.5", id="cached tokens for nothing"),
        pytest.param(Usage(10, 0, cached=99), {"cached": 1}, "0.00001", id="no more is cached than was sent"),
        pytest.param(Usage(0, 0), {"per_request": 0.005}, "0.005", id="a price for each request"),
        pytest.param(Usage(1000, 1000), {"per": 1000, "currency": "IDR"}, "10", id="a price for a thousand tokens"),
        pytest.param(Usage(3, 0), {"prompt": 0.1, "per": 1}, "0.3", id="amounts are as the card writes them"),
    ],
)
def test_a_response_costs_its_tokens_at_the_list_price(usage: Usage, given: dict[str, Any], cost: str) -> None:
    assert cost_of(usage, price(**given)) == Decimal(cost)


@pytest.mark.parametrize("usage", [None, Usage(), Usage(prompt=7), Usage(completion=3)])
def test_a_response_without_both_counts_has_no_cost(usage: Usage | None) -> None:
    assert cost_of(usage, price()) is None


def test_a_total_says_how_many_responses_lack_their_tokens() -> None:
    told = Response(text="A", usage=Usage(1000, 1000))
    whole = tally([told, Response(text="B"), Failure("HTTP 503"), told], price())
    assert whole.amount() == {"value": 0.02, "reason": None, "responses_without_usage": 1}
    assert whole.usage() == {
        "responses_with_usage": 2, "prompt": 2000, "completion": 2000, "reasoning": None, "cached": None
    }  # fmt: skip


def test_where_no_response_states_its_tokens_there_is_no_total_and_a_reason() -> None:
    amount = tally([Response(text="A"), Response(text="B")], price()).amount()
    assert amount == {"value": None, "reason": "no answer states its tokens", "responses_without_usage": 2}


def test_many_small_amounts_add_up_to_the_last_digit() -> None:
    responses = [Response(text="A", usage=Usage(1, 0))] * 100_000
    assert money(tally(responses, price(prompt=0.1)).cost or Decimal(0)) == 0.01


def test_totals_of_parts_are_the_total_of_all() -> None:
    first = [Response(text="A", usage=Usage(10, 20, reasoning=5)), Failure("x")]
    second = [Response(text="B", usage=Usage(1, 2, cached=1)), Response(text="C")]
    assert tally(first, price()) + tally(second, price()) == tally([*first, *second], price())


@pytest.mark.parametrize("text", ["Ibu kota Malaysia?", "เมืองหลวงของไทย", "မြန်မာ", "𝕒🙂"])
def test_what_a_request_can_cost_at_most_counts_every_byte_of_it_and_the_longest_answer(text: str) -> None:
    request = Request("generate", {"max_tokens": 64}, messages=(Message("user", text),))
    bytes_as_tokens = Usage(prompt=len(text.encode()), completion=64 + 1000)
    least = cost_of(bytes_as_tokens, price())
    assert least is not None
    assert least <= most_of(request, price(), 1000) <= least + Decimal("0.0004")
