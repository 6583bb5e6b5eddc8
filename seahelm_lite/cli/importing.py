"""`seahelm-lite import`: answers that others recorded become runs, scored by us."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_data_options, add_json, command, count, load, print_json

if TYPE_CHECKING:
    from seahelm_lite.imports import Imported

_FORMATS = (
    "thaiexamjs (snapshots of that repository), malay-llm-benchmark (mesolitica/llm-benchmarks), "
    "lm-eval (--log_samples files), inspect (JSON logs), sea-helm (inference files)"
)


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "import",
        "import answers that were recorded elsewhere, and score them",
        "seahelm-lite import thaiexamjs ../shared/data/github.com/dtinth/thaiexamjs/*/snapshot/*/*.br "
        "--mirror ../shared/data --out out",
    )
    parser.add_argument("format", metavar="FORMAT", help=_FORMATS)
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a log, or its name in the layout of a mirror (github.com/OWNER/REPO/COMMIT/PATH), to be found there",
    )
    said = parser.add_argument_group("what the logs do not say")
    said.add_argument("--model", type=_words, metavar="NAME", help="the model, where a log does not name it")
    said.add_argument("--task", type=_words, metavar="T", help="the task, where a log does not name one of ours")
    said.add_argument("--shots", type=count, metavar="K", help="examples each prompt held")
    said.add_argument("--source", type=_source, metavar="NAME", help="who recorded them; the protocol is recorded:NAME")
    said.add_argument("--licence", type=_words, metavar="TEXT", help="the licence of the answers")
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="output folder (default out)")
    add_data_options(parser)
    add_json(parser)
    parser.set_defaults(execute=execute)


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty")
    return text.strip()


def _source(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not made of a-z, 0-9, dots and hyphens")
    return text


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.imports import Import, import_answers
    from seahelm_lite.models.recorded.base import Declared
    from seahelm_lite.models.recorded.formats import log_format

    catalog, where = load(options)
    what = Import(
        format=log_format(options.format),
        files=options.files,
        declared=Declared(options.model, options.task, options.shots),
        source=options.source,
        licence=options.licence,
    )
    imported = import_answers(what, catalog=catalog, where=where, out=options.out)
    _report(imported, options.out, as_json=options.json)
    return 0 if all(one.run.complete for one in imported) else 1


def _report(imported: list[Imported], out: Path, *, as_json: bool) -> None:
    from rich.markup import escape

    from seahelm_lite.cli.tables import console, table

    if as_json:
        print_json([_entry(one) for one in imported])
        return
    rows = [
        [escape(one.run.manifest["model"]["name"]), score["task"], str(score["shots"]), *_numbers(score)]
        for one in imported
        for score in one.run.scores
    ]
    console().print(table(("model", "task", ">shots", ">value", ">answered", ">unparsed", ">truncated"), rows))
    old = sum(not one.is_new for one in imported)
    told = f"runs imported into {out}: {len(imported) - old}" + (f"; there already: {old}" if old else "")
    lacking = sum(not one.run.complete for one in imported)
    print(told + (f"; incomplete, as the source lacks answers: {lacking}" if lacking else ""), file=sys.stderr)


def _numbers(score: dict[str, Any]) -> list[str]:
    value = "incomplete" if score["value"] is None else f"{100 * score['value']:.1f}"
    counts = score["counts"]
    return [value, f"{score['n_answered']} of {score['n']}", str(counts["unparsed"]), str(counts["truncated"])]


def _entry(one: Imported) -> dict[str, Any]:
    return {
        "run": one.run.folder.run_id,
        "model": one.run.manifest["model"]["name"],
        "status": one.run.manifest["status"],
        "new": one.is_new,
        "scores": one.run.scores,
    }
