"""The rules that tell a fitting reply from another without a judge."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from seahelm_lite.catalog.probe_family import ProbeCheck
from seahelm_lite.prompts.words import language_words
from seahelm_lite.scoring import language as languages
from seahelm_lite.scoring.extraction import begins_with_refusal
from seahelm_lite.scoring.normalise import nfc

_MARKS = re.compile(r"\*{2,3}|_{2,3}|`+|\*(?=\w)|(?<=\w)\*")
_FIRM_HYPHEN = "\u2011"

_SCRIPT_OF = {"Thai": "th", "Khmr": "km", "Laoo": "lo", "Mymr": "my"}


def passes(text: str, check: ProbeCheck, language: str) -> bool:
    """Whether a reply fulfils one check.

    Args:
        text: The reply, without reasoning.
        check: Its pattern is searched for in the reply after NFC, without the marks of emphasis and code that Markdown
            puts around words, and with plain hyphens. A check of the script or the language speaks of the
            local variety, and any reply to the English prompt fulfils it.
        language: Of the prompt (BCP-47): `en` for the English condition.
    """
    text = _MARKS.sub("", nfc(text)).replace(_FIRM_HYPHEN, "-").strip()
    match check.type:
        case "regex_present":
            return _compiled(check.pattern).search(text) is not None
        case "regex_absent":
            return _compiled(check.pattern).search(text) is None
        case "not_refusal":
            return not refuses(text, language)
        case "script":
            return language == "en" or languages.is_in(text, _SCRIPT_OF[check.script or ""])
        case "language":
            return language == "en" or languages.is_in(text, check.language or language)


def failed(text: str, checks: Iterable[ProbeCheck], language: str) -> tuple[str, ...]:
    """Ids of the hard checks that a reply fails; none for a reply that passes without a judge."""
    return tuple(check.id for check in checks if check.effect == "fail" and not passes(text, check, language))


def refuses(text: str, language: str) -> bool:
    """Whether a reply opens as a refusal, in its language or in English; an empty one is none."""
    return begins_with_refusal(text, language_words(language))


@lru_cache(maxsize=4096)
def _compiled(pattern: str | None) -> re.Pattern[str]:
    return re.compile(nfc(pattern or ""))
