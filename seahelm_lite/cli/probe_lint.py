"""`seahelm-lite probes lint`: faults of probe families, and whether they can be solved without reading."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import print_json

if TYPE_CHECKING:
    from seahelm_lite.catalog.probe_family import ProbeFamily
    from seahelm_lite.lint.findings import Finding
    from seahelm_lite.lint.probes.gate import GateResult
    from seahelm_lite.stats.intervals import Estimate

_EPILOG = """\
example:
  seahelm-lite probes lint
  seahelm-lite probes lint my-families.jsonl --json
  seahelm-lite probes lint --report tasks/culture_probes/REPORT.md

exit status: 1 where a family has an error, a norm is past its date, or the artefact gate is not passed
"""


def add(actions: argparse._SubParsersAction[Any]) -> None:
    """Register the action."""
    lint = actions.add_parser(
        "lint",
        help="check families: checks against pairs, lengths, habits, dates, and what can be solved without reading",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    lint.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files of families; those we ship if none")
    lint.add_argument("--report", type=Path, metavar="FILE", help="write what the families are made of, as Markdown")
    lint.add_argument("--as-of", type=_day, metavar="DATE", help="the day norms are held against, 2026-11-23; today")
    lint.add_argument("--json", action="store_true", help="print one JSON document")
    lint.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command: 0 when nothing is wrong."""
    from seahelm_lite.engine.run_folder import whole_or_not_at_all
    from seahelm_lite.lint.probes.gate import gate, gate_findings
    from seahelm_lite.lint.probes.overview import report
    from seahelm_lite.lint.probes.rules import findings
    from seahelm_lite.sources.probes import family_files, read_all

    families = read_all(options.files or family_files())
    results = gate(families)
    found = [*findings(families, options.as_of or datetime.now(UTC).date()), *gate_findings(results)]
    if options.report is not None:
        with whole_or_not_at_all(options.report) as partial:
            partial.write_text(report(families, results), encoding="utf-8")
    if options.json:
        print_json(_told(families, found, results))
    else:
        _draw(families, found, results)
    return 1 if any(finding.severity == "error" for finding in found) else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-11-23") from None


def _told(families: list[ProbeFamily], found: list[Finding], results: list[GateResult]) -> dict[str, Any]:
    from seahelm_lite.lint.probes.overview import composition, jurisdiction_sets

    return {
        "families": len(families),
        "findings": [
            {"rule": one.rule, "severity": one.severity, "place": one.place, "what": one.what} for one in found
        ],
        "gate": [
            {
                "sight": result.sight,
                "test": result.test,
                "passed": result.passed,
                "all": _numbers(result.pooled),
                "by_country": {key: _numbers(part) for key, part in result.by_country.items()},
                "by_dimension": {key: _numbers(part) for key, part in result.by_dimension.items()},
            }
            for result in results
        ],
        "composition": {name: dict(counts) for name, counts in composition(families).items()},
        "jurisdiction_sets": jurisdiction_sets(families),
    }


def _numbers(estimate: Estimate) -> dict[str, Any]:
    interval = None if estimate.lo is None else [round(estimate.lo, 6), round(estimate.hi or 0.0, 6)]
    value = None if estimate.value is None else round(estimate.value, 6)
    return {"value": value, "ci95": interval, "n": estimate.n, "reason": estimate.reason}


def _draw(families: list[ProbeFamily], found: list[Finding], results: list[GateResult]) -> None:
    from seahelm_lite.cli.tables import console, table
    from seahelm_lite.lint.probes.gate import LIMIT, SIGHTS

    out = console()
    for finding in found:
        told = f"{finding.severity} {finding.rule} {finding.place}: {finding.what}"
        out.print(told, markup=False, soft_wrap=True)
    countries = sorted({family.country for family in families})
    for sight in SIGHTS:
        rows = []
        for result in (one for one in results if one.sight == sight):
            slices = [result.by_country.get(country) for country in countries]
            cells = [f"{100 * part.value:.0f}" if part and part.value is not None else "–" for part in slices]
            rows.append([result.test, f"{100 * (result.pooled.value or 0):.1f}", *cells])
        out.print(table((f"{sight}, %", ">all", *(f">{country}" for country in countries)), rows))
        out.print()
    scored = sum(family.counts for family in families)
    drafts = sum(family.review.status == "draft" for family in families)
    out.print(
        f"How often a test that sees nothing else is right; chance is 50 %, the limit of all {LIMIT:.0%}. "
        f"{len(families)} families, {scored} with a norm whose sources were followed; {drafts} drafts, which nobody "
        f"native has reviewed. Findings: {len(found)}.",
        soft_wrap=True,
        markup=False,
    )
