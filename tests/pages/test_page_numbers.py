"""Numbers as readers see them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale

from seahelm_lite.pages.figure import whisker
from seahelm_lite.pages.numbers import Numbers


@pytest.mark.parametrize(
    ("language", "value", "written"),
    [
        ("en", 0.8842, "88.4"),
        ("en", 1.0, "100.0"),
        ("en", 0.0, "0.0"),
        ("en", -0.0215, "-2.1"),
        ("th", 0.5, "50.0"),
        ("vi", 0.8842, "88,4"),
        ("id", 0.8842, "88,4"),
        ("my", 0.5, "50.0"),
    ],
)
def test_a_fraction_is_written_in_percent_as_the_language_writes_it(language: str, value: float, written: str) -> None:
    assert Numbers(Locale.parse(language)).percent(value) == written


@pytest.mark.parametrize(
    ("ci95", "metric", "ends"),
    [
        ((-0.02, 0.3), "acc", {"lo": "0.0", "hi": "30.0"}),
        ((0.9, 1.04), "acc", {"lo": "90.0", "hi": "100.0"}),
        ((-0.2, 0.3), "chrf_gain", {"lo": "-20.0", "hi": "30.0"}),
    ],
)
def test_an_interval_ends_where_the_metric_does(ci95: tuple[float, float], metric: str, ends: dict[str, str]) -> None:
    assert Numbers(Locale.parse("en")).interval(ci95, metric) == ends


def test_counts_are_grouped_and_numbers_of_others_keep_their_digits() -> None:
    numbers = Numbers(Locale.parse("en"))
    assert numbers.count(1234.4) == "1,234"
    assert (numbers.plain(61.0), numbers.plain(61.25)) == ("61", "61.25")
    assert numbers.money(Decimal("0.000012"), "USD") == "0.000012\u00a0USD"


def test_a_whisker_stands_on_the_axis_of_its_metric() -> None:
    assert whisker(0.5, (0.4, 1.2), "acc").hi == "100.0%"
    assert whisker(0.0, None, "chrf_gain").dot == "50.0%"
    assert whisker(0.5, None, "acc").lo is None
