"""`seahelm-lite site`: boards as pages that open from a folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from seahelm_lite.cli.options import command


def add(commands: Any) -> None:
    """Add the subcommand."""
    example = "seahelm-lite site build --boards leaderboards/results --out site-out"
    parser = command(commands, "site", "build the pages of boards", example)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    build = command(actions, "build", "render board results as a folder of pages, to open without a network", example)
    build.add_argument(
        "--boards",
        type=Path,
        metavar="DIR",
        action="append",
        required=True,
        help="folder of board results (BOARD.json), as `board build` writes them; may be given again",
    )
    build.add_argument(
        "--out", type=Path, metavar="DIR", required=True, help="folder of the site: new, empty, or an earlier site"
    )
    build.set_defaults(execute=_build)


def _build(options: argparse.Namespace) -> int:
    from seahelm_lite.pages import build_site

    site = build_site(options.boards, options.out)
    print(f"{site.index}: {site.pages} pages")
    return 0
