"""`seahelm-lite probes review`: votes of people of a country on the families of it."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_json, print_json

if TYPE_CHECKING:
    from seahelm_lite.catalog.probe_family import ProbeFamily
    from seahelm_lite.catalog.probe_review import Vote
    from seahelm_lite.lint.probes.agreement import Agreement
    from seahelm_lite.reviewing import Move

_EPILOG = """\
example:
  seahelm-lite probes review --country MY --language ms --reviewer my-07 --role native
  seahelm-lite probes review --country MY --sheet sheets
  seahelm-lite probes review --read sheets/probes-MY-ms.xlsx --reviewer my-07 --role native
  seahelm-lite probes review

The first opens a form in the terminal; q stops it, and the same command goes on. The second
writes a spreadsheet for each country and language, the third reads one back. The last sets
every status to what the votes say, and tells how far reviewers agree.

A family is native_reviewed with three native votes of which 70 % agree with the norm,
contested (and in no score) where fewer agree, expert_reviewed where experts agree as well.
Votes on a text that was changed since are void.

exit status: 1 where votes of a sheet are on a text that was changed since it was written
"""


def add(actions: argparse._SubParsersAction[Any]) -> None:
    """Register the action."""
    review = actions.add_parser(
        "review",
        help="vote on families in the terminal or in spreadsheets, and see how far reviewers agree",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ways = review.add_mutually_exclusive_group()
    ways.add_argument("--sheet", type=Path, metavar="DIR", help="write spreadsheets for reviewers into this folder")
    ways.add_argument(
        "--read", type=Path, nargs="+", metavar="FILE", help="read spreadsheets that one reviewer filled in"
    )
    review.add_argument("--reviewer", metavar="CODE", help="code of the reviewer, which names nobody: my-07")
    review.add_argument("--role", choices=("native", "expert"), help="what the reviewer votes as")
    review.add_argument("--country", metavar="CC", help="only families of this country")
    review.add_argument("--language", metavar="TAG", help="only families in this language")
    review.add_argument(
        "--family", nargs="+", metavar="ID", help="only these, also where the reviewer has voted already"
    )
    review.add_argument(
        "--families", nargs="+", type=Path, metavar="FILE", help="files of families; those we ship if none"
    )
    add_json(review)
    review.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.sources.probes import family_files, read_all

    _check(options)
    paths = options.families or family_files()
    families = _chosen(read_all(paths), options)
    if options.sheet is not None:
        return _write(options.sheet, families)
    if options.read is not None:
        return _read(options, paths, families)
    if options.reviewer is not None:
        return _form(options, paths, families)
    return _tell(options, paths, [], [])


def _check(options: argparse.Namespace) -> None:
    """Refuse options that do not go together.

    Raises:
        SeahelmError: With what is missing or too much.
    """
    from seahelm_lite.errors import SeahelmError

    votes = options.sheet is None and (options.read is not None or options.reviewer is not None)
    if votes and (options.reviewer is None or options.role is None):
        raise SeahelmError(
            "nobody has said whose votes these are", remedy="Give --reviewer CODE and --role native or expert."
        )
    if not votes and (options.reviewer is not None or options.role is not None):
        raise SeahelmError("--reviewer and --role are for votes: the form, or --read")
    if options.reviewer is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,30}", options.reviewer):
        what = f"{options.reviewer!r} is no code of a reviewer"
        raise SeahelmError(what, remedy="Use 2 to 31 of a to z, 0 to 9 and -, and no name: my-07.")
    if options.read is not None and (options.country or options.language or options.family):
        raise SeahelmError(
            "a sheet says itself of which families it is: --read takes no --country, --language, --family"
        )
    if options.json and (options.sheet is not None or (votes and options.read is None)):
        raise SeahelmError("--json tells how far reviewers agree; it goes with --read, or alone")


def _chosen(families: list[ProbeFamily], options: argparse.Namespace) -> list[ProbeFamily]:
    """The families that the options name.

    Raises:
        SeahelmError: If there are none.
    """
    from seahelm_lite.catalog.names import nearest
    from seahelm_lite.errors import SeahelmError

    for name in options.family or ():
        ids = [family.id for family in families]
        if name not in ids:
            raise SeahelmError(f"there is no family {name!r}", remedy=f"The nearest: {nearest(name, ids) or 'none'}.")
    chosen = [
        family
        for family in families
        if options.country in (None, family.country)
        and options.language in (None, family.language)
        and (options.family is None or family.id in options.family)
    ]
    if not chosen:
        known = ", ".join(sorted({f"{family.country} {family.language}" for family in families}))
        raise SeahelmError("no family is of that country and language", remedy=f"There are: {known}.")
    return chosen


def _write(folder: Path, families: list[ProbeFamily]) -> int:
    from seahelm_lite.review_sheets import write_sheets

    for path in write_sheets(folder, families):
        print(path)
    return 0


def _read(options: argparse.Namespace, paths: Sequence[Path], families: list[ProbeFamily]) -> int:
    from seahelm_lite.errors import DataError
    from seahelm_lite.review_sheets import read_sheet
    from seahelm_lite.reviewing import record

    by_id = {family.id: family for family in families}
    sheets = [read_sheet(path, by_id, options.reviewer, options.role) for path in options.read]
    votes: dict[str, Vote] = {}
    for path, sheet in zip(options.read, sheets, strict=True):
        for name, vote in sheet.votes.items():
            if votes.setdefault(name, vote) != vote:
                raise DataError(f"votes on {name} otherwise than a sheet before it", where=str(path))
    outdated = [name for sheet in sheets for name in sheet.outdated]
    moves = record(paths, votes)
    _tell_of_pins(options, bool(votes))
    rows = sum(sheet.rows for sheet in sheets)
    print(f"{len(votes)} votes of {options.reviewer} on {rows} families", file=sys.stderr)
    if outdated:
        told = "not taken, since their text was changed after the sheet was written"
        print(f"{told}: {', '.join(outdated)}", file=sys.stderr)
    return _tell(options, paths, moves, outdated)


def _form(options: argparse.Namespace, paths: Sequence[Path], families: list[ProbeFamily]) -> int:
    from seahelm_lite.cli.review_form import hold
    from seahelm_lite.cli.tables import console
    from seahelm_lite.errors import SeahelmError

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SeahelmError("the form needs a terminal", remedy="--sheet DIR writes spreadsheets.")
    if options.country is None and options.family is None:
        raise SeahelmError("the form is for families of one country", remedy="Give --country CC.")
    open_ones = [
        family
        for family in families
        if family.status != "retired" and (options.family is not None or not _voted(family, options.reviewer))
    ]
    before = len(families) - len(open_ones)
    if before:
        print(f"{before} of {len(families)} families are voted on by {options.reviewer}, or retired.")
    written, moves = hold(console(), paths, open_ones, options.reviewer, options.role)
    _tell_moves(moves)
    _tell_of_pins(options, bool(written))
    left = len(open_ones) - written
    print(f"Votes written: {written}. Families left: {left}{'; the same command goes on.' if left else '.'}")
    return 0


def _voted(family: ProbeFamily, reviewer: str) -> bool:
    return any(vote.reviewer == reviewer for vote in family.review.votes_on(family.voted_on))


def _tell(options: argparse.Namespace, paths: Sequence[Path], moves: list[Move], outdated: list[str]) -> int:
    """Set what status is behind, and say how far reviewers agree."""
    from seahelm_lite.lint.probes.agreement import agreement
    from seahelm_lite.reviewing import record
    from seahelm_lite.sources.probes import read_all

    moves = [*moves, *record(paths, {})]
    families = _chosen(read_all(paths), options)
    found = agreement(families)
    if options.json:
        moved = [asdict(move) for move in moves]
        print_json({"agreement": [asdict(one) for one in found], "moved": moved, "outdated": outdated})
    else:
        _draw(families, found)
        _tell_moves(moves)
    return 1 if outdated else 0


def _draw(families: list[ProbeFamily], found: list[Agreement]) -> None:
    from rich.text import Text

    from seahelm_lite.cli.tables import console, table

    rows = [
        [
            one.country,
            str(one.families),
            ", ".join(f"{count} {status}" for status, count in one.status.items()),
            str(one.reviewers),
            str(one.votes),
            *(_share(share) for share in (one.norm, one.wording, one.pairs)),
            "–" if one.alpha is None else f"{one.alpha:.2f}",
        ]
        for one in found
    ]
    head = ("country", ">families", "status", ">reviewers", ">votes", ">norm", ">wording", ">replies", ">α of norm")
    console().print(table(head, rows, title="What native reviewers agree with"))
    for family in families:
        for vote in family.review.votes_on(family.voted_on):
            said = ", ".join(
                f"{what} {opinion}"
                for what, opinion in (("norm", vote.norm), ("wording", vote.wording), ("replies", vote.pairs))
                if opinion not in (None, "agree")
            )
            if said or vote.remark:
                told = ": ".join(part for part in (said, vote.remark) if part)
                console().print(Text(f"{family.id} {vote.role} {vote.reviewer}: {told}"))


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _tell_of_pins(options: argparse.Namespace, changed: bool) -> None:
    """Say what a change of the families that we ship brings with it."""
    if changed and options.families is None:
        print('Task cards pin these files: CONTRIBUTING, "Change probe families", says what to run.', file=sys.stderr)


def _tell_moves(moves: list[Move]) -> None:
    for move in moves:
        print(f"{move.family}: {move.before} → {move.after}")
