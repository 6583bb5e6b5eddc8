"""`seahelm-lite probes new`: a probe family to fill in, and whether what was filled in holds."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seahelm_lite.catalog.probe_family import ProbeFamily
    from seahelm_lite.lint.findings import Finding

_EPILOG = """\
example:
  seahelm-lite probes new MY-REL
  seahelm-lite probes new --check MY-REL-004.yaml
  seahelm-lite probes new --check MY-REL-004.yaml --into tasks/culture_probes/families/my.jsonl

The first writes MY-REL-004.yaml, in which everything to be written says TODO. The second
says what is missing, and then holds the family against the rules and the artefact gate,
together with all others. The third adds it to them.

dimensions: REL religion, food, alcohol; ROY royalty, state symbols; NAM names, honorifics,
register; GES gestures, body, sacred objects; FES festivals, calendar; ETH stereotypes;
FAM gender, family; HIS history, territory; LAW national law; EDU education; DIA dialect,
register

exit status: 1 where something is missing or wrong
"""


def add(actions: argparse._SubParsersAction[Any]) -> None:
    """Register the action."""
    new = actions.add_parser(
        "new",
        help="start a family with its twin, and check it while it is written",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = new.add_mutually_exclusive_group(required=True)
    what.add_argument("stem", nargs="?", metavar="CC-DIM", help="country and dimension of the family: MY-REL, TH-LAW")
    what.add_argument("--check", type=Path, metavar="FILE", help="check a family that was begun so")
    new.add_argument("--language", metavar="TAG", help="of the family (BCP-47), if not the usual one of the country")
    new.add_argument("--out", type=Path, metavar="FILE", help="the file to write (default: <id>.yaml)")
    new.add_argument(
        "--into", type=Path, metavar="FILE", help="add the family to this file if nothing is wrong with it"
    )
    new.add_argument(
        "--families", nargs="+", type=Path, metavar="FILE", help="the other families; those we ship if none"
    )
    new.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.errors import SeahelmError
    from seahelm_lite.sources.probes import family_files, read_all

    if options.check is None and options.into is not None:
        raise SeahelmError("--into adds a family that is checked", remedy="Give it with --check FILE.")
    if options.check is not None and (options.language or options.out):
        raise SeahelmError("--language and --out are for a new family; --check takes the file as it is")
    paths: list[Path] = options.families or family_files()
    if options.into is not None and options.into.exists() and options.into.resolve() not in map(Path.resolve, paths):
        paths = [*paths, options.into]
    families = read_all(paths)
    if options.check is None:
        return _start(options, families)
    return _check(options.check, options.into, families)


def _start(options: argparse.Namespace, families: list[ProbeFamily]) -> int:
    import yaml
    from pydantic import TypeAdapter, ValidationError

    from seahelm_lite.catalog.new_family import DIMENSION_CODES, LANGUAGES, blank_family, next_id
    from seahelm_lite.catalog.task_card import LanguageTag
    from seahelm_lite.engine.run_folder import whole_or_not_at_all
    from seahelm_lite.errors import SeahelmError

    found = re.fullmatch(r"([A-Z]{2})-([A-Z]{3})", options.stem)
    if found is None or found[2] not in DIMENSION_CODES:
        codes = ", ".join(DIMENSION_CODES)
        raise SeahelmError(
            f"{options.stem!r} is no country and dimension", remedy=f"Such as MY-REL; dimensions are {codes}."
        )
    language = options.language or LANGUAGES.get(found[1], "")
    try:
        TypeAdapter(LanguageTag).validate_python(language)
    except ValidationError:
        what = f"{language!r} is no language" if language else f"nobody has said which language {found[1]} has"
        raise SeahelmError(what, remedy="Give a BCP-47 tag with --language: ms, id, th.") from None
    name = next_id(options.stem, [family.id for family in families])
    path: Path = options.out or Path(f"{name}.yaml")
    if path.exists():
        raise SeahelmError("is there already", where=str(path), remedy="Name another file with --out FILE.")
    text = yaml.safe_dump(blank_family(name, language), allow_unicode=True, sort_keys=False, width=110)
    with whole_or_not_at_all(path) as partial:
        partial.write_text(text, encoding="utf-8")
    print(path)
    print(f"Write what says TODO. Then: seahelm-lite probes new --check {path}")
    return 0


def _check(path: Path, into: Path | None, families: list[ProbeFamily]) -> int:
    from pydantic import ValidationError

    from seahelm_lite.catalog.probe_family import ProbeFamily
    from seahelm_lite.catalog.yaml_files import read_yaml
    from seahelm_lite.errors import DataError
    from seahelm_lite.sources.probes import faults_of

    file = read_yaml(path)
    try:
        family = ProbeFamily.model_validate(file.data)
    except ValidationError as error:
        faults = faults_of(error)
        for place, fault in sorted(faults, key=lambda one: file.lines.get(file.standing(one[0]), 1)):
            print(f"{file.at(place)}: {fault}")
        print(f"Missing or wrong: {len(faults)}")
        return 1
    if family.id in {one.id for one in families}:
        raise DataError(f"there is a family {family.id} already", where=str(path), remedy="An id is used once.")
    found = _findings(family, families)
    for finding in found:
        print(f"{finding.severity} {finding.rule} {finding.place}: {finding.what}")
    if any(finding.severity == "error" for finding in found):
        return 1
    counted = "" if family.counts else " It is in no score, as a source was not followed."
    print(f"{family.id} is whole and passes the rules and the gate, with {len(families)} others.{counted}")
    if into is not None:
        _put(into, file.data)
    return 0


def _findings(family: ProbeFamily, families: list[ProbeFamily]) -> list[Finding]:
    """What the rules find in the family among the others, and what the gate finds in all."""
    from seahelm_lite.lint.probes.gate import gate, gate_findings
    from seahelm_lite.lint.probes.rules import findings

    everything = [*families, family]
    own = (family.id, family.control.id)
    found = [one for one in findings(everything, datetime.now(UTC).date()) if one.place in own]
    return [*found, *gate_findings(gate(everything))]


def _put(into: Path, body: dict[str, Any]) -> None:
    """Add a family to the end of a file."""
    from seahelm_lite.engine.run_folder import whole_or_not_at_all
    from seahelm_lite.sources.text_files import read_text

    before = read_text(into) if into.exists() else ""
    end = "" if before.endswith("\n") or not before else "\n"
    with whole_or_not_at_all(into) as partial:
        partial.write_text(f"{before}{end}{json.dumps(body, ensure_ascii=False)}\n", encoding="utf-8", newline="")
    print(into)
