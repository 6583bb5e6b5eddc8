"""The file that the makers of a task take, where they keep the right answers to themselves and score it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.engine.run_folder import RunFolder, ScoredSample, whole_or_not_at_all
from seahelm_lite.errors import RunFolderError

_LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Submission:
    """The answers of a run to such a task."""

    rows: tuple[tuple[str, str], ...]
    """The task's own id of each question and the letter of the option chosen, as the source letters them; empty where
    the model gave no answer that could be read."""

    @property
    def blank(self) -> int:
        """Questions without an answer."""
        return sum(not letter for _, letter in self.rows)


def submission(folder: RunFolder, task: str) -> Submission:
    """Gather the answers of a run.

    Raises:
        RunFolderError: If the run has no such task, its answers are not withheld, or it lacks questions or answers them
            several times.
    """
    entry = _entry(folder, task)
    samples = folder.read_samples(entry["key"])
    place = str(folder.path)
    if entry["documents"] < entry["documents_total"]:
        raise RunFolderError(
            f"only {entry['documents']} of {entry['documents_total']} questions of {task} were asked",
            where=place,
            remedy="Run it without --limit or --quick: what is missing from the file counts as wrong.",
        )
    if len(samples) > entry["documents"]:
        raise RunFolderError(
            f"every question of {task} was asked several times, and the file holds one answer to each",
            where=place,
            remedy="Run it without --repeats.",
        )
    failed = sum(scored.state == "error" for scored in samples)
    if failed:
        remedy = f"Go on with: seahelm-lite run --resume {folder.path}"
        raise RunFolderError(f"{failed} questions of {task} ended in error", where=place, remedy=remedy)
    return Submission(tuple(_row(scored) for scored in samples))


def write_submission(made: Submission, path: Path) -> None:
    """Write the answers as CSV with the columns `id` and `answer`; raises RunFolderError if that cannot be done."""
    with whole_or_not_at_all(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "answer"))
        writer.writerows(made.rows)


def _entry(folder: RunFolder, task: str) -> dict[str, Any]:
    entries: dict[str, dict[str, Any]] = {}
    for entry in folder.manifest()["tasks"]:
        entries.setdefault(entry["task"], entry)
    if task not in entries:
        told = f"It has {', '.join(sorted(entries))}."
        raise RunFolderError(f"has no task {task!r}", where=str(folder.path), remedy=told)
    if TaskCard.model_validate(entries[task]["card"]).answers != "withheld":
        raise RunFolderError(
            f"the answers to {task} are known, so there is nothing to hand in",
            where=str(folder.path),
            remedy=f"Its score: seahelm-lite runs show {folder.path}",
        )
    return entries[task]


def _row(scored: ScoredSample) -> tuple[str, str]:
    fields = scored.sample.document.fields
    letter = _LETTERS[fields["places"][int(scored.prediction)]] if scored.prediction is not None else ""
    return str(fields["key"]), letter
