"""Probe families of the fixture, and variations of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from seahelm_lite.catalog.probe_family import ProbeFamily
from seahelm_lite.sources.probes import read_families
from tests.conftest import REPOSITORY

FILE = REPOSITORY / "tests" / "fixtures" / "probes" / "families.jsonl"


def families() -> dict[str, ProbeFamily]:
    """The families of the fixture by id."""
    return {family.id: family for family in read_families(FILE)}


def raw(name: str) -> dict[str, Any]:
    """One of them as its JSON object."""
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return next(line for line in lines if line["id"] == name)


def changed(name: str, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """One of them as its JSON object, with a change made to it."""
    body = copy.deepcopy(raw(name))
    change(body)
    return body
