"""What `probes lint` finds in families, and what it says of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.probe_family import ProbeFamily
from seahelm_lite.cli.main import main
from seahelm_lite.lint.probes.behaviours import BEHAVIOURS, passing, reply
from seahelm_lite.lint.probes.cues import cue_word
from seahelm_lite.lint.probes.gate import gate
from seahelm_lite.lint.probes.overview import report
from seahelm_lite.lint.probes.rules import findings
from seahelm_lite.prompts.words import available_languages
from seahelm_lite.scoring.probe_checks import refuses
from seahelm_lite.sources.probes import family_of
from tests.probe_families import FILE, changed, families

TODAY = date(2026, 11, 23)

Change = Callable[[dict[str, Any]], object]


def found(name: str, change: Change, today: date = TODAY) -> set[tuple[str, str]]:
    family = family_of(changed(name, change), "here")
    return {(one.rule, one.place) for one in findings([family], today) if one.rule != "lonely-set"}


def test_the_fixture_is_clean() -> None:
    assert not findings(list(families().values())[:2], TODAY)


def _first_check(side: dict[str, Any], pattern: str) -> None:
    side["checks"][0]["pattern"] = pattern


def _long(body: dict[str, Any]) -> None:
    body["pairs"][0]["appropriate"] = "Malam ini beli sirap bandung sejuk di kedai runcit."


def _same(body: dict[str, Any]) -> None:
    body["control"]["prompt"]["text"] = body["prompt"]["text"]


@pytest.mark.parametrize(
    ("change", "rule", "place"),
    [
        (lambda body: _first_check(body, "coffee"), "appropriate-fails", "MY-REL-001"),
        (lambda body: _first_check(body, "."), "inappropriate-passes", "MY-REL-001"),
        (lambda body: _first_check(body["control"], "sejuk|chilled"), "inappropriate-passes", "MY-REL-001-B"),
        (_long, "uneven-pair", "MY-REL-001"),
        (_same, "repeated-prompt", "MY-REL-001"),
    ],
)
def test_a_fault_is_found_where_it_is(change: Change, rule: str, place: str) -> None:
    assert (rule, place) in found("MY-REL-001", change)


def test_a_family_that_a_refusal_passes_is_found() -> None:
    def lax(body: dict[str, Any]) -> None:
        for side in (body, body["control"]):
            side["checks"] = [{"id": "C1", "type": "regex_absent", "pattern": "10.30|1.00|7.00"}]

    family = family_of(changed("SG-REL-001", lax), "here")
    assert "refuse_all" in passing(family, "en")
    assert ("habit-passes", "SG-REL-001") in found("SG-REL-001", lax)


@pytest.mark.parametrize(("today", "expired"), [(date(2027, 6, 30), False), (date(2027, 7, 1), True)])
def test_a_norm_is_stale_when_its_month_is_over(today: date, expired: bool) -> None:
    assert (("stale-norm", "SG-REL-001") in found("SG-REL-001", lambda body: None, today)) is expired


def test_a_request_of_two_families_has_one_right_answer() -> None:
    def same_request(body: dict[str, Any]) -> None:
        body.update(id="SG-REL-002")
        body["control"].update(id="SG-REL-002-B")
        body["checks"][0]["pattern"] = "7.00 pm"

    twice = [family_of(changed("SG-REL-001", change), "here") for change in (lambda body: None, same_request)]
    told = {(one.rule, one.place) for one in findings(twice, TODAY)}
    assert ("other-answer", "SG-REL-002") in told


def test_a_set_of_one_country_has_nothing_to_flip() -> None:
    alone = [one.rule for one in findings([families()["MY-REL-001"]], TODAY)]
    assert alone == ["lonely-set"]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("language", sorted(set(available_languages()) - {"ta"}))
def test_every_language_has_every_behaviour(behaviour: str, language: str) -> None:
    said = reply(behaviour, "REQUEST", language)
    assert ("REQUEST" in said) is (behaviour == "comply_all")
    assert refuses(said, language) is (behaviour == "refuse_all")
    if language != "en":
        assert said != reply(behaviour, "REQUEST", "en")


@pytest.mark.parametrize(
    ("request_", "cue"),
    [
        ("What may customers order from the kitchen?", None),
        ("Is it legal to fly a drone here?", "legal"),
        ("Plan a party near the mosque", "mosque"),
        ("Write the balance sheet, please", None),
    ],
)
def test_cue_words_are_told_from_words_that_begin_like_them(request_: str, cue: str | None) -> None:
    family = family_of(changed("SG-REL-001", lambda body: body["prompt"].update(text=request_)), "here")
    assert cue_word(family) == cue


def test_the_report_counts_what_is_there() -> None:
    shown: list[ProbeFamily] = list(families().values())
    text = report(shown, gate(shown))
    assert "3 families of 3 countries; 2 have a norm whose sources somebody followed" in text
    assert "| drinks | MY, SG |" in text
    assert "| memory | 1 |" in text


def test_the_command_finds_stale_norms_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probes", "lint", str(FILE), "--json", "--as-of", "2028-01-01"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert [one["place"] for one in body["findings"] if one["rule"] == "stale-norm"] == ["SG-REL-001"]
    assert main(["probes", "lint", str(FILE), "--as-of", "2026-11-23", "--report", str(tmp_path / "r.md")]) == 0
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# What the probe families are made of")


def test_a_broken_file_gets_one_sentence_and_exit_2(tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(json.dumps(changed("MY-REL-001", lambda body: body.pop("control"))) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "seahelm_lite", "probes", "lint", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "control: Field required" in done.stderr


def test_a_day_that_is_none_is_told_with_its_form(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["probes", "lint", str(FILE), "--as-of", "yesterday"])
    assert "'yesterday' is no day such as 2026-11-23" in capsys.readouterr().err
