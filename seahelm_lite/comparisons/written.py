"""The JSON of a comparison: what `compare --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from seahelm_lite.comparisons.columns import Compared, Contrast, Flips, Verdict
from seahelm_lite.comparisons.verdicts import LEVEL, in_words
from seahelm_lite.records import JsonValue
from seahelm_lite.scoring.scores import numbers, rounded

if TYPE_CHECKING:
    from seahelm_lite.comparisons.result import ComparedRun, Comparison

SCHEMA = "seahelm-lite/comparison/2"


def comparison_json(compared: Comparison) -> dict[str, JsonValue]:
    """One JSON document."""
    written = _Written(compared)
    overall, headline = compared.overall, compared.headline
    return {
        "schema": SCHEMA,
        "kind": compared.kind,
        "level": LEVEL,
        "margin": compared.margin,
        "board": None
        if headline is None
        else {
            "id": headline.board,
            "title": headline.title,
            "release": headline.release,
            "corrected_for_chance": headline.normalised,
        },
        "runs": [_run(run, compared.label(place)) for place, run in enumerate(compared.runs)],
        "axis": {"kind": compared.axis.kind, "told": compared.axis.told} if compared.is_series else None,
        "overall": None
        if overall is None
        else {
            "of": [{"task": one.column.task, "share": rounded(one.share)} for one in compared.overall_of],
            **written.part(overall),
        },
        "tasks": [written.part(one) for one in compared.columns],
        "not_compared": [
            {"task": one.task, "protocol": one.protocol, "shots": one.shots, "lacking": written.lacking(one.lacking)}
            for one in compared.not_compared
        ],
        "notes": list(compared.notes()),
    }


def _run(run: ComparedRun, label: str) -> dict[str, JsonValue]:
    return {
        "run": run.run_id,
        "label": label,
        "name": run.name,
        "folders": list(run.folders),
        "status": run.status,
        "training": None if run.training is None else run.training.to_json(),
        "position": run.position,
    }


class _Written:
    """Parts of a comparison, with runs by their ids."""

    def __init__(self, compared: Comparison) -> None:
        self._compared = compared
        self._runs = compared.runs

    def part(self, compared: Compared) -> dict[str, JsonValue]:
        column = compared.column
        head: dict[str, JsonValue] = {}
        if column is not None:
            head = {name: getattr(column, name) for name in ("task", "version", "protocol", "shots", "metric")}
            head["chance"] = rounded(column.chance)
        return {
            **head,
            "values": [
                {"run": self._runs[run].run_id, "position": self._runs[run].position, **numbers(estimate)}
                for run, estimate in compared.points.items()
            ],
            "lacking": self.lacking(compared.lacking),
            "best": None if compared.best is None else self._runs[compared.best].run_id,
            "differences": [self._contrast(contrast) for contrast in compared.contrasts],
        }

    def lacking(self, reasons: Mapping[int, str]) -> list[dict[str, JsonValue]]:
        return [{"run": self._runs[run].run_id, "reason": reason} for run, reason in reasons.items()]

    def _contrast(self, contrast: Contrast) -> dict[str, JsonValue]:
        return {
            "run": self._runs[contrast.run].run_id,
            "than": self._runs[contrast.than].run_id,
            "against": contrast.against,
            **numbers(contrast.difference),
            "p": rounded(contrast.test.p),
            "p_holm": rounded(contrast.p_adjusted),
            "tests": contrast.family,
            "test": contrast.test.method,
            "draws": contrast.test.draws,
            "verdict": None if contrast.verdict is None else self._verdict(contrast.verdict),
            "flips": None if contrast.flips is None else _flips(contrast.flips),
        }

    def _verdict(self, verdict: Verdict) -> dict[str, JsonValue]:
        return {
            "words": in_words(verdict, self._compared.label),
            "better": None if verdict.better is None else self._runs[verdict.better].run_id,
            "equivalent": verdict.equivalent,
            "p_equivalent": rounded(verdict.p_equivalent),
            "p_equivalent_holm": rounded(verdict.p_equivalent_adjusted),
            "detectable": rounded(verdict.detectable),
            "reason": verdict.reason,
        }


def _flips(flips: Flips) -> dict[str, JsonValue]:
    return {
        "of": "right answers" if flips.right_or_wrong else "scores",
        "run": flips.run,
        "than": flips.than,
        "documents": [
            {
                "document": one.document,
                "run": rounded(one.scores[0]),
                "than": rounded(one.scores[1]),
                "shown": None if one.shown is None else one.shown.to_json(),
            }
            for one in flips.documents
        ],
    }
