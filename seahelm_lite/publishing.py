"""A release of boards: runs verified and scored again, boards built from them, checked, and written as one folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from seahelm_lite.boards.build import build_board
from seahelm_lite.boards.changes import ReleaseDiff
from seahelm_lite.boards.check import check_file
from seahelm_lite.boards.diff import release_diff
from seahelm_lite.boards.fields import BoardError, LeftOut
from seahelm_lite.boards.files import results_text, write_results
from seahelm_lite.boards.releases import of_release, read_boards_of, releases
from seahelm_lite.boards.results import BoardResults
from seahelm_lite.boards.runs import FinishedRun, Runs, read_runs
from seahelm_lite.catalog.board_card import Board, load_boards
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.facts import Known, all_known
from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.errors import RunFolderError, SeahelmError
from seahelm_lite.finished import score_differences
from seahelm_lite.sources.overlap.report import OverlapReport, read_report

SUBMISSIONS = ("leaderboards", "submissions")
"""Where in a checkout the runs of a pull request lie: everybody may read what is in them."""

_NAMED = 3
"""Faults of a kind that a sentence names."""

_RUNS = "Run them again, or move them out of the folders named by --runs; stored responses are used again."
"""What to do about runs that cannot be published."""


@dataclass(frozen=True)
class Published:
    """A release that stands on disk."""

    folder: Path
    boards: tuple[BoardResults, ...]
    without: tuple[str, ...]
    """Boards that the runs have nothing for."""
    left_out: tuple[LeftOut, ...]
    already: bool
    """Whether it stood there before, with the same bytes."""
    before: date | None
    """The release before it."""
    diff: ReleaseDiff | None
    """From that one; None without one, or without a board in common."""


def publish(
    names: Sequence[str],
    folders: Sequence[Path],
    release: date,
    results: Path | None = None,
    overlaps: Sequence[Path] = (),
) -> Published:
    """Make a release. It is written whole or not at all, and one that exists is never changed.

    Args:
        names: Boards; all that the runs have anything for, where none is named.
        folders: With runs.
        release: Its day.
        results: Folder of releases; that of the checkout in the working directory where it is not given.
        overlaps: Reports of `data overlap`, for the boards to show.

    Raises:
        SeahelmError: Naming the runs that were changed, are incomplete, score otherwise now, or hold what may not be
            published where they lie; the boards that check finds faults in; or the release that exists.
    """
    results = checkout_results() if results is None else results
    before = _release_before(results, release)
    catalog = load_catalog()
    tasks = catalog.tasks
    boards = load_boards(tasks)
    runs = read_runs(folders)
    _refuse((f"{left.run} {left.reason}" for left in runs.left_out), _RUNS)
    built = _built(names, boards, runs, folders, [read_report(path) for path in overlaps])
    used = {cell.run for board in built for row in board.rows for cell in row.cells}
    known = all_known(list(tasks.values()), catalog.roots)
    _refuse([*_strays(folders), *_faults(runs.finished, used, tasks, known)], _RUNS)
    released = [of_release(board, release) for board in built]
    folder = results / release.isoformat()
    already = _stands(folder, released)
    diff = None if before is None else _diff(results / before.isoformat(), released)
    if not already:
        _write(folder, released, boards)
    return Published(
        folder=folder,
        boards=tuple(released),
        without=tuple(name for name in boards if name not in {board.board.id for board in built}),
        left_out=tuple(dict.fromkeys(left for board in built for left in board.left_out)),
        already=already,
        before=before,
        diff=diff,
    )


def checkout_results() -> Path:
    """The folder of releases of the checkout in the working directory.

    Raises:
        BoardError: If there is none, or not the one whose cards and code are running.
    """
    own = Path("leaderboards")
    if not (own / "boards").is_dir():
        raise BoardError(
            "is no checkout of seahelm-lite, so there is no place to publish to",
            where=str(Path.cwd()),
            remedy="Change into one, or name a folder of releases with --results.",
        )
    running = shipped_folder("leaderboards")
    if own.resolve() != running.resolve():
        raise BoardError(
            f"is not the checkout that seahelm-lite runs from, which is {running.parent}",
            where=str(Path.cwd()),
            remedy="Install this one (`pip install -e .`), so that a release is made by the code it stands beside.",
        )
    return own / "results"


def _release_before(results: Path, release: date) -> date | None:
    """The newest of the earlier releases; raises BoardError where there is a later one, or no folder can be."""
    if results.exists() and not results.is_dir():
        raise BoardError("is a file, and no folder of releases", where=str(results), remedy="Correct --results.")
    days = sorted(releases(results))
    if days and days[-1] > release:
        raise BoardError(
            f"has a later release, {days[-1]}, so that nobody would be shown one of {release}",
            where=str(results),
            remedy="Publish under a later day.",
        )
    return max((day for day in days if day < release), default=None)


def _built(
    names: Sequence[str],
    boards: Mapping[str, Board],
    runs: Runs,
    folders: Sequence[Path],
    reports: Sequence[OverlapReport],
) -> list[BoardResults]:
    """The boards that the runs have anything for; raises BoardError where a named one is not among them."""
    for name in names:
        if name not in boards:
            raise unknown("board", name, boards, listing=", ".join(boards))
    built = [build_board(boards[name], runs, reports) for name in dict.fromkeys(names or boards)]
    filled = [one for one in built if any(cell.run is not None for row in one.rows for cell in row.cells)]
    empty = [one.board.id for one in built if one not in filled] if names else []
    if empty or not filled:
        wanted = f"the board {', '.join(empty)}" if empty else "any board"
        raise BoardError(
            f"no run in {', '.join(map(str, folders))} is for {wanted}",
            remedy="`seahelm-lite board build` says what a board takes.",
        )
    return filled


def _strays(folders: Iterable[Path]) -> Iterator[str]:
    """What lies among published runs and is none, such as a store with every prompt and answer."""
    for folder in folders:
        if _is_public(folder):
            for path in sorted(folder.iterdir()):
                if not (path / "manifest.json").is_file():
                    yield f"{path} is no run folder, and everybody may read it"


def _faults(
    runs: Iterable[FinishedRun],
    used: Container[str | None],
    tasks: Mapping[str, TaskDefinition],
    known: Mapping[str, Known],
) -> Iterator[str]:
    """Why runs may not be published, each with its name. What nobody may read is looked for in those not used too."""
    for run in runs:
        faults = [*(_unpublishable(run, tasks) if _is_public(run.folder.path) else ())]
        faults += [*_of_other_data(run, known), *_faults_of_use(run)] if run.run_id in used else ()
        yield from (f"{run.run_id} {fault}" for fault in faults)


def _of_other_data(run: FinishedRun, known: Mapping[str, Known]) -> Iterator[str]:
    """Tasks whose data is not what this version of them has; nothing is told where nobody has had that data."""
    for asked in run.manifest.tasks:
        facts = known[asked.task].facts if asked.task in known else None
        if facts is not None and asked.version == facts.version and asked.data_sha256 != facts.data_sha256:
            theirs, ours = asked.data_sha256[:12], facts.data_sha256[:12]
            yield f"is of other data of {asked.task} {asked.version} (sha256 {theirs}…, pinned is {ours}…)"


def _faults_of_use(run: FinishedRun) -> Iterator[str]:
    """What is wrong with a run that fills a cell."""
    if run.manifest.imported is None and run.manifest.status != "complete":
        lacking = {
            f"{score.task} ({score.n_answered} of {score.n} documents)"
            for score in run.scores
            if score.status == "incomplete"
        }
        yield f"is incomplete: {', '.join(sorted(lacking))}"
        return
    try:
        differing = score_differences(run.folder.path)
    except (SeahelmError, LookupError, TypeError, ValueError):
        # Not the reason by itself: what made such a manifest or such samples is no version that we know.
        yield "cannot be scored by this version of seahelm-lite"
        return
    if differing:
        yield f"is not scored so by this version of seahelm-lite: {_some(differing)}"


def _is_public(folder: Path) -> bool:
    """Whether it is the folder of a checkout in which runs are handed in, or in it."""
    parts = folder.resolve().parts
    return SUBMISSIONS in pairwise(parts)


def _unpublishable(run: FinishedRun, tasks: Mapping[str, TaskDefinition]) -> Iterator[str]:
    """What a run holds that may not lie where everybody can read it."""
    if run.manifest.imported is not None:
        yield "holds answers that others recorded, and belongs where only you can read it: they are imported again"
    private = {
        asked.task
        for asked in run.manifest.tasks
        if asked.task not in tasks or not tasks[asked.task].card.licence.redistributable
    }
    if private:
        yield f"holds items that may not be redistributed, and must not lie in a checkout: {_some(sorted(private))}"


def _refuse(faults: Iterable[str], remedy: str) -> None:
    told = list(faults)
    if told:
        raise BoardError(f"nothing was published: {_some(told)}", remedy=remedy)


def _some(told: Sequence[str]) -> str:
    more = [f"and {len(told) - _NAMED} more"] if len(told) > _NAMED else []
    return "; ".join([*told[:_NAMED], *more])


def _stands(folder: Path, released: Iterable[BoardResults]) -> bool:
    """Whether the release exists; raises BoardError where it holds other bytes."""
    if not folder.exists():
        return False
    for board in released:
        path = folder / f"{board.board.id}.json"
        if not path.is_file() or path.read_bytes() != results_text(board).encode():
            raise BoardError(
                f"the release exists, and its {path.name} is {'another' if path.exists() else 'missing'}",
                where=str(folder),
                remedy="A release never changes: publish under a later day.",
            )
    return True


def _write(folder: Path, released: Iterable[BoardResults], boards: Mapping[str, Board]) -> None:
    """Write and check the boards beside the releases, then move them to their place in one step."""
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        # What a process left that was killed here.
        shutil.rmtree(partial, ignore_errors=True)
        for board in released:
            path = write_results(board, partial)
            _refuse((f"{board.board.id}: {fault}" for fault in check_file(path, boards)), "Tell its maintainers.")
        os.rename(partial, folder)
    except (OSError, RunFolderError) as error:
        what = error.what if isinstance(error, RunFolderError) else f"cannot be written: {error.strerror}"
        raise BoardError(what, where=str(folder), remedy="Nothing was published.") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _diff(before: Path, released: Iterable[BoardResults]) -> ReleaseDiff | None:
    old = read_boards_of(before)
    new = {board.board.id: board for board in released}
    return release_diff(old, new) if old.keys() & new.keys() else None
