"""Whether judges may be believed in a language: what people and judges say of the same replies, held against gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from seahelm_lite.records import JsonValue, sha256_hex
from seahelm_lite.scoring.judges.grading import PASS_MARK, grade, passes
from seahelm_lite.scoring.judges.labels import Labelled, by_criterion, by_response, majorities
from seahelm_lite.scoring.judges.verdicts import Verdict
from seahelm_lite.stats.misclassified import Confusion
from seahelm_lite.stats.raters import cohen_kappa, kappa_lower_bound, krippendorff_alpha

CALIBRATION_SCHEMA = "seahelm-lite/calibration/1"

RESPONSES, MODELS, RATERS, FAILURES = 200, 5, 3, 0.4
"""What labels have to hold of a language: replies, models that wrote them, raters of each criterion, and the share of
replies that most people fail."""
ALPHA, KAPPA, RECALL = 0.6, 0.5, 0.8
"""Least α of people on a criterion, least lower bound of a judge's κ, least share of critical failures it finds."""

_ANSWERS = ("yes", "no", "unparsed")


@dataclass(frozen=True)
class JudgeResult:
    """One judge in one language."""

    judge: str
    answers: int
    """Criteria that most people answered alike, and that are not contested."""
    unparsed: int
    """Of those, how many of its answers could not be read; they count against it."""
    kappa: float | None
    """Cohen's κ with what most people said."""
    kappa_lo: float | None
    """Lower end of its 95 % interval, by a bootstrap of replies."""
    critical: int
    """Critical failures that most people found."""
    recall: float | None
    """The share of them that the judge found too; None without any."""
    faults: tuple[str, ...]
    """The gates that it does not pass, in words."""


@dataclass(frozen=True)
class LanguageResult:
    """Judges and people in one language."""

    language: str
    responses: int
    models: int
    raters: int
    """The fewest that answered any criterion."""
    failures: float
    """The share of replies that most people fail."""
    alphas: Mapping[str, float | None]
    """Krippendorff's α of the raters on each criterion; None where all said the same, or could not be compared."""
    contested: tuple[str, ...]
    """Criteria on which people do not agree well enough; they decide nothing."""
    judges: tuple[JudgeResult, ...]
    jury: Confusion
    """Whether the judges together pass a reply, against whether most people do."""
    undecided: int
    """Replies that most people pass or fail, and on which the judges differ."""
    people: Mapping[str, bool]
    """By response, whether most people pass it, where they leave no criterion open."""
    faults: tuple[str, ...]
    """What the labels lack, in words."""

    @property
    def passed(self) -> bool:
        """Whether every judge may be believed in the language."""
        return not self.faults and not any(judge.faults for judge in self.judges)

    def to_json(self) -> dict[str, JsonValue]:
        """The object of the calibration file."""
        return {**asdict(self), "passed": self.passed}


def calibrate(labelled: Sequence[Labelled], verdicts: Sequence[Verdict]) -> list[LanguageResult]:
    """Hold judges against people, language by language.

    Args:
        labelled: What people said.
        verdicts: What judges said of the same; the document of a verdict is the response of what was asked.
    """
    languages = sorted({one.asked.language for one in labelled})
    return [_language(name, [one for one in labelled if one.asked.language == name], verdicts) for name in languages]


def _language(name: str, labelled: Sequence[Labelled], verdicts: Sequence[Verdict]) -> LanguageResult:
    alphas = {
        criterion: krippendorff_alpha([list(one.labels.values()) for one in replies])
        for criterion, replies in by_criterion(labelled).items()
    }
    contested = tuple(sorted(criterion for criterion, alpha in alphas.items() if alpha is not None and alpha < ALPHA))
    kept = [one for one in labelled if one.asked.criterion.id not in contested]
    responses = {one.asked.response for one in labelled}
    told = [one for one in verdicts if one.document in responses and one.criterion not in contested]
    people = {response: _people_pass(replies) for response, replies in by_response(kept).items()}
    judged = [passed for passed in people.values() if passed is not None]
    failures = judged.count(False) / len(judged) if judged else 0.0
    models = len({one.asked.model for one in labelled})
    raters = min(len(one.labels) for one in labelled)
    jury, undecided = _jury(kept, told, people)
    names = sorted({one.judge for one in told})
    return LanguageResult(
        language=name,
        responses=len(responses),
        models=models,
        raters=raters,
        failures=failures,
        alphas=alphas,
        contested=contested,
        judges=tuple(_judge(judge, kept, [one for one in told if one.judge == judge]) for judge in names),
        jury=jury,
        undecided=undecided,
        people={response: passed for response, passed in people.items() if passed is not None},
        faults=tuple(_lacking(len(responses), models, raters, failures, kept)),
    )


