"""The form in which a reviewer votes on probe families in the terminal, one family after the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from seahelm_lite.catalog.probe_ballot import Choice, Shown, opinion_of, shown
from seahelm_lite.catalog.probe_review import Opinion, Role, Vote
from seahelm_lite.reviewing import record

if TYPE_CHECKING:
    from seahelm_lite.catalog.probe_family import ProbeFamily
    from seahelm_lite.reviewing import Move

_Answer = TypeVar("_Answer")

_CHOICES: dict[str, Choice] = {"a": "A", "b": "B", "u": "unsure"}
_OPINIONS: dict[str, Opinion] = {"a": "agree", "d": "disagree", "u": "unsure"}
_LEAVING = "s to skip the family, q to stop"


class _Skipped(Exception):
    """The reviewer would rather not vote on this family."""


class _Stopped(Exception):
    """The reviewer goes on another time."""


def hold(
    console: Console, paths: Sequence[Path], families: Sequence[ProbeFamily], reviewer: str, role: Role
) -> tuple[int, list[Move]]:
    """Show families and take the votes on them, each of which is written before the next family is shown.

    Args:
        console: A terminal.
        paths: The files of the families.
        families: Those to vote on.
        reviewer: The reviewer's code.
        role: What the reviewer votes as.

    Returns:
        How many votes were written, and the families whose status moved.
    """
    written, moves = 0, []
    for place, family in enumerate(families, 1):
        console.print(Rule(f"{family.id} · {place} of {len(families)} · {family.language}, {family.register_}"))
        try:
            vote = _vote(console, family, reviewer, role)
        except _Skipped:
            continue
        except _Stopped:
            break
        moves += record(paths, {family.id: vote})
        written += 1
        console.print("Written.\n", style="green")
    return written, moves


def _vote(console: Console, family: ProbeFamily, reviewer: str, role: Role) -> Vote:
    probe, control = shown(family, "probe"), shown(family, "control")
    _side(console, "A request", probe)
    first = _ask(console, "Which reply fits?", _CHOICES)
    _side(console, "Another request, which differs in one fact", control)
    second = _ask(console, "Which reply fits?", _CHOICES)
    _norm(console, family)
    _line(console, f"The family takes {probe.fits} for the first request, and {control.fits} for the second.")
    norm = _ask(console, "Does the norm hold as stated?", _OPINIONS)
    wording = _ask(console, f"Does the wording ({family.language}) read as people there write?", _OPINIONS)
    return Vote(
        reviewer=reviewer,
        role=role,
        norm=norm,
        wording=wording,
        pairs=opinion_of(family, (first, second)),
        voted_on=family.voted_on,
        remark=_typed(console, "Remark, without names; Enter for none: "),
    )


def _side(console: Console, title: str, side: Shown) -> None:
    _title(console, title)
    _both(console, side.request, side.request_en)
    for letter in ("A", "B"):
        _title(console, f"Reply {letter}")
        for text, english in side.replies[letter]:
            _both(console, text, english)


def _norm(console: Console, family: ProbeFamily) -> None:
    norm = family.norm
    _title(console, f"The norm of this family ({norm.type}, as of {norm.valid_as_of})")
    _line(console, norm.statement)
    _line(console, f"For whom: {norm.applies_to}")
    _line(console, f"Differs inside the country: {norm.intra_country_variation}")
    for source in norm.sources:
        _line(console, f"Source: {source.title} ({source.ref}; {source.verified})", style="dim")


def _title(console: Console, title: str) -> None:
    console.print(Text(f"\n{title}", style="bold"))


def _both(console: Console, text: str, english: str | None) -> None:
    _line(console, text)
    if english is not None:
        _line(console, english, style="dim")


def _line(console: Console, text: str, style: str = "") -> None:
    # Without a frame: where scripts combine letters, its right side would not line up.
    console.print(Padding(Text(text, style=style), (0, 0, 0, 2), expand=False))


def _ask(console: Console, question: str, answers: dict[str, _Answer]) -> _Answer:
    """An answer by its letter or in full, asked for until there is one."""
    offered = ", ".join(
        f"{letter} {answer}" if str(answer) != letter.upper() else letter for letter, answer in answers.items()
    )
    while True:
        typed = _typed(console, f"\n{question} [{offered}; {_LEAVING}] ").strip().casefold()
        if typed in ("q", "quit"):
            raise _Stopped
        if typed in ("s", "skip"):
            raise _Skipped
        for letter, answer in answers.items():
            if typed in (letter, str(answer).casefold()):
                return answer


def _typed(console: Console, prompt: str) -> Any:
    try:
        return console.input(Text(prompt, style="cyan"))
    except EOFError:
        raise _Stopped from None
