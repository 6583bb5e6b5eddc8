"""`seahelm-lite compare`: two runs against each other, a learning curve of more, or a bridge between protocols."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from seahelm_lite.cli.options import add_json, command, print_json


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "compare",
        "compare runs on the same documents: two with each other, more as a learning curve, or (--bridge) protocols",
        "seahelm-lite compare out/step_1000-* out/step_2000-* out/step_3000-* --svg curve.svg",
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders, two or more")
    parser.add_argument(
        "--bridge",
        action="store_true",
        help="runs of the same models in gen-letter and in other protocols: how far the two are apart, and whether "
        "they order models alike",
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the scores with their intervals")
    add_json(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.cli.comparison import show
    from seahelm_lite.comparing import compare
    from seahelm_lite.engine.run_folder import whole_or_not_at_all

    if options.bridge:
        return _bridge(options)
    compared = compare(*options.runs)
    if options.svg is not None:
        from seahelm_lite.pages.curve import curve_svg

        with whole_or_not_at_all(options.svg) as partial:
            partial.write_text(curve_svg(compared), encoding="utf-8")
    if options.json:
        print_json(compared.to_json())
    else:
        show(compared)
        if options.svg is not None:
            print(options.svg)
    return 0 if compared.complete else 1


def _bridge(options: argparse.Namespace) -> int:
    from seahelm_lite.bridging import bridge
    from seahelm_lite.cli.bridge import show
    from seahelm_lite.errors import SeahelmError

    if options.svg is not None:
        raise SeahelmError("--bridge draws no curve", remedy="Leave out --svg.")
    bridged = bridge(*options.runs)
    if options.json:
        print_json(bridged.to_json())
    else:
        show(bridged)
    return 0 if bridged.complete else 1
