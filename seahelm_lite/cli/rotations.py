"""What documents in every order of their options say, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

_LEFT_OUT = {
    "about_options": "speak of other options",
    "ordered_numbers": "are numbers in order",
    "labels": "are labels that stand under many questions",
}


def rotation_sentences(scores: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Two sentences for each task of which documents were asked in every order of their options."""
    for score in scores:
        rotations = score.get("rotations")
        if rotations is None:
            continue
        task = f"{score['task']} in every order of its options"
        if rotations["reason"] is not None:
            yield f"{task}: {rotations['reason']}{left_out(rotations['left_out'])}"
            continue
        yield f"{task}: {_accuracies(rotations)}{left_out(rotations['left_out'])}"
        yield f"{task}: {_places(rotations)}"


def _accuracies(rotations: Mapping[str, Any]) -> str:
    robust, mean = rotations["robust_acc"], rotations["mean_acc"]
    always = f"{100 * robust['value']:.1f} % are always right ({_interval(robust['ci95'], _percent)})"
    return f"{robust['n']} documents, right in {100 * mean['value']:.1f} % of the orders; {always}"


def left_out(counts: Mapping[str, int]) -> str:
    """How many documents have options that cannot change places, as the end of a sentence; empty where none have."""
    if not counts:
        return ""
    told = ", ".join(f"{count} whose options {_LEFT_OUT[reason]}" for reason, count in counts.items())
    return f"; left out: {told}"


def _places(rotations: Mapping[str, Any]) -> str:
    """The place that is chosen too often, or too seldom, by the most, with an interval that holds for all places."""
    places = rotations["positions"]
    if not places:
        return "no document has an answer in every order, so nothing is known of a liking for letters"
    most = max(places, key=lambda place: abs(place["value"]))
    lean = ", ".join(f"{place['letter']} {_points(place['value'])}" for place in places)
    told = f"{most['letter']}: {_interval(most['ci95_joint'], _points)} for all letters together"
    return f"letters chosen oftener than the right answer stands there, in points: {lean} ({told}; n = {most['n']})"


def _interval(bounds: Sequence[float] | None, written: Callable[[float], str]) -> str:
    return "no interval" if bounds is None else f"95 % interval {written(bounds[0])} to {written(bounds[1])}"


def _percent(value: float) -> str:
    return f"{100 * min(max(value, 0.0), 1.0):.1f}"


def _points(value: float) -> str:
    # Adding nought turns a negative nought into nought.
    return f"{round(100 * value, 1) + 0.0:+.1f}"
