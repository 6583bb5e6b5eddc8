"""The licence and the other texts of the card that only a person can write."""

from __future__ import annotations

from collections.abc import Iterator

from seahelm_lite.lint.findings import Finding, Subject

_NOTHING = ("", "none", "none stated", "not stated", "unknown", "?")


def missing_licence(subject: Subject) -> Iterator[Finding]:
    """`licence`: none was found, or the words say so. To hand such data on all the same is an error."""
    licence = subject.card.licence
    stated = licence.stated.strip().casefold()
    if stated in _NOTHING or stated.startswith(("none stated", "not stated")):
        what = f"no licence was found ({licence.stated or 'left blank'})"
        if licence.redistributable:
            yield Finding("licence", "error", subject.card.id, f"{what}, yet the card says `redistributable: true`")
        else:
            yield Finding("licence", "warning", subject.card.id, what)


def unfinished_card(subject: Subject) -> Iterator[Finding]:
    """`unfinished-card`: a text that a person has yet to write, as `tasks new` leaves it."""
    if subject.card.unfinished:
        what = f"{', '.join(subject.card.unfinished)}: nobody has written this yet"
        yield Finding("unfinished-card", "error", subject.card.id, what)
