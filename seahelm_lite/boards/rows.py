"""Rows of results files, named as BOARD.json#MODEL, and the runs that their cells are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.results import BoardResults, Cell, Row, read_results
from seahelm_lite.catalog.names import unknown
from seahelm_lite.engine.run_folder import SCORES, RunFolder
from seahelm_lite.records import sha256_hex


@dataclass(frozen=True)
class NamedRow:
    """A row, and the board that it is on."""

    file: Path
    results: BoardResults
    row: Row

    @property
    def told(self) -> str:
        """Which row of which board, in a few words."""
        return f"{self.results.board.id}#{self.row.model.id}"


def is_row(name: str) -> bool:
    """Whether a text names a row, or a board's file, and not a folder."""
    path = Path(name)
    return (path.suffix == ".json" and path.is_file()) or (".json#" in name and not path.exists())


def named_row(name: str) -> NamedRow:
    """The row that a text names.

    Args:
        name: `BOARD.json#MODEL`, the model by its id or its name.

    Raises:
        BoardError: If the file is no board, or no row of it is named.
        UnknownNameError: If the board has no such row, or several.
    """
    file, marked, model = name.rpartition("#")
    if not marked:
        raise BoardError("no row of the board is named", where=name, remedy=f"Write {Path(name).name}#MODEL.")
    results = read_results(Path(file))
    found = [row for row in results.rows if model in (row.model.id, row.model.name)]
    if len(found) != 1:
        ids = [row.model.id for row in found or results.rows]
        raise unknown("single row" if found else "row", model, ids, listing=f"the rows of {file}: {', '.join(ids)}")
    return NamedRow(Path(file), results, found[0])


def refuse_other_boards(rows: Sequence[NamedRow]) -> None:
    """Rows are compared on one board of one release.

    Raises:
        BoardError: Naming two rows that are not.
    """
    first = rows[0]
    for other in rows[1:]:
        one, two = first.results.board, other.results.board
        if one.id != two.id:
            what = f"{first.told} and {other.told} are rows of different boards"
        elif one.release != two.release:
            days = " and ".join(str(board.release or "unpublished") for board in (one, two))
            what = f"{first.told} and {other.told} are of different releases of {one.id}: {days}"
        elif one.card_sha256 != two.card_sha256:
            what = f"{first.told} and {other.told} were made by different cards of {one.id}"
        else:
            continue
        raise BoardError(what, where=str(other.file), remedy="Name rows of one file, or compare the runs themselves.")


def run_of(named: NamedRow, cell: Cell, folders: Sequence[Path]) -> RunFolder:
    """The run that a cell is made of.

    Args:
        named: The row.
        cell: A cell of it that has a value.
        folders: Where runs are looked for.

    Raises:
        BoardError: If the run is in none of the folders, or is not the one that the cell was made of.
    """
    run = cell.run or ""
    if not folders:
        raise BoardError(
            "the runs of its rows are needed, to compare answers document by document",
            where=str(named.file),
            remedy="Name their folder with --runs DIR.",
        )
    # A name that is a path would lead out of the folders.
    found = [path for folder in folders if Path(run).name == run and (path := folder / run / SCORES).is_file()]
    if not found:
        told = ", ".join(map(str, folders))
        raise BoardError(
            f"the run {run} of {named.told} is not in {told}", where=str(named.file), remedy="Correct --runs."
        )
    for path in found:
        if sha256_hex(path.read_bytes()) == cell.scores_sha256:
            return RunFolder(path.parent)
    raise BoardError(
        f"the run {run} has other scores than those that the row {named.told} was made of",
        where=str(found[0].parent),
        remedy="Name the folder of the run that the board was built from, or build the board again.",
    )
