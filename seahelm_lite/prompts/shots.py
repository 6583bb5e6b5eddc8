"""The examples that stand before every question of a task."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from seahelm_lite.errors import DataError
from seahelm_lite.records import Document, sha256_hex


def ordered_pool(pool: Sequence[Document], *, seed: int, task: str) -> list[Document]:
    """The whole pool in the order in which examples are taken from it.

    The order depends on the seed and the task alone, so that workers, `--limit` and resumed runs see the same
    examples, and K examples are the first K of K + 1.
    """
    return _shuffled(pool, f"{seed}:{task}:shots")


def draw_shots(pool: Sequence[Document], count: int, *, seed: int, task: str) -> list[Document]:
    """The first `count` examples of the ordered pool.

    Raises:
        DataError: If the pool is too small.
    """
    if count > len(pool):
        have = f"has {len(pool)} examples, not {count}" if pool else "has no few-shot split to take examples from"
        raise DataError(have, where=task, remedy=f"Use --shots {len(pool)}{' or fewer' if pool else ''}.")
    return ordered_pool(pool, seed=seed, task=task)[:count]


def _shuffled(pool: Sequence[Document], key: str) -> list[Document]:
    drawn = list(pool)
    random.Random(int(sha256_hex(key), 16)).shuffle(drawn)
    return drawn


def other_draws(pool: Sequence[Document], count: int, number: int, *, seed: int, task: str) -> list[list[Document]]:
    """Further draws of `count` examples, each different in examples or order from the first and from one another.

    Args:
        pool: Where examples come from; at least `count`.
        count: Examples of a draw.
        number: Of further draws. Fewer draws are the first of more.
        seed: The run's seed.
        task: The task's name.

    Raises:
        DataError: If the pool does not have so many.
    """
    possible = math.perm(len(pool), count)
    if possible <= number:
        raise DataError(
            f"has {len(pool)} examples, from which {possible} draws of {count} can be made, not {number + 1}",
            where=task,
            remedy=f"Use --shot-seeds {possible} or fewer." if possible > 1 else "Leave --shot-seeds out.",
        )
    draws = [draw_shots(pool, count, seed=seed, task=task)]
    attempt = 0
    while len(draws) <= number:
        attempt += 1
        drawn = _shuffled(pool, f"{seed}:{task}:shots:{attempt}")[:count]
        if drawn not in draws:
            draws.append(drawn)
    return draws[1:]
