"""A whole bridge between protocols, and its JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seahelm_lite.comparisons.bridge import FROM, Crossing, Span
from seahelm_lite.records import JsonValue
from seahelm_lite.scoring.scores import numbers, rounded
from seahelm_lite.stats.agreement import McNemar

SCHEMA = "seahelm-lite/bridge/1"

NEVER = (
    "two protocols are two measurements: never convert a number of one into the other, nor put both in one column; the "
    "gap is of these models and these documents"
)


@dataclass(frozen=True)
class Bridge:
    """Tasks that models were asked in `gen-letter` and in another protocol."""

    spans: tuple[Span, ...]
    complete: bool
    """Whether no run lacks answers to what it was asked."""

    def notes(self) -> Iterator[str]:
        """What readers should know before they believe the numbers, as sentences."""
        yield NEVER
        crossings = sum(len(span.crossings) for span in self.spans)
        yield (
            f"p: McNemar's exact test on the documents that are right in one protocol only ({FROM} : the other), "
            f"adjusted by Holm for {crossings} test{'s' if crossings != 1 else ''}; intervals are not adjusted"
        )
        if any(span.protocol == "gen-choice" for span in self.spans):
            yield "gen-choice less gen-letter is what a model loses to the form of its answer"
        few = {len(span.crossings) for span in self.spans} - {1}
        if few:
            yield f"ρ: Spearman's rank correlation over models; of {min(few)} models it says little"
        for span in self.spans:
            for note in span.notes:
                yield f"{span.task}, {span.protocol}: {note}"
            for model, reason in span.lacking.items():
                yield f"{span.task}, {span.protocol}: without {model}: {reason}"

    def to_json(self) -> dict[str, JsonValue]:
        """One JSON document."""
        return {"schema": SCHEMA, "bridges": [_span(span) for span in self.spans], "notes": list(self.notes())}


def _span(span: Span) -> dict[str, JsonValue]:
    return {
        "task": span.task,
        "version": span.version,
        "shots": span.shots,
        "metric": span.metric,
        "protocol": span.protocol,
        "than": FROM,
        "mean_gap": numbers(span.mean_gap),
        "rank_correlation": {"value": rounded(span.rho), "reason": span.rho_reason, "models": len(span.crossings)},
        "models": [_crossing(crossing, span.protocol) for crossing in span.crossings],
        "lacking": [{"model": model, "reason": reason} for model, reason in span.lacking.items()],
    }


def _crossing(crossing: Crossing, protocol: str) -> dict[str, JsonValue]:
    sides = zip((FROM, protocol), crossing.runs, crossing.values, strict=True)
    return {
        "model": crossing.model,
        "values": [{"protocol": asked, "run": run, **numbers(value)} for asked, run, value in sides],
        "gap": numbers(crossing.gap),
        "mcnemar": {**_counts(crossing.counts, protocol), "p_holm": rounded(crossing.p_adjusted)},
    }


def _counts(counts: McNemar, protocol: str) -> dict[str, JsonValue]:
    only = [{"protocol": FROM, "n": counts.first_only}, {"protocol": protocol, "n": counts.second_only}]
    return {"both": counts.both, "only": only, "neither": counts.neither, "p": rounded(counts.p)}
