from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seahelm_lite.prompts.subset import limited
from seahelm_lite.records import Document


def _documents(*strata: int) -> list[Document]:
    """Documents of strata of these sizes, mixed."""
    labels = [str(stratum) for stratum, size in enumerate(strata) for _ in range(size)]
    random.Random(0).shuffle(labels)
    return [Document(f"rows.jsonl#{n}", {}, cluster=str(n), stratum=label) for n, label in enumerate(labels)]


STRATA = st.lists(st.integers(1, 30), min_size=1, max_size=5)


@settings(deadline=None)
@given(STRATA, st.integers(0, 99), st.data())
def test_the_documents_of_a_smaller_limit_are_among_those_of_a_larger(
    strata: list[int], seed: int, data: st.DataObject
) -> None:
    documents = _documents(*strata)
    small = data.draw(st.integers(1, len(documents)))
    large = data.draw(st.integers(small, len(documents)))
    fewer = limited(documents, small, seed=seed, task="a")
    more = limited(documents, large, seed=seed, task="a")
    assert {document.id for document in fewer} <= {document.id for document in more}
    assert (len(fewer), len(more)) == (small, large)


@settings(deadline=None)
@given(STRATA, st.integers(0, 99), st.data())
def test_every_stratum_has_its_share(strata: list[int], seed: int, data: st.DataObject) -> None:
    documents = _documents(*strata)
    limit = data.draw(st.integers(1, len(documents)))
    counts = Counter(document.stratum for document in limited(documents, limit, seed=seed, task="a"))
    for stratum, size in enumerate(strata):
        assert abs(counts[str(stratum)] - limit * size / len(documents)) <= (1 + len(strata)) / 2


def test_strata_of_equal_size_give_equally_many() -> None:
    chosen = limited(_documents(20, 20, 20), 12, seed=0, task="a")
    assert Counter(document.stratum for document in chosen) == {"0": 4, "1": 4, "2": 4}


@settings(deadline=None)
@given(STRATA, st.integers(0, 99), st.integers(1, 40))
def test_a_subset_is_in_source_order(strata: list[int], seed: int, limit: int) -> None:
    documents = _documents(*strata)
    places = [documents.index(document) for document in limited(documents, limit, seed=seed, task="a")]
    assert places == sorted(places)


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(1, 30), st.randoms())
def test_the_order_of_the_source_does_not_change_what_is_drawn(seed: int, limit: int, chance: random.Random) -> None:
    documents = _documents(10, 17, 3)
    shuffled = documents.copy()
    chance.shuffle(shuffled)
    first = limited(documents, limit, seed=seed, task="a")
    assert {d.id for d in limited(shuffled, limit, seed=seed, task="a")} == {d.id for d in first}


@pytest.mark.parametrize("limit", [None, 30, 31])
def test_no_limit_or_a_large_one_takes_all_documents(limit: int | None) -> None:
    documents = _documents(10, 20)
    assert limited(documents, limit, seed=0, task="a") == documents


def test_seed_and_task_draw_differently_and_no_draw_is_the_head() -> None:
    documents = _documents(60)
    draws = [limited(documents, 10, seed=seed, task=task) for seed, task in [(0, "a"), (1, "a"), (0, "b")]]
    assert len({tuple(document.id for document in draw) for draw in draws}) == 3
    assert all(draw != documents[:10] for draw in draws)


@pytest.mark.parametrize("limit", [2, 6, 10])
def test_items_that_belong_together_are_drawn_together_and_alike_in_every_task(limit: int) -> None:
    documents = [
        Document(f"rows.jsonl#{n}", {}, cluster="", stratum="", item=f"{n // 2}-{n % 2}", pair=str(n // 2))
        for n in range(20)
    ]
    drawn = [limited(documents, limit, seed=0, task=task) for task in ("local", "english")]
    assert drawn[0] == drawn[1]
    assert set(Counter(document.pair for document in drawn[0]).values()) == {2}
