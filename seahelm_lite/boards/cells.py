"""The cells of a board: a value, or the word and the reason for why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from seahelm_lite.boards.choosing import Candidate
from seahelm_lite.boards.reproduce import command
from seahelm_lite.boards.results import Cell, LogFile, Mark
from seahelm_lite.boards.runs import FinishedRun
from seahelm_lite.catalog.board_card import BoardColumn

_MANY_UNPARSED = 0.1
"""Share of answers that could not be read above which a cell is marked."""

_DATA_NOT_HAD = "optional, and its data cannot be had"
"""How the reason of a skipped task begins where the machine lacked the data: that says nothing of the model."""


def run_cell(candidate: Candidate, column: BoardColumn) -> Cell:
    """The cell of a model that has a run of the column."""
    run, asked, score = candidate.run, candidate.asked, candidate.score
    imported = run.manifest.imported
    files = imported.files if imported is not None else ()
    return Cell(
        state="value" if candidate.complete else "incomplete",
        reason=score.reason,
        value=score.value,
        se=score.se,
        ci95=score.ci95,
        ci_method=score.ci_method if score.ci95 is not None else None,
        n=score.n,
        n_answered=score.n if candidate.complete else score.n_answered,
        n_clusters=score.n_clusters,
        repeats=score.repeats,
        counts=score.counts,
        marks=tuple(_marks(candidate)),
        usage=asked.usage,
        decoding=asked.decoding,
        run=run.run_id,
        scores_sha256=run.scores_sha256,
        prompts_sha256=asked.prompts_sha256,
        files=tuple(LogFile(path=f.path, sha256=f.sha256, answers=f.answers) for f in files),
        deviations=_deviations(candidate),
        command=command(run),
    )


def _deviations(candidate: Candidate) -> tuple[str, ...]:
    """What is said of the whole run, or of this task; what is said of another task begins with its name."""
    others = {asked.task for asked in candidate.run.manifest.tasks} - {candidate.asked.task}
    return tuple(told for told in candidate.run.manifest.deviations if re.split("[: ]", told)[0] not in others)


def _marks(candidate: Candidate) -> Iterable[Mark]:
    counts = candidate.score.counts
    if counts.unparsed > _MANY_UNPARSED * counts.total:
        yield "parse!"
    if candidate.score.subset.kind != "full":
        yield "limited"
    if candidate.run.manifest.imported is not None:
        yield "recorded"


def absent_cell(column: BoardColumn, runs: Sequence[FinishedRun]) -> Cell:
    """The cell of a model that has no run of the column.

    Args:
        column: The column.
        runs: All runs of the model.
    """
    for run in runs:
        for skipped in run.manifest.skipped:
            if skipped.task != column.task.name or not _would_fill(run, column):
                continue
            if skipped.reason.startswith(_DATA_NOT_HAD):
                # The rest of the reason names the places on that machine where it was looked for.
                return Cell(state="not run", reason="its data could not be had where the model was run")
            return Cell(state="unsupported", reason=skipped.reason)
    return Cell(state="not run", reason="no run of this model has it")


def _would_fill(run: FinishedRun, column: BoardColumn) -> bool:
    """Whether the run, had it not skipped the task, would have asked it as the column wants it."""
    spec = run.manifest.spec
    protocol = "gen" if column.task.card.kind == "generation" else spec.get("protocol") or "gen-letter"
    return bool((protocol, spec.get("shots", 0)) == (column.protocol, column.shots))
