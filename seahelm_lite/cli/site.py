"""`seahelm-lite site`: boards and suites as pages that open from a folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from seahelm_lite.cli.options import command, load


def add(commands: Any) -> None:
    """Add the subcommand."""
    example = "seahelm-lite site build --boards leaderboards/results --out site-out"
    parser = command(commands, "site", "build the pages of boards and suites", example)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    build = command(
        actions, "build", "render board results and the suites as a folder of pages, to open without a network", example
    )
    build.add_argument(
        "--boards",
        type=Path,
        metavar="DIR",
        action="append",
        required=True,
        help="folder of board results (BOARD.json), or of releases, of which the newest is shown; may be given again",
    )
    build.add_argument(
        "--out", type=Path, metavar="DIR", required=True, help="folder of the site: new, empty, or an earlier site"
    )
    build.add_argument(
        "--mirror", type=Path, metavar="DIR", help="folder with a copy of the pinned data, to show an item of each task"
    )
    build.set_defaults(execute=_build, offline=True)


def _build(options: argparse.Namespace) -> int:
    from seahelm_lite.pages import build_site
    from seahelm_lite.pages.shelf import shelf

    catalog, where = load(options)
    site = build_site(options.boards, options.out, shelf(catalog, where))
    print(f"{site.index}: {site.pages} pages")
    return 0
