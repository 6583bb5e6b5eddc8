"""The judgements of a run on disk: `judgements/<n>.jsonl` in its folder, numbered from 1."""

from __future__ import annotations

import os
from pathlib import Path

from seahelm_lite.engine.run_folder import RunFolder, whole_or_not_at_all
from seahelm_lite.errors import RunFolderError
from seahelm_lite.scoring.judges.verdicts import Judgements, judgements_in

JUDGEMENTS = "judgements"


def add_judgements(folder: RunFolder, judgements: Judgements) -> Path:
    """Write judgements beside those that are there.

    Raises:
        RunFolderError: If the folder cannot be written.
    """
    path = folder.path / JUDGEMENTS / f"{folder.next_number(JUDGEMENTS)}.jsonl"
    with whole_or_not_at_all(path) as partial, partial.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in judgements.lines())
        file.flush()
        os.fsync(file.fileno())
    return path


def read_judgements(path: Path) -> Judgements:
    """The judgements of one file.

    Raises:
        RunFolderError: If it cannot be read, or is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RunFolderError(f"the judgements cannot be read: {error}", where=str(path)) from None
    return judgements_in(lines, str(path))


def last_judgements(folder: RunFolder) -> Path | None:
    """The file that was written last; None where nobody has judged the run."""
    found = [path for path in (folder.path / JUDGEMENTS).glob("*.jsonl") if path.stem.isdecimal()]
    return max(found, key=lambda path: int(path.stem), default=None)
