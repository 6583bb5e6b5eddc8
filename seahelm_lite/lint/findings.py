"""What lint finds, and the rows it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from seahelm_lite.catalog.facts import Severity
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.records import Document
from seahelm_lite.sources.documents import TaskRow, TaskRows

SEVERITIES: tuple[Severity, ...] = get_args(Severity)

TEXT_FIELDS = ("passage", "question", "reference")


@dataclass(frozen=True)
class Finding:
    """One fault at one place."""

    rule: str
    severity: Severity
    place: str
    """`file#row`, or the task's name where the whole task is meant."""
    what: str


@dataclass(frozen=True)
class Item:
    """A row that is asked, with what it says."""

    values: Mapping[str, Any]
    """The columns of the row."""
    document: Document

    @property
    def id(self) -> str:
        """`file#row`."""
        return self.document.id

    def text(self, name: str) -> str:
        """A field that holds a text; empty where the document has none."""
        return str(self.document.fields.get(name, ""))

    @property
    def options(self) -> list[str]:
        """Empty for a generation task."""
        return list(self.document.fields.get("options", ()))

    @property
    def key(self) -> str:
        """The text of the right option, or the wanted text; empty where the answers are withheld."""
        if self.options:
            return self.options[int(self.document.fields["answer"])] if "answer" in self.document.fields else ""
        return self.text("reference")


@dataclass(frozen=True)
class Subject:
    """A task as the rules see it. Rows that the card leaves out are not in it."""

    card: TaskCard
    rows: TaskRows

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The test rows that are asked."""
        return tuple(_readable(self.rows.test))

    @cached_property
    def shots(self) -> tuple[Item, ...]:
        """The few-shot rows that can be read."""
        return tuple(_readable(self.rows.shots))

    @property
    def chooses(self) -> bool:
        """Whether the task is multiple choice."""
        return self.card.kind == "multiple_choice"

    @cached_property
    def labels(self) -> bool:
        """Whether every item has the same options, which are then classes rather than answers to a question."""
        return self.chooses and len({tuple(item.options) for item in self.items}) == 1 and len(self.items) > 1

    @cached_property
    def said_by_rows(self) -> tuple[str, ...]:
        """The text fields that differ between rows; those that do not are words of the card."""
        return tuple(
            name for name in TEXT_FIELDS if len({item.text(name) for item in self.items}) > min(1, len(self.items) - 1)
        )

    def texts(self, item: Item) -> list[str]:
        """What an item says in the source's words."""
        return [item.text(name) for name in self.said_by_rows] + ([] if self.labels else item.options)


Rule = Callable[[Subject], Iterator[Finding]]
"""A rule looks at a task and names what it finds."""


def _readable(rows: tuple[TaskRow, ...]) -> Iterator[Item]:
    for row in rows:
        if row.excluded is None and row.document is not None:
            yield Item(row.values, row.document)
