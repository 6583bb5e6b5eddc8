"""Which columns of a file are the question, the options and the answer: a guess that every row has to fit."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from seahelm_lite.errors import DataError
from seahelm_lite.sources.expressions import expression
from seahelm_lite.sources.text_files import Row

_QUESTION = ("question", "soalan", "pertanyaan", "soal", "tanong", "คำถาม", "câu hỏi", "stem", "prompt", "query")
_PASSAGE = ("passage", "context", "petikan", "bacaan", "teks bacaan")
_OPTIONS = ("options", "choices", "pilihan", "pilihan jawaban", "pilihan jawapan", "opsi", "ตัวเลือก", "endings")
_OPTION = ("", "option", "choice", "opt", "pilihan", "opsi", "ending", "op")
"""What may stand before the letter or number of an option that has a column to itself."""
_ANSWER = (
    *("answer", "jawapan", "jawaban", "key", "kunci", "kunci jawaban", "kunci jawapan", "answer key", "label", "gold"),
    *("correct", "correct answer", "correct option", "answer index", "answer idx", "target", "คำตอบ", "đáp án"),
)
_SERIES = (string.ascii_lowercase, "123456789", "0123456789")
_NOT_NAMES = {"and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "row"}
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True)
class Reading:
    """Expressions over the columns of a row, as a card has them."""

    question: str
    options: str
    answer: str
    passage: str | None = None

    def unused(self, columns: Sequence[str]) -> list[str]:
        """Columns that none of the expressions names."""
        whole = " ".join(filter(None, (self.question, self.options, self.answer, self.passage)))
        return [name for name in columns if not re.search(rf"(?<!\w){re.escape(column(name))}(?!\w)", whole)]


def guess(rows: Sequence[Row], *, question: str | None, options: str | None, answer: str | None) -> Reading:
    """How to read rows as multiple choice; what is given is not guessed.

    Raises:
        DataError: If a column is not found, or can be read in two ways; the remedy names the option that says it.
    """
    columns = list(rows[0])
    question = question or _question(columns)
    options = options or _options(rows, columns)
    passage = next((name for name in _named(columns, _PASSAGE) if column(name) != question), None)
    return Reading(question, options, answer or _answer(rows, columns, options), passage and column(passage))


def column(name: str) -> str:
    """A column as an expression."""
    plain = name.isidentifier() and name.lower() not in _NOT_NAMES
    return name if plain else "row['" + name.replace("\\", "\\\\").replace("'", "\\'") + "']"


def _plain(name: str) -> str:
    """`Correct_Answer`, `correctAnswer` and `correct answer` are one name."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.strip())
    return " ".join(re.split(r"[\s_.\-]+", words)).casefold()


def _named(columns: Sequence[str], names: Sequence[str]) -> list[str]:
    """The columns of some names, in the order of the names."""
    return [each for name in names for each in columns if _plain(each) == name]


def _question(columns: Sequence[str]) -> str:
    found = _named(columns, _QUESTION)
    if not found:
        raise _not_found("question", columns, "--question question_text")
    return column(found[0])


def _options(rows: Sequence[Row], columns: Sequence[str]) -> str:
    lists = [name for name in columns if all(isinstance(row.get(name), list) for row in rows)]
    if found := _named(lists, _OPTIONS) or (lists if len(lists) == 1 else []):
        return column(found[0])
    for group in _numbered(columns):
        return "[" + ", ".join(map(column, group)) + "]"
    raise _not_found("options", columns, "--options '[right, wrong]'")


def _numbered(columns: Sequence[str]) -> Iterator[list[str]]:
    """Columns that carry the letters or numbers of options, as many as follow each other: `a` to `d`, `Option 1`…"""
    for prefix in _OPTION:
        for series in _SERIES:
            by_sign = {
                sign: name
                for name in columns
                for sign in series
                if _plain(name) in (f"{prefix} {sign}".strip(), f"{prefix}{sign}")
            }
            group = [by_sign[sign] for sign in takewhile(by_sign.__contains__, series)]
            if len(group) >= 2:
                yield group


def _answer(rows: Sequence[Row], columns: Sequence[str], options: str) -> str:
    """The one way in which a column is the key of every row.

    Raises:
        DataError: If there is none, saying which row does not fit; or if there are two that disagree.
    """
    candidates = _named(columns, _ANSWER)
    if not candidates:
        raise _not_found("key", columns, "--answer 'letter_index(right)'")
    fitting: dict[str, list[int | None]] = {}
    nearest: tuple[int, str] = (-1, "")
    for name in candidates:
        for source in _forms(rows, name, options):
            keys = [_key(source, options, row) for row in rows]
            fits = sum(key is not None for key in keys)
            if fits == len(rows):
                fitting[source] = keys
            elif fits > nearest[0]:
                first = keys.index(None)
                told = f"{source!r} is the place of an option in {fits} of {len(rows)} rows, but not in row {first}"
                nearest = (fits, f"{told} (counted from 0), where the column says {rows[first].get(name)!r:.40}")
    if not fitting:
        raise DataError(f"no key column was found: {nearest[1]}", remedy="Mend the rows, or say it with --answer.")
    (source, keys), *others = fitting.items()
    for other, others_keys in others:
        if others_keys != keys:
            row = next(number for number in range(len(rows)) if keys[number] != others_keys[number])
            raise DataError(
                f"the key can be read in two ways: {source!r} gives option {keys[row]} of row {row}, {other!r} gives "
                f"option {others_keys[row]} (rows and options counted from 0)",
                remedy=f"Say which is meant: --answer {source!r}.",
            )
    return source


def _forms(rows: Sequence[Row], name: str, options: str) -> Iterator[str]:
    """What a column may mean: a letter, a number from 0 or from 1, or the right option's own text."""
    own = column(name)
    values = [row.get(name) for row in rows]
    yield f"letter_index({own})"
    if not any(isinstance(value, bool | float) for value in values):
        number = own if all(isinstance(value, int) for value in values) else f"int({own})"
        yield number
        yield f"{number} - 1"
    yield f"{options}.index({own})"


def _key(source: str, options: str, row: Row) -> int | None:
    try:
        shown: list[Any] = list(expression(options)(row))
        key = expression(source)(row)
        return key if 0 <= key < len(shown) and str(shown[key] or "").strip() else None
    except _UNREADABLE:
        return None


def _not_found(what: str, columns: Sequence[str], example: str) -> DataError:
    return DataError(
        f"no {what} column was found among {', '.join(map(repr, columns))}",
        remedy=f"Say it as an expression over the columns, such as {example}.",
    )
