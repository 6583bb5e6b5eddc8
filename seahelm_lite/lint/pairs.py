"""Texts of generation tasks that ask for next to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from seahelm_lite.lint.findings import Finding, Subject
from seahelm_lite.lint.languages import script_of
from seahelm_lite.scoring.normalise import for_matching

_SPACED_SCRIPTS = ("LATIN", "TAMIL", "ARABIC")
_SHORT = 4


def copied_references(subject: Subject) -> Iterator[Finding]:
    """`reference-is-source`: the wanted text is what was given, so that copying is right."""
    for item in subject.items:
        if not subject.chooses and for_matching(item.text("question")) == for_matching(item.key):
            yield Finding("reference-is-source", "warning", item.id, "the wanted text equals the text that is given")


def short_texts(subject: Subject) -> Iterator[Finding]:
    """`short-text`: fewer than four words to translate, on which a metric of n-grams is noise (a note)."""
    chrf = any(metric.startswith("chrf") for metric in subject.card.metrics)
    if not chrf or script_of(subject.card.language) not in _SPACED_SCRIPTS:
        return
    for item in subject.items:
        if (words := len(item.text("question").split())) < _SHORT:
            yield Finding("short-text", "note", item.id, f"the text has {words} {'words' if words > 1 else 'word'}")
