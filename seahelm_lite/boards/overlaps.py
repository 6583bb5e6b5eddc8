"""What reports of overlaps with corpora say of the columns of a board."""

from __future__ import annotations

from collections.abc import Sequence

from seahelm_lite.boards.fields import BoardError, Overlap
from seahelm_lite.boards.results import Column
from seahelm_lite.sources.overlap.report import OverlapReport, TaskOverlap


def with_overlaps(columns: Sequence[Column], reports: Sequence[OverlapReport]) -> tuple[Column, ...]:
    """The columns with what was found of their documents, by name of the corpus; each corpus counts once.

    Raises:
        BoardError: If a report is of another version or other data of a task than the column.
    """
    return tuple(column.model_copy(update={"overlaps": _of_column(column, reports)}) for column in columns)


def _of_column(column: Column, reports: Sequence[OverlapReport]) -> tuple[Overlap, ...]:
    found = set()
    for report in reports:
        for told in report.tasks:
            if told.task != column.task:
                continue
            _refuse_other_documents(column, told, report)
            if told.looked_for:
                name, sha256 = report.corpus.name, report.corpus.sha256
                found.add(Overlap(corpus=name, corpus_sha256=sha256, found=len(told.found), n=told.looked_for))
    return tuple(sorted(found, key=in_order))


def in_order(overlap: Overlap) -> tuple[str, str, int, int]:
    """Sorts the overlaps of a column."""
    return overlap.corpus, overlap.corpus_sha256, overlap.found, overlap.n


def _refuse_other_documents(column: Column, told: TaskOverlap, report: OverlapReport) -> None:
    if told.version != column.version:
        other = f"of version {told.version}; the board's is {column.version}"
    elif column.data_sha256 not in (None, told.data_sha256):
        other = "not those that the runs asked"
    else:
        return
    raise BoardError(
        f"the documents of {told.task} that were looked for in the corpus {report.corpus.name} are {other}",
        remedy="Search it again with `seahelm-lite data overlap`, or leave the report out.",
    )
