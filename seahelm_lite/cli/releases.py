"""`seahelm-lite board diff` and `board publish`: what moved between releases, and making one."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_json, command, print_json

if TYPE_CHECKING:
    from seahelm_lite.boards.changes import ReleaseDiff
    from seahelm_lite.publishing import Published


def add_diff(actions: Any) -> None:
    """Add `board diff`."""
    diff = command(
        actions,
        "diff",
        "what moved between two results of a board, and why",
        "seahelm-lite board diff leaderboards/results/2026-11-22 leaderboards/results/2026-12-06",
    )
    for side in ("old", "new"):
        diff.add_argument(side, type=Path, metavar=side.upper(), help="results file of a board, or folder of a release")
    add_json(diff)
    diff.set_defaults(execute=_diff)


def add_publish(actions: Any) -> None:
    """Add `board publish`."""
    publish = command(
        actions,
        "publish",
        "verify runs, score them again, and write a release of the boards",
        "seahelm-lite board publish --runs out --release 2026-11-22",
    )
    publish.add_argument("board", nargs="*", metavar="BOARD", help="default: every board that the runs have")
    told = "folder with runs; may be repeated"
    publish.add_argument("--runs", type=Path, action="append", required=True, metavar="DIR", help=told)
    publish.add_argument("--release", type=_day, required=True, metavar="YYYY-MM-DD", help="day of the release")
    told = "folder of releases (default: leaderboards/results of the checkout in the working directory)"
    publish.add_argument("--results", type=Path, metavar="DIR", help=told)
    told = "report of `data overlap`: mark what stands in that corpus; may be repeated"
    publish.add_argument("--overlap", type=Path, action="append", default=[], metavar="FILE", help=told)
    add_json(publish)
    publish.set_defaults(execute=_publish)


def _day(text: str) -> date:
    from seahelm_lite.boards.releases import day_of

    try:
        return day_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _diff(options: argparse.Namespace) -> int:
    from seahelm_lite.boards.diff import release_diff
    from seahelm_lite.boards.releases import read_boards_of

    old, new = read_boards_of(options.old), read_boards_of(options.new)
    # Beside a single file, the other boards of a release are not what was asked about.
    if not options.old.is_dir():
        new = {name: board for name, board in new.items() if name in old} or new
    if not options.new.is_dir():
        old = {name: board for name, board in old.items() if name in new} or old
    told = release_diff(old, new)
    if options.json:
        print_json(_json(told))
        return 0
    from seahelm_lite.cli.board_diff import show

    show(told)
    return 0


def _json(diff: ReleaseDiff) -> dict[str, Any]:
    return diff.model_dump(mode="json", by_alias=True)


def _publish(options: argparse.Namespace) -> int:
    from seahelm_lite.publishing import publish

    made = publish(options.board, options.runs, options.release, options.results, options.overlap)
    for left in made.left_out:
        print(f"left out {left.run}: {left.reason}", file=sys.stderr)
    if made.without and not options.board:
        print(f"no runs for: {', '.join(made.without)}", file=sys.stderr)
    if options.json:
        told = {
            "release": options.release.isoformat(),
            "folder": str(made.folder),
            "boards": [board.board.id for board in made.boards],
            "already_published": made.already,
            "left_out": [left.model_dump() for left in made.left_out],
            "before": made.before and made.before.isoformat(),
            "diff": made.diff and _json(made.diff),
        }
        print_json(told)
        return 0
    _show(made)
    return 0


def _show(made: Published) -> None:
    from seahelm_lite.cli.board_diff import show

    for board in made.boards:
        print(f"{made.folder / board.board.id}.json: {len(board.ranked)} of {len(board.rows)} models ranked")
    print("published before, with the same bytes" if made.already else f"published as release {made.folder.name}")
    if made.diff is not None:
        print()
        show(made.diff)
    elif made.before is not None:
        print(f"the release before it, {made.before}, has none of these boards")
