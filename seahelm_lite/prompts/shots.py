"""The examples that stand before every question of a task."""

from __future__ import annotations

import random
from collections.abc import Sequence

from seahelm_lite.errors import DataError
from seahelm_lite.records import Document, sha256_hex


def ordered_pool(pool: Sequence[Document], *, seed: int, task: str) -> list[Document]:
    """The whole pool in the order in which examples are taken from it.

    The order depends on the seed and the task alone, so that workers, `--limit` and resumed runs see the same
    examples, and K examples are the first K of K + 1.
    """
    drawn = list(pool)
    random.Random(int(sha256_hex(f"{seed}:{task}:shots"), 16)).shuffle(drawn)
    return drawn


def draw_shots(pool: Sequence[Document], count: int, *, seed: int, task: str) -> list[Document]:
    """The first `count` examples of the ordered pool.

    Raises:
        DataError: If the pool is too small.
    """
    if count > len(pool):
        have = f"has {len(pool)} examples, not {count}" if pool else "has no few-shot split to take examples from"
        raise DataError(have, where=task, remedy=f"Use --shots {len(pool)}{' or fewer' if pool else ''}.")
    return ordered_pool(pool, seed=seed, task=task)[:count]
