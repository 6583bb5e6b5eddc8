from __future__ import annotations

import pytest

from seahelm_lite.models.packed.sizes import LEAST, MOST, largest_pack

GIB = 1 << 30
LLAMA_8B = {"vocabulary": 128_256, "width": 16_384, "number_bytes": 2}


@pytest.mark.parametrize(
    ("free", "expected"),
    [(120 * GIB, MOST), (7 * GIB, MOST), (4 * GIB, MOST // 2), (GIB, MOST // 8), (1, LEAST)],
)
def test_a_pass_of_the_size_chosen_takes_half_of_the_free_memory_or_is_the_least(free: int, expected: int) -> None:
    assert largest_pack(free, **LLAMA_8B) == expected


@pytest.mark.parametrize("change", [{"vocabulary": 512_000}, {"number_bytes": 4}, {"width": 65_536}])
def test_what_takes_more_memory_makes_smaller_packs(change: dict[str, int]) -> None:
    assert largest_pack(7 * GIB, **{**LLAMA_8B, **change}) < largest_pack(7 * GIB, **LLAMA_8B)
