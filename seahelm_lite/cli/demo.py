"""`seahelm-lite demo`: the whole flow on data of our own, offline, in under a minute."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from seahelm_lite.cli.options import command

SUITE = "regional_basics"


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(
        commands, "demo", "run the built-in baselines on the suites that ship with the package", "seahelm-lite demo"
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
    print(f"Results: {options.out.resolve()}")
    print(f"One run again, scored offline: seahelm-lite score {run.folder.path}")
    return worst
