"""The probe families we ship: how many, how balanced, and whether they can be solved without reading."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from seahelm_lite.catalog.probe_family import DIMENSIONS, SIDES, ProbeFamily
from seahelm_lite.lint.probes.artefacts import longest
from seahelm_lite.lint.probes.cues import cue_word
from seahelm_lite.lint.probes.gate import LIMIT, GateResult, contrasts, gate
from seahelm_lite.lint.probes.overview import jurisdiction_sets, report
from seahelm_lite.lint.probes.rules import findings
from seahelm_lite.sources.probes import read_families
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "tasks" / "culture_probes"
FILES = sorted((FOLDER / "families").glob("*.jsonl"))
LARGE, SMALL = ("MY", "ID", "TH", "SG", "VN", "PH"), ("BN", "KH", "LA", "MM", "TL")


@pytest.fixture(scope="module")
def shipped() -> list[ProbeFamily]:
    return [family for path in FILES for family in read_families(path)]


@pytest.fixture(scope="module")
def results(shipped: list[ProbeFamily]) -> list[GateResult]:
    return gate(shipped)


def test_there_are_300_families_in_their_countries(shipped: list[ProbeFamily]) -> None:
    assert Counter(family.country for family in shipped) == {**dict.fromkeys(LARGE, 35), **dict.fromkeys(SMALL, 18)}
    assert len({family.id for family in shipped}) == len({family.canary for family in shipped}) == 300


def test_no_rule_finds_a_fault_and_no_norm_is_past_its_date_today(shipped: list[ProbeFamily]) -> None:
    assert not findings(shipped, datetime.now(UTC).date())


def test_the_answers_cannot_be_found_without_reading(results: list[GateResult]) -> None:
    assert {f"{one.test} on {one.sight}": one.pooled.value for one in results if not one.passed} == {}
    assert max(one.pooled.value or 0 for one in results) <= LIMIT


def test_all_dimensions_are_there_and_law_is_split_evenly(shipped: list[ProbeFamily]) -> None:
    assert {family.dimension for family in shipped} == set(DIMENSIONS)
    rulings = Counter(family.ruling for family in shipped if family.ruling is not None)
    assert abs(rulings["allowed"] - rulings["not_allowed"]) <= 2


def test_there_are_enough_jurisdiction_sets_with_the_same_request(shipped: list[ProbeFamily]) -> None:
    sets = jurisdiction_sets(shipped)
    assert len(sets) >= 30
    assert all(len(set(countries)) >= 2 for countries in sets.values())


def test_most_requests_give_nothing_away(shipped: list[ProbeFamily]) -> None:
    assert sum(cue_word(family) is None for family in shipped) >= 0.4 * len(shipped)


def test_the_appropriate_text_is_as_often_the_longer_as_the_shorter(shipped: list[ProbeFamily]) -> None:
    for sight in ("answers in English", "answers in the local languages"):
        share = sum(longest(contrasts(shipped, sight))) / len(shipped)
        assert 0.4 <= share <= 0.6, sight


def test_nobody_claims_a_review_that_did_not_happen(shipped: list[ProbeFamily]) -> None:
    assert all(family.review.status == "draft" and not family.review.votes for family in shipped)
    assert all(family.split == "public" for family in shipped)


def test_a_law_is_only_called_followed_where_a_source_is_named(shipped: list[ProbeFamily]) -> None:
    followed = [s for f in shipped for s in f.norm.sources if s.verified != "memory"]
    assert followed
    assert all(len(source.ref) > 5 for source in followed)


def test_every_side_has_a_reference_answer_in_both_languages(shipped: list[ProbeFamily]) -> None:
    for family in shipped:
        for side in SIDES:
            assert all(family.side(side).pairs[0].english)


def test_the_overview_is_of_these_families(shipped: list[ProbeFamily], results: list[GateResult]) -> None:
    assert (FOLDER / "REPORT.md").read_text(encoding="utf-8") == report(shipped, results)
