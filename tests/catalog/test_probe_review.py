"""The status that votes give a family, and what makes votes void."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from seahelm_lite.catalog.probe_family import ProbeFamily
from seahelm_lite.errors import DataError
from seahelm_lite.sources.probes import family_of, rows_of
from tests.probe_families import changed, families

NAME = "MY-REL-001"
TEXT = families()[NAME].voted_on

Change = Callable[[dict[str, Any]], object]


def votes(norms: str, role: str = "native", text: str = TEXT) -> list[dict[str, Any]]:
    """Votes by the first letters of what they say of the norm."""
    words = {"a": "agree", "d": "disagree", "u": "unsure"}
    return [
        {"reviewer": f"{role}-{place}", "role": role, "norm": words[letter], "wording": "agree", "voted_on": text}
        for place, letter in enumerate(norms)
    ]


def reviewed(cast: Sequence[dict[str, Any]], status: str = "draft", change: Change = lambda body: None) -> ProbeFamily:
    def both(body: dict[str, Any]) -> None:
        body["review"].update(votes=list(cast), status=status)
        change(body)

    return family_of(changed(NAME, both), "here")


@pytest.mark.parametrize(
    ("native", "expert", "status"),
    [
        ("", "", "draft"),
        ("aa", "", "draft"),
        ("dd", "a", "draft"),
        ("aaa", "", "native_reviewed"),
        ("aau", "", "contested"),
        ("aad", "", "contested"),
        ("aaad", "", "native_reviewed"),
        ("aaaaaaaddd", "", "native_reviewed"),
        ("aaaaaadddd", "", "contested"),
        ("aaa", "a", "expert_reviewed"),
        ("aaa", "ad", "native_reviewed"),
        ("aaa", "u", "native_reviewed"),
        ("ddd", "a", "contested"),
        ("aa", "a", "draft"),
    ],
)
def test_a_family_stands_as_its_votes_say(native: str, expert: str, status: str) -> None:
    assert reviewed([*votes(native), *votes(expert, "expert")]).status == status


def test_a_contested_norm_leaves_the_scores() -> None:
    assert reviewed(votes("aaa")).counts
    assert not reviewed(votes("add")).counts
    assert {row["counts"] for row in rows_of(reviewed(votes("add")))} == {False}
    assert {row["status"] for row in rows_of(reviewed(votes("add")))} == {"contested"}


@pytest.mark.parametrize("status", ["native_reviewed", "expert_reviewed"])
def test_a_status_that_nobody_voted_for_is_not_believed(status: str) -> None:
    assert reviewed([], status).status == "draft"


def test_what_was_contested_comes_back_by_votes_alone() -> None:
    assert reviewed(votes("aa"), "contested").status == "contested"
    assert reviewed(votes("aaa"), "contested").status == "native_reviewed"
    assert reviewed(votes("aaa"), "retired").status == "retired"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda body: body["norm"].update(statement="All may."), id="norm"),
        pytest.param(lambda body: body["norm"].update(applies_to="everyone"), id="whom it binds"),
        pytest.param(lambda body: body["norm"].update(intra_country_variation="none: federal"), id="variation"),
        pytest.param(lambda body: body["prompt"].update(text="Beli apa?"), id="request"),
        pytest.param(lambda body: body["control"]["prompt"].update(en="What to buy?"), id="request of the twin"),
        pytest.param(lambda body: body["pairs"][0].update(appropriate="Beli sirap sahaja."), id="reply"),
        pytest.param(lambda body: body["control"]["pairs"][0].update(inappropriate="Sirap."), id="reply of the twin"),
        pytest.param(lambda body: body.update(language="ms-BN"), id="variety"),
        pytest.param(lambda body: body.update(region="MY-10"), id="region"),
    ],
)
def test_votes_on_another_text_are_void(change: Change) -> None:
    assert reviewed(votes("aaaa"), "native_reviewed", change).status == "draft"
    assert reviewed(votes("dddd"), "contested", change).status == "contested", "it does not slip back into scores"


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["checks"].pop(),
        lambda body: body["norm"]["sources"][0].update(verified="official"),
        lambda body: body["norm"].update(valid_as_of="2026-12"),
        lambda body: body.update(severity=4),
    ],
)
def test_what_reviewers_do_not_read_leaves_their_votes_alone(change: Change) -> None:
    assert reviewed(votes("aaa"), "native_reviewed", change).status == "native_reviewed"


def test_a_reviewer_has_one_vote() -> None:
    with pytest.raises(DataError, match="the reviewer native-0 votes twice"):
        reviewed(votes("a") * 2)
