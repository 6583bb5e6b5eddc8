"""`replay:<file>`: answers that were given elsewhere, by task and document."""

from __future__ import annotations

import json
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
            raise ModelError(f"the replay file cannot be read: {error}", where=str(path)) from None
        self._name = path.stem
        self._hash = sha256_hex(content)
        self._answers: dict[tuple[str, str, int], ReplayLine] = {}
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                entry = ReplayLine.model_validate(json.loads(line))
            except (json.JSONDecodeError, ValidationError) as error:
                detail = str(error).splitlines()[0]
                raise ModelError(
                    f"not a replay line: {detail}",
                    where=f"{path}:{number}",
                    remedy='Each line is {"task", "document", "text"}, with "repeat" and "finish_reason" if needed.',
                ) from None
            key = (entry.task, entry.document, entry.repeat)
            if key in self._answers:
                raise ModelError(f"document {entry.document} is answered twice", where=f"{path}:{number}")
            self._answers[key] = entry
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
        for task, document, _ in self._answers:
            if task == definition.name and document not in known:
                raise ModelError(
                    f"the replay file answers {document!r}, which {task} does not have",
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
