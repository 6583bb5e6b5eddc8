"""The runs that boards are made of: read, verified, and left out with a reason where they cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from seahelm_lite.boards.results import (
    BoardError,
    Count,
    Counts,
    DataSource,
    Interval,
    LeftOut,
    Positive,
    Sha256,
    Text,
    Tokens,
)
from seahelm_lite.engine.run_folder import SCORES, RunFolder, list_runs
from seahelm_lite.errors import RunFolderError
from seahelm_lite.records import JsonValue, sha256_hex

Part = TypeVar("Part", bound=BaseModel)


class _Part(BaseModel):
    """What boards need of a file; the rest of it is other readers' business."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Model(_Part):
    """Who answered."""

    name: Text
    fingerprint: Mapping[str, JsonValue]
    fingerprint_sha256: Sha256


class AskedTask(_Part):
    """A task as the manifest has it."""

    key: Text
    task: str
    version: str
    protocol: str
    shots: Count
    decoding: Mapping[str, JsonValue]
    data_sha256: Sha256
    prompts_sha256: Sha256
    sources: tuple[DataSource, ...]
    excluded: Mapping[str, Count]
    documents_total: Positive
    usage: Tokens | None = None
    """Absent in runs of earlier versions."""


class SkippedTask(_Part):
    """A task that was asked for and not run."""

    task: str
    reason: Text


class ImportedFile(_Part):
    """A file of recorded answers."""

    path: Text
    sha256: Sha256
    answers: Count


class Imported(_Part):
    """Where recorded answers come from."""

    format: Text
    source: Text
    title: Text
    url: str | None
    licence: Text
    recorded: tuple[date, date] | None
    files: tuple[ImportedFile, ...]


class Manifest(_Part):
    """The manifest of a run."""

    status: Literal["running", "interrupted", "incomplete", "complete"]
    spec: Mapping[str, JsonValue]
    model: Model
    tasks: tuple[AskedTask, ...]
    skipped: tuple[SkippedTask, ...]
    deviations: tuple[str, ...]
    imported: Imported | None = None


class Subset(_Part):
    """Which documents were asked."""

    kind: Literal["full", "limit", "quick"]
    n_total: int


class Score(_Part):
    """One score of a run."""

    task: str
    version: str
    protocol: str
    shots: Count
    metric: str
    value: float | None
    reason: Text | None
    se: float | None
    ci95: Interval | None
    ci_method: str
    n: Positive
    n_answered: Count | None = None
    """Absent in runs of earlier versions."""
    n_clusters: Positive
    repeats: Positive
    chance: float | None
    counts: Counts
    baselines: Mapping[str, float | None]
    subset: Subset
    status: Literal["complete", "incomplete"]

    @model_validator(mode="after")
    def _has_a_value_or_says_why(self) -> Score:
        if (self.status == "complete") != (self.value is not None):
            raise ValueError("a score has a value if and only if it is complete")
        if self.reason is None and (self.value is None or self.ci95 is None):
            raise ValueError("a number that is missing has a reason")
        return self


class _Scores(_Part):
    scores: tuple[Score, ...]


ModelKey = tuple[str, str]
"""Name and SHA-256 of the fingerprint: two runs with the same key are of the same model."""


@dataclass(frozen=True)
class FinishedRun:
    """A run with scores, complete or not."""

    folder: RunFolder
    manifest: Manifest
    scores: tuple[Score, ...]
    scores_sha256: str
    """Of the bytes of scores.json."""

    @property
    def run_id(self) -> str:
        """The run's name."""
        return self.folder.run_id

    @property
    def model(self) -> ModelKey:
        """Whose answers these are."""
        return self.manifest.model.name, self.manifest.model.fingerprint_sha256


@dataclass(frozen=True)
class Runs:
    """The runs of some folders."""

    finished: tuple[FinishedRun, ...]
    """By run id."""
    left_out: tuple[LeftOut, ...]


def read_runs(folders: Iterable[Path]) -> Runs:
    """Read every run of some output folders. One that cannot be used is left out, with its reason.

    Raises:
        BoardError: If a folder is none.
    """
    finished: list[FinishedRun] = []
    left_out: list[LeftOut] = []
    for folder in _run_folders(folders):
        try:
            run = _read(folder)
        except RunFolderError as error:
            # Not the whole sentence: it names places of this machine, and the reason is published.
            left_out.append(LeftOut(run=folder.run_id, reason=error.what))
        else:
            finished.append(run)
    return Runs(tuple(sorted(finished, key=lambda run: run.run_id)), tuple(left_out))


def _run_folders(folders: Iterable[Path]) -> list[RunFolder]:
    """The runs of all folders, each once however often its folder was named."""
    found: dict[Path, RunFolder] = {}
    for folder in folders:
        if not folder.is_dir():
            raise BoardError("the folder of runs does not exist", where=str(folder), remedy="Correct --runs.")
        found.update({run.path.resolve(): run for run in list_runs(folder)})
    return list(found.values())


def _read(folder: RunFolder) -> FinishedRun:
    """Read and verify one run; raises RunFolderError."""
    manifest = _parsed(Manifest, folder.manifest(), "manifest.json")
    if folder.is_sealed():
        faults = folder.unsealed_changes()
        if faults:
            raise RunFolderError(f"is not as it was finished: {', '.join(faults)}")
    elif manifest.status == "complete":
        raise RunFolderError("is complete and has no seal")
    elif manifest.status != "incomplete":
        raise RunFolderError(f"is {manifest.status}, and has no scores yet")
    scores = _parsed(_Scores, folder.scores(), SCORES).scores
    return FinishedRun(folder, manifest, scores, sha256_hex((folder.path / SCORES).read_bytes()))


def _parsed(part: type[Part], body: Mapping[str, Any], name: str) -> Part:
    try:
        return part.model_validate(body)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        message = fault["msg"].removeprefix("Value error, ")
        raise RunFolderError(f"{name} is not as this version reads it: {place}: {message}") from None
