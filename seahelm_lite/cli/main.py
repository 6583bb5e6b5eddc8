"""The command line: one subcommand a file, nothing heavy imported until a command runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import seahelm_lite
from seahelm_lite.cli import (
    board,
    compare,
    data,
    demo,
    importing,
    judge,
    lm_eval,
    models,
    probes,
    run,
    runs,
    score,
    site,
    tasks,
)
from seahelm_lite.errors import SeahelmError

EXIT_OK, EXIT_INCOMPLETE, EXIT_USAGE = 0, 1, 2

_EPILOG = """\
exit status:
  0  done    1  done but incomplete, or a check failed    2  wrong usage or configuration, nothing was run

first steps:
  seahelm-lite demo
  seahelm-lite tasks list
  seahelm-lite run --model baseline:longest --suite th-core --mirror ../shared/data --out out
"""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(
        prog="seahelm-lite",
        description="Evaluate any local or API model on pinned suites for the languages of Southeast Asia.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"seahelm-lite {seahelm_lite.__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in (
        demo,
        tasks,
        models,
        data,
        run,
        score,
        judge,
        importing,
        compare,
        runs,
        board,
        site,
        probes,
        lm_eval,
    ):
        command.add(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = parser().parse_args(arguments)
    try:
        return int(options.execute(options))
    except SeahelmError as error:
        print(f"seahelm-lite: {error.sentence()}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("seahelm-lite: stopped.", file=sys.stderr)
        return EXIT_INCOMPLETE
    except BrokenPipeError:
        # The reader of our output (head, less) has left; Python would complain once more while closing.
        sys.stderr.close()
        return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
