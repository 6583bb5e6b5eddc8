"""Text that others wrote, made safe to look at."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Controls, invisible characters and halves of surrogate pairs: they reorder or hide what stands beside them, or cannot
be written as UTF-8 at all. Tab and line feed are left."""

_JOINERS = frozenset("\u200b\u200c\u200d")
"""Zero-width spaces and joiners: Khmer, Lao and Burmese are written with them, and Tamil and Jawi may be."""


def visible(text: str) -> str:
    """The text with every character that cannot be seen written as its code point."""
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def of_item(text: str) -> str:
    """The same for an item, which keeps the marks that its script needs between and inside words."""
    return _UNSEEN.sub(lambda found: found.group() if found.group() in _JOINERS else visible(found.group()), text)


def web_address(text: str) -> str | None:
    """The text where it is an address on the web, so that nothing else (`javascript:`, `data:`) becomes a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None
