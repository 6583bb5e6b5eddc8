"""`seahelm-lite score`: score a run again, offline, without its model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from seahelm_lite.cli.options import add_json, command, print_json


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(commands, "score", "score the answers of a run again", "seahelm-lite score out/RUN")
    parser.add_argument("run", type=Path, metavar="RUN", help="run folder")
    add_json(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.cli.appropriateness import show_probes
    from seahelm_lite.cli.differences import difference_sentences
    from seahelm_lite.cli.quick import quick_facts, quick_sentences
    from seahelm_lite.cli.rotations import rotation_sentences
    from seahelm_lite.cli.shuffled import shuffled_sentences
    from seahelm_lite.cli.tables import console, score_table
    from seahelm_lite.cli.variances import variance_sentences
    from seahelm_lite.runs import load_run, score_again
    from seahelm_lite.scoring.spread import is_complete

    path, again = score_again(options.run)
    run = load_run(options.run)
    same = (run.scores, run.differences, run.probes) == (again.scores, again.differences, again.probes)
    if options.json:
        told = {"scores": again.scores, "differences": again.differences, "probes": again.probes}
        print_json({"file": str(path), "same_as_first": same, **told})
    else:
        out = console()
        out.print(score_table(again.scores))
        quick = quick_sentences(quick_facts(run.manifest["tasks"]))
        orders = (*rotation_sentences(again.scores), *shuffled_sentences(again.scores))
        varied = (*variance_sentences(again.scores), *orders)
        for sentence in (*quick, *varied, *difference_sentences(again.differences)):
            out.print(sentence, markup=False, soft_wrap=True)
        show_probes(out, again.probes)
        verdict = "the same scores as before" if same else "scores differ from the first ones"
        out.print(f"{path}: {verdict}", markup=False)
    return 0 if same and all(map(is_complete, again.scores)) else 1
