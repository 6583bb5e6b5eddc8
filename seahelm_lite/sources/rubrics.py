"""Files of yes/no questions about replies, joined to the rows whose replies they are asked of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from seahelm_lite.catalog.task_data import RubricFile
from seahelm_lite.errors import DataError
from seahelm_lite.records import JsonValue
from seahelm_lite.sources.text_files import Row


@dataclass(frozen=True)
class Rubric:
    """The questions of one file."""

    by: str
    """The column of a row that names its group."""
    groups: Mapping[str, Sequence[Mapping[str, JsonValue]]]
    """By group, what `criteria` of a card takes."""


def rubric_of(rows: Sequence[Row], file: RubricFile, name: str) -> Rubric:
    """The questions of a file, of which only the first row of a group names it.

    Args:
        rows: Of the file.
        file: What the card says of it.
        name: The file's, for ids and messages.

    Raises:
        DataError: If a column is missing, or the first row is of no group.
    """
    groups: dict[str, list[Mapping[str, JsonValue]]] = {}
    group = ""
    for number, row in enumerate(rows):
        if missing := [column for column in (file.group, file.question) if column not in row]:
            raise DataError(f"there is no column {missing[0]!r}", where=name)
        group = str(row[file.group]).strip() or group
        if not group:
            raise DataError("the question is of no group", where=f"{name}#{number}")
        questions = groups.setdefault(group, [])
        identity = f"{PurePosixPath(name).stem}:{group}:{len(questions) + 1}"
        questions.append({"id": identity, "text": str(row[file.question]).strip(), "wanted": "no"})
    return Rubric(file.by, groups)


def with_rubrics(rows: Sequence[Row], rubrics: Sequence[Rubric]) -> list[Row]:
    """The rows, each with its questions as the column `rubric`; none where no file knows its group."""
    return [{**row, "rubric": _questions(row, rubrics)} for row in rows]


def _questions(row: Row, rubrics: Sequence[Rubric]) -> list[Mapping[str, JsonValue]]:
    known = (rubric.groups.get(str(row.get(rubric.by)).strip()) for rubric in rubrics)
    return list(next((questions for questions in known if questions), ()))
