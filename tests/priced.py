"""A model whose tokens cost something, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from seahelm_lite.catalog.access import Price
from seahelm_lite.models.base import Deliver, Model, ModelFacts
from seahelm_lite.records import Request

PRICE = Price(currency="MYR", prompt=2, completion=8, as_of=date(2026, 11, 1), src="the vendor's price list")
"""A chat answer of `tests.loopback` has 7 tokens of the prompt and 3 of its own: 38 millionths of a ringgit."""


@dataclass
class Priced:
    """Another model, with a price."""

    inner: Model
    price: Price = PRICE

    @property
    def facts(self) -> ModelFacts:
        return replace(self.inner.facts, price=self.price)

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        self.inner.answer(requests, deliver)
