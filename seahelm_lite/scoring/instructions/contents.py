"""What a reply must hold, and how it must begin, be put together and end."""

from __future__ import annotations

import re

from seahelm_lite.scoring.instructions.reading import MARKUP, plain
from seahelm_lite.scoring.normalise import nfc

_PLACEHOLDER = re.compile(r"\[[^\[\]\n]*[^\W\d_][^\[\]\n]*\](?!\()")
_SIX_ASTERISKS = re.compile(r"(?<!\*)\*{6}(?!\*)")
_AROUND_END = " \t*_`\"'“”‘’»)]"
_OPENING, _CLOSING = '"“„＂', '"”“＂'


def number_placeholders(text: str, *, num_placeholders: int) -> bool:
    """At least so many square brackets around something with a letter, such as `[nama]`; a link is none."""
    return len(_PLACEHOLDER.findall(nfc(text))) >= num_placeholders


def postscript(text: str, *, postscript_marker: str) -> bool:
    """The marker occurs and something is said after it.

    `P. S.` and `P.S` are `P.S.` too, in either case; but `P.P.S.` is not.
    """
    letters = [re.escape(letter) for letter in nfc(postscript_marker).split(".") if letter.strip()]
    marker = r"\.\s?".join(letters) + r"(?:\.|(?!\w))"
    alone = rf"(?<![\w.])(?<!{letters[0]}\. )"
    return re.search(rf"{alone}{marker}[\W_]*\w", nfc(text), re.IGNORECASE) is not None


def repeat_prompt(text: str, *, prompt_to_repeat: str) -> bool:
    """The reply begins with the request, word for word but for case and white space, and goes on after it."""
    said, request = plain(text), plain(prompt_to_repeat)
    return said.startswith(request) and any(character.isalnum() for character in said[len(request) :])


def two_responses(text: str) -> bool:
    """Two answers that differ, with six asterisks between them, which may also begin or end the reply."""
    parts = [plain(part) for part in _SIX_ASTERISKS.split(text)]
    said = [part for part in parts if part]
    return all(parts[1:-1]) and len(said) == 2 and said[0] != said[1]


def first_word(text: str, *, first_word: str) -> bool:
    """The reply begins with the word, whatever its case; quotation marks and markup before it are no words."""
    said, word = plain(text).lstrip(MARKUP), plain(first_word)
    rest = said[len(word) : len(word) + 1]
    spaced = word.isascii() or not any("\u0e00" <= letter <= "\u17ff" for letter in word)
    return said.startswith(word) and not (spaced and rest.isalnum())


def end_checker(text: str, *, end_phrase: str) -> bool:
    """The reply ends with the phrase, but for case, white space, and closing quotation marks and markup."""
    return plain(text).rstrip(_AROUND_END).endswith(plain(end_phrase).rstrip(_AROUND_END))


def quotation(text: str) -> bool:
    """The whole reply stands in double quotation marks, straight or curved."""
    text = text.strip()
    return len(text) > 2 and text[0] in _OPENING and text[-1] in _CLOSING
