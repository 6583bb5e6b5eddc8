"""What one place of a reply says: a letter, the text of an option, or both."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seahelm_lite.scoring.letters import Patterns
from seahelm_lite.scoring.option_texts import AFTER_TEXT, SEVERAL, Found, OptionTexts, fold, option_texts

_DIGIT = re.compile(r"\d")
_ENDS_AFTER_NUMBER = re.compile(r"[)\]}>]*\s*(?:[.,;!?)\]|។៕၊။。]|$)")
_WORD_FOLLOWS = re.compile(r"\s+\w")
_BETWEEN_LETTER_AND_TEXT = " \t.,:=([{)]}>|-–—"


class Claims:
    """Reads places of one reply."""

    def __init__(self, text: str, options: Sequence[str], patterns: Patterns) -> None:
        self._text = text
        self._shown = options
        self._patterns = patterns

    @property
    def options(self) -> OptionTexts:
        """The texts of the options. Most replies are read without them."""
        return option_texts(tuple(self._shown))

    def lead(self, start: int, end: int) -> tuple[re.Match[str], int]:
        """What leads from a tag to its answer, and where the answer's line ends."""
        lead = self._patterns.lead.match(self._text, start, end)
        assert lead is not None  # every part of the pattern may be empty
        line_end = self._text.find("\n", lead.end(), end)
        return lead, end if line_end < 0 else line_end

    def claim(self, lead: re.Match[str], line_end: int, end: int) -> Found:
        """The option that a lead leads to, before the next tag at `end`."""
        text, start = self._text, lead.end()
        letter = self._letter_at(start, line_end)
        if letter is not None and not text[letter.end() : line_end].strip(AFTER_TEXT):
            return self._patterns.option(letter)
        options = self.options
        # An option may begin with a word that also leads to letters, and may have several lines.
        for found in (
            options.leading(text[lead.start("words") : line_end]),
            options.leading(text[start:line_end]),
            options.equal(text[start:end]),
        ):
            if found is not None:
                return found
        if letter is not None:
            listed = {self._repeated_option(line) for line in text[start:end].split("\n")} - {None}
            return SEVERAL if len(listed) > 1 else self.with_tail(text, letter, line_end)
        number = self.number(lead, line_end)
        if number is not None:
            return number
        return SEVERAL if self._patterns.run.match(text, start, line_end) else None

    def is_all(self, start: int, end: int) -> bool:
        """Whether a line says nothing from here on but a letter, or the text of an option, or both."""
        letter = self._letter_at(start, end)
        rest = self._text[start if letter is None else letter.end() : end].strip(AFTER_TEXT)
        return not rest or self.options.equal(rest) is not None

    def with_tail(self, text: str, letter: re.Match[str], end: int) -> Found:
        """The option of a letter, unless what follows in the text denies it or belongs to another one."""
        index = self._patterns.option(letter)
        if index is None:
            return None
        tail = text[letter.end("letter") : end].lstrip(_BETWEEN_LETTER_AND_TEXT)
        folded = fold(tail)
        if self._lists_another(index, folded):
            return SEVERAL
        if self.options.is_leading(index, folded):
            return index
        if self.options.leading(tail) is not None:
            return SEVERAL
        if self._patterns.denied.match(text, letter.end("letter"), end):
            return None
        joined = self._patterns.joined.match(text, letter.end("letter"), end)
        return SEVERAL if joined is not None and _rivals(letter["letter"], joined["letter"]) else index

    def number(self, lead: re.Match[str], end: int) -> Found:
        """The option that is named by its number, as in `option 2`.

        None where the options have numbers in them, since the number may be one of those, and where the sentence goes
        on, since it may be the number of the question.
        """
        text, patterns = self._text, self._patterns
        if patterns.option_word.search(lead["words"]) is None or _DIGIT.search(self.options.squeezed):
            return None
        number = patterns.number.match(text, lead.end(), end)
        index = None if number is None else int(number["number"]) - 1
        if number is None or index is None or index >= len(self._shown):
            return None
        tail = text[number.end() : end].rstrip(AFTER_TEXT)
        tail = patterns.polite.sub("", patterns.copula_after.sub("", tail))
        own = self.options.is_leading(index, fold(tail.lstrip(_BETWEEN_LETTER_AND_TEXT)))
        if not own and (_ENDS_AFTER_NUMBER.match(tail) is None or patterns.standing.search(tail) is not None):
            return None
        return index

    def _letter_at(self, start: int, end: int) -> re.Match[str] | None:
        letter = self._patterns.letter.match(self._text, start, end)
        if letter is not None and letter["letter"] == "a" and _WORD_FOLLOWS.match(self._text, letter.end(), end):
            return None  # the English article
        return letter

    def whole(self, text: str) -> Found:
        """The option whose text this is, but for articles before it and polite words after it."""
        found = self.options.equal(text)
        if found is not None:
            return found
        article, polite = self._patterns.article, self._patterns.polite
        bare = option_texts(tuple(article.sub("", option, count=1) for option in self._shown))
        return bare.equal(article.sub("", polite.sub("", text), count=1))

    def repeated(self) -> Found:
        """The only option that a line of the reply repeats, with its letter, word for word.

        The last line does not count after lines that begin with other options: it is one more of those.
        """
        lines = self._text.split("\n")
        listed = {self._repeated_option(line) for line in lines} - {None}
        if listed and listed == {self._repeated_option(lines[-1])} and any(map(self._begins_with_option, lines[:-1])):
            return SEVERAL
        return SEVERAL if len(listed) > 1 else next(iter(listed), None)

    def _begins_with_option(self, line: str) -> bool:
        """Whether a line begins with a letter and the text of its option."""
        letter = self._patterns.line.match(line)
        index = None if letter is None else self._patterns.option(letter)
        return letter is not None and index is not None and self.options.after(index, fold(letter["tail"])) is not None

    def _repeated_option(self, line: str) -> Found:
        """The option that the line repeats, with its letter, word for word."""
        letter = self._patterns.line.match(line)
        if letter is None:
            return None
        index = self._patterns.option(letter)
        return index if self.options.equal(letter["tail"]) == index else None

    def _lists_another(self, index: int, folded: str) -> bool:
        """Whether the text of an option is followed by another letter with its own text."""
        rest = self.options.after(index, folded)
        letter = None if rest is None else self._patterns.joined.match(rest)
        if rest is None or letter is None:
            return False
        other = self._patterns.option(letter)
        following = rest[letter.end() :].lstrip(_BETWEEN_LETTER_AND_TEXT)
        return other not in (None, index) and self.options.after(other, following) is not None


def _rivals(first: str, second: str) -> bool:
    """Whether a second letter, written like the first, names another option."""
    alike = first.isascii() == second.isascii() and first.islower() == second.islower()
    return alike and first.casefold() != second.casefold()
