"""Hashing files and writing them whole or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

from seahelm_lite.errors import SourceError


def file_sha256(path: Path) -> str:
    """SHA-256 of a file; read once a process unless size, time or inode change.

    Raises:
        SourceError: If it cannot be read.
    """
    try:
        state = path.stat()
        return _digest(path, state.st_size, state.st_mtime_ns, state.st_ino)
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}", where=str(path), remedy="Check the file and its permissions."
        ) from error


@cache
def _digest(path: Path, size: int, mtime_ns: int, inode: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(target: Path, data: bytes) -> None:
    """Write a file of the cache so that nobody ever sees a part of it.

    Raises:
        SourceError: If the folder cannot be written.
    """
    # In the same folder, since a rename is atomic within one file system only.
    part = target.parent / f".{secrets.token_hex(8)}.part"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(
            f"the cache cannot be written: {error.strerror}",
            where=str(target.parent),
            remedy="Set SEAHELM_LITE_CACHE to a folder that you can write.",
        ) from error
