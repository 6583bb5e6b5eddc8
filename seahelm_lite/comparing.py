"""Runs beside each other: what the command `compare` does, callable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seahelm_lite.boards.results import BoardResults
from seahelm_lite.boards.rows import NamedRow, is_row, named_row, refuse_other_boards, run_of
from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.comparisons.axis import axis_of
from seahelm_lite.comparisons.columns import Column, Compared, Key, Kind, Lacking, NotCompared
from seahelm_lite.comparisons.contrasts import Asked, compared_columns, compared_headline, compared_mean
from seahelm_lite.comparisons.entrants import Entrant, Question, entrant, joined
from seahelm_lite.comparisons.gathering import gather
from seahelm_lite.comparisons.headline import Headline, Share
from seahelm_lite.comparisons.result import ComparedRun, Comparison
from seahelm_lite.comparisons.verdicts import MARGIN
from seahelm_lite.errors import RunFolderError, SeahelmError
from seahelm_lite.finished import Run, load_run

_FLOORED = (
    "not compared, since the board raises values below chance to nought, as SEA-HELM does, and what is raised says "
    "nothing of single documents"
)


def compare(*runs: Path | str, margin: float = MARGIN, runs_in: Sequence[Path | str] = ()) -> Comparison:
    """Put runs beside each other, on the documents that they have in common.

    Two are compared with each other: the first less the second. Three or more of which each has its own number of
    steps, or of tokens, are a series: they are put in that order, and each is compared with the last and with the best.
    Others are several models: every two are compared overall, and each with the first in every task.

    Args:
        runs: Run folders, or rows of one board as `BOARD.json#MODEL`; with a row among them, the board's columns are
            compared and its headline is what they come to.
        margin: Differences below this, as a fraction, count as equivalent.
        runs_in: Folders in which the runs of rows are looked for.

    Returns:
        Scores, differences, intervals, tests and verdicts, and what could not be compared and why.

    Raises:
        RunFolderError: If one is no run, was changed since it was finished, or is named twice; if fewer than two are
            named; if no two of them have a task in common.
        BoardError: If a file is no board, rows are of different boards or releases, or a run of a row is not found.
        UnknownNameError: If a board has no such row.
        SeahelmError: If the margin is not above 0 and below 1.
    """
    if not 0 < margin < 1:
        raise SeahelmError(f"a margin of {100 * margin:g} points is none", remedy="Give one above 0 and below 100.")
    rows = {str(name): named_row(str(name)) for name in runs if is_row(str(name))}
    if rows:
        refuse_other_boards(list(rows.values()))
    headline = _headline(next(iter(rows.values())).results) if rows else None
    read = [
        _Read(row, _runs_of(row, [Path(folder) for folder in runs_in]))
        if (row := rows.get(str(name))) is not None
        else _Read(None, (load_run(Path(name)),))
        for name in runs
    ]
    _refuse_useless(read)
    return _compared(read, headline, margin)


@dataclass(frozen=True)
class _Read:
    """A run, or a row with its runs."""

    row: NamedRow | None
    runs: tuple[Run, ...]

    @property
    def names(self) -> tuple[str, str, str]:
        """Model, run and folder."""
        if self.row is not None:
            return self.row.row.model.name, self.row.told, f"{self.row.file}#{self.row.row.model.id}"
        (run,) = self.runs
        return str(run.manifest["model"]["name"]), run.folder.run_id, str(run.folder.path)


def _compared(read: Sequence[_Read], headline: Headline | None, margin: float) -> Comparison:
    names = _names(read)
    metrics = headline.metrics if headline is not None else None
    named = [_entrant(name, one, metrics) for name, one in zip(names, read, strict=True)]
    axis = axis_of([one.name for one in named], [one.training for one in named])
    kind: Kind = "pair" if len(named) == 2 else "models" if axis.kind == "order" else "series"
    order = list(range(len(named)))
    if kind == "series":
        order.sort(key=axis.positions.__getitem__)
    entrants = [named[place] for place in order]
    columns, not_compared = gather(entrants, metrics)
    if not columns:
        raise RunFolderError(_nothing_shared(not_compared, entrants), remedy=_remedy(entrants))
    asked = Asked(kind, len(entrants), margin)
    overall, shares = _overall(columns, headline, asked)
    return Comparison(
        kind=kind,
        runs=tuple(_told(one, axis.positions[place]) for place, one in zip(order, entrants, strict=True)),
        axis=axis,
        headline=headline,
        overall=overall,
        overall_of=tuple(shares) if overall is not None else (),
        columns=tuple(compared_columns(columns, asked)),
        not_compared=tuple(not_compared),
        margin=margin,
    )


def _overall(columns: Sequence[Column], headline: Headline | None, asked: Asked) -> tuple[Compared | None, list[Share]]:
    return compared_mean(columns, asked) if headline is None else compared_headline(columns, headline, asked)


def _told(one: Entrant, position: int) -> ComparedRun:
    folders = tuple(str(folder.path) for folder in one.folders)
    return ComparedRun(one.name, one.row or one.folder.run_id, folders, one.status, one.training, position)


def _headline(results: BoardResults) -> Headline:
    board = results.board
    return Headline(
        board=board.id,
        title=board.title,
        release=None if board.release is None else board.release.isoformat(),
        normalised=board.normalisation == "chance",
        shares={(one.task, one.protocol, one.shots): one.share for one in results.columns if one.required},
        metrics={(one.task, one.protocol, one.shots): one.metric for one in results.columns},
        not_compared=_FLOORED if board.normalisation == "sea-helm" else None,
    )


def _runs_of(named: NamedRow, folders: Sequence[Path]) -> tuple[Run, ...]:
    """The runs that the cells of a row are made of, each once and verified."""
    found = {}
    for cell in named.row.cells:
        if cell.state == "value" and cell.run not in found:
            found[cell.run] = load_run(run_of(named, cell, folders).path)
    if not found:
        raise RunFolderError(f"the row {named.told} has no value in any column", where=str(named.file))
    return tuple(found.values())


def _entrant(name: str, read: _Read, metrics: Mapping[Key, Metric] | None) -> Entrant:
    runs = [entrant(name, run.folder, run.manifest, run.scores, metrics) for run in read.runs]
    if read.row is None:
        return runs[0]
    absent: dict[Question, Lacking] = {}
    taken: dict[str, list[Question]] = {}
    for column, cell in zip(read.row.results.columns, read.row.row.cells, strict=True):
        question = Question(column.task, column.protocol, column.shots)
        if cell.state == "value" and cell.run is not None:
            taken.setdefault(cell.run, []).append(question)
        else:
            absent[question] = Lacking(f"{cell.state}: {cell.reason}", incomplete=cell.state == "incomplete")
    by_id = {run.folder.run_id: run for run in runs}
    for run_id, questions in taken.items():
        for question in questions:
            if question not in by_id[run_id].scores:
                what = f"the run {run_id} of {read.row.told} has no score of {question.task} in {question.protocol}"
                raise RunFolderError(what, where=str(read.row.file), remedy="Build the board again.")
    return joined(name, read.row.told, [(by_id[run], questions) for run, questions in taken.items()], absent)


def _refuse_useless(read: Sequence[_Read]) -> None:
    """As `refuse_useless`, for rows too, which may be of several runs each."""
    _refuse_fewer_than_two(len(read))
    _refuse_twice([one.names[2] for one in read])
    _refuse_twice([str(run.folder.path.resolve()) for one in read for run in one.runs])
    _refuse_unsealed([run for one in read for run in one.runs])


def refuse_useless(runs: Sequence[Run]) -> None:
    """Two runs or more, each named once, and none that is complete without its seal; raises RunFolderError."""
    _refuse_fewer_than_two(len(runs))
    _refuse_twice([str(run.folder.path.resolve()) for run in runs])
    _refuse_unsealed(runs)


def _refuse_fewer_than_two(count: int) -> None:
    if count < 2:
        raise RunFolderError("two or more runs are needed", remedy="`seahelm-lite runs list` names those there are.")


def _refuse_twice(names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise RunFolderError("is named twice", where=Path(twice[0]).name, remedy="Name each run once.")


def _refuse_unsealed(runs: Sequence[Run]) -> None:
    for run in runs:
        if run.complete and not run.folder.is_sealed():
            raise RunFolderError(
                "is complete and has no seal: it was stopped on its last step, or changed",
                where=str(run.folder.path),
                remedy="Run it again; stored responses are used again.",
            )


def _names(read: Sequence[_Read]) -> list[str]:
    """The shortest of model, run and folder that tells the runs apart."""
    models, ids, folders = (list(told) for told in zip(*(one.names for one in read), strict=True))
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
