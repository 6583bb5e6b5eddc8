"""What scores.json says of the judging of a task: who judged, how far they agree, and what share they pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from seahelm_lite.records import JsonValue, Sample
from seahelm_lite.scoring.judges.correction import confusion_of, corrected
from seahelm_lite.scoring.judges.criteria import brief_of
from seahelm_lite.scoring.judges.grading import passes
from seahelm_lite.scoring.judges.verdicts import SAID, Judgements, Reply, TaskVerdicts, Verdict, response_id
from seahelm_lite.scoring.scores import ScoredTask, numbers, rounded
from seahelm_lite.stats.prediction_powered import Judged, prediction_powered_mean
from seahelm_lite.stats.raters import cohen_kappa

NOT_VALIDATED = "judge not validated"
"""The badge of a language in which a judge has not passed its calibration: its verdicts are in no score."""


_FEWEST_LABELLED = 30
"""Clusters with people's labels that a prediction-powered interval needs to cover what it says (`BENCH=judges`)."""


def judged_entry(key: str, task: ScoredTask, judgements: Judgements) -> dict[str, JsonValue] | None:
    """The entry of a task in `judged` of scores.json; None where nobody judged any of its replies.

    Args:
        key: `task@protocol`.
        task: The task with its samples.
        judgements: What judges said of the run.
    """
    found = judgements.of(key)
    if not found:
        return None
    language = task.card.language
    validated = language in judgements.validated
    verdicts = [verdict for of_reply in found.values() for verdict in of_reply]
    told = TaskVerdicts(found, judgements.contested, judgements.validated)
    jury = {sample_key(sample): _jury(sample, told) for sample in task.samples if sample_key(sample) in found}
    return {
        "task": task.task,
        "protocol": task.protocol,
        "language": language,
        "judges": sorted({verdict.judge for verdict in verdicts}),
        "validated": validated,
        "badge": None if validated else NOT_VALIDATED,
        "replies": len(found),
        "verdicts": len(verdicts),
        "unparsed": sum(verdict.answer == "unparsed" for verdict in verdicts),
        "undecided": [f"{document} {repeat}" for (document, repeat), passed in jury.items() if passed is None],
        "kappa": rounded(_between_judges(verdicts)),
        "passed": _passed(key, task.samples, jury, judgements, language) if validated else None,
    }


def sample_key(sample: Sample) -> Reply:
    """What verdicts on a sample are found by."""
    return sample.document.id, sample.repeat


def _jury(sample: Sample, told: TaskVerdicts) -> bool | None:
    brief = brief_of(sample.document.fields)
    return passes(brief.criteria, told.of(*sample_key(sample))) if brief is not None else None


def _between_judges(verdicts: Sequence[Verdict]) -> float | None:
    """Cohen's κ of two judges; None where there is one, or where κ has no value."""
    judges = sorted({verdict.judge for verdict in verdicts})
    if len(judges) != 2:
        return None
    answers: dict[tuple[str, int, str], dict[str, int]] = {}
    for verdict in verdicts:
        asked = answers.setdefault((verdict.document, verdict.repeat, verdict.criterion), {})
        asked[verdict.judge] = SAID.index(verdict.answer)
    table = np.zeros((len(SAID), len(SAID)))
    for said in answers.values():
        table[said[judges[0]], said[judges[1]]] += 1
    kappa = float(cohen_kappa(table))
    return None if np.isnan(kappa) else kappa


def _passed(
    key: str, samples: Sequence[Sample], jury: Mapping[Reply, bool | None], judgements: Judgements, language: str
) -> dict[str, JsonValue]:
    """The share that the jury passes, and the share that people would; a reply that is undecided is not passed."""
    calibrated = (judgements.calibration or {})["languages"][language]
    judged = [sample for sample in samples if sample_key(sample) in jury]
    passed = [float(jury[sample_key(sample)] is True) for sample in judged]
    told = corrected(passed, [sample.document.cluster for sample in judged], confusion_of(calibrated))
    people = calibrated["people"]
    human = [people.get(response_id(judgements.run, key, *sample_key(sample))) for sample in judged]
    labelled = {sample.document.cluster for sample, said in zip(judged, human, strict=True) if said is not None}
    if len(labelled) < _FEWEST_LABELLED:
        return told
    both = zip(judged, passed, human, strict=True)
    powered = prediction_powered_mean(
        [Judged(one, None if said is None else float(said), sample.document.cluster) for sample, one, said in both]
    )
    return {**told, "prediction_powered": numbers(powered.estimate)}
