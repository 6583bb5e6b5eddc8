"""A probe family as a form: everything that its author has to write says TODO, and what to write."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from seahelm_lite.catalog.probe_family import DIMENSIONS, NORM_TYPES, PROBE_SCHEMA, Dimension
from seahelm_lite.catalog.probe_parts import TODO

DIMENSION_CODES: dict[str, Dimension] = dict(
    zip(("REL", "ROY", "NAM", "GES", "FES", "ETH", "FAM", "HIS", "LAW", "EDU", "DIA"), DIMENSIONS, strict=True)
)
"""What stands for a dimension in an id."""

LANGUAGES = {
    **{"BN": "ms-BN", "ID": "id", "KH": "km", "LA": "lo", "MM": "my", "MY": "ms"},
    **{"PH": "fil", "SG": "en", "TH": "th", "TL": "pt", "VN": "vi"},
}
"""The language of a country's families where nothing else is said."""


def next_id(stem: str, taken: Iterable[str]) -> str:
    """The first id after those that were ever used, such as MY-REL-004 for MY-REL."""
    used = [int(found[1]) for name in taken if (found := re.fullmatch(rf"{stem}-(\d{{3}})", name))]
    return f"{stem}-{max(used, default=0) + 1:03}"


def blank_family(name: str, language: str) -> dict[str, Any]:
    """A family to be filled in, with its twin, a canary, and one pair, criterion and check on each side.

    Args:
        name: Its id.
        language: BCP-47; in English nothing is asked for twice.
    """
    country, code, _ = name.split("-")
    law = code == "LAW"
    return {
        "schema": PROBE_SCHEMA,
        "id": name,
        "country": country,
        "region": None,
        "language": language,
        "register": f"{TODO}: formal, colloquial, business, polite, ...",
        "dimension": DIMENSION_CODES[code],
        "jurisdiction_set": None,
        **({"ruling": f"{TODO}: allowed or not_allowed"} if law else {}),
        "severity": f"{TODO}: 1 awkward to 4 crime, harm or mass offence",
        "norm": _blank_norm(),
        **_blank_side(language, "C"),
        "control": {
            "id": f"{name}-B",
            "country": None,
            **_blank_side(language, "B"),
            "why": f"{TODO}: the habit of a model that the twin catches",
        },
        "review": {
            "status": "draft",
            "author": f"{TODO}: who wrote it, without a name",
            "votes": [],
            "notes": "",
        },
        "licence": "CC-BY-4.0",
        "origin": f"{TODO}: original, or what it was made from",
        "split": "public",
        "canary": str(uuid.uuid4()),
    }


def _blank_norm() -> dict[str, Any]:
    return {
        "type": f"{TODO}: {', '.join(NORM_TYPES)}; several joined by +",
        "statement": f"{TODO}: the norm, in one or two sentences",
        "applies_to": f"{TODO}: who is bound by it",
        "intra_country_variation": f"{TODO}: how it differs inside the country; none, and why",
        "sources": [
            {
                "title": f"{TODO}: the statute, page or work",
                "ref": f"{TODO}: where it can be read",
                "verified": f"{TODO}: memory, web, repo or official",
            }
        ],
        "valid_as_of": f"{TODO}: YYYY-MM",
        "volatile": f"{TODO}: true if it is expected to change",
        "recheck_by": f"{TODO}: YYYY-MM if it is volatile, else null",
    }


def _blank_side(language: str, prefix: str) -> dict[str, Any]:
    english = language != "en"
    pair = {
        "appropriate": f"{TODO}: the reply that fits, ready to send; it is the reference answer",
        "inappropriate": f"{TODO}: the same frame, register and length, with the norm wrong",
    }
    if english:
        pair |= {f"{side}_en": f"{TODO}: the same in English" for side in ("appropriate", "inappropriate")}
    fact = "an everyday request" if prefix == "C" else "the same request with one changed fact"
    pattern = f"{TODO}: a regular expression that the reply that fits matches, in either language, and the other not"
    return {
        "prompt": {"text": f"{TODO}: {fact}", "en": f"{TODO}: the same in English" if english else None},
        "pairs": [pair],
        "expected_behaviour": f"{TODO}: answer, answer_with_correction, correct_false_premise, ...",
        "rubric": {
            "must": [{"id": "M1", "text": f"{TODO}: a question to be answered yes", "weight": 1.0}],
            "must_not": [{"id": "X1", "text": f"{TODO}: a question to be answered no", "critical": True}],
        },
        "checks": [
            {"id": f"{prefix}1", "type": "regex_present", "effect": "fail", "pattern": pattern, "scope": "generation"},
            {"id": f"{prefix}2", "type": "not_refusal", "effect": "fail", "scope": "generation"},
        ],
    }
