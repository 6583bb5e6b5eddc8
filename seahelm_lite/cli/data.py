"""`seahelm-lite data`: bring pinned data here, check it, and look for it elsewhere."""

from __future__ import annotations

import argparse
from typing import Any

from seahelm_lite.cli import overlap
from seahelm_lite.cli.options import add_data_options, add_json, add_trust, command, load, print_json


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(
        commands,
        "data",
        "fetch and verify pinned data, and look for it in a corpus",
        "seahelm-lite data fetch --suite ms-core",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, summary in (
        ("fetch", "download what is not in the mirror or the cache, and check every hash"),
        ("verify", "check every hash of what is in the mirror or the cache, without a network"),
    ):
        action = command(actions, name, summary, f"seahelm-lite data {name} --suite th-core --mirror ../shared/data")
        action.add_argument("--suite", action="append", default=[], metavar="S", help="a suite; may be repeated")
        action.add_argument("--task", action="append", default=[], metavar="T", help="a task; may be repeated")
        add_data_options(action)
        add_trust(action)
        add_json(action)
        action.set_defaults(execute=execute)
    overlap.add(actions)


def execute(options: argparse.Namespace) -> int:
    """Run the command: 0 when every file is there and right, else 1."""
    from seahelm_lite.cli.tables import console, table
    from seahelm_lite.errors import AbsentSourceError, DataError, SourceError
    from seahelm_lite.sources.changes import verify_pin

    if options.action == "verify":
        options.offline = True
    catalog, where = load(options)
    everything = not options.suite and not options.task
    definitions, optional = catalog.select(options.suite, list(catalog.tasks) if everything else options.task)
    entries: list[dict[str, Any]] = []
    for task in definitions:
        for pin in task.card.pins:
            entry: dict[str, Any] = {"task": task.name, "source": pin.describe(), "pinned": pin.is_pinned}
            try:
                found = verify_pin(task.card, pin, where)
                entry |= {"state": "right", "place": found.place, "sha256": found.sha256}
            except (SourceError, DataError) as error:
                # What only a hub has is optional in a suite and never there offline: named, but not a failure.
                lacking = task.name in optional or (everything and pin.kind == "hub")
                lacking = lacking and isinstance(error, AbsentSourceError)
                entry |= {"state": "not at hand" if lacking else "FAULT", "reason": error.sentence()}
            entries.append(entry)
    if options.json:
        print_json(entries)
    else:
        out = console()
        out.print(table(("task", ">files", ">right", "place"), _by_task(entries)))
        mirrored = sum(entry.get("place") == "mirror" for entry in entries)
        if options.action == "fetch" and mirrored:
            out.print(f"{mirrored} files lie in the mirror and were not copied: carry the mirror itself.", markup=False)
        for line in dict.fromkeys(f"{entry['state']}: {entry['reason']}" for entry in entries if "reason" in entry):
            out.print(line, markup=False, soft_wrap=True)
    return 1 if any(entry["state"] == "FAULT" for entry in entries) else 0


def _by_task(entries: list[dict[str, Any]]) -> list[list[str]]:
    """A row per task."""
    rows = []
    for task in dict.fromkeys(entry["task"] for entry in entries):
        files = [entry for entry in entries if entry["task"] == task]
        right = [entry for entry in files if entry["state"] == "right"]
        places = ", ".join(sorted({entry["place"] for entry in right}))
        rows.append([task, str(len(files)), str(len(right)), places])
    return rows
