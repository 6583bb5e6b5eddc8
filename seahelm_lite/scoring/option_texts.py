"""The texts of the options, and how a reply repeats them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from seahelm_lite.scoring.normalise import for_matching, strip_markdown, unify

SEVERAL: Final = -1
"""In place of an option: more than one is named."""

Found = int | None
"""An option, `SEVERAL`, or None where nothing is said."""

_SPECIAL = re.compile(r"<\|[^<>|]{1,40}\|>|</?s>|<(?:eos|end_of_turn)>")
"""Control tokens of chat templates, which some servers leave in the text."""

_LATEX = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt)?|math(?:bf|it|rm|sf|tt)|operatorname|displaystyle|large|Large)\b\s*")
_MATH = re.compile(r"(?<!\$)\$++([^\s$]++)\$++")
_BRACKETS = str.maketrans("【】〔〕", "[][]")
_PICTURES = re.compile("[\u2600-\u27bf\u2b00-\u2bff\u20e3\U0001f000-\U0001faff]")
"""Emoji, and marks of right and wrong."""

_DOUBLE_QUOTES = re.compile('["“”„‟«»‹›「」『』]')
_SINGLE_QUOTES = re.compile("[‘’‚‛]")
_QUOTING = re.compile(r"(?<!\w)'|'(?!\w)")

_BEFORE = " \n\t([{$\"'"
AFTER_TEXT = " \n\t.,;:!?)]}>|$\"'…។៕၊။。"
_ENDS = re.compile(r"\s*(?:$|[.,;:!?)\]}>…។៕၊။。|]+(?:\s|$)|[(\[]|[-–—]\s)")
_SENTENCE_END = re.compile(r"\s*[.!។။](?:\s|$)")


def plain(text: str) -> str:
    """The words of a unified text, without markdown, LaTeX around letters, and quotation marks."""
    text = strip_markdown(_SPECIAL.sub("", text) if "<" in text else text)
    if "\\" in text:
        text = _LATEX.sub("", text)
    if "$" in text:
        text = _MATH.sub(r"\1", text)
    text = text.translate(_BRACKETS)
    text = _SINGLE_QUOTES.sub("'", _DOUBLE_QUOTES.sub("", text))
    return _QUOTING.sub("", text) if "'" in text else text


def without_pictures(text: str, options: Sequence[str], keep: str = "") -> str:
    """The text with a space for each emoji, unless the options hold some themselves.

    Args:
        text: A reply.
        options: The texts of the options.
        keep: Emoji that stay.
    """
    if text.isascii() or any(map(_PICTURES.search, options)):
        return text
    return _PICTURES.sub(lambda picture: picture[0] if picture[0] in keep else " ", text)


@dataclass(frozen=True)
class OptionTexts:
    """The texts of the options, in the forms in which replies repeat them."""

    exact: tuple[str, ...]
    keys: tuple[str, ...]
    """Folded and without punctuation around them."""

    @cached_property
    def squeezed(self) -> str:
        """All of them without spaces: where letters that belong to an option's text are found."""
        return "\n".join(map(squeeze, self.keys))

    def equal(self, text: str) -> Found:
        """The option whose text this is."""
        key = _key(text)
        return self._one([index for index, own in enumerate(self.keys) if own == key], text)

    def leading(self, line: str) -> Found:
        """The option whose text begins the line and is followed by punctuation or nothing."""
        key = fold(line)
        begins = self._longest(key)
        found = self._one(begins, line)
        if found is None or found == SEVERAL:
            return found
        following = key[len(self.keys[found]) :]
        listed = self._longest(following.lstrip(",; ")) if following.startswith((",", ";")) else []
        return found if set(listed) <= set(begins) else SEVERAL

    def sentence(self, text: str) -> Found:
        """The option whose text is the first sentence of a text, and more than a number or a letter."""
        key = fold(text)
        found = self._one(self._longest(key), text)
        if found is None or found == SEVERAL:
            return found
        own = self.keys[found]
        return found if _is_wordy(own) and _SENTENCE_END.match(key, len(own)) is not None else None

    def apposed(self, text: str) -> Found:
        """The option, of two words at least, whose text begins a text and is followed by a comma."""
        key = fold(text)
        found = self._one(self._longest(key), text)
        if found is None or found == SEVERAL or " " not in self.keys[found]:
            return None
        return found if key[len(self.keys[found]) :].lstrip().startswith(",") else None

    def ending(self, folded: str) -> Found:
        """The option with whose text a folded sentence ends, unless that is a number or a letter."""
        ends = [index for index, own in enumerate(self.keys) if folded.endswith(own) and _is_wordy(own)]
        longest = max((len(self.keys[index]) for index in ends), default=0)
        return self._one([index for index in ends if len(self.keys[index]) == longest], folded)

    def _longest(self, key: str) -> list[int]:
        """The options with whose text the folded line begins; those with the longest one, where texts nest."""
        begins = [index for index, own in enumerate(self.keys) if _begins(key, own)]
        longest = max((len(self.keys[index]) for index in begins), default=0)
        return [index for index in begins if len(self.keys[index]) == longest]

    def is_leading(self, index: int, folded: str) -> bool:
        """Whether a folded line begins with the text of this option, followed by punctuation or nothing."""
        return _begins(folded, self.keys[index])

    def after(self, index: int, folded: str) -> str | None:
        """What follows the text of this option in a folded line; None where the line does not begin with it."""
        own = self.keys[index]
        return folded[len(own) :] if own and folded.startswith(own) else None

    def _one(self, candidates: list[int], text: str) -> Found:
        """The only candidate, or the only one that agrees in case and punctuation too."""
        if len(candidates) > 1:
            text = " ".join(text.split())
            same = [index for index in candidates if self.exact[index] == text]
            return same[0] if len(same) == 1 else SEVERAL
        return candidates[0] if candidates else None


@lru_cache(maxsize=4096)
def option_texts(options: tuple[str, ...]) -> OptionTexts:
    """The forms of these options, made once for all replies to the same question."""
    shown = [plain(unify(option)) for option in options]
    return OptionTexts(tuple(" ".join(text.split()) for text in shown), tuple(map(_key, shown)))


def only(found: set[int]) -> Found:
    """The only one of several finds."""
    return SEVERAL if len(found) > 1 else next(iter(found), None)


def fold(line: str) -> str:
    """A line as options' texts are looked for at its beginning."""
    return for_matching(line).lstrip(_BEFORE)


def _key(text: str) -> str:
    folded = for_matching(text)
    return folded.lstrip(_BEFORE).rstrip(AFTER_TEXT) or folded


def _is_wordy(own: str) -> bool:
    return len(own) > 1 and not own.isdecimal()


def _begins(key: str, own: str) -> bool:
    return bool(own) and key.startswith(own) and _ENDS.match(key, len(own)) is not None


def squeeze(text: str) -> str:
    """The text without spaces and case."""
    return "".join(text.casefold().split())