def _lacking(responses: int, models: int, raters: int, failures: float, kept: Sequence[Labelled]) -> list[str]:
    faults = []
    if responses < RESPONSES:
        faults.append(f"{responses} replies are labelled, and {RESPONSES} are needed")
    if models < MODELS:
        faults.append(f"they are of {models} models, and {MODELS} are needed")
    if raters < RATERS:
        faults.append(f"a criterion has {raters} raters, and {RATERS} are needed")
    if failures < FAILURES:
        faults.append(f"people fail {failures:.0%} of the replies, and at least {FAILURES:.0%} are needed")
    if not kept:
        faults.append("people agree on no criterion")
    return faults


def _judge(name: str, kept: Sequence[Labelled], verdicts: Sequence[Verdict]) -> JudgeResult:
    said = {(one.document, one.criterion): one.answer for one in verdicts}
    replies = sorted(by_response(kept))
    place = {response: row for row, response in enumerate(replies)}
    tables = np.zeros((len(replies), len(_ANSWERS), len(_ANSWERS)))
    answers = unparsed = critical = found = 0
    for one in kept:
        answer = said.get((one.asked.response, one.asked.criterion.id))
        if one.majority is None or answer is None:
            continue
        answers += 1
        unparsed += answer == "unparsed"
        tables[place[one.asked.response], _ANSWERS.index(one.majority), _ANSWERS.index(answer)] += 1
        if one.fails_critically:
            critical += 1
            found += answer == "yes"
    kappa = float(cohen_kappa(tables.sum(axis=0))) if answers else float("nan")
    lower = kappa_lower_bound(tables, seed=_seed(name, replies)) if answers else None
    recall = found / critical if critical else None
    faults = []
    if lower is None or lower < KAPPA:
        told = "has no value" if lower is None else f"is {lower:.2f}"
        faults.append(f"the lower bound of its agreement with people (Cohen's kappa) {told}, and {KAPPA} is needed")
    if recall is None or recall < RECALL:
        told = "there is no critical failure to find" if recall is None else f"it finds {recall:.0%} of them"
        faults.append(f"of critical failures, {told}, and {RECALL:.0%} are needed")
    return JudgeResult(
        judge=name,
        answers=answers,
        unparsed=unparsed,
        kappa=None if np.isnan(kappa) else kappa,
        kappa_lo=lower,
        critical=critical,
        recall=recall,
        faults=tuple(faults),
    )


def _seed(judge: str, responses: Sequence[str]) -> int:
    """Of the replies and the judge, so that equal answers have equal bounds."""
    return int(sha256_hex("\n".join([judge, *responses]))[:16], 16)


def _people_pass(replies: Sequence[Labelled]) -> bool | None:
    """Whether most people pass a reply; None where they leave a criterion of it open."""
    said = majorities(replies)
    if len(said) < len(replies):
        return None
    return grade([one.asked.criterion for one in replies], said) >= PASS_MARK


def _jury(
    kept: Sequence[Labelled], verdicts: Sequence[Verdict], people: Mapping[str, bool | None]
) -> tuple[Confusion, int]:
    of_reply: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        of_reply.setdefault(verdict.document, []).append(verdict)
    counts = {(right, judged): 0 for right in (True, False) for judged in (True, False)}
    undecided = 0
    for response, replies in by_response(kept).items():
        judged = passes([one.asked.criterion for one in replies], of_reply.get(response, ()))
        right = people[response]
        if right is None:
            continue
        if judged is None:
            undecided += 1
        # A reply on which judges differ does not pass, as in the scores.
        counts[right, bool(judged)] += 1
    table = Confusion(counts[True, True], counts[True, False], counts[False, False], counts[False, True])
    return table, undecided


def calibration_file(
    results: Sequence[LanguageResult], judges: Sequence[Mapping[str, JsonValue]], labels_sha256: str
) -> dict[str, Any]:
    """The whole calibration as its file has it.

    Args:
        results: By language.
        judges: Of each: `name`, `spec`, `families` and `fingerprint_sha256`.
        labels_sha256: Of the file of labels.
    """
    return {
        "schema": CALIBRATION_SCHEMA,
        "judges": [dict(judge) for judge in judges],
        "labels_sha256": labels_sha256,
        "languages": {result.language: result.to_json() for result in results},
    }
