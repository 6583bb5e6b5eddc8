"""Accepted answers of questions that are answered in words."""

from __future__ import annotations

from collections.abc import Iterator

from seahelm_lite.lint.findings import Finding, Item, Subject
from seahelm_lite.scoring.normalise import for_matching
from seahelm_lite.scoring.written import accepted

_SPANS = 0.5
"""Where fewer answers than this stand in their passage, they are not meant to be spans of it."""


def repeated_references(subject: Subject) -> Iterator[Finding]:
    """`repeated-reference`: two accepted texts that are one after normalisation (a note, as it changes no score)."""
    for item in subject.items:
        if "references" in item.document.fields:
            texts = [for_matching(text) for text in accepted(item.document.fields)]
            if repeated := [text for place, text in enumerate(texts) if text in texts[:place]]:
                what = f"accepts {repeated[0][:40]!r} twice" + _more(len(repeated))
                yield Finding("repeated-reference", "note", item.id, what)


def answers_not_in_passages(subject: Subject) -> Iterator[Finding]:
    """`answer-not-in-passage`: an accepted span that does not stand in its passage, so that quoting cannot reach it (a
    warning). Where that is so of most, the answers are no spans, and it is a note about the task."""
    if subject.chooses or not any(item.text("passage") for item in subject.items):
        return
    found = [(item, missing[0]) for item in subject.items if (missing := _missing(item))]
    if len(found) > _SPANS * len(subject.items):
        what = f"{len(found)} of {len(subject.items)} answers do not stand in their passage: they are not spans of it"
        yield Finding("answer-not-in-passage", "note", subject.card.id, what)
        return
    for item, text in found:
        what = f"the accepted answer {text[:40]!r} does not stand in the passage"
        yield Finding("answer-not-in-passage", "warning", item.id, what)


def _missing(item: Item) -> list[str]:
    passage = for_matching(item.text("passage"))
    return [text for text in accepted(item.document.fields) if for_matching(text) not in passage]


def _more(count: int) -> str:
    return f" and {count - 1} more" if count > 1 else ""
