"""One task asked of the same models in two protocols: how far apart are they, and do they order models alike?

The two stay two measurements. What is told here is of these models and documents, and turns no number of one protocol
into a number of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from seahelm_lite.catalog.task_card import MULTIPLE_CHOICE_PROTOCOLS
from seahelm_lite.comparisons.entrants import Entrant, Question, asked_otherwise
from seahelm_lite.errors import RunFolderError
from seahelm_lite.records import Sample, sha256_hex
from seahelm_lite.scoring.scores import read_answers, task_of_manifest
from seahelm_lite.scoring.withheld import WithheldTable
from seahelm_lite.stats.agreement import McNemar, mcnemar, rank_correlation
from seahelm_lite.stats.intervals import Estimate
from seahelm_lite.stats.paired import holm
from seahelm_lite.stats.parts import Parts, difference, mean_difference

FROM = "gen-letter"
"""The protocol that the others are set against: every model can be asked in it."""

ACROSS = tuple(protocol for protocol in MULTIPLE_CHOICE_PROTOCOLS if protocol != FROM)


@dataclass(frozen=True)
class BridgedModel:
    """A model, and the runs that are of it."""

    name: str
    runs: tuple[Entrant, ...]

    def asked(self, question: Question) -> Entrant | None:
        """The run that holds a question.

        Raises:
            RunFolderError: If there are several.
        """
        holding = [run for run in self.runs if question in run.tasks]
        if len(holding) > 1:
            told = f"{question.task} in {question.protocol} with {question.shots} shots stands in {len(holding)} runs"
            raise RunFolderError(f"{told} of {self.name}", remedy="Name one of them.")
        return holding[0] if holding else None


@dataclass(frozen=True)
class Crossing:
    """One model's answers to the same documents in both protocols."""

    model: str
    runs: tuple[str, str]
    """Ids of the runs."""
    values: tuple[Estimate, Estimate]
    """The headline metric in `gen-letter`, and in the other protocol."""
    gap: Estimate
    """The other protocol less `gen-letter`, paired by document."""
    counts: McNemar
    """Documents right in `gen-letter` (first) and in the other (second), when they were asked for the first time."""
    p_adjusted: float
    """By Holm, for all crossings of the bridge."""


