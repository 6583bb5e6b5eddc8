"""What a quick subset costs in precision, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def quick_facts(tasks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The numbers of each task that was asked in its quick subset.

    Args:
        tasks: The entries of a manifest.
    """
    return [quick_fact(one["task"], one["card"]["metrics"][0], one["quick"]) for one in tasks if one.get("quick")]


def quick_fact(task: str, metric: str, quick: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of one task.

    Args:
        task: Its name.
        metric: Its headline metric.
        quick: What a manifest says of its subset.
    """
    from seahelm_lite.scoring.detectable import detectable_difference, times_as_wide

    asked, whole = (
        [int(size) for size, count in quick["clusters"][name].items() for _ in range(count)]
        for name in ("asked", "whole")
    )
    return {
        "task": task,
        "id": quick["id"],
        "documents": sum(asked),
        "n_total": sum(whole),
        "registered": quick["registered"],
        "times_as_wide": times_as_wide(metric, asked, whole),
        "detectable": detectable_difference(metric, asked),
        "detectable_whole": detectable_difference(metric, whole),
    }


def quick_sentences(facts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One sentence a task, for the terminal."""
    for one in facts:
        yield (
            f"{one['task']}: {one['documents']} of {one['n_total']} documents ({one['id']}): "
            f"{loss_of_precision(one['times_as_wide'], one['detectable'], one['detectable_whole'])}"
        )


def loss_of_precision(times_as_wide: float | None, detectable: float | None, whole: float | None) -> str:
    """How much less a subset says than the whole task.

    Args:
        times_as_wide: How many times as wide its intervals are.
        detectable: The difference that two models must have for it to tell them apart, a fraction.
        whole: The same of the whole task.
    """
    if times_as_wide is None:
        return "too few groups of documents for an interval"
    wide = f"intervals about {times_as_wide:.1f} times as wide as on the whole task"
    if detectable is None or whole is None:
        return f"{wide}; too few groups of documents to tell any two models apart"
    return (
        f"{wide}; two models must differ by about {100 * detectable:.1f} points to be told apart, not {100 * whole:.1f}"
    )
