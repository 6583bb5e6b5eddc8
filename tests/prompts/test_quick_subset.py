"""The subset that is registered for `--quick`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seahelm_lite.catalog.quick import DOCUMENTS
from seahelm_lite.prompts.subset import quick_subset
from seahelm_lite.records import Document


def _documents(*strata: int, items: bool = False) -> list[Document]:
    """Documents of strata of these sizes, mixed."""
    labels = [str(stratum) for stratum, size in enumerate(strata) for _ in range(size)]
    random.Random(0).shuffle(labels)
    return [
        Document(f"rows.jsonl#{n}", {}, cluster=str(n), stratum=label, item=f"item {n}" if items else None)
        for n, label in enumerate(labels)
    ]


def _ids(documents: Sequence[Document]) -> set[str]:
    return {document.id for document in documents}


@pytest.mark.parametrize("number", [1, DOCUMENTS])
def test_a_task_that_is_not_larger_is_taken_whole(number: int) -> None:
    documents = _documents(number)
    assert quick_subset(documents, task="a") == documents


STRATA = st.lists(st.integers(1, 300), min_size=1, max_size=8).filter(lambda sizes: sum(sizes) > DOCUMENTS)


@settings(deadline=None, max_examples=30)
@given(STRATA, st.text("ab", min_size=1, max_size=3), st.randoms())
def test_every_stratum_has_its_share_to_the_document_and_the_order_of_the_source_changes_nothing(
    strata: list[int], rule: str, chance: random.Random
) -> None:
    documents = _documents(*strata)
    subset = quick_subset(documents, task="a", rule=rule)
    assert len(subset) == DOCUMENTS
    assert [documents.index(one) for one in subset] == sorted(documents.index(one) for one in subset)
    counts = Counter(document.stratum for document in subset)
    for stratum, size in enumerate(strata):
        assert abs(counts[str(stratum)] - DOCUMENTS * size / len(documents)) < 1
    chance.shuffle(documents)
    assert _ids(quick_subset(documents, task="a", rule=rule)) == _ids(subset)


def test_the_mean_over_all_draws_is_that_of_the_whole_task_where_strata_are_too_small_for_a_whole_document() -> None:
    # Ten strata of one document, of which 250/510 is a whole one's share, score 1; the large one scores 0.
    documents = _documents(500, *[1] * 10)
    scores = {one.id: float(one.stratum != "0") for one in documents}
    means = [
        np.mean([scores[one.id] for one in quick_subset(documents, task="a", rule=str(draw))]) for draw in range(300)
    ]
    whole = np.mean(list(scores.values()))
    assert abs(np.mean(means) - whole) < 4 * np.std(means, ddof=1) / np.sqrt(len(means))
    # Rounded to the nearest, all of the small strata or none of them would be left out, in every draw alike.
    assert np.std(means) > 0


def test_documents_that_are_only_right_together_stay_together() -> None:
    documents = [
        Document(f"rows.jsonl#{n}", {}, cluster=str(n // 2), stratum=str(n % 6 // 2), pair=f"pair {n // 2}")
        for n in range(1140)
    ]
    subset = quick_subset(documents, task="a")
    assert len(subset) == DOCUMENTS
    assert set(Counter(document.pair for document in subset).values()) == {2}


def test_tasks_with_the_same_items_draw_the_same_ones_and_others_do_not() -> None:
    ms, th = (_documents(300, 300, items=True) for _ in range(2))
    assert _ids(quick_subset(ms, task="x_ms")) == _ids(quick_subset(th, task="x_th"))
    alone = _documents(600)
    assert _ids(quick_subset(alone, task="a")) != _ids(quick_subset(alone, task="b"))
