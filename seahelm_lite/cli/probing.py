"""`seahelm-lite models probe`: what an endpoint honours, found out by asking it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_json, command, print_json

if TYPE_CHECKING:
    from seahelm_lite.catalog.access import Access
    from seahelm_lite.models.api.probe import Probed
    from seahelm_lite.records import Response

_WORDS = {"unknown": "cannot tell"}
_PROMPT = 80
"""Tokens of a call's prompt, about."""


def add(actions: Any) -> None:
    """Add the action."""
    parser = command(
        actions,
        "probe",
        "find out what an endpoint honours, and write it down",
        "seahelm-lite models probe openai:http://localhost:8000/v1#my-model --out record.yaml",
    )
    parser.description = (
        "Asks an endpoint one harmless question over and over, each time with one thing changed, and tells from the "
        "answers whether it honours stop words, seeds, temperature 0, a system message, log-probabilities, a JSON "
        "schema, tools, streaming and the limit of tokens. What the answers do not tell is unknown. About 15 short "
        "calls. Exit status 1: some call got no reply."
    )
    parser.add_argument("model", metavar="SPEC", help="openai:<base-url>#<model>, anthropic:… or <card id>[@endpoint]")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the record for a model card: YAML, or JSON for *.json"
    )
    add_json(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from datetime import UTC, datetime

    from seahelm_lite.models.api.probe_asking import probe
    from seahelm_lite.models.api.probe_record import as_yaml, record
    from seahelm_lite.models.specs import open_endpoint
    from seahelm_lite.sources.where import Where

    offline = Where.from_environment().offline
    model = open_endpoint(options.model, offline=offline)
    _check_writable(options.out)
    print(forecast(model.access), file=sys.stderr)
    probed, today = probe(model), datetime.now(UTC).date()
    made = record(model.access, probed, today)
    if options.out is not None:
        title = f"seahelm-lite models probe {options.model}, {today}: {probed.calls} calls"
        as_text = json.dumps(made, indent=1) + "\n" if options.out.suffix == ".json" else ""
        _write(options.out, as_text or as_yaml(made, probed.findings, title=title))
    if options.json:
        print_json(_told(options.model, model.access, probed, made))
    else:
        _show(options, model.access, probed)
    return 0 if probed.complete else 1


def forecast(access: Access) -> str:
    """What a probe will take, before it is begun."""
    from seahelm_lite.models.api.probe import LONGEST, MOST_CALLS, USUAL_CALLS
    from seahelm_lite.records import Response, Usage

    expected = [Response(usage=Usage(prompt=_PROMPT, completion=LONGEST))] * USUAL_CALLS
    calls = f"{USUAL_CALLS} calls, or up to {MOST_CALLS} where the endpoint refuses much"
    return f"{calls}: about {_taken(access, expected)}; more where it thinks"


def _taken(access: Access, responses: Sequence[Response]) -> str:
    """The tokens of some answers, and what they cost."""
    from seahelm_lite.catalog.costs import money, tally
    from seahelm_lite.cli.spending import amount

    price = access.price[-1] if access.price else None
    taken = tally(responses, price)
    tokens = f"{taken.tokens.prompt or 0:,} tokens of prompts and {taken.tokens.completion or 0:,} of answers"
    if not taken.stating:
        tokens = "tokens not told"
    if price is None or taken.cost is None:
        return f"{tokens}, no price known"
    return f"{tokens}, {amount(money(taken.cost))} {price.currency} at the price of {price.as_of}"


def _told(spec: str, access: Access, probed: Probed, made: dict[str, Any]) -> dict[str, Any]:
    """What `--json` says."""
    from seahelm_lite.catalog.costs import tally

    findings = [
        {"what": f.what, "outcome": f.outcome, "level": f.level, "seen": f.seen, "calls": f.calls}
        for f in probed.findings
    ]
    usage = tally(probed.responses).usage()
    asked = {"model": spec, "endpoint": access.base_url, "wire": access.wire}
    return {
        **asked,
        "calls": probed.calls,
        "complete": probed.complete,
        "usage": usage,
        "findings": findings,
        "record": made,
    }


def _show(options: argparse.Namespace, access: Access, probed: Probed) -> None:
    from seahelm_lite.cli.tables import console, table
    from seahelm_lite.pages.texts import visible

    rows = [
        [finding.what, _WORDS.get(finding.outcome, finding.outcome), str(finding.calls), visible(finding.seen)]
        for finding in probed.findings
    ]
    out = console()
    out.print(f"{access.model_id} at {access.base_url} ({access.wire})", markup=False, style="bold", soft_wrap=True)
    out.print(table(("what", "outcome", ">calls", "what was seen"), rows))
    out.print(f"\n{probed.calls} calls: {_taken(access, probed.responses)}", markup=False, soft_wrap=True)
    if not probed.complete:
        out.print("Some call got no reply: probe again.", markup=False)
    told = (
        f"{options.out}: to be pasted into the card, under access" if options.out else "--out FILE keeps it for a card"
    )
    out.print(told, markup=False, soft_wrap=True)


def _check_writable(path: Path | None) -> None:
    """Before any call is paid for."""
    from seahelm_lite.errors import SeahelmError

    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise SeahelmError("cannot be written: there is no such folder", where=str(path), remedy="Name another FILE.")


def _write(path: Path, text: str) -> None:
    from seahelm_lite.errors import SeahelmError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SeahelmError(f"cannot be written: {error.strerror}", where=str(path)) from None
