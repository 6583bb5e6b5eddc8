"""How many tokens answers took, and what those cost at the price of a card. Money is Decimal, for it is added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from seahelm_lite.catalog.access import Price
from seahelm_lite.records import JsonValue, Outcome, Request, Response, Usage, canonical_json

KINDS = ("prompt", "completion", "reasoning", "cached")
"""Of tokens; the reasoning ones are among those of the completion, the cached ones among those of the prompt."""

_PLACES = 12
"""Decimal places of an amount in a file."""


@dataclass(frozen=True)
class Tally:
    """What some answers took."""

    responses: int = 0
    stating: int = 0
    """Responses that state tokens."""
    tokens: Usage = field(default_factory=Usage)
    """All of theirs together; None where none states that kind."""
    unpriced: int = 0
    """Responses without the counts that a price is for."""
    cost: Decimal | None = None
    """Of all others, in the price's currency; None where no price is known."""

    def __add__(self, other: Tally) -> Tally:
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Tally(
            self.responses + other.responses,
            self.stating + other.stating,
            _together([self.tokens, other.tokens]),
            self.unpriced + other.unpriced,
            sum(costs, Decimal(0)) if costs else None,
        )

    def by_kind(self) -> dict[str, int | None]:
        """The tokens of each kind."""
        return {kind: getattr(self.tokens, kind) for kind in KINDS}

    def usage(self) -> dict[str, int | None]:
        """The tokens, as manifests have them."""
        return {"responses_with_usage": self.stating, **self.by_kind()}

    def amount(self) -> dict[str, JsonValue]:
        """The cost, as manifests have it; it needs a price."""
        known = self.responses > self.unpriced or not self.responses
        reason = None if known else "no answer states its tokens"
        value = money(self.cost) if known and self.cost is not None else None
        return {"value": value, "reason": reason, "responses_without_usage": self.unpriced}


def _together(usages: Sequence[Usage]) -> Usage:
    def total(kind: str) -> int | None:
        counts = [count for usage in usages if (count := getattr(usage, kind)) is not None]
        return sum(counts) if counts else None

    return Usage(*map(total, KINDS))


def tally(outcomes: Iterable[Outcome], price: Price | None = None) -> Tally:
    """Count the tokens of some outcomes, and what they cost. Failures took nothing that anybody counted."""
    responses = [outcome for outcome in outcomes if isinstance(outcome, Response)]
    stated = [response.usage for response in responses if response.usage is not None]
    counted = Tally(len(responses), len(stated), _together(stated))
    if price is None:
        return counted
    priced = [usage for usage in stated if _is_whole(usage)]
    return replace(counted, unpriced=len(responses) - len(priced), cost=_cost(priced, price))


def cost_of(usage: Usage | None, price: Price) -> Decimal | None:
    """What one response costs.

    Args:
        usage: Its tokens.
        price: List price.

    Returns:
        An amount in the price's currency; None where the server did not count both prompt and completion.
    """
    return None if usage is None or not _is_whole(usage) else _cost([usage], price)


def _is_whole(usage: Usage) -> bool:
    return usage.prompt is not None and usage.completion is not None


def _cost(usages: Sequence[Usage], price: Price) -> Decimal:
    """What responses cost together. Tokens are added up first: whole numbers, which takes no time and loses nothing."""
    cached = sum(min(usage.cached or 0, usage.prompt or 0) for usage in usages)
    fresh = sum(usage.prompt or 0 for usage in usages) - cached
    written = sum(usage.completion or 0 for usage in usages)
    per_cached = price.prompt if price.cached is None else price.cached
    tokens = fresh * _exact(price.prompt) + cached * _exact(per_cached) + written * _exact(price.completion)
    return tokens / price.per + len(usages) * _exact(price.per_request or 0)


def most_of(request: Request, price: Price, thinking_tokens: int = 0) -> Decimal:
    """What a request can cost at most: no tokenizer makes more tokens of a text than it has bytes.

    Args:
        request: What would be sent.
        price: List price.
        thinking_tokens: What the model may write beyond the limit of the answer.
    """
    prompt = len(canonical_json(request.canonical()).encode())
    completion = int(request.params.get("max_tokens") or 0) + thinking_tokens
    return _cost([Usage(prompt=prompt, completion=completion)], price)


def _exact(amount: float) -> Decimal:
    """The amount as the card writes it, without the bits that binary numbers add."""
    return Decimal(str(amount))


def money(amount: Decimal) -> float:
    """An amount as a number of a file."""
    return float(round(amount, _PLACES))
