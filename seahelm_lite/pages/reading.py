"""Board results as they come in: every file of the folders, each read whole and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """The page of a task has the scores of all boards in one table; raises SiteError where they are of two releases."""
    by_release: dict[str, str] = {}
    for board in boards:
        release = board.results.board.release
        by_release.setdefault("of no release" if release is None else f"of {release}", board.results.board.id)
    if len(by_release) > 1:
        told = ", ".join(f"{name} ({release})" for release, name in by_release.items())
        raise SiteError(f"a site would mix releases: {told}", remedy="Build a site of each.")


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
