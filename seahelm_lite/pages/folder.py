"""The folder of a site: written beside and swapped in, and never over what somebody else put there."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from seahelm_lite.pages.fault import SiteError

MARKER = "site.json"
"""At the top of every site: says that it is one of ours, what it was made from, and which files are ours."""
MARKER_SCHEMA = "seahelm-lite/site/1"

_REMEDY = "Choose an empty folder, or one that `seahelm-lite site build` made."


def marker(boards: Mapping[str, str], files: Iterable[str]) -> bytes:
    """The marker file.

    Args:
        boards: Board id to the sha256 of its results file.
        files: Every other file of the site, relative to it.
    """
    body = {"schema": MARKER_SCHEMA, "boards": dict(sorted(boards.items())), "files": sorted(files)}
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def check_folder(out: Path) -> None:
    """Make sure that nothing of anybody else's would be lost by putting a site there.

    Raises:
        SiteError: If there is a file, or a folder with something that no build of ours wrote.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise SiteError("is not a folder", where=str(out), remedy=_REMEDY)
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_symlink() or path.is_file())
    if not found:
        return
    ours = _listed(out / MARKER)
    if ours is None:
        raise SiteError("is neither empty nor a site of ours", where=str(out), remedy=_REMEDY)
    foreign = [name for name in found if name not in ours]
    if foreign:
        remedy = "Move it away: building replaces the whole folder."
        raise SiteError("was not written by `seahelm-lite site build`", where=str(out / foreign[0]), remedy=remedy)


def _listed(path: Path) -> set[str] | None:
    """The files a marker names, itself among them; None where it is no marker of ours."""
    try:
        body = json.loads(path.read_bytes())
        if body["schema"] != MARKER_SCHEMA:
            return None
        return {MARKER, *map(str, body["files"])}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_folder(files: Mapping[str, bytes], out: Path) -> None:
    """Put a whole site in place of what was there; a failure leaves what was there.

    Args:
        files: Path relative to the folder, with slashes, and contents.
        out: The folder; its parents are made.

    Raises:
        SiteError: If it cannot be written.
    """
    # A link keeps pointing where it points: what it points to is replaced.
    place = out.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent) as beside:
            new = Path(beside) / "new"
            for name, content in files.items():
                path = new / PurePosixPath(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            _swap(new, place, Path(beside) / "old")
    except OSError as error:
        raise SiteError(f"the site cannot be written: {error.strerror}", where=str(out)) from None


def _swap(new: Path, place: Path, old: Path) -> None:
    """Move the new folder to its place and what was there aside."""
    there = place.exists()
    if there:
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if there:
            old.rename(place)
        raise
