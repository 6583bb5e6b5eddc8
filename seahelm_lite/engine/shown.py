"""What a log says that it showed to the model, compared with a row of the pinned data: question, options, letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from seahelm_lite.models.recorded.base import Shown
from seahelm_lite.sources.expressions import letter_index

LETTERS = "ABCDEFGH"

Content = tuple[str, tuple[str, ...]]
"""Question and options of a row, as `plain` text."""

_MARK = re.compile(r"^[ \t]*\(?([^\W\d_])[.):]", re.MULTILINE)
"""The beginning of a lettered line: `A.`, `A)`, `(A)`, `A:`."""


def plain(text: str) -> str:
    """A text as it is compared: composed characters, and one space for any white space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def content_of(shown: Shown) -> Content:
    """What a log shows, where it keeps the options apart; blank ones are none of the document's."""
    return plain(shown.question), tuple(text for option in shown.options if (text := plain(option)))


def letters_of(content: Content, shown: Shown) -> tuple[str, ...] | None:
    """The letters of a row's options as a log shows them; None where it does not show the row.

    Args:
        content: Of the row.
        shown: Options, or a text that has them in it. A text has to list them after the question and in the row's
            order: on lettered lines, or, where there are none, one after another.

    Returns:
        The letters of the options, where blanks stand between them; empty where they are `A`, `B` and so on.
    """
    question, options = content
    if shown.options:
        return _told([not plain(option) for option in shown.options]) if content == content_of(shown) else None
    text = plain(shown.question)
    if question not in text:
        return None
    if not options:
        return ()
    listed = [lines for before, lines in _lists(shown.question) if question in plain(before)]
    if listed:
        # Examples come first.
        return _letters_of_lines(options, listed[-1])
    after = text[text.rindex(question) + len(question) :]
    return () if _follow_each_other(options, after) else None


def _told(blank: Sequence[bool]) -> tuple[str, ...]:
    letters = "".join(letter for letter, is_blank in zip(LETTERS, blank, strict=False) if not is_blank)
    return () if letters == LETTERS[: len(letters)] else tuple(letters)


def _lists(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lists of lettered lines in a text, each with the text before it; the last line has all that comes after."""
    marks = [(mark, index) for mark in _MARK.finditer(text) if (index := _index(mark[1])) is not None]
    starts = [place for place, (_, index) in enumerate(marks) if index == 0]
    for start, stop in pairwise([*starts, len(marks)]):
        run = [mark for place, (mark, index) in enumerate(marks[start:stop]) if index == place]
        if len(run) > 1:
            ends = [mark.start() for mark in run[1:]]
            last = marks[stop][0].start() if stop < len(marks) else len(text)
            lines = [text[mark.end() : end] for mark, end in zip(run, [*ends, last], strict=True)]
            yield text[: run[0].start()], lines


def _index(letter: str) -> int | None:
    try:
        return letter_index(letter)
    except ValueError:
        return None


def _letters_of_lines(options: Sequence[str], lines: Sequence[str]) -> tuple[str, ...] | None:
    texts = [plain(line) for line in lines[:-1]]
    kept = [text for text in texts if text]
    # What follows the last option, such as the call for an answer, begins on a line of its own.
    ends = lines[-1].split("\n")
    last = options[-1] if len(kept) < len(options) else ""
    if not any(plain("\n".join(ends[:count])) == last for count in range(1, len(ends) + 1)):
        return None
    if [*kept, *filter(None, [last])] != list(options):
        return None
    return _told([not text for text in [*texts, last]])


def _follow_each_other(options: Sequence[str], text: str) -> bool:
    """Whether options stand in a text in their order, and none of them earlier."""
    found = [re.search(rf"(?<!\w){re.escape(option)}(?!\w)", text) for option in options]
    firsts = [-1 if mark is None else mark.start() for mark in found]
    if -1 in firsts or firsts != sorted(firsts):
        return False
    end = 0
    for option in options:
        start = text.find(option, end)
        if start < 0:
            return False
        end = start + len(option)
    return True
