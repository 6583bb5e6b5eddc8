"""`seahelm-lite probes`: writing, checking and reviewing probes of cultural appropriateness."""

from __future__ import annotations

import argparse
from typing import Any

from seahelm_lite.cli import probe_lint, probe_new, probe_review


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Register the command."""
    probes = commands.add_parser("probes", help="write, review and check probes of cultural appropriateness")
    actions = probes.add_subparsers(dest="action", metavar="ACTION", required=True)
    probe_new.add(actions)
    probe_review.add(actions)
    probe_lint.add(actions)
