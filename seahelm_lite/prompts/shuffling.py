"""A question with its options in other orders, and the text by which a model that met it would know it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.prompts.protocols import listing
from seahelm_lite.prompts.templates import text_of
from seahelm_lite.records import Document, sha256_hex

Order = tuple[str, ...]
"""The options of a question, one after the other."""


def other_orders(document: Document, count: int, *, seed: int, task: str) -> list[Order]:
    """Orders of the options that differ from the published one and from each other.

    Args:
        document: A document with options.
        count: How many are wanted; fewer where there are no more.
        seed: Of the run.
        task: The task's name.
    """
    published: Order = tuple(document.fields["options"])
    different = math.factorial(len(published))
    for times in Counter(published).values():
        different //= math.factorial(times)
    found: dict[Order, None] = {}
    draw = 0
    while len(found) < min(count, different - 1):
        places = sorted(range(len(published)), key=lambda place: _number(seed, task, document.id, draw, place))
        order = tuple(published[place] for place in places)
        if order != published:
            found[order] = None
        draw += 1
    return list(found)


def _number(seed: int, task: str, document: str, draw: int, place: int) -> str:
    return sha256_hex(f"{seed}:{task}:{document}:{draw}:{place}")


def whole_item(card: TaskCard) -> Callable[[Document, Order], tuple[str, str]]:
    """A function that writes an item down: its question, and its options in an order, each with its letter.

    What stands before the options is the same in every order, and so is its likelihood: that of the options after it
    is all that differs between the texts of whole items.
    """
    before, options = map(text_of, listing(card))

    def written(document: Document, order: Order) -> tuple[str, str]:
        return before(document.fields), options({**document.fields, "options": list(order)})

    return written
