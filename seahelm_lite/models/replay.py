"""`replay:<file>`: answers that were given elsewhere, by task and document."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts, Unsuited
from seahelm_lite.records import Failure, Request, Response, sha256_hex
from seahelm_lite.sources.documents import TaskDocuments


class ReplayLine(BaseModel):
    """One line of a replay file: what a model answered to a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    document: str
    repeat: int = 0
    text: str
    finish_reason: Literal["stop", "length", "content_filter"] | None = None


def _read(line: bytes, place: str) -> ReplayLine:
    try:
        return ReplayLine.model_validate(json.loads(line.decode("utf-8")))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        detail = ": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"])))
    except ValueError as error:
        detail = str(error)
    raise ModelError(
        f"not a replay line: {detail}",
        where=place,
        remedy='Each line is {"task", "document", "text"}, with "repeat" and "finish_reason" if needed.',
    )


class Replay:
    """Answers from a JSON-lines file; a document the file lacks is an error of the run, never a wrong answer."""

    def __init__(self, path: Path) -> None:
        """Read the whole file.

        Raises:
            ModelError: With the line, if the file is missing, a line is faulty, or a document is answered twice.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"the replay file cannot be read: {error.strerror}", where=str(path), remedy="Check the path."
            ) from None
        self._name = path.stem
        self._hash = sha256_hex(content)
        self._answers: dict[tuple[str, str, int], ReplayLine] = {}
        self._places: dict[tuple[str, str, int], str] = {}
        # Not `splitlines`, which also cuts at characters that answers contain, such as U+2028.
        for number, line in enumerate(content.removeprefix(BOM_UTF8).split(b"\n"), start=1):
            if not line.strip():
                continue
            place = f"{path}:{number}"
            entry = _read(line, place)
            key = (entry.task, entry.document, entry.repeat)
            if key in self._answers:
                raise ModelError(
                    f"document {entry.document} is answered twice",
                    where=place,
                    remedy=f"First at {self._places[key]}; remove one, or number them with `repeat`.",
                )
            self._answers[key] = entry
            self._places[key] = place
        self._tasks = {task for task, _, _ in self._answers}

    @property
    def facts(self) -> ModelFacts:
        """Identity and abilities."""
        return ModelFacts(
            name=f"replay-{self._name}",
            fingerprint={"kind": "replay", "sha256": self._hash},
            capabilities=Capabilities(chat=True, by_document=True),
        )

    def learn(self, definition: TaskDefinition, data: TaskDocuments, *, seed: int) -> None:
        """Check that the file answers this task at all.

        Raises:
            Unsuited: If it has no line for it.
            ModelError: If it answers a document that the task does not have.
        """
        if definition.name not in self._tasks:
            raise Unsuited("the replay file has no answer for it")
        known = {document.id for document in data.test}
        for (task, document, _), place in self._places.items():
            if task == definition.name and document not in known:
                raise ModelError(
                    f"the replay file answers {document!r}, which {task} does not have",
                    where=place,
                    remedy="It may have been made from another version of the data.",
                )

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        """Deliver the recorded answers."""
        for index, request in enumerate(requests):
            entry = self._answers.get((request.task or "", request.document or "", request.repeat))
            if entry is None:
                deliver(index, Failure("the replay file has no answer for this document"))
            else:
                deliver(index, Response(text=entry.text, finish_reason=entry.finish_reason))
