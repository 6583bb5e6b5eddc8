"""Opening the logs of an import: from a path, or by their name in a mirror, and under names that tell of no machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import LogFile, LogFormat
from seahelm_lite.records import sha256_hex
from seahelm_lite.sources.fetch import read_upstream, upstream_name
from seahelm_lite.sources.where import Where


def open_logs(given: Sequence[str], log_format: LogFormat, where: Where) -> list[LogFile]:
    """Read logs, in the order of their names, so that the order in which they were given changes nothing.

    Args:
        given: Paths, or names in the layout of a mirror.
        log_format: Says which files beside a log belong to it.
        where: Places to look for names.

    Raises:
        LogError: If one cannot be read, or two have the same content.
        AbsentSourceError: If a name is found nowhere.
    """
    root = _common_folder([path for path in given if upstream_name(os.path.abspath(path)) is None])
    files = sorted((_open(path, root, log_format, where) for path in given), key=lambda file: (file.name, file.sha256))
    first: dict[str, str] = {}
    for file in files:
        if file.sha256 in first:
            same = f"has the same content as {first[file.sha256]}"
            raise LogError(same, where=file.name, remedy="Nothing was imported. Name it once.")
        first[file.sha256] = file.name
    return files


def _common_folder(paths: Sequence[str]) -> str:
    """The folder that all of them are under. What is above it is this machine's business."""
    return os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in paths]) if paths else ""


def _open(given: str, root: str, log_format: LogFormat, where: Where) -> LogFile:
    siblings = []
    try:
        path = Path(given)
        if not path.is_file() and upstream_name(given) == given:
            return _log_file(given, read_upstream(given, where))
        data = path.read_bytes()
        for sibling in log_format.siblings(path.name):
            if (beside := path.with_name(sibling)).is_file():
                siblings.append((sibling, beside.read_bytes()))
    except OSError as error:
        raise LogError(f"cannot be read: {error.strerror}", where=given[:200], remedy="Check the path.") from None
    absolute = os.path.abspath(given)
    return _log_file(upstream_name(absolute) or Path(os.path.relpath(absolute, root)).as_posix(), data, siblings)


def _log_file(name: str, data: bytes, siblings: Sequence[tuple[str, bytes]] = ()) -> LogFile:
    return LogFile(name=name, data=data, sha256=sha256_hex(data), siblings=tuple(siblings))
