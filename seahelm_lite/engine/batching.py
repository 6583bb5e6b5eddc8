"""Where a run keeps which batches it has handed in, and how its model comes to be asked in batches."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seahelm_lite.engine.executors.choice import LOCAL
from seahelm_lite.engine.run_folder import RunFolder, whole_or_not_at_all
from seahelm_lite.errors import ModelError, RunFolderError, SeahelmError
from seahelm_lite.models.base import DocumentModel, Model

if TYPE_CHECKING:
    from seahelm_lite.models.api.batch import Entry

BATCHES = "batches.json"
_SCHEMA = "seahelm-lite/batches/1"


class BatchFile:
    """`batches.json` of a run folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[Entry]:
        """The batches of the run; none where there is no such file.

        Raises:
            RunFolderError: If it cannot be read: going on without it could pay for them again.
        """
        try:
            body = json.loads(self._path.read_text(encoding="utf-8"))
            if body["schema"] != _SCHEMA:
                raise ValueError(f"its schema is {body['schema']!r}, and this version reads {_SCHEMA!r}")
            return [{"id": entry["id"], "ended": entry["ended"], **entry} for entry in body["batches"]]
        except (FileNotFoundError, NotADirectoryError):  # a file in the folder's place is told of when it is written
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunFolderError(
                f"cannot be read: {error}",
                where=str(self._path),
                remedy="It says which batches are out and paid for; remove it to ask anew.",
            ) from None

    def write(self, entries: Sequence[Entry]) -> None:
        """Write them whole, before anything is waited for; raises RunFolderError if the folder cannot be written."""
        with whole_or_not_at_all(self._path) as partial, partial.open("w", encoding="utf-8") as file:
            json.dump({"schema": _SCHEMA, "batches": list(entries)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())


def refuse_batches(spec: str, executor: str) -> None:
    """Refuse what cannot be asked in batches, before a model is loaded.

    Raises:
        SeahelmError: If the model has no endpoint, or would be opened elsewhere.
    """
    from seahelm_lite.models.specs import open_endpoint

    if executor != LOCAL:
        raise SeahelmError("a batch is handed in from this process", remedy="Leave out --executor, or --batch.")
    open_endpoint(spec)


def in_batches(model: Model | DocumentModel, spec: str, folder: RunFolder, *, submits: bool) -> Model | DocumentModel:
    """The model of a run, asked in batches where that is wanted, or where the run has batches out.

    Args:
        model: As it was opened.
        spec: Its SPEC.
        folder: Of the run.
        submits: Whether new batches shall be made.

    Raises:
        ModelError: If its endpoint has no batch API.
        RunFolderError: If it cannot be told which batches are out.
    """
    file = BatchFile(folder.path / BATCHES)
    if not submits and all(entry["ended"] is not None for entry in file.read()):
        return model
    from seahelm_lite.models.api import ApiModel
    from seahelm_lite.models.api.batch_opening import batched

    if not isinstance(model, ApiModel):
        raise ModelError("the run has batches out", where=str(folder.path), remedy="Leave out --executor.")
    return batched(model, file, submits=submits, spec=spec)
