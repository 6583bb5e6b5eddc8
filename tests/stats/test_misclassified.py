"""Shares corrected for a judge that errs at known rates."""

from __future__ import annotations

import pytest

from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.misclassified import Confusion, corrected_share
from seahelm_lite.stats.proportions import wilson

GOOD = Confusion(true_yes=90, false_no=10, true_no=95, false_yes=5)


def width(estimate: Estimate) -> float:
    assert estimate.lo is not None
    assert estimate.hi is not None
    return estimate.hi - estimate.lo


def test_the_share_is_that_of_the_textbook() -> None:
    assert corrected_share(0.2, 500, GOOD).value == pytest.approx((0.2 + 0.95 - 1) / (0.9 + 0.95 - 1))


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_a_share_beyond_what_the_judge_could_find_is_nought_or_one(share: float) -> None:
    assert corrected_share(share, 500, GOOD).value == round(share)


def test_fewer_labels_and_fewer_trials_both_widen_the_interval() -> None:
    fewer = Confusion(9, 1, 19, 1)
    assert width(corrected_share(0.5, 500, fewer)) > width(corrected_share(0.5, 500, GOOD))
    assert width(corrected_share(0.5, 50, GOOD)) > width(corrected_share(0.5, 500, GOOD))


def test_of_a_judge_that_never_errs_the_interval_is_nearly_wilsons() -> None:
    perfect = Confusion(10**7, 0, 10**7, 0)
    estimate = corrected_share(0.6, 100, perfect)
    assert (estimate.lo, estimate.hi) == pytest.approx(wilson(60, 100), abs=2e-3)


@pytest.mark.parametrize(
    ("judge", "reason"),
    [
        (Confusion(0, 0, 20, 5), "people never said yes"),
        (Confusion(20, 5, 0, 0), "people never said no"),
        (Confusion(10, 10, 10, 10), "no likelier"),
        (Confusion(5, 15, 5, 15), "no likelier"),
    ],
)
def test_a_judge_that_tells_nothing_gives_no_value_and_the_reason(judge: Confusion, reason: str) -> None:
    estimate = corrected_share(0.5, 100, judge)
    assert (estimate.value, estimate.lo, estimate.hi) == (None, None, None)
    assert reason in str(estimate.reason)
