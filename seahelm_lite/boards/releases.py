"""Releases: folders named by their day, each with the boards that were published on it, and nothing of another."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.results import BoardResults, read_results

REPORTED = "reported"
"""The folder beside the releases with figures that others published."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def day_of(text: str) -> date:
    """The day of a release, from its name.

    Raises:
        ValueError: With what is wrong with it, in words.
    """
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is no day; write it as 2026-11-22")


def of_release(results: BoardResults, release: date | None) -> BoardResults:
    """The same results as part of a release, or of none."""
    return results.model_copy(update={"board": results.board.model_copy(update={"release": release})})


def releases(folder: Path) -> dict[date, Path]:
    """The releases in a folder, oldest first; none where it holds boards itself, or is not there.

    Raises:
        BoardError: With the path, at anything beside releases that belongs to none of them.
    """
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    if not any(path.is_dir() and _DAY.fullmatch(path.name) for path in entries):
        return {}
    found: dict[date, Path] = {}
    for path in entries:
        if path.name.startswith(".") or (path.name == REPORTED and path.is_dir()):
            continue
        if not path.is_dir():
            raise BoardError("stands beside the releases and belongs to none of them", where=str(path), remedy=_MOVE)
        try:
            found[day_of(path.name)] = path
        except ValueError as error:
            raise BoardError(f"is no release: {error}", where=str(path), remedy=_MOVE) from None
    return found


_MOVE = "Move it elsewhere."


def newest(folder: Path) -> Path:
    """The folder that holds the boards: the newest release in it, or itself where it has none; raises as `releases`."""
    found = releases(folder)
    return found[max(found)] if found else folder


def refuse_release(folder: Path) -> None:
    """Hold a folder that boards are built into to be none of a release, which never changes.

    Raises:
        BoardError: If it has the name of one.
    """
    if _DAY.fullmatch(folder.resolve().name):
        raise BoardError(
            "has the name of a release, and releases are written by `seahelm-lite board publish` alone",
            where=str(folder),
            remedy="Choose another --out.",
        )


def refuse_mixed(folder: Path, boards: Mapping[str, BoardResults]) -> None:
    """Hold boards of one folder to be of one release: that which the folder is named by, if it is.

    Args:
        folder: Where they are.
        boards: By the name of the file.

    Raises:
        BoardError: Naming files of different releases, or one that is not of the folder's.
    """
    of = {name: results.board.release for name, results in boards.items()}
    first = next(iter(of.values()), None)
    if _DAY.fullmatch(folder.name):
        first = day_of(folder.name)
        wrong = [f"{name} ({_told(day)})" for name, day in of.items() if day != first]
        if wrong:
            what = f"holds boards that are not of its release: {', '.join(wrong)}"
            raise BoardError(what, where=str(folder), remedy="A release is made by `seahelm-lite board publish`.")
    if set(of.values()) - {first}:
        told = ", ".join(f"{name} ({_told(day)})" for name, day in of.items())
        raise BoardError(f"mixes releases: {told}", where=str(folder), remedy="Keep each release in its own folder.")


def those_that_are_boards(files: Iterable[Path]) -> dict[str, BoardResults]:
    """What can be read of some files, by name; what is wrong with the others is told where each is checked."""
    read: dict[str, BoardResults] = {}
    for path in files:
        with contextlib.suppress(BoardError):
            read[path.name] = read_results(path)
    return read


def _told(day: date | None) -> str:
    return "of no release" if day is None else f"of {day.isoformat()}"


def read_boards_of(place: Path) -> dict[str, BoardResults]:
    """The boards of a results file, of a release, or of the newest release of a folder, by id.

    Raises:
        BoardError: With the path, if there is nothing, or something that is not the results of a board of that name.
    """
    if not place.is_dir():
        results = read_results(place)
        return {results.board.id: results}
    folder = newest(place)
    read = {path.name: read_results(path) for path in sorted(folder.glob("*.json"))}
    if not read:
        raise BoardError("holds no board results", where=str(folder), remedy="Name a results file, or a release.")
    refuse_mixed(folder, read)
    for name, results in read.items():
        if name != f"{results.board.id}.json":
            raise BoardError(f"holds the board {results.board.id}", where=str(folder / name), remedy="Name it so.")
    return {results.board.id: results for results in read.values()}
