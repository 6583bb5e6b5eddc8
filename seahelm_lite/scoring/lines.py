"""Answers that are a line of their own: a letter, a letter and its text, a line with a tick."""

from __future__ import annotations

import re

from seahelm_lite.scoring.claims import Claims
from seahelm_lite.scoring.letters import CROSSES, TICKS, Patterns
from seahelm_lite.scoring.option_texts import AFTER_TEXT, SEVERAL, Found, fold, only

_MARKS = re.compile(f"[{TICKS}{CROSSES}]")
_FINISHED = re.compile(r"[.!?…។៕။。)\]]\W*\Z")
_WORD = re.compile(r"\w")


class Lines:
    """Reads the lines of one reply."""

    def __init__(self, text: str, claims: Claims, patterns: Patterns) -> None:
        self._text = text
        self._lines = text.split("\n")
        self._claims = claims
        self._patterns = patterns

    def bare(self) -> Found:
        """The letter that is all of the first or the last line."""
        ends = (self._lines[0], self._lines[-1])
        return only({index for line in ends if (index := self._bare_letter(line)) is not None})

    def _bare_letter(self, line: str) -> Found:
        letter = self._patterns.line.match(line)
        return None if letter is None or _WORD.search(letter["tail"]) else self._patterns.option(letter)

    def lettered(self) -> Found:
        """The option with which the first or last line begins, where no other line begins with another.

        A last line that breaks off is the beginning of a discussion of the options.
        """
        lines = [line.strip() for line in self._lines if line.strip()]
        named = [self._option_of_line(line) for line in lines]
        if not named or (named[0] is None and (named[-1] is None or self._breaks_off(lines[-1]))):
            return None
        return only({index for index in named if index is not None})

    def _breaks_off(self, line: str) -> bool:
        """Whether a line goes on after the text of its option and does not end like a sentence."""
        letter = self._patterns.line.match(line)
        if letter is None or _FINISHED.search(line) is not None:
            return False
        index, tail = self._patterns.option(letter), fold(letter["tail"])
        rest = None if index is None else self._claims.options.after(index, tail)
        return bool(rest and rest.strip(AFTER_TEXT))

    def ticked(self) -> Found:
        """The only option whose line has a tick."""
        if not any(tick in self._text for tick in TICKS):
            return None
        lines = (line for line in self._lines if any(tick in line for tick in TICKS))
        clean = (_MARKS.sub(" ", line).strip() for line in lines)
        return only({index for line in clean if (index := self._option_of_line(line)) is not None})

    def numbered(self) -> Found:
        """The option whose number, with a word for `option` and perhaps its text, is all of the reply."""
        end = len(self._text)
        lead, _ = self._claims.lead(0, end)
        number = self._patterns.number.match(self._text, lead.end())
        if number is None:
            return None
        tail = self._patterns.polite.sub("", self._text[number.end() :]).strip(AFTER_TEXT)
        alone = not tail or self._claims.options.equal(tail) is not None
        return self._claims.number(lead, end) if alone else None

    def _option_of_line(self, line: str) -> Found:
        letter = self._patterns.line.match(line)
        index = None if letter is None else self._patterns.option(letter)
        if letter is None or index is None:
            return self._claims.options.equal(line)
        found = self._claims.with_tail(line, letter, len(line))
        marked = letter["mark"].strip() and (not letter["letter"].islower() or letter["mark"].strip()[0] in ")]}")
        if marked or found == SEVERAL or self._claims.options.is_leading(index, fold(letter["tail"])):
            return found
        return self._claims.options.equal(line)
