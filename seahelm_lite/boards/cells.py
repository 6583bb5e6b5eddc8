"""The cells of a board: a value, or the word and the reason for why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import seahelm_lite
from seahelm_lite.boards.choosing import Candidate
from seahelm_lite.boards.fields import Counts, LogFile, Mark
from seahelm_lite.boards.reproduce import command
from seahelm_lite.boards.results import Cell
from seahelm_lite.boards.runs import FinishedRun
from seahelm_lite.catalog.board_card import BoardColumn
from seahelm_lite.catalog.compat import COMPAT
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.scoring.withheld import WITHHELD

_MANY_UNPARSED = 0.1
"""Share of answers that could not be read above which a cell is marked."""

_SHORT = 12
"""Digits of a hash that a sentence names."""

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
        marks=marks_of(score.counts, limited=score.subset.kind != "full", recorded=imported is not None),
        usage=asked.usage,
        decoding=asked.decoding,
        run=run.run_id,
        scores_sha256=run.scores_sha256,
        prompts_sha256=asked.prompts_sha256,
        files=tuple(LogFile(path=f.path, sha256=f.sha256, answers=f.answers) for f in files),
        deviations=tuple(_deviations(candidate, column)),
        command=command(run),
    )


def _deviations(candidate: Candidate, column: BoardColumn) -> Iterable[str]:
    """What is said of the whole run, or of this task; what is said of another task begins with its name.

    Then what scored it, where that is not what would score it now.
    """
    manifest, asked = candidate.run.manifest, candidate.asked
    others = {other.task for other in manifest.tasks} - {asked.task}
    yield from (told for told in manifest.deviations if re.split("[: ]", told)[0] not in others)
    if asked.task_file_sha256 != column.task.sha256:
        yield f"scored with another edition of the task file: sha256 {asked.task_file_sha256[:_SHORT]}…"
    version = manifest.versions.get("seahelm-lite")
    if version != seahelm_lite.__version__:
        yield f"scored by seahelm-lite {version or 'of an unknown version'}"


def marks_of(counts: Counts, *, limited: bool, recorded: bool) -> tuple[Mark, ...]:
    """What readers should know before they compare a cell with others.

    Args:
        counts: How its samples ended.
        limited: Whether only some of the task's documents were asked.
        recorded: Whether somebody else asked for the answers.
    """
    marks: tuple[tuple[Mark, bool], ...] = (
        ("parse!", counts.unparsed > _MANY_UNPARSED * counts.total),
        ("limited", limited),
        ("recorded", recorded),
    )
    return tuple(mark for mark, holds in marks if holds)


def absent_cell(column: BoardColumn, runs: Sequence[FinishedRun]) -> Cell:
    """The cell of a model that has no run of the column.

    Args:
        column: The column.
        runs: All runs of the model.
    """
    if column.task.card.answers == "withheld":
        return Cell(state="withheld", reason=WITHHELD)
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
    settings = run.settings
    if not isinstance(settings, RunSpec):
        return False
    if settings.compat is not None:
        return COMPAT + settings.compat == column.protocol
    protocol = "gen" if column.task.card.kind == "generation" else settings.protocol or "gen-letter"
    return (protocol, settings.shots) == (column.protocol, column.shots)
