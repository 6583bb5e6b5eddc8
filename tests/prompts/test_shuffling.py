from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.prompts.shuffling import other_orders, whole_item
from seahelm_lite.records import Document
from tests.small_task import SmallTask, row


def document(options: Sequence[str], name: str = "d#0") -> Document:
    fields = {"language": "ms", "question": "Soalan?", "options": list(options), "answer": 0}
    return Document(name, fields, cluster=name)


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=6), st.integers(0, 6))
def test_orders_differ_from_the_published_one_and_from_each_other_and_there_are_as_many_as_can_be(
    options: list[str], count: int
) -> None:
    orders = other_orders(document(options), count, seed=0, task="t")
    assert len(orders) == min(count, len(set(permutations(options))) - 1)
    assert len({tuple(options), *orders}) == 1 + len(orders)
    assert all(Counter(order) == Counter(options) for order in orders)


def test_every_order_is_as_likely_to_be_drawn() -> None:
    drawn = Counter(other_orders(document("abc", f"d#{n}"), 1, seed=0, task="t")[0] for n in range(3000))
    assert len(drawn) == math.factorial(3) - 1
    assert all(count == pytest.approx(600, abs=4 * math.sqrt(600)) for count in drawn.values())


def test_orders_hang_on_seed_task_and_document_alone() -> None:
    asked = [(0, "t", "d#0"), (1, "t", "d#0"), (0, "u", "d#0"), (0, "t", "d#1")]
    drawn = [other_orders(document("abcdef", name), 4, seed=seed, task=task) for seed, task, name in asked]
    assert all(drawn[0] != other for other in drawn[1:])
    assert drawn[0] == other_orders(document("abcdef"), 4, seed=0, task="t")
    assert other_orders(document("abcdef"), 2, seed=0, task="t") == drawn[0][:2]


def test_an_item_is_written_as_letters_are_asked_without_the_place_of_the_answer(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, [row(1, ("satu", "dua", "tiga"), 2)])
    (item,) = task.documents().test
    assert whole_item(task.card)(item, ("tiga", "satu", "dua")) == (
        "Soalan: Soalan 1?", "\nA. tiga\nB. satu\nC. dua\n"
    )  # fmt: skip
