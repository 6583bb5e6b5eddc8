"""What a right answer took: money where a price was recorded, else tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from seahelm_lite.boards.results import Cell
from seahelm_lite.pages.numbers import tokens_each

_DIGITS = 2
"""Of an amount of money: more would say more than a price of one day can."""


@dataclass(frozen=True)
class Spent:
    """For one right answer: an amount of money, or tokens."""

    amount: Decimal | None
    """Two digits of it, and None where no price was recorded."""
    currency: str | None
    tokens: float | None
    """Tokens written; None where money is told."""


def spent(cells: Sequence[Cell]) -> Spent | None:
    """What a model spent on a right answer, over those of the cells whose metric calls answers right.

    None where one of the cells has no value, it is not known of all that count, or no answer was right.
    """
    counted = [cell for cell in cells if cell.right is not None]
    right = sum(cell.right or 0 for cell in counted)
    if not right or any(cell.state != "value" for cell in cells):
        return None
    return _money(counted, right) or _tokens(counted, right)


def _money(cells: Sequence[Cell], right: int) -> Spent | None:
    costs = [cell.cost for cell in cells if cell.cost is not None]
    currencies = {cost.currency for cost in costs}
    if len(costs) < len(cells) or len(currencies) > 1:
        return None
    each = sum((Decimal(cost.total) for cost in costs), Decimal()) / right
    short = each if not each else round(each, _DIGITS - 1 - each.adjusted())
    return Spent(short, currencies.pop(), None)


def _tokens(cells: Sequence[Cell], right: int) -> Spent | None:
    written = 0.0
    for cell in cells:
        each = tokens_each(cell.usage)
        if each is None or cell.counts is None:
            return None
        written += each * cell.counts.total
    return Spent(None, None, written / right)
