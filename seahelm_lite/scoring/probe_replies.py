"""Whether the answer to a probe fits: a reply by its checks, a choice by every way of choosing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from seahelm_lite.catalog.probe_family import ProbeCheck
from seahelm_lite.records import Document, JsonValue, Sample
from seahelm_lite.scoring.answers import CONTENT_FILTER, REFUSAL, Answer
from seahelm_lite.scoring.judges.criteria import brief_of
from seahelm_lite.scoring.judges.grading import passes
from seahelm_lite.scoring.judges.verdicts import TaskVerdicts
from seahelm_lite.scoring.probe_checks import failed, refuses


def judged_by(document: Document) -> Mapping[str, JsonValue]:
    """What answers to a probe are judged by, as its row has it."""
    found: Mapping[str, JsonValue] = document.fields["probe"]
    return found


def fits(sample: Sample, answer: Answer, judged: TaskVerdicts | None = None) -> bool:
    """Whether a probe is passed. An answer that is missing, refused by a filter or cut off passes nothing.

    Args:
        sample: The probe, or its twin, and what came back.
        answer: How that is read.
        judged: What judges said, where they are believed: a reply that fulfils every check fails where they all say
            so, and their disagreement is for people to settle. Of an item in another language of its country, in which
            they are not believed, it counts for nothing.
    """
    if "options" in sample.document.fields:
        return chosen_right(sample.document, answer)
    probe = judged_by(sample.document)
    if answer.state != "scored" or not passes_checks(answer.text or "", probe):
        return False
    if judged is None or not judged.believed_in(str(probe["language"])):
        return True
    verdicts = judged.of(sample.document.id, sample.repeat)
    brief = brief_of(sample.document.fields) if verdicts else None
    return brief is None or passes(brief.criteria, verdicts) is not False


def chosen_right(document: Document, answer: Answer) -> bool:
    """Whether a choice is right, and right in every other way in which it was made."""
    return all(choice == document.fields["answer"] for choice in (answer.choice, *answer.others))


def passes_checks(text: str, probe: Mapping[str, JsonValue]) -> bool:
    """Whether a reply fails none of the checks that need no judge."""
    return not failed(text, _checks(probe["checks"]), str(probe["language"]))


def declines(sample: Sample, answer: Answer) -> bool:
    """Whether a reply is a refusal, in the language of the request or in English, or was filtered."""
    if answer.note in (REFUSAL, CONTENT_FILTER):
        return True
    return refuses(answer.text or "", str(judged_by(sample.document)["language"]))


def _checks(raw: Sequence[JsonValue]) -> list[ProbeCheck]:
    return [ProbeCheck.model_validate(check) for check in raw]
