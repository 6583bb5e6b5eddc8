"""What becomes of answers when the options change places: robust accuracy, and how the choice goes with the place.

Over all cyclic orders of a document its right answer stands once in every place, and so does whatever option a model
prefers. A choice that goes by what options say therefore falls on every place equally often, right or wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seahelm_lite.prompts.words import language_words
from seahelm_lite.records import STATES, Document, JsonValue
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.scoring.scores import ScoredTask, numbers, rounded
from seahelm_lite.stats.intervals import Estimate, cluster_robust, has_no_spread, proportion
from seahelm_lite.stats.proportions import wilson


@dataclass(frozen=True)
class _Turned:
    """A document in all orders of its options."""

    document: Document
    answers: tuple[Answer, ...]
    """The first to the order of the task itself."""
    right: tuple[bool, ...]

    @property
    def choices(self) -> list[int] | None:
        """The places that were chosen; None where an order has no answer."""
        chosen = [answer.choice for answer in self.answers if answer.choice is not None]
        return chosen if len(chosen) == len(self.answers) else None


def rotation_scores(
    task: ScoredTask,
    answers: Sequence[Answer],
    orders: Sequence[tuple[ScoredTask, Sequence[Answer]]],
    told: Mapping[str, JsonValue],
) -> dict[str, JsonValue]:
    """The entry `rotations` of a score.

    Args:
        task: The task.
        answers: To its samples, of which the first time that a document was asked counts.
        orders: The same for every further order of the options.
        told: What the manifest says of the rotations.
    """
    turned = _turned(task, answers, orders)
    states: Counter[str] = Counter(answer.state for one in turned for answer in one.answers)
    reason = _reason(states, turned)
    known = [] if reason is not None else turned
    clusters = [one.document.cluster for one in known]
    robust = proportion([float(all(one.right)) for one in known], clusters)
    mean = proportion([float(np.mean(one.right)) for one in known], clusters)
    guesses = [len(one.answers) ** -len(one.answers) for one in known]
    return {
        "percent": told["percent"],
        "left_out": dict(told["left_out"]),
        "reason": reason,
        "counts": {state: states[state] for state in STATES},
        "robust_acc": {**_numbers(robust, reason), "chance": rounded(float(np.mean(guesses))) if known else None},
        "mean_acc": _numbers(mean, reason),
        "positions": list(_positions(known, language_words(task.card.words_language).letters)),
    }


def _turned(
    task: ScoredTask, answers: Sequence[Answer], orders: Sequence[tuple[ScoredTask, Sequence[Answer]]]
) -> list[_Turned]:
    """The documents that were asked in several orders, by id."""
    further: dict[str, list[tuple[Document, Answer]]] = {}
    for order, given in orders:
        for sample, answer in zip(order.samples, given, strict=True):
            further.setdefault(sample.document.id, []).append((sample.document, answer))
    turned = []
    for sample, answer in zip(task.samples, answers, strict=True):
        if sample.repeat == 0 and sample.document.id in further:
            asked = [(sample.document, answer), *further[sample.document.id]]
            right = tuple(answer.choice == int(document.fields["answer"]) for document, answer in asked)
            turned.append(_Turned(sample.document, tuple(answer for _, answer in asked), right))
    return sorted(turned, key=lambda one: one.document.id)


def _reason(states: Counter[str], turned: Sequence[_Turned]) -> str | None:
    """Why there are no numbers."""
    if states["error"]:
        told = f"{states['error']} of {states.total()} answers to documents in every order ended in error"
        return f"{told}, which is never an answer; resume the run"
    return None if turned else "no document has options that can change places"


def _numbers(estimate: Estimate, reason: str | None) -> dict[str, JsonValue]:
    return numbers(estimate if reason is None else replace(estimate, reason=reason))


def _positions(turned: Sequence[_Turned], letters: Sequence[str]) -> Iterator[dict[str, Any]]:
    """How much oftener than the right answer stands there each place is chosen, with intervals that hold together."""
    known = [(one, chosen) for one in turned if (chosen := one.choices) is not None]
    places = max((len(chosen) for _, chosen in known), default=0)
    for place in range(places):
        having = [(one.document.cluster, chosen) for one, chosen in known if len(chosen) > place]
        shares = [chosen.count(place) / len(chosen) for _, chosen in having]
        keys = [1 / len(chosen) for _, chosen in having]
        excess = _excess(shares, keys, [cluster for cluster, _ in having], level=1 - 0.05 / places)
        told = numbers(excess)
        told["ci95_joint"] = told.pop("ci95")
        yield {"letter": letters[place], "chosen": rounded(float(np.mean(shares))), **told}


def _excess(shares: Sequence[float], keys: Sequence[float], clusters: Sequence[str], *, level: float) -> Estimate:
    """The mean share of a place less that of the right answer.

    Where all documents have the same, as in a model that always takes one place, the standard error is none, and the
    interval is Wilson's with the clusters as trials if that share is nought or one.
    """
    told = cluster_robust([share - key for share, key in zip(shares, keys, strict=True)], clusters, level=level)
    if not has_no_spread(told.se):
        return told
    reason = "every document has the same, which says nothing of the uncertainty"
    lo, hi, method = None, None, told.method
    if set(shares) <= {0.0, 1.0}:
        key = float(np.mean(keys))
        lo, hi = (bound - key for bound in wilson(shares[0] * told.n_clusters, told.n_clusters, level=level))
        method, reason = "wilson-clusters", f"{reason}: Wilson's interval on the clusters"
    return Estimate(told.value, None, None, lo, hi, method, told.n, told.n_clusters, reason)
