"""What a terminal says of judges: who judged, how far they are believed, and what people have to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SHOWN = 5
"""Replies named of those that wait for people."""


def judged_sentences(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A few sentences about each task that was judged."""
    for entry in entries:
        name = f"{entry['task']} {entry['protocol']}"
        judges = " and ".join(entry["judges"])
        if entry["validated"]:
            yield f"{name}: judged by {judges}{_share(entry['passed'])}"
        else:
            yield f"{name}: {entry['badge']}: {judges} in {entry['language']}, so that no score counts the verdicts"
        if entry["unparsed"]:
            yield f"{name}: {entry['unparsed']} of {entry['verdicts']} verdicts could not be read, asked twice"
        if waiting := entry["undecided"]:
            more = f" and {len(waiting) - _SHOWN} more" if len(waiting) > _SHOWN else ""
            yield f"{name}: {len(waiting)} replies are undecided, for people: {', '.join(waiting[:_SHOWN])}{more}"


def _share(passed: Mapping[str, Any]) -> str:
    best = passed.get("prediction_powered") or passed["corrected"]
    if best["value"] is None or best["ci95"] is None:
        return f", who pass {passed['observed']['value']:.1%}; what people would pass is unknown: {best['reason']}"
    lo, hi = best["ci95"]
    return f", who pass {passed['observed']['value']:.1%}; people would pass {best['value']:.1%} [{lo:.1%}, {hi:.1%}]"
