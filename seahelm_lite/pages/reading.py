"""Board results as they come in: every file of the folders, each read whole and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from seahelm_lite.boards.releases import REPORTED, newest, refuse_mixed
from seahelm_lite.boards.reported import Figure, read_reported
from seahelm_lite.boards.results import BoardResults, read_results
from seahelm_lite.pages.fault import SiteError
from seahelm_lite.pages.slugs import distinct, slug
from seahelm_lite.records import sha256_hex


@dataclass(frozen=True)
class ReadBoard:
    """A board and the file it came from."""

    results: BoardResults
    content: bytes
    """Of the file: the site holds a copy of it."""
    sha256: str
    """Of the file's bytes."""

    @property
    def slug(self) -> str:
        """The name of its page."""
        return slug(self.results.board.id)


def read_boards(folders: Sequence[Path]) -> tuple[ReadBoard, ...]:
    """The boards of some folders, by id; of a folder of releases, those of the newest.

    Raises:
        SiteError, BoardError: With the path, at a folder that is missing or has no board, at a file that is not board
            results, at one that mixes releases, and at two boards of one id; where folders are of different releases.
    """
    read, named = [], []
    for place in folders:
        folder = newest(place)
        of_folder = {path: (read_results(path), path.read_bytes()) for path in _files(folder)}
        refuse_mixed(folder, {path.name: results for path, (results, _) in of_folder.items()})
        for path, (results, content) in of_folder.items():
            board = ReadBoard(results, content, sha256_hex(content))
            read.append(board)
            named.append((board.slug, str(path)))
    distinct("boards", named)
    _refuse_other_releases(read)
    return tuple(sorted(read, key=lambda board: board.slug))


def _refuse_other_releases(boards: Sequence[ReadBoard]) -> None:
    """The page of a task has the scores of all boards in one table, which must not be of two releases.

    A board that is not published may stand beside a release where it has no task in common with it.

    Raises:
        SiteError: Naming a board of each.
    """
    for one, other in combinations((board.results for board in boards), 2):
        days = one.board.release, other.board.release
        shared = sorted({column.task for column in one.columns} & {column.task for column in other.columns})
        if days[0] != days[1] and (None not in days or shared):
            told = ", ".join(f"{each.board.id} ({_release(each)})" for each in (one, other))
            both = f", and both have {shared[0]}" if shared else ""
            raise SiteError(f"a site would mix releases: {told}{both}", remedy="Build a site of each.")


def _release(results: BoardResults) -> str:
    return "of no release" if results.board.release is None else f"of {results.board.release}"


def read_figures(folders: Sequence[Path]) -> tuple[Figure, ...]:
    """What others published, of all folders that have a folder of it.

    Raises:
        BoardError: With file and line, at a row that cannot be used.
    """
    return tuple(figure for folder in folders for figure in read_reported(folder / REPORTED))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise SiteError("there is no such folder", where=str(folder), remedy="Make it with `seahelm-lite board build`.")
    found = sorted(path for path in folder.iterdir() if not (path.name == REPORTED and path.is_dir()))
    for path in found:
        if path.suffix != ".json" or not path.is_file():
            raise SiteError("is not board results (a .json file)", where=str(path), remedy="Keep it elsewhere.")
    if not found:
        raise SiteError("holds no board results", where=str(folder), remedy="Run `seahelm-lite board build` first.")
    return found
