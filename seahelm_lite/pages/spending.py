"""What a right answer took: money where a price was recorded, else tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from seahelm_lite.boards.results import Cell, Column
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
    """Tokens written; None where money is told, or nobody counted them."""


def spent(columns: Sequence[Column], cells: Sequence[Cell]) -> Spent | None:
    """What a model spent on a right answer, over those of the columns that count right answers.

    None where it is not known of all of them, or no answer was right.
    """
    counted = [cell for column, cell in zip(columns, cells, strict=True) if column.metric == "acc"]
    if not counted or any(cell.state != "value" for cell in counted):
        return None
    return _money(counted) or _tokens(counted)


def _money(cells: Sequence[Cell]) -> Spent | None:
    costs = [cell.cost for cell in cells if cell.cost is not None]
    right = sum(cost.right for cost in costs)
    currencies = {cost.currency for cost in costs}
    if len(costs) < len(cells) or not right or len(currencies) > 1:
        return None
    each = sum((Decimal(cost.total) for cost in costs), Decimal()) / right
    short = each if not each else round(each, _DIGITS - 1 - each.adjusted())
    return Spent(short, currencies.pop(), None)


def _tokens(cells: Sequence[Cell]) -> Spent | None:
    written, right = 0.0, 0.0
    for cell in cells:
        each = tokens_each(cell.usage)
        if each is None or cell.n is None or cell.value is None:
            return None
        written += each * cell.n
        right += cell.value * cell.n
    return Spent(None, None, written / right) if right else None
