"""`seahelm-lite demo`: the whole flow on data of our own, offline, in under a minute."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import command

if TYPE_CHECKING:
    from seahelm_lite.catalog.catalog import Catalog
    from seahelm_lite.sources.where import Where

SUITE = "regional_basics"
BOARD = "basics"
"""The board of that suite."""


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "demo",
        "run the built-in baselines on questions that ship with the package, and build a site of them and of the "
        "published boards",
        "seahelm-lite demo",
    )
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="default demo-out")
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite import runs
    from seahelm_lite.catalog.catalog import load_catalog
    from seahelm_lite.cli.run import report
    from seahelm_lite.engine.spec import RunSpec
    from seahelm_lite.models.baselines import KINDS
    from seahelm_lite.sources.where import Where

    catalog = load_catalog()
    where = Where.from_environment(offline=True, task_roots=catalog.roots)
    worst = 0
    for kind in KINDS:
        spec = RunSpec(model=f"baseline:{kind}", suites=(SUITE,))
        run = runs.execute(runs.prepare(spec, catalog=catalog, where=where, out=options.out))
        worst = max(worst, report(run, as_json=False))
        print()
    site = _site(catalog, where, options.out)
    print(f"Results: {options.out.resolve()}")
    print(f"One run again, scored offline: seahelm-lite score {run.folder.path}")
    print(f"A site of these runs and of the published boards: open {site.resolve()}")
    return worst


def _site(catalog: Catalog, where: Where, out: Path) -> Path:
    from seahelm_lite.boards.build import build_board
    from seahelm_lite.boards.files import write_results
    from seahelm_lite.boards.runs import read_runs
    from seahelm_lite.catalog.board_card import load_boards
    from seahelm_lite.catalog.places import shipped_folder
    from seahelm_lite.pages import build_site
    from seahelm_lite.pages.shelf import shelf

    board = load_boards(catalog.tasks)[BOARD]
    write_results(build_board(board, read_runs([out])), out / "boards")
    boards = [shipped_folder("leaderboards") / "results", out / "boards"]
    return build_site(boards, out / "site", shelf(catalog, where)).index
