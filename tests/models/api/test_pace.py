from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.catalog.access import Limits
from seahelm_lite.models.api.pace import Gate, Meter, Window
from seahelm_lite.models.api.transport import run_pool


def answer_round(window: Window, latency_s: float = 0.1) -> None:
    """As many answers as can be in flight, and eight at least."""
    tickets = [window.ticket() for _ in range(max(window.size, 8))]
    for ticket in tickets:
        window.answered(ticket, latency_s)


def sizes(window: Window, rounds: int, latency_s: float = 0.1) -> list[int]:
    seen = []
    for _ in range(rounds):
        answer_round(window, latency_s)
        seen.append(window.size)
    return seen


@pytest.mark.parametrize(("most", "start"), [(1, 1), (10, 10), (64, 16)])
def test_a_window_begins_small_and_never_above_what_is_allowed(most: int, start: int) -> None:
    assert Window(most).size == start


def test_a_window_doubles_while_latency_holds_up_to_what_is_allowed() -> None:
    assert sizes(Window(100), 5) == [32, 64, 100, 100, 100]


def test_a_window_stays_where_answers_take_longer_than_twice_as_long() -> None:
    window = Window(100)
    answer_round(window, 0.1)
    assert sizes(window, 5, latency_s=0.25) == [32] * 5
    answer_round(window, 0.15)
    assert window.size == 64


def test_answers_that_are_longer_from_some_task_on_let_the_window_grow_again_in_the_end() -> None:
    window = Window(64)
    answer_round(window, 0.1)
    assert sizes(window, 40, latency_s=1.0)[-1] == 64


def test_a_refusal_halves_the_window_and_those_sent_together_with_it_do_not_halve_it_again() -> None:
    window = Window(16)
    tickets = [window.ticket() for _ in range(16)]
    for ticket in tickets:
        window.refused(ticket)
    assert window.size == 8
    window.refused(window.ticket())
    assert window.size == 4


def test_a_window_is_never_closed() -> None:
    window = Window(8)
    for _ in range(10):
        window.refused(window.ticket())
    assert window.size == 1


def test_after_a_refusal_the_window_nearly_regrows_at_once_and_then_by_one_each_round() -> None:
    window = Window(64)
    assert sizes(window, 2) == [32, 64]
    window.refused(window.ticket())
    assert window.size == 32
    answer_round(window)
    answer_round(window)
    assert window.size == 58  # nine tenths of 64
    assert sizes(window, 3) == [59, 60, 61]


@given(st.integers(1, 80), st.lists(st.one_of(st.none(), st.floats(0.001, 100)), max_size=300))
def test_whatever_comes_back_the_window_stays_within_its_bounds(most: int, outcomes: list[float | None]) -> None:
    window = Window(most)
    for latency_s in outcomes:
        ticket = window.ticket()
        if latency_s is None:
            window.refused(ticket)
        else:
            window.answered(ticket, latency_s)
        assert 1 <= window.size <= most


def send_times(limits: Limits, count: int, *, size: int = 300, tokens: int | None = None) -> list[float]:
    """When each of some requests is sent, if each is sent as soon as it may be."""
    meter, now, times = Meter(limits), 1000.0, []
    for _ in range(count):
        now += max(0.0, meter.wait_s(now))
        estimate = meter.send(now, size)
        times.append(now)
        if tokens is not None:
            meter.count(estimate, tokens)
    return times


@pytest.mark.parametrize(
    ("limits", "apart_s"),
    [
        (Limits(), 0.0),
        (Limits(rpm=10), 6.0),
        (Limits(rps=5), 0.2),
        (Limits(rps=5, rpm=200), 0.3),  # 200 a minute are fewer than 5 a second
        (Limits(rps=2, rpm=200), 0.5),
    ],
)
def test_requests_are_spread_evenly_over_the_minute(limits: Limits, apart_s: float) -> None:
    times = send_times(limits, 30)
    assert [later - sooner for sooner, later in pairwise(times)] == pytest.approx([apart_s] * 29)


@pytest.mark.parametrize("tokens", [10, 100, 5000])
def test_tokens_a_minute_are_kept_by_what_requests_really_take(tokens: int) -> None:
    times = send_times(Limits(tpm=6000), 200, tokens=tokens)
    assert 200 * tokens / (times[-1] - times[0]) == pytest.approx(6000 / 60, rel=0.02)


def test_before_any_usage_is_known_a_token_is_three_bytes() -> None:
    first, second = send_times(Limits(tpm=60), 2, size=30)
    assert second - first == pytest.approx(10)


def test_nothing_is_sent_while_the_endpoint_asked_to_wait() -> None:
    meter = Meter(Limits())
    meter.hold(1007.0)
    meter.hold(1005.0)
    assert meter.wait_s(1000.0) == 7.0
    assert meter.wait_s(1007.0) <= 0


def test_a_gate_lets_through_as_many_as_the_window_and_in_their_order() -> None:
    window, order, peak, inside = Window(4), [], 0, 0
    gate: Gate

    async def pass_through(number: int) -> None:
        nonlocal peak, inside
        ticket = await gate.enter(10)
        order.append(number)
        inside += 1
        peak = max(peak, inside)
        await asyncio.sleep(0)
        if number == 10:
            window.refused(ticket)
        inside -= 1
        gate.leave()

    async def all_of_them() -> None:
        nonlocal gate
        gate = Gate(window, Meter(Limits()))
        await run_pool(range(50), pass_through, 50)

    asyncio.run(all_of_them())
    assert order == list(range(50))
    assert peak == 4
    assert window.size == 2


def test_requests_that_were_given_up_while_they_waited_leave_room_for_others() -> None:
    async def interrupted() -> list[bool]:
        gate = Gate(Window(1), Meter(Limits()))
        await gate.enter(10)
        waiting = [asyncio.create_task(gate.enter(10)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        gate.leave()
        await asyncio.sleep(0)
        done = [task.done() for task in waiting]
        waiting[2].cancel()
        return done

    assert asyncio.run(interrupted()) == [True, True, False]
