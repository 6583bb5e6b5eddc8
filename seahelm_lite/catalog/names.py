"""Names the user may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from seahelm_lite.errors import UnknownNameError


def nearest(name: str, known: Iterable[str], *, most: int = 3) -> str:
    """The closest known names as one phrase, or an empty string when none is close."""
    return " or ".join(difflib.get_close_matches(name, list(known), n=most, cutoff=0.5))


def unknown(kind: str, name: str, known: Iterable[str], *, listing: str) -> UnknownNameError:
    """The error for a name that does not exist.

    Args:
        kind: What was looked for, such as `task`.
        name: What the user wrote.
        known: All names of that kind.
        listing: The command that lists them.
    """
    close = nearest(name, known)
    remedy = f"Did you mean {close}?" if close else f"See: {listing}."
    return UnknownNameError(f"there is no {kind} {name!r}", remedy=remedy)
