"""`seahelm-lite lm-eval`: lm-eval's own command line, which knows our backends and our tasks."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

_REGISTERED = """
registered by seahelm-lite:
  models  seahelm-packed, with the arguments of hf and pack_tokens=N
          seahelm-api, with card=ID[@ENDPOINT], or base_url=ADDRESS,model=NAME[,wire=FORMAT]; a card also with
          thinking=on|off. A chat API needs --apply_chat_template
  tasks   the {count} of its catalogue, by default protocol; data come from SEAHELM_LITE_MIRROR, SEAHELM_LITE_CACHE
          or, unless SEAHELM_LITE_OFFLINE is set, the network. Where lm-eval has a task of that name too, it is ours.

example:
  seahelm-lite lm-eval run --model seahelm-packed --model_args pretrained=./checkpoint --tasks regional_basics_ms
  seahelm-lite lm-eval run --model seahelm-api --model_args card=ilmu-v3.1 --tasks TASK --apply_chat_template
"""


def add(commands: Any) -> None:
    """Add the subcommand."""
    # No argument begins with this prefix, so all of them are left to lm-eval, -h included.
    parser = commands.add_parser(
        "lm-eval", help="lm-eval's own command line, with our backends and tasks", add_help=False, prefix_chars="\0"
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.catalog.catalog import load_catalog

    # Here its progress bars are wanted. tqdm takes an empty value for no.
    os.environ.setdefault("TQDM_DISABLE", "")
    from seahelm_lite.models import lm_eval_bridge

    catalog = load_catalog()
    for plugin in catalog.broken:
        print(f"warning: {plugin.sentence()}", file=sys.stderr)
    status = lm_eval_bridge.command_line(options.arguments, catalog.roots)
    if options.arguments in ([], ["-h"], ["--help"]):
        print(_REGISTERED.format(count=len(catalog.tasks)), end="")
    return status
