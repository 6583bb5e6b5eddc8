"""The response store: one append-only SQLite file for all runs of an output folder."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from seahelm_lite.errors import RunFolderError
from seahelm_lite.records import Response, canonical_json

STORE = "responses.sqlite"
"""Its name in an output folder."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS responses (
    fingerprint TEXT NOT NULL,
    request     TEXT NOT NULL,
    response    TEXT NOT NULL,
    PRIMARY KEY (fingerprint, request)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payments (
    run     TEXT NOT NULL,
    request TEXT NOT NULL,
    PRIMARY KEY (run, request)
) WITHOUT ROWID;
"""
_LOOKUP_BATCH = 500
_LOG_PAGES = 8000
"""Of 4 KiB: the write-ahead log is folded in when it has grown to 32 MiB."""


class ResponseStore:
    """Real responses by (model fingerprint, request hash); never placeholders, never errors.

    Every `append` is committed before it returns, so a killed process loses only requests that were still in flight.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or create the store; without a path it is in memory, and gone when it is closed.

        Raises:
            RunFolderError: If the folder cannot be written.
        """
        self.path = path
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            # Answers come from one thread at a time, which in a notebook is not the one that opened the store.
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=60, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            # Keys are hashes, so that a few answers touch pages all over the file: the fewer times they are folded in,
            # the less is written.
            self._connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
            self._connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise self._unwritable(error) from None

    def append(self, fingerprint: str, request: str, response: Response, *, paid_by: str | None = None) -> Response:
        """Keep a response, and return the one that stands: the first of a key, which another run may have stored.

        Args:
            fingerprint: Of the model.
            request: The request's hash.
            response: What came back.
            paid_by: The run that has to pay for it, where it has a price.

        Raises:
            RunFolderError: If it cannot be written (full disk, folder gone).
        """
        try:
            if paid_by is not None:
                self._connection.execute("INSERT OR IGNORE INTO payments VALUES (?, ?)", (paid_by, request))
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO responses VALUES (?, ?, ?)",
                (fingerprint, request, canonical_json(response.to_json())),
            )
        except sqlite3.Error as error:
            raise self._unwritable(error) from None
        return response if cursor.rowcount else self.lookup(fingerprint, [request])[request]

    def lookup(self, fingerprint: str, requests: Iterable[str]) -> dict[str, Response]:
        """The stored responses among some request hashes.

        Raises:
            RunFolderError: If the file is damaged.
        """
        wanted = list(dict.fromkeys(requests))
        found: dict[str, Response] = {}
        for start in range(0, len(wanted), _LOOKUP_BATCH):
            batch = wanted[start : start + _LOOKUP_BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT request, response FROM responses WHERE fingerprint = ? AND request IN ({marks})"
            rows = self._read(query, (fingerprint, *batch))
            found.update({request: Response.from_json(json.loads(body)) for request, body in rows})
        return found

    def paid(self, run: str) -> set[str]:
        """The requests whose responses a run paid for; raises as `lookup`."""
        return {request for (request,) in self._read("SELECT request FROM payments WHERE run = ?", (run,))}

    def holds(self, fingerprint: str) -> bool:
        """Whether there is any response of a model; raises as `lookup`."""
        return bool(self._read("SELECT EXISTS (SELECT 1 FROM responses WHERE fingerprint = ?)", (fingerprint,))[0][0])

    def _read(self, query: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._unwritable(error) from None

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in."""
        self._connection.close()

    def __enter__(self) -> ResponseStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _unwritable(self, error: Exception) -> RunFolderError:
        return RunFolderError(
            f"the response store cannot be used: {error}",
            where=str(self.path or "in memory"),
            remedy="Check that the folder can be written and the disk has room; what was stored is kept.",
        )
