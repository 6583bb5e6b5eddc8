"""What lint finds in rows of a test's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seahelm_lite.lint.findings import Finding
from seahelm_lite.lint.report import lint
from tests.small_task import SmallTask

Rows = Sequence[Mapping[str, Any]]


def findings(folder: Path, rows: Rows, shots: Rows = (), **changes: Any) -> list[Finding]:
    """Of a small task with these rows, and a card changed so."""
    task = SmallTask(folder, rows, shots, changes)
    return list(lint(task.card, task.where).findings)


def found(rule: str, folder: Path, rows: Rows, shots: Rows = (), **changes: Any) -> list[tuple[str, str]]:
    """Severity and place of what one rule found; places without the folder of the small task."""
    return [
        (finding.severity, finding.place.removeprefix("small/"))
        for finding in findings(folder, rows, shots, **changes)
        if finding.rule == rule
    ]


GENERATION: Mapping[str, Any] = {
    "kind": "generation",
    "protocols": ["gen"],
    "metrics": ["chrf"],
    "instruction": "Terjemahkan.",
    "document": {"options": None, "answer": None, "reference": "wanted"},
}
"""Changes that make the small card one of a translation."""
