"""Tasks whose makers keep the right answers to themselves: what was answered is counted, and never scored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.records import Document, Sample
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.stats.intervals import Estimate

WITHHELD = "the right answers are withheld by the makers of the task"
"""Why such a task has no score."""


class WithheldTable:
    """The answers of such a task, one row per document."""

    def __init__(self, samples: Sequence[Sample], answers: Sequence[Answer], seed: int) -> None:
        self._samples = list(samples)
        self._answers = list(answers)
        self.documents: list[Document] = list({sample.document.id: sample.document for sample in samples}.values())

    def only(self, keep: Sequence[bool]) -> WithheldTable:
        """The same answers, restricted to some samples."""
        samples = [sample for sample, wanted in zip(self._samples, keep, strict=True) if wanted]
        answers = [answer for answer, wanted in zip(self._answers, keep, strict=True) if wanted]
        return WithheldTable(samples, answers, 0)

    def per_sample(self, metric: Metric) -> list[float | None]:
        """None for each sample: nobody here knows whether it is right."""
        return [None] * len(self._samples)

    def units(self, metric: Metric) -> list[tuple[str, ...]]:
        """The documents."""
        return [(document.id,) for document in self.documents]

    def estimate(self, metric: Metric) -> Estimate:
        """No value, with the reason; only the documents are counted."""
        clusters = len({document.cluster for document in self.documents})
        return Estimate(None, None, None, None, None, "wilson", len(self.documents), clusters, WITHHELD)

    def chance(self, metric: Metric) -> float | None:
        """What guessing scores: the mean of 1 / number of options, for which no answer need be known."""
        if metric != "acc" or not self.documents:
            return None
        return float(np.mean([1 / len(document.fields["options"]) for document in self.documents]))

    def baselines(self, metric: Metric) -> dict[str, float | None]:
        """None can be known."""
        return {}
