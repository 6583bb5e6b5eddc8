"""A task as another harness asks it: its documents in that harness's words, and the requests made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seahelm_lite.records import AnswerForm, Document, JsonValue, Message, Request
from seahelm_lite.sources.documents import TaskDocuments


@dataclass(frozen=True)
class PeerTask:
    """Everything that a compat mode needs of a task.

    The fields of its documents hold `question` (the whole prompt or context), `options` and `answer`; `labels` where a
    reply is to name one of these words, `continuations` where their likelihoods are compared.
    """

    data: TaskDocuments
    form: AnswerForm
    layout: Literal["chat", "plain"]
    params: Mapping[str, JsonValue]
    """Of a generation."""

    def requests(self, document: Document, repeat: int = 0, *, seed: int = 0, task: str | None = None) -> list[Request]:
        """The requests of a document: its prompt, or one for each compared continuation.

        Args:
            document: One of the documents.
            repeat: The repeat.
            seed: The run's seed.
            task: The task's name, for models that answer by task and document.
        """
        question: str = document.fields["question"]
        chat = self.layout == "chat"
        return [
            Request(
                kind="generate" if continuation is None else "loglikelihood",
                params=self.params,
                messages=(Message("user", question),) if chat else None,
                context=None if chat else question,
                continuation=continuation,
                seed=seed + repeat,
                repeat=repeat,
                task=task,
                document=None if task is None else document.id,
            )
            for continuation in document.fields.get("continuations", [None])
        ]
