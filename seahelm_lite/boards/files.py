"""Results files: their exact text, and writing them whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

from seahelm_lite.boards.results import BoardResults
from seahelm_lite.engine.run_folder import whole_or_not_at_all
from seahelm_lite.records import JsonValue


def results_text(results: BoardResults) -> str:
    """The text of a results file. Each row is a line of its own, so that a change to it reads by model."""
    body = results.model_dump(mode="json", by_alias=True)
    parts = [
        f"{_line(name)}: {_listed(value) if isinstance(value, list) else _line(value)}" for name, value in body.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _listed(values: list[JsonValue]) -> str:
    return "[\n" + ",\n".join(map(_line, values)) + "\n]" if values else "[]"


def _line(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_results(results: BoardResults, folder: Path) -> Path:
    """Write `<folder>/<board id>.json`.

    Raises:
        RunFolderError: If it cannot be written; what stood there before stands there still.
    """
    path = folder / f"{results.board.id}.json"
    with whole_or_not_at_all(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(results_text(results))
        file.flush()
        os.fsync(file.fileno())
    return path
