"""Numbers as a language writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal

from seahelm_lite.boards.fields import Tokens

_MAY_BE_NEGATIVE = frozenset(("chrf_gain", "headline"))
"""Metrics, and what stands for the scale of a headline that may be worse than guessing or copying."""


@lru_cache(maxsize=4096)
def _written(number: Decimal, pattern: str, locale: Locale) -> str:
    # The digits are those of the data files everywhere, so that a reader can look a number up in them.
    return format_decimal(number, format=pattern, locale=locale, numbering_system="latn")


def bounds(metric: str) -> tuple[float, float]:
    """What a metric can reach, as fractions."""
    return (-1.0 if metric in _MAY_BE_NEGATIVE else 0.0), 1.0


def clipped(value: float, metric: str) -> float:
    """A bound of an interval, no farther than the metric can reach: shown so, kept in the file as computed."""
    floor, top = bounds(metric)
    return min(max(value, floor), top)


def tokens_each(usage: Tokens | None) -> float | None:
    """Tokens written per answer, thinking included where it was counted; None where nobody counted them."""
    if usage is None or usage.completion is None or not usage.responses_with_usage:
        return None
    return usage.completion / usage.responses_with_usage


def thinking_counted(usages: Iterable[Tokens | None]) -> bool:
    """Whether any of them says how many of the tokens were thinking: where none does, they may be missing."""
    return any(usage is not None and usage.reasoning is not None for usage in usages)


class Numbers:
    """How one language writes percentages, intervals and counts."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale

    def percent(self, value: float) -> str:
        """A fraction in percent with one decimal, rounded as the command line rounds it, without the sign."""
        return _written(Decimal(f"{100 * value:.1f}"), "#,##0.0", self._locale)

    def points(self, value: float) -> str:
        """A difference of fractions in percentage points, with one decimal and its sign."""
        # Adding nought turns a negative nought into nought.
        return _written(Decimal(f"{round(100 * value, 1) + 0.0:.1f}"), "+#,##0.0;-#,##0.0", self._locale)

    def interval(self, ci95: Sequence[float], metric: str) -> dict[str, str]:
        """The ends of an interval in percent, clipped for display: `lo` and `hi`."""
        lo, hi = (self.percent(clipped(bound, metric)) for bound in ci95)
        return {"lo": lo, "hi": hi}

    def count(self, number: float) -> str:
        """A whole number, or the nearest one."""
        return _written(Decimal(f"{number:.0f}"), "#,##0", self._locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with all its digits, and the code of its currency."""
        return f"{_written(amount, '#,##0.##########', self._locale)}\u00a0{currency}"

    def plain(self, number: float) -> str:
        """A number as others wrote it, with as many decimals as it needs, three at most."""
        return _written(Decimal(str(number)), "#,##0.###", self._locale)
