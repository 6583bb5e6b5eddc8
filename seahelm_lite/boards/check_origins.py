"""Whether what a results file says of where answers come from agrees with itself."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from seahelm_lite.boards.build import row_ids
from seahelm_lite.boards.results import BoardResults, Cell, Column, Row
from seahelm_lite.catalog.task_card import RECORDED

_BASELINE = "baseline:"
"""How the SPEC of a baseline begins."""


def faults_of_origins(results: BoardResults) -> Iterator[str]:
    """What contradicts itself in models, sources, runs and commands."""
    models = [(row.model.name, row.model.fingerprint_sha256) for row in results.rows]
    if len(set(models)) < len(models):
        yield "two rows are of the same model"
    ids = row_ids(models)
    for row, model in zip(results.rows, models, strict=True):
        if row.model.id != ids[model]:
            yield f"{row.model.id}: a model called {row.model.name} would be {ids[model]}"
        yield from (f"{row.model.id}: {fault}" for fault in _faults_of_row(row, results.columns))
    yield from _faults_of_runs(results)
    left_out = [(left.run, left.reason) for left in results.left_out]
    if left_out != sorted(set(left_out)):
        yield "the runs that were left out are not in order, or named twice"


def _faults_of_row(row: Row, columns: tuple[Column, ...]) -> Iterator[str]:
    if (row.model.kind == "recorded") != (row.source is not None):
        yield f"it is {row.model.kind}, and {'has no source' if row.source is None else 'has a source'}"
        return
    for cell, column in zip(row.cells, columns, strict=True):
        if cell.run is None or cell.command is None:
            continue
        protocol = "" if row.source is None else RECORDED + row.source.source
        if row.source is None and column.protocol.startswith(RECORDED):
            yield f"{column.task}: it is {row.model.kind} in {column.protocol}"
        elif column.protocol != protocol and not column.protocol.startswith(f"{protocol}-" if protocol else ""):
            yield f"{column.task}: its answers are of {protocol}, the column's of {column.protocol}"
        if bool(cell.files) != (row.source is not None):
            yield f"{column.task}: it has {len(cell.files)} files of answers, and is {row.model.kind}"
        if not _makes_it_again(row, cell, cell.command):
            yield f"{column.task}: its command does not make {cell.run}"


def _makes_it_again(row: Row, cell: Cell, command: str) -> bool:
    """Whether a command begins as that of such a cell does; its settings only a run knows."""
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    if row.source is None:
        is_baseline = len(words) > 3 and words[3].startswith(_BASELINE)
        return words[:3] == ["seahelm-lite", "run", "--model"] and is_baseline == (row.model.kind == "baseline")
    # A file without answers of its own lies beside one that is named.
    files = [file.path for file in cell.files if file.answers]
    return words[: 3 + len(files)] == ["seahelm-lite", "import", row.source.format, *files]


def _faults_of_runs(results: BoardResults) -> Iterator[str]:
    """A run is of one model, and says the same wherever it fills a cell."""
    seen: dict[str, tuple[object, ...]] = {}
    for row in results.rows:
        for cell in row.cells:
            if cell.run is None:
                continue
            said = (row.model.id, cell.scores_sha256, cell.files, cell.command)
            if seen.setdefault(cell.run, said) != said:
                yield f"{row.model.id}: {cell.run} says something else in another cell"
