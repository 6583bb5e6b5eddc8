"""`seahelm-lite judge`: hold judges against people."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_json, command, count, print_json

if TYPE_CHECKING:
    from seahelm_lite.scoring.judges.calibration import LanguageResult

_LABELS = """\
labels are tables as `judge sheet` writes them, with a code of the rater and yes or no in `rater` and `label`.
A judge is believed in a language where 3 people labelled 200 replies of 5 models, 40 % of them bad, its agreement with
most of them (Cohen's kappa) is above 0.5 with its 95 % lower bound, and it finds 80 % of the critical failures.
Criteria on which people do not agree themselves (Krippendorff's alpha below 0.6) are contested and decide nothing.
"""


def add(commands: Any) -> None:
    """Add the subcommands."""
    parser = commands.add_parser("judge", help="hold judges against people", description="Hold judges against people.")
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    _add_sheet(parts)
    calibrate = command(
        parts,
        "calibrate",
        "ask judges what people were asked, and tell in which languages they may be believed",
        "seahelm-lite judge calibrate labels/*.csv --judge gpt-4o --judge qwen3-32b --out calibration.json",
    )
    calibrate.epilog = f"{_LABELS}\n{calibrate.epilog}"
    calibrate.add_argument("labels", type=Path, nargs="+", metavar="LABELS.csv", help="what people said")
    calibrate.add_argument(
        "--judge", action="append", required=True, metavar="SPEC", help="a judge; a second one makes a jury"
    )
    calibrate.add_argument("--out", type=Path, required=True, metavar="FILE", help="for `score --calibration`")
    calibrate.add_argument(
        "--offline", action="store_true", default=None, help="judges on this machine or on premise only"
    )
    calibrate.add_argument("--allow-egress", action="store_true", help="send restricted rows to any judge")
    add_json(calibrate)
    calibrate.set_defaults(execute=_calibrate)


def _add_sheet(parts: Any) -> None:
    sheet = command(
        parts,
        "sheet",
        "write the replies of runs as a table for people to label",
        "seahelm-lite judge sheet out/RUN1 out/RUN2 --replies 40 --out labels.csv",
    )
    sheet.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folder")
    sheet.add_argument("--replies", type=_some, metavar="N", help="at most so many of each run and language")
    sheet.add_argument("--out", type=Path, required=True, metavar="FILE", help="the table (CSV)")
    sheet.set_defaults(execute=_sheet)


def _some(text: str) -> int:
    if (number := count(text)) == 0:
        raise argparse.ArgumentTypeError("a sheet of no reply is no sheet")
    return number


def _sheet(options: argparse.Namespace) -> int:
    from seahelm_lite.calibrating import write_sheet
    from seahelm_lite.cli.tables import console

    replies = write_sheet(options.runs, options.out, replies=options.replies)
    console().print(f"{options.out}: {replies} replies", markup=False, highlight=False)
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from seahelm_lite.calibrating import calibrate_judges
    from seahelm_lite.cli.progress_bar import Bar
    from seahelm_lite.sources.where import Where

    with Bar() as bar:
        results = calibrate_judges(
            options.labels,
            options.judge,
            options.out,
            offline=Where.from_environment(offline=options.offline).offline,
            allow_egress=options.allow_egress,
            progress=bar,
        )
    if options.json:
        print_json({"file": str(options.out), "languages": [result.to_json() for result in results]})
    else:
        _show(results, options.out)
    return 0 if all(result.passed for result in results) else 1


def _show(results: list[LanguageResult], path: Path) -> None:
    from seahelm_lite.cli.tables import console, table

    out = console()
    rows = [
        [
            result.language, judge.judge, str(judge.answers), str(judge.unparsed), _number(judge.kappa),
            _number(judge.kappa_lo), _number(judge.recall), "yes" if result.passed else "no",
        ]
        for result in results
        for judge in result.judges
    ]  # fmt: skip
    heads = ("language", "judge", ">answers", ">unparsed", ">kappa", ">from", ">critical found", "believed")
    out.print(table(heads, rows))
    for result in results:
        said = [*result.faults, *(f"{judge.judge}: {fault}" for judge in result.judges for fault in judge.faults)]
        if result.contested:
            said.append(f"contested among people: {', '.join(result.contested)}")
        for sentence in said:
            out.print(f"{result.language}: {sentence}", markup=False, highlight=False, soft_wrap=True)
    out.print(str(path), markup=False, highlight=False, soft_wrap=True)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
