"""Results files that somebody changed by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seahelm_lite.boards.check import check_file
from seahelm_lite.boards.files import results_text
from seahelm_lite.boards.results import BoardResults
from seahelm_lite.boards.runs import Runs, read_runs
from seahelm_lite.catalog.board_card import Board
from tests.boards.making import Workshop

Tampering = Callable[[Any], None]


class Made:
    """A board, its card and its runs."""

    def __init__(self, workshop: Workshop, **changes: Any) -> None:
        self.board: Board = workshop.board(**changes)
        self.runs: Runs = read_runs([workshop.out])
        self.text = results_text(workshop.build(**changes))

    def faults(self, tamper: Tampering, folder: Path, *, with_runs: bool = False) -> list[str]:
        """What a check finds in the file after it was changed."""
        body = json.loads(self.text)
        tamper(body)
        path = folder / "made.json"
        path.write_text(results_text(BoardResults.model_validate(body)), encoding="utf-8")
        return check_file(path, {"made": self.board}, self.runs if with_runs else None)


def changed(*steps: Any, **values: Any) -> Tampering:
    """Other values at some place of the file."""

    def tamper(body: Any) -> None:
        for step in steps:
            body = body[step]
        body.update(values)

    return tamper


def changed_cell(row: int, column: int, **values: Any) -> Tampering:
    """Other values in a cell."""
    return changed("rows", row, "cells", column, **values)


def changed_counts(row: int, column: int, **values: int) -> Tampering:
    """Other counts in a cell."""
    return changed("rows", row, "cells", column, "counts", **values)
