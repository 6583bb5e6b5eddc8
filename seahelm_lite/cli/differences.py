"""Differences on parallel items, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_TO = {"dialect_gap": "the standard", "language_tax": "English"}
_SIDES = {"standard": "the standard", "english": "English"}


def difference_sentences(differences: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The headline metric of each difference as a sentence, in percentage points; the file has them all."""
    told = set()
    for entry in differences:
        which = (entry["kind"], entry["task"], entry["protocol"], entry["shots"])
        if which not in told:
            told.add(which)
            yield _sentence(entry)


def _sentence(entry: Mapping[str, Any]) -> str:
    against = f"against {entry['than']} ({_TO[entry['kind']]})"
    how = f"{entry['protocol']} {entry['metric']}"
    if entry["value"] is None:
        return f"{entry['task']} {against}: no difference in {how}, since {entry['reason']}"
    ci95 = entry["ci95"]
    notes = [how, f"no interval: {entry['reason']}"]
    if ci95 is not None:
        notes[1] = f"95 % interval {_points(ci95[0])} to {_points(ci95[1])}"
    lacking = (("n_only_task", "task"), ("n_only_than", "than"))
    notes += [f"{entry[count]} more only in {entry[side]}" for count, side in lacking if entry[count]]
    same = f"points {against} on the same {entry['n']} items"
    return f"{entry['task']}: {_points(entry['value'])} {same} ({', '.join(notes)})"


def missing_sides(tasks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What to run as well, for the tasks of a manifest whose other side was not asked."""
    asked = {task["task"] for task in tasks}
    lacking: dict[str, set[str]] = {}
    for task in tasks:
        for side, than in (task["card"].get("parallel") or {}).items():
            if than is not None and than not in asked:
                lacking.setdefault(_SIDES[side], set()).add(than)
    for side, names in lacking.items():
        yield f"no difference to {side}: it needs {', '.join(sorted(names))} in the same run (--task NAME)"


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"
