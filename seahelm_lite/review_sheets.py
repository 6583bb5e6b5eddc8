"""Spreadsheets in which reviewers vote on probe families: one for each country and language."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from seahelm_lite.catalog.names import nearest
from seahelm_lite.catalog.probe_ballot import CHOICES, Shown, opinion_of, shown
from seahelm_lite.catalog.probe_family import ProbeFamily
from seahelm_lite.catalog.probe_review import OPINIONS, Role, Vote
from seahelm_lite.engine.run_folder import whole_or_not_at_all
from seahelm_lite.errors import DataError
from seahelm_lite.sources.spreadsheets import sheets

SHEET_SCHEMA = "seahelm-lite/probe-review/1"
_ABOUT, _VOTES = "Read me", "Votes"
_INSTRUCTIONS = (
    "Each row of the sheet Votes is a request to an assistant, and a second one in which one fact differs.",
    "First choose, in the two yellow columns, which reply fits where you live: A, B or unsure. Do not read on before.",
    "Then read the norm. Does it hold as it is stated? Does the text in your language read as people there write?",
    "Answer agree, disagree or unsure. Say in the remark what is wrong, or how you would write it.",
    "Leave a row empty if you would rather not vote on it. Change nothing but the yellow cells.",
    "Name nobody, yourself included: your votes are kept under a code.",
)


class _Font(NamedTuple):
    """How the texts of a language are set."""

    name: str
    """One that has the letters; a computer without it takes another one that has them."""
    size: int
    line: int
    """Height of a line in points, marks above and below included."""
    letter: float
    """Width of a letter against that of a digit."""


_FONTS = {
    "th": _Font("Leelawadee UI", 13, 21, 1.2),
    "lo": _Font("Leelawadee UI", 13, 21, 1.2),
    "km": _Font("Leelawadee UI", 14, 27, 1.3),
    "my": _Font("Myanmar Text", 14, 27, 1.4),
}
_LATIN = _Font("Calibri", 12, 16, 1.1)
_HIGHEST = 409
"""Points that a row may have."""


@dataclass(frozen=True)
class _Column:
    title: str
    width: int
    choices: tuple[str, ...] | None = None
    """What may be answered here."""
    filled: bool = False
    """Whether it is for the reviewer to fill."""


_FAMILY = _Column("Family", 16)
_PROBE_FITS = _Column("Which reply fits?", 11, CHOICES, True)
_TWIN_FITS = _Column("Which reply fits the second request?", 11, CHOICES, True)
_NORM = _Column("Does the norm hold as stated?", 13, OPINIONS, True)
_WORDING = _Column("Does the wording read as people there write?", 13, OPINIONS, True)
_REMARK = _Column("Remark", 40, None, True)
_TEXT = _Column("Text", 10)
_COLUMNS = (
    *(_FAMILY, _Column("Register", 12)),
    *(_Column("Request", 44), _Column("Reply A", 36), _Column("Reply B", 36), _PROBE_FITS),
    *(_Column("Second request", 44), _Column("Reply A to it", 36), _Column("Reply B to it", 36), _TWIN_FITS),
    *(_Column("Norm", 44), _Column("Sources", 30), _NORM, _WORDING, _REMARK, _TEXT),
)


def write_sheets(folder: Path, families: Sequence[ProbeFamily]) -> list[Path]:
    """Write the sheets of families, `probes-<country>-<language>.xlsx` each; those that are retired are left out.

    Returns:
        The files.

    Raises:
        DataError: If one of them is there already, since it may hold votes; nothing is written.
        RunFolderError: If one cannot be written.
    """
    parts: dict[Path, list[ProbeFamily]] = {}
    for family in families:
        if family.status != "retired":
            parts.setdefault(folder / f"probes-{family.country}-{family.language}.xlsx", []).append(family)
    if there := [path for path in sorted(parts) if path.exists()]:
        raise DataError("is there already, and may hold votes", where=str(there[0]), remedy="Name another folder.")
    for path, part in parts.items():
        with whole_or_not_at_all(path) as partial:
            _workbook(part).save(partial)
    return sorted(parts)


def _workbook(families: Sequence[ProbeFamily]) -> Any:
    """The workbook of families of one country and language."""
    from openpyxl import Workbook

    book = Workbook()
    about, votes = book.active, book.create_sheet(_VOTES)
    about.title = _ABOUT
    first = families[0]
    for number, line in enumerate(_INSTRUCTIONS, 1):
        about.append([f"{number}.", line])
    for name, value in (("schema", SHEET_SCHEMA), ("country", first.country), ("language", first.language)):
        about.append([name, value])
    about.column_dimensions["B"].width = 110
    votes.append([column.title for column in _COLUMNS])
    for family in families:
        votes.append(_cells(family))
    _dress(votes, _FONTS.get(first.language.split("-", maxsplit=1)[0], _LATIN))
    return book


def _cells(family: ProbeFamily) -> list[str]:
    norm = family.norm
    probe, control = shown(family, "probe"), shown(family, "control")
    told = f"{norm.statement}\n\nFor whom: {norm.applies_to}\n\nDiffers inside the country: "
    sources = [f"{source.title} ({source.ref}; {source.verified})" for source in norm.sources]
    row = [family.id, family.register_, *_side(probe), "", *_side(control), ""]
    return [*row, told + norm.intra_country_variation, "\n".join(sources), "", "", "", family.voted_on]


def _side(side: Shown) -> list[str]:
    replies = ["\n\n".join(_both(*text) for text in side.replies[letter]) for letter in ("A", "B")]
    return [_both(side.request, side.request_en), *replies]


def _both(text: str, english: str | None) -> str:
    return text if english is None else f"{text}\n\n[en] {english}"


def _dress(votes: Any, font: _Font) -> None:
    """Make the sheet one that can be read and filled in: wrapped, with the header in sight and lists of answers."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    thin = Side(style="thin", color="BBBBBB")
    border, wrapped = Border(top=thin, bottom=thin, left=thin, right=thin), Alignment(wrap_text=True, vertical="top")
    head, yellow = PatternFill("solid", fgColor="DDE6F0"), PatternFill("solid", fgColor="FFF7CC")
    for number, column in enumerate(_COLUMNS, 1):
        letter = get_column_letter(number)
        votes.column_dimensions[letter].width = column.width
        votes.column_dimensions[letter].hidden = column is _TEXT
        for cell in votes[letter]:
            top = cell.row == 1
            cell.alignment, cell.border = wrapped, border
            cell.font = Font(bold=True) if top else Font(name=font.name, size=font.size)
            cell.fill = head if top else yellow if column.filled else PatternFill()
            cell.protection = Protection(locked=top or not column.filled)
            if cell.value is not None:
                cell.data_type = "s"  # a text that begins with = is no formula
        if column.choices is not None:
            listed = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            listed.showErrorMessage, listed.error = True, f"Answer {', '.join(column.choices)}, or nothing."
            listed.add(f"{letter}2:{letter}{votes.max_row}")
            votes.add_data_validation(listed)
    votes.row_dimensions[1].height = 80
    for row in votes.iter_rows(min_row=2):
        votes.row_dimensions[row[0].row].height = _height([str(cell.value or "") for cell in row], font)
    votes.freeze_panes = "B2"
    votes.protection.sheet = True
    votes.protection.formatColumns = votes.protection.formatRows = False


