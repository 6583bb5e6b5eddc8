"""The runs that boards are made of: read, verified, and left out with a reason where they cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from seahelm_lite.boards.fields import BoardError, LeftOut
from seahelm_lite.boards.run_files import ImportSettings, Manifest, Score, Scores
from seahelm_lite.engine.run_folder import SCORES, RunFolder, list_runs
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import RunFolderError
from seahelm_lite.records import sha256_hex

Part = TypeVar("Part", bound=BaseModel)

ModelKey = tuple[str, str]
"""Name and SHA-256 of the fingerprint: two runs with the same key are of the same model."""


@dataclass(frozen=True)
class FinishedRun:
    """A run with scores, complete or not."""

    folder: RunFolder
    manifest: Manifest
    settings: RunSpec | ImportSettings
    """What was asked of `run`, or of `import`."""
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


def read_runs(folders: Sequence[Path]) -> Runs:
    """Read every run of some output folders, and runs that are named themselves.

    A run of an output folder that cannot be used is left out, with its reason.

    Raises:
        BoardError: If a folder is none, or a run that is named cannot be used.
    """
    named = [folder for folder in folders if RunFolder(folder).exists()]
    finished: list[FinishedRun] = []
    left_out: list[LeftOut] = []
    for folder in _run_folders(folders):
        try:
            run = _read(folder)
        except RunFolderError as error:
            # Not the whole sentence: it names places of this machine, and the reason is published.
            left_out.append(LeftOut(run=folder.run_id, reason=_of_no_machine(error.what, folder)))
        except (OSError, UnicodeDecodeError, RecursionError):
            left_out.append(LeftOut(run=folder.run_id, reason="a file of it cannot be read"))
        else:
            finished.append(run)
    _refuse_named(named, left_out)
    return Runs(tuple(sorted(finished, key=lambda run: run.run_id)), tuple(left_out))


def _refuse_named(named: Iterable[Path], left_out: Sequence[LeftOut]) -> None:
    """A run that a user names is wanted: leaving it out silently would make another board than was asked for."""
    for folder in named:
        for left in left_out:
            if left.run == RunFolder(folder).run_id:
                remedy = "Run it again, or name the folder above it: it is then left out."
                raise BoardError(f"{left.run} cannot be used: {left.reason}", where=str(folder), remedy=remedy)


def _of_no_machine(reason: str, folder: RunFolder) -> str:
    """The first line of a reason, without the folders of this machine."""
    return reason.partition("\n")[0].replace(f"{folder.path}/", "")


def _run_folders(folders: Iterable[Path]) -> list[RunFolder]:
    """The runs of all folders, each once however often its folder was named."""
    found: dict[Path, RunFolder] = {}
    for folder in folders:
        if not folder.is_dir():
            raise BoardError("the folder of runs does not exist", where=str(folder), remedy="Correct --runs.")
        runs = [RunFolder(folder)] if RunFolder(folder).exists() else list_runs(folder)
        found.update({run.path.resolve(): run for run in runs})
    return list(found.values())


def _read(folder: RunFolder) -> FinishedRun:
    """Read and verify one run; raises RunFolderError."""
    manifest = _parsed(Manifest, folder.manifest(), "manifest.json")
    settings = _settings(manifest)
    if folder.is_sealed():
        faults = folder.unsealed_changes()
        if faults:
            raise RunFolderError(f"is not as it was finished: {', '.join(faults)}")
    elif manifest.imported is not None:
        # An import has nothing to resume, so it is sealed also where answers are missing.
        raise RunFolderError("was imported and has no seal")
    elif manifest.status == "complete":
        raise RunFolderError("is complete and has no seal")
    elif manifest.status != "incomplete":
        raise RunFolderError(f"is {manifest.status}, and has no scores yet")
    scores = _parsed(Scores, folder.scores(), SCORES).scores
    return FinishedRun(folder, manifest, settings, scores, sha256_hex((folder.path / SCORES).read_bytes()))


def _settings(manifest: Manifest) -> RunSpec | ImportSettings:
    name = "spec of manifest.json"
    if manifest.imported is not None:
        return _parsed(ImportSettings, manifest.spec, name)
    return _parsed(RunSpec, manifest.spec, name)


def _parsed(part: type[Part], body: Mapping[str, Any], name: str) -> Part:
    try:
        return part.model_validate(body)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        message = fault["msg"].removeprefix("Value error, ")
        raise RunFolderError(
            f"{name} is not as this version reads it: {': '.join(filter(None, (place, message)))}"
        ) from None
