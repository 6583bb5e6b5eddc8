from __future__ import annotations

from collections import Counter
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seahelm_lite.errors import DataError
from seahelm_lite.prompts.shots import draw_shots, ordered_pool, other_draws
from seahelm_lite.records import Document


def _pool(size: int) -> list[Document]:
    return [Document(f"shots.jsonl#{n}", {"question": str(n)}, cluster=str(n)) for n in range(size)]


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(0, 99), st.sampled_from(["a", "b"]))
def test_k_examples_are_the_first_k_of_one_more(size: int, seed: int, task: str) -> None:
    pool = _pool(size)
    draws = [draw_shots(pool, count, seed=seed, task=task) for count in range(size + 1)]
    for fewer, more in pairwise(draws):
        assert more[:-1] == fewer


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(0, 99))
def test_the_ordered_pool_has_every_example_once(size: int, seed: int) -> None:
    pool = _pool(size)
    assert Counter(shot.id for shot in ordered_pool(pool, seed=seed, task="a")) == Counter(shot.id for shot in pool)


def test_seed_and_task_decide_the_order_and_nothing_else_does() -> None:
    pool = _pool(12)
    first = ordered_pool(pool, seed=0, task="a")
    assert ordered_pool(tuple(pool), seed=0, task="a") == first
    assert ordered_pool(pool, seed=1, task="a") != first
    assert ordered_pool(pool, seed=0, task="b") != first


def test_the_order_is_the_same_on_every_machine() -> None:
    assert [shot.fields["question"] for shot in ordered_pool(_pool(8), seed=0, task="small")] == list("06543271")


def test_drawing_leaves_the_pool_as_it_is() -> None:
    pool = _pool(12)
    draw_shots(pool, 5, seed=3, task="a")
    assert pool == _pool(12)


@pytest.mark.parametrize(
    ("size", "what", "remedy"),
    [
        (2, "has 2 examples, not 3", "Use --shots 2 or fewer."),
        (0, "has no few-shot split to take examples from", "Use --shots 0."),
    ],
)
def test_more_examples_than_there_are_cannot_be_drawn(size: int, what: str, remedy: str) -> None:
    with pytest.raises(DataError) as caught:
        draw_shots(_pool(size), 3, seed=0, task="a")
    assert (caught.value.where, caught.value.what, caught.value.remedy) == ("a", what, remedy)


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 9))
def test_draws_differ_from_the_first_and_from_one_another_until_there_are_no_more(
    size: int, count: int, seed: int
) -> None:
    pool = _pool(max(size, count))
    possible = len(list(permutations(pool, count)))
    if possible > 1:
        draws = [
            draw_shots(pool, count, seed=seed, task="a"),
            *other_draws(pool, count, possible - 1, seed=seed, task="a"),
        ]
        assert {tuple(shot.id for shot in draw) for draw in draws} == {
            tuple(shot.id for shot in draw) for draw in permutations(pool, count)
        }
    with pytest.raises(DataError, match=f"from which {possible} draws of {count} can be made, not {possible + 1}"):
        other_draws(pool, count, possible, seed=seed, task="a")


def test_fewer_draws_are_the_first_of_more_and_others_under_another_seed() -> None:
    pool = _pool(12)
    more = other_draws(pool, 5, 4, seed=0, task="a")
    assert other_draws(pool, 5, 2, seed=0, task="a") == more[:2]
    assert other_draws(pool, 5, 4, seed=1, task="a") != more
    assert other_draws(pool, 5, 4, seed=0, task="b") != more
