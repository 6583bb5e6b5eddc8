"""`seahelm-lite runs export`: a run in the format of another tool, or the file that the makers of a task take."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seahelm_lite.cli.options import add_json, print_json

if TYPE_CHECKING:
    from seahelm_lite.engine.exports.contents import Exported

FORMATS = {
    "lm-eval": "the results and samples that lm-eval 0.4.13 writes",
    "every-eval-ever": "the shared schema of Every Eval Ever, 0.3.0",
}
_RELATIONSHIPS = ("first_party", "third_party", "collaborative", "other")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder")
    what = parser.add_mutually_exclusive_group(required=True)
    told = "; ".join(f"{name}: {meaning}" for name, meaning in FORMATS.items())
    what.add_argument("--format", metavar="F", help=told)
    what.add_argument(
        "--submission", metavar="TASK", help="the task whose answers its makers keep: a CSV file for them"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder to write to; for --submission the CSV file"
    )
    who = parser.add_argument_group("every-eval-ever: what a run does not say")
    who.add_argument("--evaluator", metavar="NAME", help="the organisation that evaluated (default: unknown)")
    who.add_argument(
        "--relationship",
        choices=_RELATIONSHIPS,
        help="of the evaluator to the model's developer (default: other, marked as unknown)",
    )
    who.add_argument("--developer", metavar="NAME", help="the model's developer (default: as on its card, or unknown)")
    add_json(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.catalog.names import unknown
    from seahelm_lite.errors import SeahelmError
    from seahelm_lite.runs import load_run

    if options.format not in (None, *FORMATS):
        raise unknown("format", options.format, FORMATS, listing=", ".join(FORMATS))
    if options.format != "every-eval-ever" and (options.evaluator or options.relationship or options.developer):
        raise SeahelmError(
            "--evaluator, --relationship and --developer are for --format every-eval-ever", remedy="Leave them out."
        )
    run = load_run(options.run)
    if options.submission is not None:
        return _submission(options, run.folder.path)
    made = _exported(options, run.folder.path)
    if options.json:
        lists = {"left_out": list(made.left_out), "restricted": list(made.restricted)}
        print_json({"files": [str(path) for path in made.files], "status": run.manifest["status"], **lists})
        return 0 if run.complete else 1
    for path in made.files:
        print(path)
    for sentence in made.left_out:
        print(f"not in it: {sentence}", file=sys.stderr)
    if not run.complete:
        print(f"The run is {run.manifest['status']}, which the export says too.", file=sys.stderr)
    if made.restricted:
        names = ", ".join(made.restricted)
        print(
            f"It holds items of {names}, which may not be redistributed: do not publish the samples.", file=sys.stderr
        )
    return 0 if run.complete else 1


def _exported(options: argparse.Namespace, folder: Path) -> Exported:
    from seahelm_lite.engine.exports import every_eval_ever, lm_eval
    from seahelm_lite.engine.exports.contents import contents_of
    from seahelm_lite.engine.run_folder import RunFolder

    contents = contents_of(RunFolder(folder))
    if options.format == "lm-eval":
        return lm_eval.export(contents, options.out)
    said = every_eval_ever.Said(options.evaluator, options.relationship, options.developer)
    return every_eval_ever.export(contents, options.out, said)


def _submission(options: argparse.Namespace, folder: Path) -> int:
    from seahelm_lite.engine.run_folder import RunFolder
    from seahelm_lite.engine.submission import submission, write_submission

    made = submission(RunFolder(folder), options.submission)
    write_submission(made, options.out)
    if options.json:
        print_json({"file": str(options.out), "answers": len(made.rows), "blank": made.blank})
    else:
        print(f"{options.out}: {len(made.rows)} answers, {made.blank} of them blank")
    return 0
