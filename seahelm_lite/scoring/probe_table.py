"""Metrics of probes, counted over families: `par` where probe and twin must both be right, and each of them alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from seahelm_lite.catalog.probe_family import Side
from seahelm_lite.catalog.task_card import OF_FAMILIES, Metric
from seahelm_lite.records import Document, Sample
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.scoring.choices import ChoiceTable, longest_share
from seahelm_lite.scoring.judges.verdicts import TaskVerdicts
from seahelm_lite.scoring.probe_replies import fits, judged_by
from seahelm_lite.stats.intervals import Estimate, proportion
from seahelm_lite.stats.parts import Parts

SIDES_OF: Mapping[Metric, tuple[Side, ...]] = {
    "par": ("probe", "control"),
    "probe_pass": ("probe",),
    "control_pass": ("control",),
}
"""What of a family has to be right."""


class ProbeTable:
    """The answers to a task of probes. What is not of families is of single choices, and left to their table."""

    def __init__(
        self, samples: Sequence[Sample], answers: Sequence[Answer], seed: int, judged: TaskVerdicts | None = None
    ) -> None:
        self._samples = list(samples)
        self._answers = list(answers)
        self._seed = seed
        self._judged = judged
        self._right = [fits(sample, answer, judged) for sample, answer in zip(samples, answers, strict=True)]
        rows: dict[str, list[int]] = {}
        for index, sample in enumerate(self._samples):
            rows.setdefault(sample.document.id, []).append(index)
        # Sums of fractions depend on their order in the last bits; scores must not depend on the order of samples.
        self._rows = {document: rows[document] for document in sorted(rows)}
        families: dict[str, dict[str, str]] = {}
        for document in self.documents:
            probe = judged_by(document)
            families.setdefault(probe["family"], {})[probe["side"]] = document.id
        self._families = families

    def only(self, keep: Sequence[bool]) -> ProbeTable:
        """The same answers, restricted to some samples."""
        samples = [sample for sample, wanted in zip(self._samples, keep, strict=True) if wanted]
        answers = [answer for answer, wanted in zip(self._answers, keep, strict=True) if wanted]
        return ProbeTable(samples, answers, self._seed, self._judged)

    def per_sample(self, metric: Metric) -> list[float | None]:
        """1 or 0 for each sample by itself; None where infrastructure failed, and for the side a metric is not of."""
        if metric not in OF_FAMILIES:
            return self._choices.per_sample(metric)
        return [
            float(right) if answer.state != "error" and judged_by(sample.document)["side"] in SIDES_OF[metric] else None
            for sample, answer, right in zip(self._samples, self._answers, self._right, strict=True)
        ]

    def by_repeat(self) -> Iterator[tuple[Sample, Answer, bool]]:
        """Every sample with its answer and whether it fits, the repeats of a document in order."""
        known = zip(self._samples, self._answers, self._right, strict=True)
        yield from sorted(known, key=lambda one: (one[0].document.id, one[0].repeat))

    def estimate(self, metric: Metric) -> Estimate:
        """The share of the families, with its interval; repeats are averaged within each first."""
        if metric not in OF_FAMILIES:
            return self._choices.estimate(metric)
        return proportion([float(value) for value in self.parts(metric).counts[:, 0]], self.clusters(metric))

    @property
    def documents(self) -> list[Document]:
        """The documents, in order."""
        return [self._samples[row[0]].document for row in self._rows.values()]

    def clusters(self, metric: Metric) -> list[str]:
        """The cluster of each unit of a metric."""
        if metric not in OF_FAMILIES:
            return self._choices.clusters(metric)
        return [self._samples[self._rows[unit[0]][0]].document.cluster for unit in self.units(metric)]

    def units(self, metric: Metric) -> list[tuple[str, ...]]:
        """What a metric is counted over: the families of which every side that it is of was asked."""
        if metric not in OF_FAMILIES:
            return self._choices.units(metric)
        sides = SIDES_OF[metric]
        asked = (family for family in self._families.values() if all(side in family for side in sides))
        return [tuple(family[side] for side in sides) for family in asked]

    def parts(self, metric: Metric) -> Parts:
        """What each unit adds to a metric: the share of the repeats in which all of it is right."""
        if metric not in OF_FAMILIES:
            return self._choices.parts(metric)
        values = [self._whole(unit) for unit in self.units(metric)]
        return Parts(np.asarray(values, dtype=np.float64).reshape(-1, 1))

    def chance(self, metric: Metric) -> float | None:
        """What picking a text blindly earns, the same one in whatever way is asked; nobody guesses a reply."""
        if not self._chooses:
            return None
        if metric not in OF_FAMILIES:
            return self._choices.chance(metric)
        return self._product(metric, {one.id: 1 / len(one.fields["options"]) for one in self.documents})

    def baselines(self, metric: Metric) -> dict[str, float | None]:
        """What the longest text earns of a family (as if ties were drawn), and those of single choices."""
        if not self._chooses:
            return {}
        if metric not in OF_FAMILIES:
            return self._choices.baselines(metric)
        return {"longest": self._product(metric, {one.id: longest_share(one.fields) for one in self.documents})}

    @property
    def _chooses(self) -> bool:
        return any("options" in document.fields for document in self.documents)

    @property
    def _choices(self) -> ChoiceTable:
        return ChoiceTable(self._samples, self._answers, self._seed)

    def _whole(self, unit: Sequence[str]) -> float:
        by_repeat: dict[int, list[bool]] = {}
        for index in (index for document in unit for index in self._rows[document]):
            by_repeat.setdefault(self._samples[index].repeat, []).append(self._right[index])
        return float(np.mean([all(told) for told in by_repeat.values()]))

    def _product(self, metric: Metric, shares: Mapping[str, float]) -> float | None:
        units = self.units(metric)
        return float(np.mean([np.prod([shares[document] for document in unit]) for unit in units])) if units else None
