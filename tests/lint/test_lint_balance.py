"""Scores without reading, against scipy's exact tests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest, chisquare

from tests.lint.linting import findings, found
from tests.small_task import row


def _keyed(keys: list[int], size: int = 4) -> list[dict[str, Any]]:
    """Rows with these keys, whose options are alike long."""
    return [row(n, [f"{'abcd'[place]} {n:04}" for place in range(size)], key) for n, key in enumerate(keys)]


def _what(rule: str, folder: Path, rows: list[dict[str, Any]]) -> str:
    (what,) = (finding.what for finding in findings(folder, rows) if finding.rule == rule)
    return what


def _p(what: str) -> float:
    said = re.search(r" p = ([0-9.e+-]+)\)", what)
    assert said is not None
    return float(said[1])


@pytest.mark.parametrize(("firsts", "told"), [(31, True), (30, False)])
def test_a_majority_is_told_when_it_is_more_than_five_points_above_chance(
    firsts: int, told: bool, tmp_path: Path
) -> None:
    others = [n % 3 + 1 for n in range(100 - firsts)]
    named = [("warning", "small")] if told else []
    assert found("majority-baseline", tmp_path, _keyed([0] * firsts + others)) == named


def test_a_majority_is_told_with_its_exact_tail_for_the_best_of_its_keys(tmp_path: Path) -> None:
    what = _what("majority-baseline", tmp_path, _keyed([2] * 40 + [0] * 20 + [1] * 20 + [3] * 20))
    assert what.startswith("always answering position 3 scores 0.400 against 0.250 by chance (n = 100, ")
    assert _p(what) == pytest.approx(4 * binomtest(40, 100, 0.25, alternative="greater").pvalue, rel=0.05)


def test_longest_options_are_told_with_their_exact_tail(tmp_path: Path) -> None:
    rows = [row(n, ("ya", "tidak", "barangkali benar"), 2 if n < 30 else n % 2) for n in range(60)]
    rows = [{**item, "options": [f"{text} {n:02}" for text in item["options"]]} for n, item in enumerate(rows)]
    what = _what("longest-option", tmp_path, rows)
    assert what.startswith("always taking the longest option scores 0.500 against 0.333 by chance (n = 60, ")
    assert _p(what) == pytest.approx(binomtest(30, 60, 1 / 3, alternative="greater").pvalue, rel=0.05)


def test_chance_is_the_mean_over_items_where_options_vary(tmp_path: Path) -> None:
    rows = [*_keyed([0] * 10, 2), *_keyed([1] * 10, 4)]
    rows = [{**item, "question": f"Soalan {n}?"} for n, item in enumerate(rows)]
    assert "scores 0.500 against 0.375 by chance (n = 20" in _what("majority-baseline", tmp_path, rows)


@pytest.mark.parametrize("counts", [(160, 80, 80, 80), (130, 90, 90, 90), (100, 100, 101, 99)])
def test_keys_that_favour_a_position_are_told_by_chi_square(counts: tuple[int, ...], tmp_path: Path) -> None:
    rows = _keyed([place for place, count in enumerate(counts) for _ in range(count)])
    p = chisquare(counts).pvalue
    named = [finding.what for finding in findings(tmp_path, rows) if finding.rule == "position-skew"]
    assert bool(named) == (p < 0.001)
    if named:
        assert _p(named[0]) == pytest.approx(p, rel=0.05)


def test_positions_that_few_items_have_are_expected_less_often(tmp_path: Path) -> None:
    rows = [*_keyed([n % 2 for n in range(200)], 2), *_keyed([n % 4 for n in range(40)], 4)]
    rows = [{**item, "question": f"Soalan {n}?"} for n, item in enumerate(rows)]
    assert found("position-skew", tmp_path, rows) == []


def test_classes_of_unequal_size_are_a_majority_and_no_skew_of_positions(tmp_path: Path) -> None:
    rows = [row(n, ("Positif", "Negatif"), int(n < 10)) for n in range(100)]
    assert found("position-skew", tmp_path, rows) == []
    assert found("longest-option", tmp_path, rows) == []
    what = _what("majority-baseline", tmp_path, rows)
    assert what.startswith("always answering class 'Positif' scores 0.900 against 0.500")
