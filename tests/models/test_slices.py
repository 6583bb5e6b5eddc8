from __future__ import annotations

import pytest

from seahelm_lite.errors import ModelError
from seahelm_lite.models.slices import Slices, slice_size
from seahelm_lite.records import Request

REQUESTS = [Request(kind="generate", params={"max_tokens": 4}, context=f"question {n}") for n in range(10)]


def test_bounds_stay_where_they_are_when_some_have_been_answered() -> None:
    slices = Slices(4)
    assert slices.plan(REQUESTS).units == ((0, 1, 2, 3), (4, 5, 6, 7), (8, 9))
    left = [REQUESTS[index] for index in (2, 3, 5, 9)]
    assert slices.of(left) == [[0, 1], [2], [3]]


def test_a_list_that_was_never_planned_is_the_whole() -> None:
    assert Slices(4).of(REQUESTS[3:9]) == [[0, 1, 2, 3], [4, 5]]


@pytest.mark.parametrize(
    ("kind", "arguments", "size"),
    [
        ("vllm", {}, 1024),
        ("sglang", {"batch_size": "auto"}, 1024),
        ("vllm", {"batch_size": "256"}, 256),
        ("vllm", {"data_parallel_size": "8"}, 16384),
        ("hf", {"batch_size": "16"}, None),
    ],
)
def test_batch_size_is_how_much_an_engine_is_handed(kind: str, arguments: dict[str, str], size: int | None) -> None:
    assert slice_size(kind, arguments, where="") == size


@pytest.mark.parametrize("given", ["0", "-1", "many", "2.5", ""])
def test_a_batch_size_that_is_no_size_is_refused(given: str) -> None:
    with pytest.raises(ModelError, match="batch_size is a number from 1 up"):
        slice_size("vllm", {"batch_size": given}, where="lmeval:vllm")