@dataclass(frozen=True)
class Span:
    """A task in both protocols, with every model that was asked it in both."""

    task: str
    version: str
    shots: int
    metric: str
    protocol: str
    """Set against `gen-letter`."""
    crossings: tuple[Crossing, ...]
    mean_gap: Estimate
    """Over these models; its interval is of other documents, not of other models."""
    rho: float | None
    """Spearman's rank correlation over models of their values in the two protocols."""
    rho_reason: str | None
    """Why there is none."""
    lacking: Mapping[str, str]
    """Models that were asked it in one of the two and are not among the crossings, each with the reason."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Side:
    """What one model answered in one protocol."""

    run: Entrant
    question: Question
    samples: Mapping[str, tuple[Sample, ...]]
    """By document."""


@dataclass(frozen=True)
class _Counted:
    """A side on the documents that all sides have."""

    estimate: Estimate
    parts: Parts
    clusters: tuple[str, ...]
    right: tuple[bool, ...]
    """Of each document, the first time."""
    seed: int


def spans(models: Sequence[BridgedModel]) -> list[Span]:
    """Every task and number of examples in every two protocols that a model was asked it in.

    Raises:
        RunFolderError: If a model was asked the same in two of the runs, or samples cannot be read.
    """
    questions = dict.fromkeys(question for model in models for run in model.runs for question in run.tasks)
    found = []
    for protocol in ACROSS:
        for task, shots in dict.fromkeys((one.task, one.shots) for one in questions if one.protocol == FROM):
            span = _span(models, Question(task, FROM, shots), Question(task, protocol, shots))
            if span is not None:
                found.append(span)
    p_values = iter(holm([crossing.counts.p for span in found for crossing in span.crossings]))
    return [
        replace(span, crossings=tuple(replace(crossing, p_adjusted=next(p_values)) for crossing in span.crossings))
        for span in found
    ]


def _span(models: Sequence[BridgedModel], first: Question, second: Question) -> Span | None:
    lacking: dict[str, str] = {}
    pairs: dict[str, tuple[Entrant, Entrant]] = {}
    for model in models:
        sides = [model.asked(question) for question in (first, second)]
        if sides[0] is None or sides[1] is None:
            missing = [question.protocol for question, run in zip((first, second), sides, strict=True) if run is None]
            if len(missing) == 1:
                lacking[model.name] = f"not asked in {missing[0]}"
        elif (why := _why_not(sides[0], first, sides[1], second)) is not None:
            lacking[model.name] = why
        else:
            pairs[model.name] = (sides[0], sides[1])
    for name, why in _other_than_most(pairs, first).items():
        lacking[name] = why
        del pairs[name]
    read = {name: (_read(one, first), _read(other, second)) for name, (one, other) in pairs.items()}
    common = (
        sorted(frozenset.intersection(*(frozenset(side.samples) for pair in read.values() for side in pair)))
        if read
        else []
    )
    if not common:
        return None
    return _crossed(read, common, first, second, lacking)


def _why_not(one: Entrant, first: Question, other: Entrant, second: Question) -> str | None:
    """Why two runs of a model say nothing of how two protocols differ; None where they do."""
    for run, question in ((one, first), (other, second)):
        why = run.lacking(question)
        if why is not None:
            return f"{question.protocol}: {why.reason}"
    asked = {0: one.tasks[first], 1: other.tasks[second]}
    if asked[0].shot_documents != asked[1].shot_documents:
        return "asked with other examples in one than in the other"
    found = asked_otherwise(asked, [one, other])
    return next(iter(found.values()), None)


def _other_than_most(pairs: Mapping[str, tuple[Entrant, Entrant]], question: Question) -> dict[str, str]:
    names = list(pairs)
    if len(names) < 2:
        return {}
    runs = [pairs[name][0] for name in names]
    found = asked_otherwise({place: run.tasks[question] for place, run in enumerate(runs)}, runs)
    return {names[place]: why for place, why in found.items()}


def _read(run: Entrant, question: Question) -> _Side:
    samples: dict[str, list[Sample]] = {}
    for sample in run.samples(question):
        samples.setdefault(sample.document.id, []).append(sample)
    return _Side(run, question, {document: tuple(asked) for document, asked in samples.items()})


def _crossed(
    read: Mapping[str, tuple[_Side, _Side]],
    common: Sequence[str],
    first: Question,
    second: Question,
    lacking: Mapping[str, str],
) -> Span:
    sides = {name: (_counted(one, common), _counted(other, common)) for name, (one, other) in read.items()}
    crossings = tuple(
        Crossing(
            model=name,
            runs=(read[name][0].run.folder.run_id, read[name][1].run.folder.run_id),
            values=(one.estimate, other.estimate),
            gap=difference(other.parts, one.parts, one.clusters, seed=_seed(one, other)),
            counts=(counts := mcnemar(one.right, other.right)),
            p_adjusted=counts.p,
        )
        for name, (one, other) in sides.items()
    )
    one, other = next(iter(sides.values()))
    gaps = [(theirs.parts, own.parts) for own, theirs in sides.values()]
    task = next(iter(read.values()))[0].run.tasks[first]
    values = [[crossing.values[side].value or 0.0 for crossing in crossings] for side in (0, 1)]
    rho = rank_correlation(*values)
    return Span(
        task=task.task,
        version=task.version,
        shots=task.shots,
        metric=task.metric,
        protocol=second.protocol,
        crossings=crossings,
        mean_gap=mean_difference(gaps, one.clusters, seed=_seed(one, other)),
        rho=rho,
        rho_reason=None if rho is not None else _why_no_order(len(crossings)),
        lacking=dict(lacking),
        notes=tuple(_notes(read, common, one.clusters)),
    )


def _why_no_order(models: int) -> str:
    return "one model has no order" if models == 1 else "all models have the same value in one of the protocols"


def _seed(one: _Counted, other: _Counted) -> int:
    return int(sha256_hex(f"bridge:{one.seed}:{other.seed}")[:16], 16)


def _counted(side: _Side, common: Sequence[str]) -> _Counted:
    samples = [sample for document in common for sample in side.samples[document]]
    task = task_of_manifest(side.run.entries[side.question], samples)
    _, table = read_answers(task)
    # A task whose answers are withheld has no value, and was left out before.
    assert not isinstance(table, WithheldTable)
    metric = task.card.metrics_in(task.protocol)[0]
    firsts = {
        sample.document.id: value == 1
        for sample, value in zip(samples, table.per_sample("acc"), strict=True)
        if sample.repeat == 0
    }
    return _Counted(
        table.estimate(metric),
        table.parts(metric),
        tuple(table.clusters(metric)),
        tuple(firsts[document] for document in common),
        task.seed,
    )


def _notes(read: Mapping[str, tuple[_Side, _Side]], common: Sequence[str], clusters: Sequence[str]) -> Iterator[str]:
    """What readers should know before they believe the numbers."""
    more = max(len(side.samples) for pair in read.values() for side in pair) - len(common)
    if more:
        yield f"on the {len(common)} documents that all runs have; one has {more} more"
    turned = [name for name, (one, other) in read.items() if _layout(one) != _layout(other)]
    if turned:
        yield f"one protocol through the chat template, the other as plain text: {', '.join(turned)}"
    if len(set(clusters)) < len(common):
        yield (
            f"the {len(common)} documents are of {len(set(clusters))} passages or sources, which the intervals allow "
            "for and McNemar's test does not"
        )


def _layout(side: _Side) -> str:
    return side.run.tasks[side.question].layout
