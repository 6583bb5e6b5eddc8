"""`seahelm-lite compare`: which of some runs is better, a learning curve of checkpoints, or a bridge of protocols."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_json, command, print_json

if TYPE_CHECKING:
    from seahelm_lite.comparisons.result import Comparison

_WHAT = """
Two are compared with each other, per task and overall: difference, interval, test, documents that only one of the two
gets right, and a verdict. Three or more that each have a number of steps or tokens of their own are the checkpoints of
one training: a learning curve. Three or more others are models: every two overall, each with the first in every task.
"""


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "compare",
        "compare runs, or rows of a board, on the same documents: two, several models, or checkpoints of one training",
        "seahelm-lite compare out/RUN out/OTHER --page comparison.html\n"
        "  seahelm-lite compare 'boards/ms.json#model-a' 'boards/ms.json#model-b' --runs out\n"
        "  seahelm-lite compare out/step_1000-* out/step_2000-* out/step_3000-* --svg curve.svg",
    )
    parser.description = f"{parser.description}\n{_WHAT}"
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="run folders, or rows of one board as BOARD.json#MODEL; two or more"
    )
    parser.add_argument(
        "--runs",
        dest="runs_in",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="folder with the runs that the rows are made of; may be given again",
    )
    parser.add_argument(
        "--margin",
        type=_points,
        default=0.01,
        metavar="POINTS",
        help="differences below this many percentage points count as equivalent (default 1, which a task shows with "
        "some 9,000 documents where two models disagree on a tenth of them)",
    )
    parser.add_argument(
        "--bridge",
        action="store_true",
        help="runs of the same models in gen-letter and in other protocols: how far the two are apart, and whether "
        "they order models alike",
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the comparison as one HTML file")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the scores with their intervals")
    add_json(parser)
    parser.set_defaults(execute=execute)


def _points(text: str) -> float:
    """Percentage points, as a fraction."""
    try:
        margin = float(text) / 100
    except ValueError:
        margin = 0.0
    if not 0 < margin < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of points above 0 and below 100")
    return margin


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.cli.comparison import show
    from seahelm_lite.comparing import compare

    if options.bridge:
        return _bridge(options)
    compared = compare(*options.runs, margin=options.margin, runs_in=options.runs_in)
    written = _write(options, compared)
    if options.json:
        print_json(compared.to_json())
    else:
        show(compared)
        for path in written:
            print(path)
    return 0 if compared.complete else 1


def _write(options: argparse.Namespace, compared: Comparison) -> list[Path]:
    """The files that are asked for."""
    from seahelm_lite.engine.run_folder import whole_or_not_at_all

    made = []
    if options.svg is not None:
        from seahelm_lite.pages.curve import curve_svg

        made.append((options.svg, curve_svg(compared)))
    if options.page is not None:
        from seahelm_lite.pages.comparison import comparison_page

        made.append((options.page, comparison_page(compared)))
    for path, text in made:
        with whole_or_not_at_all(path) as partial:
            partial.write_text(text, encoding="utf-8")
    return [path for path, _ in made]


def _bridge(options: argparse.Namespace) -> int:
    from seahelm_lite.bridging import bridge
    from seahelm_lite.cli.bridge import show
    from seahelm_lite.errors import SeahelmError

    if options.svg is not None or options.page is not None:
        drawn = "curve" if options.svg is not None else "page"
        raise SeahelmError(f"--bridge draws no {drawn}", remedy=f"Leave out --{'svg' if options.svg else 'page'}.")
    bridged = bridge(*options.runs)
    if options.json:
        print_json(bridged.to_json())
    else:
        show(bridged)
    return 0 if bridged.complete else 1
