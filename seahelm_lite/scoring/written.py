"""Metrics that a written answer has by itself, whatever the other documents hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.records import JsonValue
from seahelm_lite.scoring import language
from seahelm_lite.scoring.instructions.registry import answer_language, follows_all
from seahelm_lite.scoring.normalise import for_matching

Fields = Mapping[str, JsonValue]
Measure = Callable[[str, Fields], float]
"""From an answer and the fields of its document to a value in [0, 1]."""


def accepted(fields: Fields) -> list[str]:
    """The texts of which each would do."""
    return [str(text) for text in fields.get("references") or [fields["reference"]]]


def exact(text: str, fields: Fields) -> float:
    """1 if the answer is one of the accepted texts, after normalisation of Unicode, case, digits and spaces."""
    return float(for_matching(text) in {for_matching(reference) for reference in accepted(fields)})


def instr_acc(text: str, fields: Fields) -> float:
    """1 if the answer follows every instruction of its item."""
    return float(follows_all(text, fields["checks"]))


def instr_lang_acc(text: str, fields: Fields) -> float:
    """1 if the answer follows every instruction and is in the language asked for, else that of the item."""
    wanted = answer_language(fields["checks"], str(fields["language"]))
    return float(follows_all(text, fields["checks"]) and language.is_in(text, wanted))


MEASURES: Mapping[Metric, Measure] = {"exact": exact, "instr_acc": instr_acc, "instr_lang_acc": instr_lang_acc}
"""The metrics whose score of a task is the mean over its documents."""
