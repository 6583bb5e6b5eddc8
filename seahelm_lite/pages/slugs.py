"""File names and anchors made of names that others chose."""

from __future__ import annotations

import re
from collections.abc import Iterable

from seahelm_lite.pages.fault import SiteError
from seahelm_lite.records import sha256_hex

_LONGEST = 100
"""Characters; file systems allow 255 bytes with the ending."""

_RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))))
"""Names that Windows gives to devices, whatever ending they have: nobody could unpack the site there."""


def slug(name: str) -> str:
    """A name of `[a-z0-9._-]` that files and addresses take for nothing else. A name that is safe stays as it is."""
    made = re.sub(r"[^a-z0-9._-]+", "-", name.lower())[:_LONGEST].strip("-.")
    if not made:
        return f"unnamed-{sha256_hex(name.encode('utf-8', 'surrogatepass'))[:12]}"
    return f"_{made}" if made.partition(".")[0] in _RESERVED else made


def distinct(kind: str, named: Iterable[tuple[str, str]]) -> None:
    """Refuse two things that would share a page.

    Args:
        kind: What they are, such as `models`.
        named: Slug and description of each.

    Raises:
        SiteError: At the first two that share a slug, naming both.
    """
    seen: dict[str, str] = {}
    for made, described in named:
        if made in seen:
            raise SiteError(
                f"two {kind} would have the page {made}.html: {seen[made]}, and {described}",
                remedy="Give one of them another id and build its board again.",
            )
        seen[made] = described
