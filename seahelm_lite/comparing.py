"""Runs beside each other: what the command `compare` does, callable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from seahelm_lite.comparisons.axis import axis_of
from seahelm_lite.comparisons.columns import NotCompared
from seahelm_lite.comparisons.contrasts import compared_columns, compared_mean, shared_columns
from seahelm_lite.comparisons.entrants import Entrant, entrant
from seahelm_lite.comparisons.gathering import gather
from seahelm_lite.comparisons.result import ComparedRun, Comparison
from seahelm_lite.errors import RunFolderError
from seahelm_lite.finished import Run, load_run


def compare(*runs: Path | str) -> Comparison:
    """Put runs beside each other, on the documents that they have in common.

    Two runs are compared with each other: the first less the second. More are a series: they are put in order of
    steps, or of tokens, where all of them have them, and each is compared with the last and with the best.

    Args:
        runs: Run folders.

    Returns:
        Scores, differences, intervals and tests, and what could not be compared and why.

    Raises:
        RunFolderError: If one is no run, was changed since it was finished, or is named twice; if fewer than two are
            named; if no two of them have a task in common.
    """
    read = [load_run(Path(path)) for path in runs]
    refuse_useless(read)
    named = [entrant(name, run.folder, run.manifest, run.scores) for name, run in zip(_names(read), read, strict=True)]
    axis = axis_of([one.name for one in named], [one.training for one in named])
    order = list(range(len(named)))
    if len(named) > 2:
        order.sort(key=axis.positions.__getitem__)
    entrants = [named[place] for place in order]
    columns, not_compared = gather(entrants)
    if not columns:
        raise RunFolderError(_nothing_shared(not_compared, entrants), remedy=_remedy(entrants))
    last = len(entrants) - 1
    mean = compared_mean(columns, last)
    return Comparison(
        runs=tuple(_told(one, axis.positions[place]) for place, one in zip(order, entrants, strict=True)),
        axis=axis,
        mean=mean,
        mean_of=tuple(column.task for column in shared_columns(columns)) if mean is not None else (),
        columns=tuple(compared_columns(columns, last)),
        not_compared=tuple(not_compared),
    )


def _told(one: Entrant, position: int) -> ComparedRun:
    return ComparedRun(one.name, one.folder.run_id, str(one.folder.path), one.status, one.training, position)


def refuse_useless(runs: Sequence[Run]) -> None:
    """Two runs or more, each named once, and none that is complete without its seal; raises RunFolderError."""
    if len(runs) < 2:
        raise RunFolderError("two or more runs are needed", remedy="`seahelm-lite runs list` names those there are.")
    twice = [path for path, count in Counter(run.folder.path.resolve() for run in runs).items() if count > 1]
    if twice:
        raise RunFolderError("is named twice", where=twice[0].name, remedy="Name each run once.")
    for run in runs:
        if run.complete and not run.folder.is_sealed():
            raise RunFolderError(
                "is complete and has no seal: it was stopped on its last step, or changed",
                where=str(run.folder.path),
                remedy="Run it again; stored responses are used again.",
            )


def _names(runs: Sequence[Run]) -> list[str]:
    """The shortest of model, run and folder that tells the runs apart."""
    models = [str(run.manifest["model"]["name"]) for run in runs]
    ids = [run.folder.run_id for run in runs]
    folders = [str(run.folder.path) for run in runs]
    return next(told for told in (models, ids, folders) if len(set(told)) == len(told) or told is folders)


def _remedy(entrants: Sequence[Entrant]) -> str:
    """Two protocols are never compared as if they were one; how they differ is another question."""
    tasks = [{question.task for question in one.tasks} for one in entrants]
    asked = [{(question.task, question.protocol) for question in one.tasks} for one in entrants]
    if set.intersection(*tasks) and not set.intersection(*asked):
        return "Compare runs of one protocol; --bridge tells how far two protocols are apart."
    return "Compare runs of the same tasks."


def _nothing_shared(not_compared: Sequence[NotCompared], entrants: Sequence[Entrant]) -> str:
    """What stands in the way of the task that most runs were asked."""
    nearest = min(not_compared, key=lambda one: sum("not asked" in reason for reason in one.lacking.values()))
    why = "; ".join(f"{entrants[run].name}: {reason}" for run, reason in nearest.lacking.items())
    return f"the runs have nothing to compare; {nearest.task} in {nearest.protocol}, {nearest.shots} shots: {why}"
