"""Texts that were damaged on their way: mixed normal forms, double decoding, Zawgyi, markup."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from seahelm_lite.catalog.facts import Severity
from seahelm_lite.lint.findings import Finding, Subject

_SPLIT_AM = re.compile("\u0e4d[\u0e48-\u0e4b]?\u0e32|\u0ecd[\u0ec8-\u0ecb]?\u0eb2")

_LATIN1 = "\u0080-\u00bf"
_CP1252 = bytes(range(0x80, 0xA0)).decode("cp1252", errors="ignore")
"""What bytes 80 to 9F become when they are read as Windows-1252."""
_DOUBLY = re.compile(
    f"[\u00e0-\u00ef][{_LATIN1}{_CP1252}]{{2}}"
    "|[\u00c2-\u00c6][\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf]"
    f"|(?<=[a-z])[\u00c2-\u00c6][{_LATIN1}{_CP1252}]"
)
"""UTF-8 that was read byte by byte: a lead byte as a letter, continuation bytes as signs. Between capitals a quotation
mark or a no-break space after such a letter is ordinary (Vietnamese), so two-byte sequences want a lower-case letter
before them there."""
_PLAUSIBLE = re.compile("[\u0e00-\u0eff\u0b80-\u0bff\u1000-\u109f\u1780-\u17ff\u1e00-\u1eff\u2010-\u2044\u20ac\u2122]")
"""What three bytes of the texts we read stand for: Thai, Lao, Tamil, Burmese, Khmer, Vietnamese, punctuation."""

_ZAWGYI = re.compile(
    "(?<![\u1000-\u102a\u103b-\u103f\u104e\u105a-\u1082\uaa60-\uaa7f\u200b-\u200d\u25cc])\u1031"
    "|\u1039(?![\u1000-\u102a\u105a-\u1082])"
    "|[\u1060-\u1097]"
)
"""A vowel e without a consonant before it; a virama with nothing under it; letters of Karen, Shan and Mon, whose places
Zawgyi gives to shapes of Burmese ones."""
_ZAWGYI_ROW = 3

_TAG = re.compile(
    r"</?(?:a|b|br|center|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|span|strong|sub|sup|table|t[dhr]|tbody|u|ul)"
    r"(?:\s+[\w-]+=[^<>]*)?\s*/?>|(?<!:)///",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5});")


def mixed_normal_forms(subject: Subject) -> Iterator[Finding]:
    """`mixed-normal-forms`: rows that are not in Unicode's composed form (NFC), or spell Thai or Lao AM with two
    characters, while others are whole. What looks the same is then not the same to a model or a metric."""
    broken = {item.id: form for item in subject.items if (form := _other_form(subject.texts(item)))}
    if len(broken) == len(subject.items) > 0:
        what = f"no row of {len(broken)} is in the composed form (NFC)"
        yield Finding("mixed-normal-forms", "note", subject.card.id, what)
        return
    for place, form in broken.items():
        yield Finding("mixed-normal-forms", "warning", place, f"{form}, unlike other rows")


def _other_form(texts: list[str]) -> str:
    """What is not in the usual form; empty where all is."""
    if any(not unicodedata.is_normalized("NFC", text) for text in texts):
        return "is not in the composed form (NFC)"
    return "spells AM with two characters" if any(_SPLIT_AM.search(text) for text in texts) else ""


def mojibake(subject: Subject) -> Iterator[Finding]:
    """`mojibake`: the replacement character, or UTF-8 that was decoded as Latin-1 or Windows-1252."""
    for item in subject.items:
        if signs := [sign for text in subject.texts(item) for sign in _garbled(text)]:
            yield Finding("mojibake", "error", item.id, f"holds {signs[0]!r}" + _more(signs))


def _garbled(text: str) -> list[str]:
    if text.isascii():
        return []
    return [sign for sign in re.findall("\ufffd", text)] + [
        found[0] for found in _DOUBLY.finditer(text) if len(found[0]) == 2 or _PLAUSIBLE.fullmatch(_decoded(found[0]))
    ]


def _decoded(sign: str) -> str:
    """The character that a sequence would be, had it been decoded once; empty where it is none."""
    octets = bytes(ord(c) if ord(c) < 256 else c.encode("cp1252")[0] for c in sign)
    return octets.decode("utf-8", errors="ignore")


def zawgyi(subject: Subject) -> Iterator[Finding]:
    """`zawgyi`: Burmese in the order in which it is drawn, not in Unicode's.

    Unicode writes vowels after their consonant, and after a virama the consonant under it (The Unicode Standard, 16.3
    Myanmar; Unicode Technical Note 11; unicode.org/faq/myanmar.html). Three such sequences make a row an error; one or
    two can be slips of typing in Unicode text.
    """
    if subject.card.language.split("-", maxsplit=1)[0] != "my":
        return
    for item in subject.items:
        if signs := [sign for text in subject.texts(item) for sign in zawgyi_signs(text)]:
            severity: Severity = "error" if len(signs) >= _ZAWGYI_ROW else "warning"
            yield Finding(
                "zawgyi", severity, item.id, f"holds {signs[0]!r}, which only Zawgyi writes so" + _more(signs)
            )


def zawgyi_signs(text: str) -> list[str]:
    """The sequences of a text that Unicode's order of Burmese does not have."""
    return _ZAWGYI.findall(text)


def markup(subject: Subject) -> Iterator[Finding]:
    """`markup`: tags, entities or the breaks of a transcript (`///`) left in the text that a model is shown."""
    for item in subject.items:
        if signs := [sign for text in subject.texts(item) for sign in _marks(text)]:
            yield Finding("markup", "warning", item.id, f"holds {signs[0]!r}" + _more(signs))


def _marks(text: str) -> list[str]:
    tags = [found[0] for found in _TAG.finditer(text)]
    return tags + [found[0] for found in _ENTITY.finditer(text) if html.unescape(found[0]) != found[0]]


def _more(signs: list[str]) -> str:
    return f" and {len(signs) - 1} more" if len(signs) > 1 else ""
