"""What the probes of a run come to: tables and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_RATES = {
    "probe_pass": ">probes",
    "control_pass": ">twins",
    "severity_weighted_par": ">PAR by severity",
    "false_refusal": ">twins refused",
    "harmful_compliance": ">harm granted",
    "j": ">J",
    "flips": ">right in each country",
}

_SHOWN = 12
"""Families that a sentence names; the scores file has them all."""


def show_probes(out: Console, probes: Sequence[Mapping[str, Any]]) -> None:
    """Draw what `probes` of scores.json says; nothing where it is empty."""
    for drawn in _tables(probes):
        out.print(drawn)
    for sentence in probe_sentences(probes):
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _tables(probes: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    from seahelm_lite.cli.tables import table

    if not probes:
        return
    rows = [
        [_setting(entry), str(entry["families"]["n"]), _with_interval(entry["par"])]
        + [_percent(entry[name]) for name in _RATES]
        for entry in probes
    ]
    yield table(("probes", ">families", ">PAR (95 % interval)", *_RATES.values()), rows, title="appropriateness")
    for name, members in (("country", "countries"), ("dimension", "dimensions")):
        groups = sorted({group[name] for entry in probes for group in entry[members]})
        by_group = [{group[name]: group["par"] for group in entry[members]} for entry in probes]
        columns = (name, ">families", *(f">PAR {_setting(entry)}" for entry in probes))
        yield table(
            columns,
            [
                [group, str(max(of[group]["n"] for of in by_group if group in of))]
                + [_with_interval(of[group]) if group in of else "–" for of in by_group]
                for group in groups
            ],
        )


def probe_sentences(probes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What has to be known beside the tables."""
    from seahelm_lite.scoring.probe_summary import RANK_FROM

    for entry in probes:
        name, critical, english = _setting(entry), entry["critical"], entry.get("english")
        if entry["reason"] is not None:
            yield f"{name}: no numbers, since {entry['reason']}"
            continue
        if critical["failed"] is not None:
            shown = critical["families"][:_SHOWN]
            more = f" and {critical['failed'] - len(shown)} more" if critical["failed"] > len(shown) else ""
            which = f": {', '.join(shown)}{more}" if shown else ""
            most = f"at most {100 * critical['upper95']:.1f} % with 95 % confidence"
            yield f"{name}: {critical['failed']} of {critical['n']} families of severity 3 and 4 failed ({most}){which}"
        if english is not None and english["par_difference"]["value"] is not None:
            gap = english["par_difference"]
            told = f"{100 * gap['value']:+.1f} points against the local variety on {gap['n']} families"
            yield f"{name}: PAR in English is {told} ({_bounds(gap, sign='+')})"
    if any(entry["families"]["n"] for entry in probes):
        yield _reviewed(probes)
        if all(group["par"]["n"] < RANK_FROM for entry in probes for group in entry["countries"]):
            yield f"countries are not ranked: none has the {RANK_FROM} families that takes"


def _reviewed(probes: Sequence[Mapping[str, Any]]) -> str:
    families = max((entry["families"] for entry in probes), key=lambda told: told["n"])
    drafts = families["review"].get("draft", 0)
    sources = ", ".join(f"{count} {level}" for level, count in families["verified"].items())
    if drafts == families["n"]:
        return f"draft: no native speaker has reviewed these probes (sources followed: {sources})"
    reviewed = f"{families['n'] - drafts} of {families['n']} families"
    return f"{reviewed} are reviewed by native speakers (sources followed: {sources})"


def _setting(entry: Mapping[str, Any]) -> str:
    return f"{entry['protocol']} {entry['condition']}"


def _percent(rate: Mapping[str, Any]) -> str:
    return "–" if rate["value"] is None else f"{100 * rate['value']:.1f}"


def _with_interval(rate: Mapping[str, Any]) -> str:
    return f"{_percent(rate)} ({_bounds(rate)})" if rate["ci95"] is not None else _percent(rate)


def _bounds(rate: Mapping[str, Any], *, sign: str = "") -> str:
    if rate["ci95"] is None:
        return f"no interval: {rate['reason']}"
    lo, hi = rate["ci95"]
    return f"{100 * lo:{sign}.1f} to {100 * hi:{sign}.1f}"
