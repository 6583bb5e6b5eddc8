"""The JSON Schema of probe families: made from what checks them. `UPDATE_SCHEMA=1` writes it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from seahelm_lite import schemas
from seahelm_lite.catalog import probe_family, probe_review
from seahelm_lite.catalog.probe_family import ProbeFamily
from seahelm_lite.schemas import schema
from tests.catalog.described import described_schema
from tests.conftest import REPOSITORY

FILE = Path(schemas.__file__).parent / "probe-1.json"
FAMILIES = REPOSITORY / "tests" / "fixtures" / "probes" / "families.jsonl"
FIRST = FAMILIES.read_text(encoding="utf-8").splitlines()[0]


def test_the_schema_is_what_the_checks_of_today_make() -> None:
    described = described_schema(ProbeFamily, [probe_family, probe_review], "A probe family of seahelm-lite")
    made = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SCHEMA"):
        FILE.write_text(made, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == made


def test_every_family_is_as_the_schema_says() -> None:
    body = schema("probe-1")
    Draft202012Validator.check_schema(body)
    for line in FAMILIES.read_text(encoding="utf-8").splitlines():
        Draft202012Validator(body).validate(json.loads(line))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"id": "MY-REL-001"', '"id": "MY-REL-1"'),
        ('"severity": 3', '"severity": 5'),
        ('"verified": "web"', '"verified": "surely"'),
        ('"control": {', '"twin": {'),
        ('"status": "draft"', '"status": "good"'),
    ],
)
def test_a_changed_family_is_found_out(old: str, new: str) -> None:
    assert old in FIRST
    with pytest.raises(ValidationError):
        Draft202012Validator(schema("probe-1")).validate(json.loads(FIRST.replace(old, new)))
