"""What a reply must hold, and how it must begin, be put together and end."""

from __future__ import annotations

import re

from seahelm_lite.scoring.instructions.reading import MARKUP, plain
from seahelm_lite.scoring.normalise import nfc

_PLACEHOLDER = re.compile(r"\[(?!\s*[xX]\s*\])[^\[\]\n]*[^\W\d_][^\[\]\n]*\](?!\()")
_SIX_ASTERISKS = re.compile(r"(?<!\*)\*{6}(?!\*)")
_AROUND_END = " \t*_`\"'“”‘’»)]"
_OPENING, _CLOSING = '"“„＂', '"”“＂'
_QUOTATION_MARK = re.compile(r"(?<!\\)[\"“”„＂]")
_JOINED = re.compile(r"[^\W_]|[-\u2010\u2011][^\W_]")
"""What goes on with a word: a letter, a digit, or a hyphen before one, since `kuda-kuda` is not `kuda`."""


def number_placeholders(text: str, *, num_placeholders: int) -> bool:
    """At least so many square brackets around something with a letter, such as `[nama]`.

    A link is none, nor is the ticked box `[x]` of a list.
    """
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
    """The reply begins with the word, whatever its case; quotation marks and markup before it are no words.

    A word that is doubled or has more joined to it by a hyphen is another word.
    """
    said, word = plain(text).lstrip(MARKUP), plain(first_word)
    spaced = word.isascii() or not any("\u0e00" <= letter <= "\u17ff" for letter in word)
    return said.startswith(word) and not (spaced and _JOINED.match(said, len(word)))


def end_checker(text: str, *, end_phrase: str) -> bool:
    """The reply ends with the phrase, but for case, white space, and closing quotation marks and markup."""
    return plain(text).rstrip(_AROUND_END).endswith(plain(end_phrase).rstrip(_AROUND_END))


def quotation(text: str) -> bool:
    """The whole reply stands in one pair of double quotation marks, straight or curved; there may be others inside."""
    text = text.strip()
    if not (len(text) > 2 and text[0] in _OPENING and text[-1] in _CLOSING):
        return False
    depth = 1
    for mark in _QUOTATION_MARK.finditer(text, 1, len(text) - 1):
        depth += 1 if _opens(text, mark.start()) else -1
        if depth == 0:
            return False
    return True


def _opens(text: str, place: int) -> bool:
    """Whether a quotation mark inside a text opens: some say it by their shape, the others by what stands before."""
    mark, before = text[place], text[place - 1]
    if mark == "”":
        return False
    return mark == "„" or (mark == "“" and "”" in text) or before.isspace() or before in "([{" + _OPENING