def _height(cells: Sequence[str], font: _Font) -> float:
    """Points that a row needs, since not every program fits it to its texts."""
    seen = [(text, column.width) for text, column in zip(cells, _COLUMNS, strict=True) if column is not _TEXT]
    needed = max(_points(text, width, font) for text, width in seen)
    return min(_HIGHEST, needed + _LATIN.line)


def _points(text: str, width: int, font: _Font) -> int:
    points = 0
    for part in text.split("\n"):
        of = _LATIN if part.isascii() else font
        letters = sum(unicodedata.category(letter) != "Mn" for letter in part)
        points += of.line * max(1, math.ceil(letters * of.letter / width))
    return points


@dataclass(frozen=True)
class SheetVotes:
    """What a reviewer filled in."""

    votes: Mapping[str, Vote]
    """By family; those on the texts as they stand."""
    outdated: tuple[str, ...]
    """Families whose text is another one since the sheet was written, so that the votes on them are void."""
    rows: int
    """How many families the sheet holds."""


def read_sheet(path: Path, families: Mapping[str, ProbeFamily], reviewer: str, role: Role) -> SheetVotes:
    """The votes of a sheet that a reviewer filled in.

    Args:
        path: A file that `write_sheets` wrote.
        families: Those that there are, by id.
        reviewer: The reviewer's code.
        role: What the reviewer votes as.

    Raises:
        SourceError: If the file cannot be read.
        DataError: If it is no such sheet, names a family that is unknown or of elsewhere, or holds half a vote, or
            something that is no vote.
    """
    country, language, rows = _rows(path)
    votes: dict[str, Vote] = {}
    outdated = []
    seen = set()
    for place, row in rows:
        name, where = row.get(_FAMILY.title, ""), f"{path} ({_VOTES}, line {place})"
        family = families.get(name)
        if family is None:
            close = nearest(name, families)
            raise DataError(f"there is no family {name!r}", where=where, remedy=f"Did you mean {close}?" * bool(close))
        if (family.country, family.language) != (country, language):
            what = f"{name} is of {family.country} in {family.language}, and the sheet of {country} in {language}"
            raise DataError(what, where=where)
        if name in seen:
            raise DataError(f"{name} stands there twice", where=where)
        seen.add(name)
        vote = _vote(row, where, family, reviewer, role)
        if vote is not None and row.get(_TEXT.title) != family.voted_on:
            outdated.append(name)
        elif vote is not None:
            votes[name] = vote
    return SheetVotes(votes, tuple(outdated), len(rows))


