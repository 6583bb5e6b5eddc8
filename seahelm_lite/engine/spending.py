"""What a run spends while it is asked, and where it stops sending so as not to spend more than it may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import overload

from seahelm_lite.catalog.access import Price
from seahelm_lite.catalog.costs import cost_of, most_of
from seahelm_lite.records import Outcome, Request, Response


class Spending:
    """The money of one run, in the currency of its price."""

    def __init__(self, price: Price, *, limit: Decimal | None = None, thinking_tokens: int = 0) -> None:
        """Nothing has been spent yet.

        Args:
            price: What tokens cost.
            limit: What may be spent; None where nobody said.
            thinking_tokens: What the model may write beyond the limit of an answer.
        """
        self.price = price
        self.limit = limit
        self.spent = Decimal(0)
        """By responses that state their tokens."""
        self._assumed = Decimal(0)
        """By the others: the most they can have cost."""
        self._thinking_tokens = thinking_tokens
        self._in_flight: dict[int, Decimal] = {}
        self._on_its_way = Decimal(0)
        """All of `_in_flight`, which may be as many as the run has requests, added up once."""

    def count(self, request: Request, outcome: Outcome) -> None:
        """Add what came back for a request; a failure costs nothing that anybody could know of."""
        if isinstance(outcome, Response):
            cost = cost_of(outcome.usage, self.price)
            if cost is not None:
                self.spent += cost
            elif self.limit is not None:
                self._assumed += self._most(request)

    def send(self, index: int, request: Request) -> bool:
        """Whether a request may be sent: with all that is on its way, at their most, the limit would still hold."""
        if self.limit is None:
            return True
        most = self._most(request)
        if self.spent + self._assumed + self._on_its_way + most > self.limit:
            return False
        self._in_flight[index] = most
        self._on_its_way += most
        return True

    def begin(self) -> None:
        """Nothing is on its way yet."""
        self._in_flight.clear()
        self._on_its_way = Decimal(0)

    def came_back(self, index: int) -> None:
        """Something that was sent is no longer on its way."""
        self._on_its_way -= self._in_flight.pop(index, Decimal(0))

    def _most(self, request: Request) -> Decimal:
        return most_of(request, self.price, self._thinking_tokens)


class Affordable(Sequence[Request]):
    """Requests that are taken one by one as they are sent, and that end where the money does.

    Each time they are gone through counts anew, so that they may be looked at before they are sent.
    """

    def __init__(self, requests: Sequence[Request], spending: Spending) -> None:
        self._requests = requests
        self._spending = spending
        self.taken = 0
        """How many may have been sent."""

    def __len__(self) -> int:
        return len(self._requests)

    @overload
    def __getitem__(self, index: int) -> Request: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Request]: ...
    def __getitem__(self, index: int | slice) -> Request | Sequence[Request]:
        return self._requests[index]

    def __iter__(self) -> Iterator[Request]:
        self._spending.begin()
        self.taken = 0
        for index, request in enumerate(self._requests):
            if not self._spending.send(index, request):
                return
            self.taken = index + 1
            yield request
