"""Tokens and money of a task: in all, for an item, and for a right answer.

An item is a document asked once. The counts are the server's, so that equal responses at an equal price give equal
bytes; how long answers took is no part of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seahelm_lite.catalog.costs import Tally, money
from seahelm_lite.records import JsonValue

_DIGITS = 12


@dataclass(frozen=True)
class Taken:
    """What the answers of some tasks took."""

    tally: Tally
    items: int
    right: int | None
    """Right answers; None where the metric calls none right."""
    failed: int
    """Items without an answer, for infrastructure failed."""

    def __add__(self, other: Taken) -> Taken:
        right = None if self.right is None or other.right is None else self.right + other.right
        return Taken(self.tally + other.tally, self.items + other.items, right, self.failed + other.failed)

    def told(self) -> dict[str, JsonValue]:
        """The members `usage` and `cost` of an entry; neither where no answer states tokens and no price is known."""
        told: dict[str, JsonValue] = {}
        if self.tally.stating:
            told["usage"] = self._usage()
        if self.tally.cost is not None:
            told["cost"] = self._cost()
        return told

    def _usage(self) -> dict[str, JsonValue]:
        lacking = self.tally.responses - self.tally.stating
        reason = self._why_no_mean(lacking)
        each = self.tally.by_kind()
        per_item = None if reason else {kind: _share(count, self.items) for kind, count in each.items()}
        per_right = None
        if not reason and self.right:
            per_right = {kind: _share(count, self.right) for kind, count in each.items()}
        return {
            "responses": self.tally.responses,
            **self.tally.usage(),
            "per_item": per_item,
            "per_right_answer": per_right,
            "reason": reason or self._why_none_right(),
        }

    def _cost(self) -> dict[str, JsonValue]:
        amount = self.tally.amount()
        reason = amount["reason"] or self._why_no_mean(self.tally.unpriced)
        value = None if reason or self.tally.cost is None else money(self.tally.cost)
        return {
            **amount,
            "per_item": _share(value, self.items),
            "per_right_answer": _share(value, self.right) if self.right else None,
            "reason": reason or self._why_none_right(),
        }

    def _why_no_mean(self, lacking: int) -> str | None:
        if self.failed:
            return f"{self.failed} of {self.items} answers ended in error"
        return f"{lacking} of {self.tally.responses} responses state no tokens" if lacking else None

    def _why_none_right(self) -> str | None:
        if self.right is None:
            return "nothing calls an answer right or wrong"
        return None if self.right else "no answer is right"


def _share(amount: float | None, among: int | None) -> float | None:
    return round(amount / among, _DIGITS) if amount is not None and among else None


def by_language(parts: Iterable[tuple[str, Taken]]) -> list[dict[str, JsonValue]]:
    """What the tasks of each language took together, by language."""
    whole: dict[str, Taken] = {}
    for language, part in parts:
        whole[language] = whole[language] + part if language in whole else part
    return [
        {"language": language, "items": part.items, "right_answers": part.right, **part.told()}
        for language, part in sorted(whole.items())
    ]
