"""Metrics, chance and baselines of multiple-choice answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.records import Document, Sample
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.stats.intervals import Estimate, Floats, cluster_bootstrap, proportion
from seahelm_lite.stats.parts import Parts


class ChoiceTable:
    """The answers of a task, one row per document, ready to be counted.

    A document without an answer (unparsed, refused, truncated) is wrong; its class is none of the classes.
    """

    def __init__(self, samples: Sequence[Sample], answers: Sequence[Answer], seed: int) -> None:
        self._samples = list(samples)
        self._answers = list(answers)
        self._seed = seed
        rows: dict[str, list[int]] = {}
        for index, sample in enumerate(self._samples):
            rows.setdefault(sample.document.id, []).append(index)
        # Sums of fractions depend on their order in the last bits; scores must not depend on the order of samples.
        self._rows = [rows[document] for document in sorted(rows)]
        self._firsts = [self._samples[row[0]].document for row in self._rows]
        self._gold = [int(document.fields["answer"]) for document in self._firsts]
        self._clusters = [document.cluster for document in self._firsts]
        pairs: dict[str, list[int]] = {}
        for position, document in enumerate(self._firsts):
            if document.pair is not None:
                pairs.setdefault(document.pair, []).append(position)
        # One without its partner is no pair, and would be right too easily.
        self._pairs = [pair for pair in pairs.values() if len(pair) > 1]

    def only(self, keep: Sequence[bool]) -> ChoiceTable:
        """The same answers, restricted to some samples."""
        samples = [sample for sample, wanted in zip(self._samples, keep, strict=True) if wanted]
        answers = [answer for answer, wanted in zip(self._answers, keep, strict=True) if wanted]
        return ChoiceTable(samples, answers, self._seed)

    def per_sample(self, metric: Metric) -> list[float | None]:
        """1 or 0 for each sample; None where infrastructure failed."""
        return [
            None if answer.state == "error" else float(answer.choice == sample.document.fields["answer"])
            for sample, answer in zip(self._samples, self._answers, strict=True)
        ]

    def estimate(self, metric: Metric) -> Estimate:
        """The metric with its interval; repeats are averaged within each document first."""
        parts, clusters = self.parts(metric), self.clusters(metric)
        if parts.statistic is None:
            return proportion([float(value) for value in parts.counts[:, 0]], clusters)
        return cluster_bootstrap(parts.counts, clusters, parts.statistic, seed=self._seed)

    @property
    def documents(self) -> list[Document]:
        """The documents, in order."""
        return self._firsts

    def clusters(self, metric: Metric) -> list[str]:
        """The cluster of each unit of a metric."""
        if metric == "pair_acc":
            return [self._clusters[pair[0]] for pair in self._pairs]
        return self._clusters

    def units(self, metric: Metric) -> list[tuple[str, ...]]:
        """What the metric is counted over: documents, or the pairs of them that were asked whole."""
        if metric == "pair_acc":
            return [tuple(self._firsts[position].id for position in pair) for pair in self._pairs]
        return [(document.id,) for document in self._firsts]

    def parts(self, metric: Metric) -> Parts:
        """What each unit of the metric, a document or a pair of them, adds to it."""
        if metric == "pair_acc":
            return Parts(np.asarray([self._whole(pair) for pair in self._pairs], dtype=np.float64).reshape(-1, 1))
        if metric == "acc":
            right = [value or 0.0 for value in self.per_sample(metric)]
            means = [float(np.mean([right[index] for index in row])) for row in self._rows]
            return Parts(np.asarray(means, dtype=np.float64).reshape(-1, 1))
        classes = self._classes()
        confusion = np.zeros((len(self._rows), classes, classes + 1))
        for position, row in enumerate(self._rows):
            for index in row:
                choice = self._answers[index].choice
                confusion[position, self._gold[position], classes if choice is None else choice] += 1 / len(row)
        statistic = _macro_f1 if metric == "macro_f1" else _balanced_accuracy
        counts = confusion.reshape(len(self._rows), -1)
        return Parts(counts, lambda totals: statistic(totals.reshape(-1, classes, classes + 1)))

    def chance(self, metric: Metric) -> float | None:
        """What guessing scores: the mean of 1 / number of options, over documents or, when balanced, over classes.

        Of pairs it is the mean of the products of their members'.
        """
        if not self._firsts:
            return None
        guesses = np.asarray([1 / len(document.fields["options"]) for document in self._firsts])
        if metric == "pair_acc":
            return float(np.mean([guesses[pair].prod() for pair in self._pairs])) if self._pairs else None
        if metric == "acc":
            return float(guesses.mean())
        if metric != "balanced_acc":
            return None
        gold = np.asarray(self._gold)
        return float(np.mean([guesses[gold == key].mean() for key in sorted(set(self._gold))]))

    def baselines(self, metric: Metric) -> dict[str, float | None]:
        """What always the most frequent key, and always the longest option (ties shared), score."""
        if not self._firsts:
            return {}
        if metric == "pair_acc":
            return self._pair_baselines()
        common = Counter(self._gold).most_common(1)[0]
        majority = common[1] / len(self._gold)
        if metric == "acc":
            if any("labels" in document.fields for document in self._firsts):
                return {"majority": majority}  # of labels, the longest says nothing
            return {"majority": majority, "longest": float(np.mean([longest_share(d.fields) for d in self._firsts]))}
        classes = len(set(self._gold))
        return {"majority": 1 / classes if metric == "balanced_acc" else 2 * majority / (1 + majority) / classes}

    def _whole(self, pair: Sequence[int]) -> float:
        """Share of the repeats in which every document of a pair is right."""
        right = self.per_sample("acc")
        by_repeat: dict[int, list[bool]] = {}
        for index in (index for position in pair for index in self._rows[position]):
            by_repeat.setdefault(self._samples[index].repeat, []).append(right[index] == 1)
        return float(np.mean([all(told) for told in by_repeat.values()]))

    def _pair_baselines(self) -> dict[str, float | None]:
        """What one key for all, and the longest option, make of pairs: the longest as if ties were drawn each."""
        if not self._pairs:
            return {}
        common = Counter(self._gold).most_common(1)[0][0]
        longest = [longest_share(document.fields) for document in self._firsts]
        return {
            "majority": float(np.mean([all(self._gold[place] == common for place in pair) for pair in self._pairs])),
            "longest": float(np.mean([np.prod([longest[place] for place in pair]) for pair in self._pairs])),
        }

    def _classes(self) -> int:
        return max(len(document.fields["options"]) for document in self._firsts)


def longest_share(fields: object) -> float:
    """Share of the right option among the longest ones by characters: what picking the longest earns."""
    options = fields["options"]  # type: ignore[index]
    lengths = [len(option) for option in options]
    longest = [index for index, length in enumerate(lengths) if length == max(lengths)]
    return float(fields["answer"] in longest) / len(longest)  # type: ignore[index]


def _macro_f1(confusion: Floats) -> Floats:
    """Mean F1 over the classes that occur; the last column counts documents without an answer."""
    classes = confusion.shape[1]
    hits = np.einsum("mcc->mc", confusion[:, :, :classes])
    gold = confusion.sum(axis=2)
    predicted = confusion[:, :, :classes].sum(axis=1)
    f1 = np.divide(2 * hits, gold + predicted, out=np.zeros_like(hits), where=gold + predicted > 0)
    present = gold > 0
    return np.asarray((f1 * present).sum(axis=1) / np.maximum(present.sum(axis=1), 1), dtype=np.float64)


def _balanced_accuracy(confusion: Floats) -> Floats:
    """Mean recall over the classes that occur."""
    classes = confusion.shape[1]
    hits = np.einsum("mcc->mc", confusion[:, :, :classes])
    gold = confusion.sum(axis=2)
    recall = np.divide(hits, gold, out=np.zeros_like(hits), where=gold > 0)
    return np.asarray(recall.sum(axis=1) / np.maximum((gold > 0).sum(axis=1), 1), dtype=np.float64)
