"""What the rows of a task come to: the numbers that cards and pages show, worked out."""

from __future__ import annotations

from collections import Counter

from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.facts import Facts, LintFacts, QuickFacts, Severity, card_hash
from seahelm_lite.catalog.quick import documents_hash, subset_id
from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.lint.report import Report
from seahelm_lite.prompts.subset import quick_subset
from seahelm_lite.records import Document
from seahelm_lite.scoring.detectable import detectable_difference, times_as_wide
from seahelm_lite.scoring.scores import table_without_answers
from seahelm_lite.sources.documents import TaskDocuments

_DIGITS = 6
"""Far below any meaning, and above the last bits in which machines differ."""

_NO_CHANCE = "{metric} has no level that guessing reaches by itself"
_GUESSING = "; a guess is right in {share:.1f} % of the documents"


def work_out(task: TaskDefinition, data: TaskDocuments, report: Report) -> Facts:
    """The numbers of a task whose data is at hand."""
    metric = task.card.metrics[0]
    table = table_without_answers(task.card, data.test)
    sizes = Counter(document.cluster for document in data.test)
    chance = table.chance(metric)
    detectable = detectable_difference(metric, list(sizes.values()))
    reasons = {}
    if chance is None:
        guess = table.chance("acc") if task.card.kind == "multiple_choice" else None
        told = _GUESSING.format(share=100 * guess) if guess is not None else ""
        reasons["chance"] = _NO_CHANCE.format(metric=metric) + told
    if detectable is None:
        reasons["detectable"] = "there are too few groups of documents to tell any two models apart"
    return Facts(
        version=task.version,
        card_sha256=card_hash(task.card),
        data_sha256=data.data_hash,
        documents=len(data.test),
        clusters=len(sizes),
        shots=len(data.shots),
        excluded=data.excluded,
        options=_options(data.test),
        metric=metric,
        chance=_rounded(chance),
        baselines={name: round(value, _DIGITS) for name, value in table.baselines(metric).items() if value is not None},
        detectable=_rounded(detectable),
        reasons=reasons,
        lint=LintFacts(status=report.status, rules=_by_rule(report)),
        quick=_quick(task, metric, data.test),
    )


def _quick(task: TaskDefinition, metric: Metric, documents: tuple[Document, ...]) -> QuickFacts | None:
    """The task's quick subset; None where that is the whole task."""
    subset = quick_subset(documents, task=task.name)
    if len(subset) == len(documents):
        return None
    sizes, whole = (list(Counter(one.cluster for one in some).values()) for some in (subset, documents))
    return QuickFacts(
        id=subset_id(task.card.suite),
        documents=len(subset),
        documents_sha256=documents_hash(subset),
        times_as_wide=_rounded(times_as_wide(metric, sizes, whole)),
        detectable=_rounded(detectable_difference(metric, sizes)),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _options(documents: tuple[Document, ...]) -> tuple[int, int] | None:
    numbers = [len(document.fields["options"]) for document in documents if "options" in document.fields]
    return (min(numbers), max(numbers)) if numbers else None


def _by_rule(report: Report) -> dict[str, dict[Severity, int]]:
    found: dict[str, dict[Severity, int]] = {}
    for finding in report.findings:
        counts = found.setdefault(finding.rule, {})
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
    return found
