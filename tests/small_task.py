"""A task of our own in a folder of a test's own: `SmallTask(tmp_path, rows=[row(1), row(2)]).documents()`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.prompts.export import lm_eval_fields, to_yaml
from seahelm_lite.sources.documents import TaskDocuments, load_documents
from seahelm_lite.sources.where import Where

CARD: dict[str, Any] = {
    "id": "small",
    "suite": "small_suite",
    "title": "A small task",
    "measures": "That the code works.",
    "language": "ms",
    "pillar": "knowledge",
    "kind": "multiple_choice",
    "protocols": ["ll-letter", "gen-letter", "ll-cloze"],
    "metrics": ["acc"],
    "licence": {"stated": "CC0-1.0", "redistributable": True},
    "citation": "none",
    "document": {"question": "question", "options": "options", "answer": "answer", "stratum": "topic"},
}
"""Without `data`, which `SmallTask` adds."""


def row(number: int, options: Sequence[Any] = ("ya", "tidak"), answer: Any = 0, **more: Any) -> dict[str, Any]:
    """A row whose question differs from those of other numbers."""
    return {"question": f"Soalan {number}?", "options": list(options), "answer": answer, "topic": "am", **more}


@dataclass
class SmallTask:
    """A task folder with rows of a test's own."""

    root: Path
    rows: Sequence[Mapping[str, Any]] = field(default_factory=lambda: [row(n, answer=n % 2) for n in range(6)])
    shots: Sequence[Mapping[str, Any]] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the card that differ from `CARD`; `document` is merged, and None takes a key away."""

    @property
    def name(self) -> str:
        """Of the task, and of its folder under the root."""
        return str(self.changes.get("id", CARD["id"]))

    @property
    def raw_card(self) -> dict[str, Any]:
        """The card as a task file holds it."""
        changes = dict(self.changes)
        document = {**CARD["document"], **changes.pop("document", {})}
        data: dict[str, Any] = {"from": {"kind": "packaged"}, "test": [self._file("rows.jsonl", self.rows)]}
        if self.shots:
            data["shots"] = [self._file("shots.jsonl", self.shots)]
        card = {**CARD, "data": data, **changes, "document": {k: v for k, v in document.items() if v is not None}}
        return {name: value for name, value in card.items() if value is not None}

    @property
    def card(self) -> TaskCard:
        """The card, checked."""
        return TaskCard.model_validate(self.raw_card)

    @property
    def where(self) -> Where:
        """Offline, with the rows at hand."""
        return Where(mirror=None, cache=self.root / "cache", offline=True, task_roots=(self.root,))

    def documents(self) -> TaskDocuments:
        """The documents of the task."""
        return load_documents(self.card, self.where)

    def write(self) -> Path:
        """Write the task file."""
        path = self.root / self.name / f"{self.name}.yaml"
        fields = lm_eval_fields(self.card, self.card.protocols[0])
        path.write_text(to_yaml(fields, {"version": "1.0", "seahelm_lite": self.raw_card}), encoding="utf-8")
        return path

    def catalog(self) -> Catalog:
        """A catalog with this task, and whatever else lies in the folder."""
        self.write()
        return load_catalog([self.root])

    def _file(self, name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        path = self.root / self.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        path.write_bytes(content)
        return {"path": f"{self.name}/{name}", "sha256": hashlib.sha256(content).hexdigest(), "format": "jsonl"}
