"""Instructions of items whose replies are checked by rule."""

from __future__ import annotations

from collections.abc import Iterator

from seahelm_lite.lint.findings import Finding, Subject
from seahelm_lite.scoring.instructions.registry import misuse, unfollowable


def checks(subject: Subject) -> Iterator[Finding]:
    """`checks`: an instruction that cannot be checked, or that nobody can follow, since the item does not name it."""
    for item in subject.items:
        for check in item.document.fields.get("checks", ()):
            faults = misuse(check) or unfollowable(check, subject.card.language, item.text("question"))
            yield from (Finding("checks", "error", item.id, fault) for fault in faults)
