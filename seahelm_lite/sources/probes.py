"""Files of probe families, and the rows of a task that they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.probe_family import SIDES, ProbeFamily, Side
from seahelm_lite.errors import DataError
from seahelm_lite.records import sha256_hex
from seahelm_lite.sources.text_files import Row, parse_json, read_lines


def read_families(path: Path) -> list[ProbeFamily]:
    """The families of a file, one JSON object a line; blank lines are skipped.

    Raises:
        DataError: At the first line that is no whole family, with file, line and what it lacks.
        SourceError: If the file cannot be read.
    """
    return families_in(read_lines(path), path)


def family_files() -> list[Path]:
    """The files of families that we ship."""
    return sorted((shipped_folder("tasks") / "culture_probes" / "families").glob("*.jsonl"))


def read_all(paths: Sequence[Path]) -> list[ProbeFamily]:
    """The families of several files.

    Raises:
        DataError: If there is none, one is not whole, or an id stands there twice.
        SourceError: If a file cannot be read.
    """
    families = [family for path in paths for family in read_families(path)]
    if not families:
        raise DataError("there is no probe family", where=", ".join(map(str, paths)), remedy="Name a file of families.")
    if doubled := [name for name, count in Counter(family.id for family in families).items() if count > 1]:
        raise DataError(f"the id {doubled[0]} stands in two files", remedy="An id is used once, and never again.")
    return families


def families_in(lines: Sequence[str], path: Path) -> list[ProbeFamily]:
    """The families of the lines of a file; raises as `read_families`."""
    families = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            families.append(family_of(parse_json(line, path, number), f"{path}:{number}"))
    doubled = [name for name, count in Counter(family.id for family in families).items() if count > 1]
    if doubled:
        raise DataError(f"the id {doubled[0]} stands there twice", where=str(path), remedy="Give one of them a new id.")
    return families


def family_of(value: object, where: str) -> ProbeFamily:
    """A family as its JSON object has it.

    Raises:
        DataError: If it is no whole family, with all that is wrong with it.
    """
    try:
        return ProbeFamily.model_validate(value)
    except ValidationError as error:
        name = value.get("id", "without id") if isinstance(value, dict) else "no object"
        faults = "; ".join(fault for _, fault in faults_of(error))
        raise DataError(f"the probe family {name} is not whole: {faults}", where=where) from None


def faults_of(error: ValidationError) -> list[tuple[tuple[int | str, ...], str]]:
    """What is wrong with a family, one sentence each and where; not that a part lacks what is wrong inside of it."""
    faults = [(fault["loc"], fault["msg"].removeprefix("Value error, ")) for fault in error.errors()]
    inside = {place[:depth] for place, _ in faults for depth in range(len(place))}
    return [
        (place, f"{'.'.join(map(str, place))}: {said}" if place else said)
        for place, said in faults
        if not place or place not in inside
    ]


def probe_rows(path: Path) -> list[Row]:
    """The rows that a task reads: of each family the probe, then its twin; raises as `read_families`.

    Columns: `id`; of the family `family`, `country`, `region`, `language`, `register`, `dimension`, `jurisdiction_set`,
    `severity`, `status`, and whether it `counts` in scores; of the side `side`, `text`, `english`, `expected`,
    `reference` and `reference_en` (its appropriate texts), `options` and `options_en` (two texts, in an order drawn
    from the id), `answer` (the place of the appropriate one), and `probe`, which holds all that replies are judged by,
    or `probe_en` for replies to the request in English.
    """
    return [row for family in read_families(path) for row in rows_of(family)]


def rows_of(family: ProbeFamily) -> list[Row]:
    """The two rows of a family; see `probe_rows`."""
    return [_row(family, side) for side in SIDES]


def _row(family: ProbeFamily, side: Side) -> Row:
    asked = family.side(side)
    name = family.id if side == "probe" else family.control.id
    local, english = list(asked.pairs[0].texts), list(asked.pairs[0].english)
    # Of a family's two sides one has the appropriate text first and one second, so that always A earns nothing.
    first = int(sha256_hex(family.id), 16) % 2
    answer = first if side == "probe" else 1 - first
    if answer == 1:
        local.reverse()
        english.reverse()
    judged = {
        "family": family.id,
        "side": side,
        "country": family.country,
        "dimension": family.dimension,
        "severity": family.severity,
        "jurisdiction_set": family.jurisdiction_set,
        "ruling": family.ruling,
        "language": family.language,
        "expected": asked.expected_behaviour,
        "norm": family.norm.statement,
        "status": family.status,
        "verified": family.norm.verified,
        "rubric": asked.rubric.model_dump(mode="json"),
        "checks": [check.model_dump(mode="json", exclude_none=True) for check in asked.checks],
    }
    return {
        **{name: judged[name] for name in ("family", "side", "country", "dimension", "severity", "jurisdiction_set")},
        "id": name,
        "region": family.region,
        "language": family.language,
        "register": family.register_,
        "status": family.status,
        "counts": family.counts,
        "text": asked.prompt.text,
        "english": asked.prompt.en or asked.prompt.text,
        "expected": asked.expected_behaviour,
        "reference": asked.pairs[0].appropriate,
        "reference_en": asked.pairs[0].english[0],
        "options": local,
        "options_en": english,
        "answer": answer,
        "probe": {**judged, "condition": "local"},
        "probe_en": {**judged, "condition": "english", "language": "en"},
    }
