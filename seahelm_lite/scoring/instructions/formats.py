"""The shape of a reply: JSON, sections, lists, highlights, a title, one of some phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from seahelm_lite.scoring.instructions.reading import lines, read_json, with_plain_digits
from seahelm_lite.scoring.normalise import nfc

_BULLET = re.compile(r"^[ \t]*[*+-][ \t]+(?![*+-](?:[ \t]|$))\S", re.MULTILINE)
_SPACED = r"[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
"""A letter or digit of a script that parts words by spaces."""
_HIGHLIGHT = re.compile(rf"(?<![*\\])(?<!{_SPACED})(\*{{1,3}})(?![\s*])[^*\n]*[^\s*\\]\1(?![*\d])")
_TITLE = re.compile(r"<<[^<>\n]*\w[^<>\n]*>>")
_POLITE = ("ครับ", "ค่ะ", "คะ", "จ้ะ", "จ้า")


def json_format(text: str) -> bool:
    """The whole reply is one JSON object or list, bare or in a code block; a lone text or number is none."""
    return read_json(text) is not None


def multiple_sections(text: str, *, section_title: str, num_sections: int) -> bool:
    """Exactly so many headings: lines that begin with the title, in its case, and a number or letter.

    A heading that comes twice counts once. Digits may be of any script, numbers Roman; Thai may say `ส่วนที่ 1`.
    """
    heading = re.compile(re.escape(nfc(section_title)) + r"\s*(?:ที่\s*)?(\d+|[IVXLC]+|[A-Z])(?!\w)")
    found = (heading.match(with_plain_digits(line)) for line in lines(nfc(text)))
    return len({match[1] for match in found if match}) == num_sections


def number_bullet_lists(text: str, *, num_bullets: int) -> bool:
    """Exactly so many markdown bullets: lines that begin with `*`, `-` or `+` and a space. A rule is no bullet."""
    return len(_BULLET.findall(text)) == num_bullets


def number_highlighted_sections(text: str, *, num_highlights: int) -> bool:
    """At least so many stretches within a line between asterisks (`*so*`, `**so**`), with no space inside the marks.

    An asterisk right after a letter or digit is a sign of multiplication, but not in a script without spaces.
    """
    return len(_HIGHLIGHT.findall(text)) >= num_highlights


def title(text: str) -> bool:
    """Some line holds a title `<<so>>` that says something."""
    return _TITLE.search(text) is not None


def constrained_response(text: str, *, phrases: Sequence[str]) -> bool:
    """One of the phrases occurs, to the letter but for white space, and no other of them.

    A phrase must not go on as another word: in Thai only a polite particle may follow without a space.
    """
    text = " ".join(nfc(text).split())
    return sum(_says(text, " ".join(nfc(phrase).split())) for phrase in phrases) == 1


def _says(text: str, phrase: str) -> bool:
    # The marks of Thai are no word characters, but they are part of a word.
    ends_in_word = unicodedata.category(phrase[-1])[0] in "LMN"
    end = rf"(?:$|(?=[^\w\u0e31-\u0e3a\u0e47-\u0e4e])|(?={'|'.join(_POLITE)}))" if ends_in_word else ""
    return re.search(rf"(?<!\w){re.escape(phrase)}{end}", text) is not None
