"""Errors that a user can act on: each says what is wrong, where, and what to do next."""

from __future__ import annotations

from pathlib import Path


class SeahelmError(Exception):
    """Base of every error this package raises on purpose; the command line turns it into one sentence and exit 2.

    Args:
        what: The fault, naming the offender.
        where: File and line, data path and row, or address; empty when there is no place to point to.
        remedy: What the user can do next.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole message on one line: where, what, remedy."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} {self.remedy}".strip() if not self.remedy else f"{head.rstrip('.')}. {self.remedy}"


class CardError(SeahelmError):
    """A task, model, board or suite file that cannot be used."""


class UnknownNameError(SeahelmError):
    """A task, suite, model, protocol or run that does not exist; the remedy lists the nearest names."""


class SourceError(SeahelmError):
    """Pinned data that is missing, unreachable, or not what its pin says."""


class AbsentSourceError(SourceError):
    """Pinned data that is nowhere to be had: not in the mirror, not in the cache, not on the network."""


class ChangedSourceError(SourceError):
    """Pinned data that was found, and is not what its pin says.

    Args:
        hashes: The pinned SHA-256 and the one found.
        where: Where it was found.
        remedy: What the user can do next.
        changed: What was found, where it is one file.
        pinned: A file with the pinned content, where one is at hand.
        rows: Which rows differ, where that is known.
    """

    def __init__(
        self,
        hashes: tuple[str, str],
        *,
        where: str,
        remedy: str,
        changed: Path | bytes = b"",
        pinned: Path | None = None,
        rows: str = "",
    ) -> None:
        wanted, found = hashes
        beside = f"; compared with the pinned version in {pinned}, " if pinned is not None else "; "
        super().__init__(
            f"sha256 is {found}, but the pin says {wanted}{beside + rows if rows else ''}", where=where, remedy=remedy
        )
        self.hashes = hashes
        self.changed = changed
        self.pinned = pinned

    def with_rows(self, rows: str) -> ChangedSourceError:
        """The same error, saying which rows differ."""
        return ChangedSourceError(
            self.hashes, where=self.where, remedy=self.remedy, changed=self.changed, pinned=self.pinned, rows=rows
        )


class DataError(SeahelmError):
    """A row of pinned data that a card cannot read: missing column, key outside the options, empty split."""


class RowError(DataError):
    """A row that a card cannot read, with the name of the rule of `tasks lint` that it breaks.

    Args:
        what: The fault, naming the offender.
        rule: The rule's name.
        where: Document id of the row.
        remedy: What the user can do next.
    """

    def __init__(self, what: str, *, rule: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.rule = rule


class ProtocolError(SeahelmError):
    """A protocol that the task or the model cannot do."""


class ModelError(SeahelmError):
    """A model that cannot be loaded or reached, or that refuses every request."""


class RunFolderError(SeahelmError):
    """A run folder that cannot be written, read, or trusted."""


class LogError(SeahelmError):
    """A log of recorded answers that cannot be imported, with file and line."""
