"""Options and output that several commands share."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seahelm_lite.catalog.catalog import Catalog
    from seahelm_lite.sources.where import Where


def command(commands: Any, name: str, summary: str, example: str) -> argparse.ArgumentParser:
    """A subcommand whose help ends with an example."""
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return made


def add_data_options(parser: argparse._ActionsContainer) -> None:
    """`--mirror` and `--offline`."""
    parser.add_argument("--mirror", type=Path, metavar="DIR", help="folder with a copy of the pinned data")
    parser.add_argument(
        "--offline",
        action="store_true",
        default=None,
        help="open no connection: data from mirror and cache only, models on this machine or on premise only",
    )


def add_trust(parser: argparse._ActionsContainer) -> None:
    """`--trust`."""
    told = "folder of further suites (DIR/<suite>/<task>.yaml), whose code may run; may be repeated"
    parser.add_argument("--trust", type=Path, action="append", default=[], metavar="DIR", help=told)


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output, nothing else there")


def count(text: str) -> int:
    """The value of an option that counts something."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return int(text)


def load(options: argparse.Namespace) -> tuple[Catalog, Where]:
    """The catalog, and the places where data is looked for."""
    from seahelm_lite.catalog.catalog import load_catalog
    from seahelm_lite.sources.where import Where

    catalog = load_catalog(trust=getattr(options, "trust", ()))
    for plugin in catalog.broken:
        print(f"warning: {plugin.sentence()}", file=sys.stderr)
    mirror, offline = getattr(options, "mirror", None), getattr(options, "offline", None)
    return catalog, Where.from_environment(mirror, offline, catalog.roots, catalog.code)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    print()
