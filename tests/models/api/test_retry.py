from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.models.api.retry import Breaker, RetryPolicy, is_retryable, parse_retry_after

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_faults_that_pass_are_retried(status: int) -> None:
    assert is_retryable(status)


@pytest.mark.parametrize("status", [301, 400, 401, 402, 403, 404, 405, 413, 422])
def test_faults_that_stay_are_not_retried(status: int) -> None:
    assert not is_retryable(status)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("3", 3.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("inf", math.inf),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Sun, 22 Nov 2026 10:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 10:00:30 -0000", 30.0),
        ("Sun, 22 Nov 2026 18:00:30 +0800", 30.0),
        ("Sun, 22 Nov 2026 09:59:00 GMT", 0.0),
        ("Sun, 99 Nov 2026 09:59:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


@given(st.text())
def test_any_retry_after_header_is_read_without_error(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(min_value=0, max_value=10**8))
def test_a_date_waits_until_that_date(seconds: int) -> None:
    header = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert parse_retry_after(header, NOW) == seconds


def test_what_the_endpoint_asks_for_takes_the_place_of_the_backoff() -> None:
    assert RetryPolicy(5, 120).wait_s(1, 0, 7.0) == 7.0


@given(st.integers(min_value=1, max_value=60))
def test_backoff_stays_between_nothing_and_its_doubling_limit(attempt: int) -> None:
    wait = RetryPolicy(100, 1e9).wait_s(attempt, 0, None)
    assert wait is not None
    assert 0 <= wait <= min(30, 2 ** (attempt - 1))


def test_backoff_differs_between_requests() -> None:
    assert len({RetryPolicy(5, 120).wait_s(4, 0, None) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("attempt", "waited_s", "retry_after_s", "wait_s"),
    [
        (4, 0.0, 1.0, 1.0),
        (5, 0.0, 1.0, None),  # the attempts are used up
        (1, 0.0, 120.0, 120.0),
        (1, 0.0, 121.0, None),  # more than the whole budget
        (2, 100.0, 30.0, None),  # more than what is left of it
        (1, 0.0, math.inf, None),
    ],
)
def test_waiting_ends_with_the_attempts_or_the_budget(
    attempt: int, waited_s: float, retry_after_s: float, wait_s: float | None
) -> None:
    assert RetryPolicy(5, 120).wait_s(attempt, waited_s, retry_after_s) == wait_s


def test_breaker_opens_after_twenty_failures_in_a_row() -> None:
    breaker = Breaker()
    for number in range(19):
        breaker.failed(f"fault {number}")
        assert breaker.refusal() is None
    breaker.failed("HTTP 503")
    refusal = breaker.refusal()
    assert refusal is not None
    assert refusal.cause == "not sent: endpoint failed 20 times in a row, last: HTTP 503"


def test_an_answer_starts_the_count_again() -> None:
    breaker = Breaker()
    for _ in range(19):
        breaker.failed("HTTP 503")
    breaker.succeeded()
    breaker.failed("HTTP 503")
    assert breaker.refusal() is None


def test_a_new_list_tries_an_open_breaker_with_one_more_failure() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.failed("HTTP 503")
    breaker.start()
    assert breaker.refusal() is None
    breaker.failed("HTTP 502")
    assert breaker.refusal() is not None