def _rows(path: Path) -> tuple[str, str, list[tuple[int, dict[str, str]]]]:
    """Country and language of a sheet, and its lines by column, each with its number."""
    try:
        read = sheets(path)
    except DataError as error:
        raise DataError(error.what, where=str(path)) from None
    about = {str(line[0]): str(line[1]) for line in read.get(_ABOUT, []) if len(line) > 1}
    lines = read.get(_VOTES, [])
    titles = [str(title) for title in lines[0]] if lines else []
    missing = [column.title for column in _COLUMNS if column.title not in titles]
    if about.get("schema") != SHEET_SCHEMA or missing or not {"country", "language"} <= set(about):
        lacking = f"it lacks the column {missing[0]!r}" if lines and missing else f"it lacks the schema {SHEET_SCHEMA}"
        raise DataError(f"is no sheet that `probes review --sheet` wrote: {lacking}", where=str(path))
    rows = [
        (place, {title: str(cell).strip() for title, cell in zip(titles, line, strict=False)})
        for place, line in enumerate(lines[1:], 2)
        if any(str(cell).strip() for cell in line)
    ]
    return about["country"], about["language"], rows


def _vote(row: dict[str, str], where: str, family: ProbeFamily, reviewer: str, role: Role) -> Vote | None:
    """The vote of a row; None for one that was left empty."""
    if not any(row.get(column.title) for column in _COLUMNS if column.filled):
        return None
    norm, wording = _said(row, _NORM, where), _said(row, _WORDING, where)
    if norm is None or wording is None:
        lacking = _NORM if norm is None else _WORDING
        raise DataError(f"{family.id} has half a vote: nothing under {lacking.title!r}", where=where)
    probe, control = _said(row, _PROBE_FITS, where), _said(row, _TWIN_FITS, where)
    if (probe is None) != (control is None):
        raise DataError(f"{family.id} has a choice of reply for one of its two requests only", where=where)
    return Vote(
        reviewer=reviewer,
        role=role,
        norm=norm,
        wording=wording,
        pairs=None if probe is None else opinion_of(family, (probe, control)),
        voted_on=family.voted_on,
        remark=row.get(_REMARK.title, ""),
    )


def _said(row: dict[str, str], column: _Column, where: str) -> Any:
    """What a cell says, one of the column's choices however it is cased; None for an empty one."""
    said = row.get(column.title, "")
    if not said:
        return None
    for choice in column.choices or ():
        if said.casefold() == choice.casefold():
            return choice
    allowed = ", ".join(column.choices or ())
    raise DataError(f"{said!r} under {column.title!r} is no vote", where=where, remedy=f"One of: {allowed}.")
