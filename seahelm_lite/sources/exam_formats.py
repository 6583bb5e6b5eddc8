"""Readers of two layouts that school exams were published in: nested JSON sets, and typed text records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seahelm_lite.sources.text_files import Row, broken, parse_json, read_lines, read_text

_KEY = re.compile(r"([a-z][a-z ]*):(?:\s+(.*)|)")
_OPTION = re.compile(r"([A-Z])\.\s+(.*)")


def json_sets(path: Path) -> list[Row]:
    """Rows of `{set: {"quizzes": {no: {...}}, "answers": {no: key}}}`, or of a list of such objects.

    Each row holds the quiz's own fields, `set`, `no`, and `answer`: the key as printed, or None where there is none.

    Raises:
        DataError: If the layout is another one, or a quiz contradicts the number or set that it stands under.
    """
    data = parse_json(read_text(path), path)
    rows = []
    for part in data if isinstance(data, list) else [data]:
        for name, exam in _object(part, path, "the file").items():
            place = f"set {name!r}"
            answers = _object(_object(exam, path, place).get("answers", {}), path, f"`answers` of {place}")
            for no, quiz in _object(exam.get("quizzes"), path, f"`quizzes` of {place}").items():
                own = {"set": name, "no": no, "answer": answers.get(no)}
                row = _object(quiz, path, f"{place}, quiz {no!r}")
                if clash := [key for key, value in own.items() if row.get(key, value) != value]:
                    what = f"its own {clash[0]!r} is {row[clash[0]]!r}, not {own[clash[0]]!r}"
                    raise broken(path, f"{place}, quiz {no!r}", what)
                rows.append({**row, **own})
    return rows


def _object(value: Any, path: Path, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise broken(path, place, f"holds a {type(value).__name__}, not an object")
    return value


def text_records(path: Path) -> list[Row]:
    """Rows of typed records such as::

        no: 1
        soalan: Para ___ tanah air telah dihantar.
        A. hartawan
        B. sukarelawan
        jawapan: B, https://...

    The keys of the first record, in their order, are those of every record; a record begins after a blank line at the
    key that the file begins with. Other lines continue the value, and a value's lines are joined by newlines, blank
    ones inside it included. Options are the lettered lines that end a value; they become the list `options`, without
    their letters (empty where there are none).

    Raises:
        DataError: With the line, if a record lacks a key, has one twice or out of order, or skips an option letter.
    """
    lines = read_lines(path)
    starts = _record_starts(lines, path)
    ends = [*starts[1:], len(lines)]
    keys: list[str] = []
    for number in range(starts[0], ends[0]):
        if found := _KEY.fullmatch(lines[number]):
            if found[1] in (*keys, "options"):
                raise broken(path, number + 1, f"{found[1] + ':'!r} cannot stand here, or not for a second time")
            keys.append(found[1])
    return [_record(path, lines, start, end, keys) for start, end in zip(starts, ends, strict=True)]


def _record_starts(lines: list[str], path: Path) -> list[int]:
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    opening = _KEY.fullmatch(lines[first]) if lines else None
    if opening is None:
        raise broken(path, first + 1, "a file of text records begins with a `key: value` line")
    return [
        number
        for number, line in enumerate(lines)
        if (found := _KEY.fullmatch(line))
        and found[1] == opening[1]
        and (number == first or not lines[number - 1].strip())
    ]


def _record(path: Path, lines: list[str], start: int, end: int, keys: list[str]) -> Row:
    row: Row = {}
    options: list[str] = []
    for key, number, value in _values(path, lines, start, end, keys):
        kept, found = _split_options(path, number, value)
        if found and options:
            raise broken(path, number, "a record has options twice")
        options = options or found
        row[key] = "\n".join(kept).strip()
    if len(row) < len(keys):
        raise broken(path, start + 1, f"this record has no line {keys[len(row)] + ':'!r}")
    return {**row, "options": options}


def _values(
    path: Path, lines: list[str], start: int, end: int, keys: list[str]
) -> Iterator[tuple[str, int, list[str]]]:
    """Key, number of its line (from 1), and the lines of its value, one after the other."""
    begin, value, used = start, [""], 0
    for number in range(start, end):
        found = _KEY.fullmatch(lines[number])
        if found is None or found[1] not in keys:
            value.append(lines[number])
            continue
        if used == len(keys) or found[1] != keys[used]:
            wanted = f"{keys[used] + ':'!r}" if used < len(keys) else "a blank line and the next record"
            raise broken(path, number + 1, f"{found[1] + ':'!r} stands where {wanted} should")
        if used:
            yield keys[used - 1], begin + 1, value
        begin, value, used = number, [found[2] or ""], used + 1
    yield keys[used - 1], begin + 1, value


def _split_options(path: Path, number: int, value: list[str]) -> tuple[list[str], list[str]]:
    """A value's lines before its options, and the options: from the last `A.` on, if a `B.` follows."""
    lettered = [found[1] if (found := _OPTION.fullmatch(line)) else "" for line in value]
    if "A" not in lettered:
        return value, []
    begin = len(lettered) - 1 - lettered[::-1].index("A")
    if "B" not in lettered[begin:]:
        return value, []
    options: list[list[str]] = []
    for offset in range(begin, len(value)):
        if not lettered[offset]:
            options[-1].append(value[offset])
            continue
        wanted = chr(ord("A") + len(options))
        if lettered[offset] != wanted:
            raise broken(path, number + offset, f"option {lettered[offset]} stands where {wanted} should")
        options.append([value[offset][2:]])
    return value[:begin], ["\n".join(option).strip() for option in options]
