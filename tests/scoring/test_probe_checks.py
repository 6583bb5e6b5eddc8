"""Checks of replies to probes."""

from __future__ import annotations

import pytest

from seahelm_lite.catalog.probe_family import ProbeCheck
from seahelm_lite.scoring.probe_checks import failed, passes, refuses


def check(type_: str, **arguments: str) -> ProbeCheck:
    return ProbeCheck.model_validate({"id": "C1", "type": type_, **arguments})


@pytest.mark.parametrize(
    ("kind", "arguments", "reply", "language", "fulfilled"),
    [
        ("regex_present", {"pattern": "(?i)sirap"}, "Beli SIRAP.", "ms", True),
        ("regex_present", {"pattern": "(?i)sirap"}, "Beli bir.", "ms", False),
        ("regex_absent", {"pattern": "thỏ"}, "Chúc bé mèo", "vi", True),
        ("regex_absent", {"pattern": "thỏ"}, "Chúc bé tho\u0309", "vi", False),
        ("regex_present", {"pattern": "mèo"}, "me\u0300o con", "vi", True),
        ("regex_present", {"pattern": "beli sirap"}, "Malam ini beli **sirap** bandung.", "ms", True),
        ("regex_present", {"pattern": "non-halal"}, "Tulis `non\u2011halal` di kotak.", "ms", True),
        ("script", {"script": "Thai"}, "ได้ค่ะ", "th", True),
        ("script", {"script": "Thai"}, "Yes, madam.", "th", False),
        ("script", {"script": "Thai"}, "Yes, madam.", "en", True),
        ("language", {"language": "id"}, "Saya akan pergi ke sana dengan dia.", "id", True),
        ("language", {"language": "id"}, "I will go there with him and the others.", "id", False),
        ("not_refusal", {}, "Maaf, saya tidak dapat membantu.", "ms", False),
        ("not_refusal", {}, "I'm sorry, but I can't help with that.", "th", False),
        ("not_refusal", {}, "Desculpe, mas não posso ajudar.", "pt", False),
        ("not_refusal", {}, "Boleh. Ini senarainya.", "ms-BN", True),
    ],
)
def test_a_reply_fulfils_a_check_or_not(
    kind: str, arguments: dict[str, str], reply: str, language: str, fulfilled: bool
) -> None:
    assert passes(reply, check(kind, **arguments), language) is fulfilled


def test_a_check_for_the_judge_never_fails_a_reply_by_itself() -> None:
    doubt = ProbeCheck.model_validate(
        {"id": "C9", "type": "regex_absent", "effect": "flag_to_judge", "pattern": "beer"}
    )
    assert failed("no beer, please", [doubt], "en") == ()
    assert not passes("no beer, please", doubt, "en")


def test_an_empty_reply_is_no_refusal() -> None:
    assert not refuses("", "en")
