"""What a score's standard error is of, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_OF = {"items": "documents", "runs": "repeated runs", "draws": "draws of examples"}


def variance_sentences(scores: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A sentence for each score whose task was asked several times."""
    for score in scores:
        variance = score.get("variance")
        if variance is None:
            continue
        name, total = f"{score['task']} {score['metric']}", variance["total"]
        if total["se"] is None:
            yield f"{name}: no standard error: {total['reason']}"
            continue
        parts = [
            f"{_points(variance[source])} of {told}"
            if variance[source]["reason"] is None
            # Its reason says what is missing, which a nought would hide.
            else f"that of {told} is not known ({variance[source]['reason']})"
            for source, told in _OF.items()
        ]
        extra = "" if variance["draws"]["se"] is None else "; the interval is without that of the draws"
        yield f"{name}: standard error {_points(total)} points: {', '.join(parts)}{extra}"


def _points(source: Mapping[str, Any]) -> str:
    return f"{100 * source['se']:.2f}"
