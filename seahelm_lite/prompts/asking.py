"""Documents turned into requests: the prefix of examples once a task, the rest once a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seahelm_lite.catalog.task_card import Protocol, TaskCard
from seahelm_lite.prompts.protocols import SHOT_DELIMITER, TARGET_DELIMITER, derive
from seahelm_lite.prompts.templates import list_of, text_of
from seahelm_lite.records import Document, JsonValue, Message, Request


@dataclass(frozen=True)
class Asking:
    """Everything besides the document that decides what is sent."""

    layout: Literal["chat", "plain"]
    """As messages, or as one text that the model continues."""
    shots: Sequence[Document] = ()
    system: str | None = None
    seed: int = 0
    max_tokens: int | None = None
    """Instead of the card's limit."""
    by_document: bool = False
    """Whether the model answers by task and document id, which then belong to the request."""


class Asker:
    """Makes the requests of one task under one protocol."""

    def __init__(self, task: str, card: TaskCard, protocol: Protocol, asking: Asking) -> None:
        form = derive(card, protocol)
        self.task = task
        self.form = form
        self._asking = asking
        self._question = text_of(form.question)
        self._choices = list_of(form.choices) if form.choices is not None else None
        self._target = text_of(form.target)
        self._params = self._decoding()
        self._text_prefix = self._plain_prefix() if asking.layout == "plain" else ""
        self._turns_prefix = self._chat_prefix() if asking.layout == "chat" else ()

    def requests(self, document: Document, repeat: int = 0) -> list[Request]:
        """One request per compared text, or one request where the model writes the answer."""
        question = self._question(document.fields)
        chat = self._asking.layout == "chat"
        messages = (*self._turns_prefix, Message("user", question)) if chat else None
        context = None if chat else self._text_prefix + question
        by_document = self._asking.by_document
        if self._choices is None:
            continuations: list[str | None] = [None]
        else:
            # A chat template ends where the answer begins, so there is nothing to delimit (lm-eval does the same).
            delimiter = "" if chat else TARGET_DELIMITER
            continuations = [delimiter + choice for choice in self._choices(document.fields)]
        return [
            Request(
                kind="generate" if continuation is None else "loglikelihood",
                params=self._params,
                messages=messages,
                context=context,
                continuation=continuation,
                seed=self._asking.seed,
                repeat=repeat,
                task=self.task if by_document else None,
                document=document.id if by_document else None,
            )
            for continuation in continuations
        ]

    def _decoding(self) -> dict[str, JsonValue]:
        """Greedy decoding. Plain text needs a stop, or a base model goes on to invent the next question."""
        if self._choices is not None:
            return {}
        params: dict[str, JsonValue] = {
            "max_tokens": self._asking.max_tokens or self.form.max_tokens,
            "temperature": 0,
        }
        if self._asking.layout == "plain":
            params["stop"] = [SHOT_DELIMITER]
        return params

    def _answer(self, shot: Document) -> str:
        if self._choices is not None:
            return self._choices(shot.fields)[int(shot.fields["answer"])]
        return self._target(shot.fields)

    def _plain_prefix(self) -> str:
        system = f"{self._asking.system}{SHOT_DELIMITER}" if self._asking.system else ""
        return system + "".join(
            f"{self._question(shot.fields)}{TARGET_DELIMITER}{self._answer(shot)}{SHOT_DELIMITER}"
            for shot in self._asking.shots
        )

    def _chat_prefix(self) -> tuple[Message, ...]:
        system = (Message("system", self._asking.system),) if self._asking.system else ()
        return system + tuple(
            turn
            for shot in self._asking.shots
            for turn in (Message("user", self._question(shot.fields)), Message("assistant", self._answer(shot)))
        )
