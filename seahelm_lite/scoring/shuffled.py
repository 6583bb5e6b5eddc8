"""How much likelier a model finds items as published than with their options shuffled.

The number is shown beside a score and never changes it: options may stand in the order they do for a reason, and a
model may know that reason without having met the items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from seahelm_lite.records import Failure, JsonValue, Response, Sample
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.scoring.scores import numbers, rounded
from seahelm_lite.stats.exchangeability import gap_to_shuffled

SHUFFLED = "shuffled"
"""What is varied where options are shuffled: documents are read then, and nothing is answered."""


@dataclass(frozen=True)
class ShuffledScores:
    """What became of the documents that were read in several orders, in the order of the samples."""

    answers: list[Answer]
    values: list[float | None]
    """Of each document: its log-likelihood as published less the mean of its other orders, in nats."""
    told: dict[str, JsonValue]
    """The entry `shuffled` of a score."""


def shuffled_scores(samples: Sequence[Sample], told: Mapping[str, JsonValue]) -> ShuffledScores:
    """Compare each document as published with its other orders.

    Args:
        samples: One for each document, the first outcome that of the published order.
        told: What the manifest says of them.
    """
    read = [_likelihoods(sample) for sample in samples]
    answers = [
        Answer("error", note=_fault(sample)) if values is None else Answer("scored")
        for sample, values in zip(samples, read, strict=True)
    ]
    counts: Counter[str] = Counter(answer.state for answer in answers)
    reason = None if samples else "no document has options that can change places"
    if errors := counts["error"]:
        reason = f"{errors} of {len(samples)} documents were not read in every order; resume the run"
    known = [] if reason is not None else [values for values in read if values is not None]
    clusters = [sample.document.cluster for sample in samples] if known else []
    gap = gap_to_shuffled([own for own, *_ in known], [others for _, *others in known], clusters)
    return ShuffledScores(
        answers,
        [None if values is None else values[0] - sum(values[1:]) / len(values[1:]) for values in read],
        {
            "orders": told["orders"],
            "left_out": dict(told["left_out"]),
            "counts": {"scored": counts["scored"], "error": counts["error"]},
            **numbers(gap.mean if reason is None else replace(gap.mean, reason=reason)),
            "p": rounded(gap.p),
            "likeliest": rounded(gap.likeliest),
            "likeliest_chance": rounded(gap.chance),
        },
    )


def _likelihoods(sample: Sample) -> list[float] | None:
    """Of the published order, then of the others; None where one is missing."""
    found = [o.loglikelihood for o in sample.outcomes if isinstance(o, Response) and o.loglikelihood is not None]
    return found if len(found) == len(sample.outcomes) else None


def _fault(sample: Sample) -> str:
    causes = [outcome.cause for outcome in sample.outcomes if isinstance(outcome, Failure)]
    return causes[0] if causes else "a reply holds no log-likelihood"
