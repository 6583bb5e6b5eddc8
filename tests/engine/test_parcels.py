from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.engine.executors.parcels import ATTEMPTS, Parcel, Parcels


def _all(parcels: Parcels) -> list[Parcel]:
    taken = []
    while (parcel := parcels.take(in_hand=0)) is not None:
        taken.append(parcel)
    return taken


@given(st.lists(st.integers(1, 60), max_size=60), st.integers(1, 5))
def test_every_unit_is_sent_once_and_whole(sizes: list[int], actors: int) -> None:
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    units = [tuple(range(start, start + size)) for start, size in zip(starts, sizes, strict=True)]
    parcels = Parcels(units, actors)
    taken = _all(parcels)
    assert [unit for parcel in taken for unit in parcel.units] == units
    assert parcels.done == (not units)
    for _ in taken:
        parcels.settle()
    assert parcels.done


def test_many_small_units_travel_together_and_a_few_do_not_wait_for_each_other() -> None:
    small = [(number,) for number in range(24_000)]
    assert len(_all(Parcels(small, actors=2))) == 750
    assert len(_all(Parcels(small[:16], actors=2))) == 16


def test_an_actor_has_one_in_hand_and_the_next_but_nothing_beside_what_another_was_lost_over() -> None:
    parcels = Parcels([(0,), (1,), (2,)], actors=1)
    first, second = parcels.take(in_hand=0), parcels.take(in_hand=1)
    assert first is not None
    assert second is not None
    assert parcels.take(in_hand=2) is None
    assert parcels.give_back(first)
    assert parcels.take(in_hand=1) == Parcel(((2,),))
    assert parcels.take(in_hand=1) is None
    assert parcels.take(in_hand=0) == Parcel(((0,),), attempts=1)


def test_what_came_back_is_sent_again_last_and_in_single_units_until_it_is_given_up() -> None:
    parcels = Parcels([(number,) for number in range(1_000)], actors=1)
    first = parcels.take(in_hand=0)
    assert first is not None
    assert len(first.units) > 1
    assert parcels.give_back(first)
    others = _all(parcels)
    again = others[-len(first.units) :]
    assert [parcel.units for parcel in again] == [(unit,) for unit in first.units]
    assert parcels.give_back(again[0])
    last = parcels.take(in_hand=0)
    assert last is not None
    assert last.attempts == ATTEMPTS - 1
    assert not parcels.give_back(last)
    for _ in others:
        assert not parcels.done
        parcels.settle()
    assert parcels.done
