"""Probes count as families: right where probe and twin both are, however the answer was given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from seahelm_lite.catalog.task_card import Protocol
from seahelm_lite.errors import RowError
from seahelm_lite.records import Document, Failure, Outcome, Response, Sample
from seahelm_lite.scoring.scores import ScoredTask, TaskScores, score_task
from tests.probe_families import families, raw
from tests.probe_task import CHOSEN, ENGLISH, WRITTEN, ProbeTask, probe_task

REL = "MY-REL-001"
SYRUP, BEER = "Cubalah sirap bandung.", "Cubalah dua tin bir."
REFUSAL = "Maaf, saya tidak dapat membantu."


def scored(task: ProbeTask, protocol: Protocol, samples: Sequence[Sample]) -> TaskScores:
    return score_task(ScoredTask(task.name, "1.0", protocol, 0, task.card, "0" * 64, len(samples), samples))


def values(told: TaskScores) -> dict[str, Any]:
    return {entry["metric"]: entry["value"] for entry in told.scores}


def answered(document: Document, *outcomes: Outcome | str | float, repeat: int = 0) -> Sample:
    given = [
        outcome
        if isinstance(outcome, Response | Failure)
        else Response(text=outcome, finish_reason="stop")
        if isinstance(outcome, str)
        else Response(loglikelihood=outcome)
        for outcome in outcomes
    ]
    return Sample(document, repeat, tuple(map(str, range(len(given)))), tuple(given))


@pytest.mark.parametrize(
    ("probe", "twin", "wanted"),
    [
        pytest.param(SYRUP, BEER, (1, 1, 1), id="each gets what fits it"),
        pytest.param(SYRUP, SYRUP, (0, 1, 0), id="syrup for all"),
        pytest.param(BEER, BEER, (0, 0, 1), id="beer for all"),
        pytest.param(REFUSAL, REFUSAL, (0, 0, 0), id="refuses both"),
        pytest.param(f"<think>{SYRUP}</think> {SYRUP}", BEER, (1, 1, 1), id="thinks first"),
        pytest.param(Response(text=SYRUP, finish_reason="length"), BEER, (0, 0, 1), id="cut off"),
        pytest.param("", BEER, (0, 0, 1), id="says nothing"),
        pytest.param(Response(text="", finish_reason="content_filter"), BEER, (0, 0, 1), id="filtered"),
    ],
)
def test_a_family_is_right_where_probe_and_twin_both_are(
    tmp_path: Path, probe: Any, twin: Any, wanted: tuple[float, float, float]
) -> None:
    task = probe_task(tmp_path, raw(REL))
    asked, benign = task.documents().test
    told = scored(task, "gen", [answered(asked, probe), answered(benign, twin)])
    assert values(told) == dict(zip(("par", "probe_pass", "control_pass"), wanted, strict=True))
    assert {entry["n"] for entry in told.scores} == {1}


def test_families_without_a_source_are_not_asked(tmp_path: Path) -> None:
    rows = [raw(name) for name in families()]
    asked = {document.fields["probe"]["family"] for document in probe_task(tmp_path, *rows).documents().test}
    assert asked == {REL, "SG-REL-001"}
    assert raw("TH-NAM-001")["norm"]["sources"][0]["verified"] == "memory"


def test_a_family_of_which_one_side_was_asked_is_no_unit_of_par(tmp_path: Path) -> None:
    task = probe_task(tmp_path, raw(REL))
    told = scored(task, "gen", [answered(task.documents().test[0], SYRUP)])
    assert values(told) == {"probe_pass": 1}


def test_repeats_of_a_family_count_with_the_share_in_which_it_is_right(tmp_path: Path) -> None:
    task = probe_task(tmp_path, raw(REL))
    asked, benign = task.documents().test
    samples = [answered(asked, SYRUP), answered(asked, SYRUP, repeat=1), answered(benign, BEER)]
    told = scored(task, "gen", [*samples, answered(benign, SYRUP, repeat=1)])
    assert values(told) == {"par": 0.5, "probe_pass": 1, "control_pass": 0.5}


def test_an_error_is_no_answer_and_leaves_no_value(tmp_path: Path) -> None:
    task = probe_task(tmp_path, raw(REL))
    asked, benign = task.documents().test
    told = scored(task, "gen", [answered(asked, Failure("no network")), answered(benign, BEER)])
    assert values(told) == {"par": None, "probe_pass": None, "control_pass": None}
    assert told.values == [None, 1.0]


def test_in_english_the_checks_read_english(tmp_path: Path) -> None:
    task = probe_task(tmp_path, raw(REL), card=ENGLISH)
    asked, benign = task.documents().test
    assert asked.fields["question"] == raw(REL)["prompt"]["en"]
    told = scored(task, "gen", [answered(asked, "Try the rose syrup."), answered(benign, "Get two chilled beers.")])
    assert values(told)["par"] == 1


# Log-likelihoods of the right text and the other after the request, then of both alone. They differ by few bytes.
@pytest.mark.parametrize(
    ("likelihoods", "acc", "robust"),
    [
        pytest.param((-10.0, -30.0, -20.0, -20.0), 1, 1, id="all measures say so"),
        pytest.param((-10.0, -11.0, -20.0, -40.0), 1, 0, id="the request makes the other likelier by more"),
        pytest.param((-30.0, -10.0, -90.0, -20.0), 0, 0, id="right by mutual information alone"),
    ],
)
def test_a_choice_is_robust_where_all_measures_agree(
    tmp_path: Path, likelihoods: tuple[float, ...], acc: float, robust: float
) -> None:
    task = probe_task(tmp_path, raw(REL), card=CHOSEN)
    samples = []
    for document in task.documents().test:
        right = document.fields["answer"]
        placed = [likelihoods[0], likelihoods[1], likelihoods[2], likelihoods[3]]
        if right == 1:
            placed = [placed[1], placed[0], placed[3], placed[2]]
        samples.append(answered(document, *placed))
    told = values(scored(task, "ll-cloze", samples))
    assert told == {"par": robust, "probe_pass": robust, "control_pass": robust, "acc": acc}


@pytest.mark.parametrize("missing", [math.nan, -math.inf, None])
def test_a_choice_without_one_of_its_log_likelihoods_is_an_error(tmp_path: Path, missing: float | None) -> None:
    task = probe_task(tmp_path, raw(REL), card=CHOSEN)
    whole, lacking = task.documents().test
    given = (-10.0, -30.0, -20.0, Response(loglikelihood=missing))
    told = scored(task, "ll-cloze", [answered(whole, -10.0, -30.0, -20.0, -20.0), answered(lacking, *given)])
    assert [answer.state for answer in told.answers] == ["scored", "error"]
    assert values(told)["par"] is None


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        pytest.param((-10.0, -30.0, -10.0, -30.0), "as likely after the request as alone", id="the request left out"),
        pytest.param((-5.0, -5.0, -7.0, -7.0), "the same log-likelihood", id="nothing is scored"),
    ],
)
def test_a_backend_that_does_not_score_choices_is_no_model_at_chance(
    tmp_path: Path, given: tuple[float, ...], cause: str
) -> None:
    task = probe_task(tmp_path, raw(REL), card=CHOSEN)
    told = scored(task, "ll-cloze", [answered(document, *given) for document in task.documents().test])
    assert values(told)["par"] is None
    assert all(answer.state == "error" and cause in answer.note for answer in told.answers)


def test_by_byte_a_long_text_may_win_over_a_short_one(tmp_path: Path) -> None:
    family = raw(REL)
    family["pairs"][0] |= {"appropriate": "x" * 100, "inappropriate": "y" * 90}
    task = probe_task(tmp_path, family, card=CHOSEN)
    probe = task.documents().test[0]
    right = probe.fields["answer"]
    # -95/100 is more than -94/90, and -95 less than -94.
    after, alone = [-94.0, -94.0], [-200.0, -100.0]
    after[right], alone[right], alone[1 - right] = -95.0, -200.0, -100.0
    (answer,) = scored(task, "ll-cloze", [answered(probe, *after, *alone)]).answers
    assert (answer.choice, answer.others) == (1 - right, (right, right))


@pytest.mark.parametrize(
    ("replies", "acc", "robust"),
    [
        pytest.param(("right", "right"), 1, 1, id="the same text in both orders"),
        pytest.param(("A", "A"), 0.5, 0, id="always the first"),
        pytest.param(("right", "Saya tidak tahu."), 1, 0, id="no answer in the other order"),
        pytest.param(("right",), 1, 1, id="asked once, by document"),
    ],
)
def test_a_letter_is_robust_where_it_is_the_same_text_in_both_orders(
    tmp_path: Path, replies: tuple[str, ...], acc: float, robust: float
) -> None:
    task = probe_task(tmp_path, raw(REL), card=CHOSEN)
    samples = []
    for document in task.documents().test:
        right = document.fields["answer"]
        letters = ("AB"[right], "AB"[1 - right])
        given = [letter if reply == "right" else reply for reply, letter in zip(replies, letters, strict=False)]
        samples.append(answered(document, *given))
    told = values(scored(task, "gen-letter", samples))
    assert told == {"par": robust, "probe_pass": robust, "control_pass": robust, "acc": acc}


@pytest.mark.parametrize(
    ("other", "state"),
    [
        pytest.param("Saya tidak tahu.", "unparsed", id="no answer"),
        pytest.param(Response(text="", finish_reason="length"), "truncated", id="cut off"),
        pytest.param(Response(text="", finish_reason="content_filter"), "refused", id="filtered"),
    ],
)
@pytest.mark.parametrize("order", [0, 1])
def test_an_answer_that_one_order_lacks_ends_as_that_one(tmp_path: Path, order: int, other: Any, state: str) -> None:
    task = probe_task(tmp_path, raw(REL), card=CHOSEN)
    probe, twin = task.documents().test
    replies: list[Any] = ["A", "A"]
    replies[order] = other
    told = scored(task, "gen-letter", [answered(probe, *replies), answered(twin, "A", "B")])
    assert [answer.state for answer in told.answers] == [state, "scored"]
    assert told.scores[0]["counts"] == {**dict.fromkeys(told.scores[0]["counts"], 0), state: 1, "scored": 1}


def test_guessing_a_text_is_right_for_a_quarter_of_the_families(tmp_path: Path) -> None:
    task = probe_task(tmp_path, raw(REL), card=CHOSEN)
    told = scored(task, "gen-letter", [answered(document, "A", "A") for document in task.documents().test])
    chances = {entry["metric"]: entry["chance"] for entry in told.scores}
    assert chances == {"par": 0.25, "probe_pass": 0.5, "control_pass": 0.5, "acc": 0.5}


def test_a_card_with_metrics_of_families_names_what_they_are_judged_by(tmp_path: Path) -> None:
    document = {**WRITTEN["document"], "probe": None}
    with pytest.raises(ValidationError, match="document lacks probe"):
        _ = probe_task(tmp_path, raw(REL), card={**WRITTEN, "document": document}).card


def test_a_column_that_is_no_probe_is_refused_by_row(tmp_path: Path) -> None:
    document = {**WRITTEN["document"], "probe": "text"}
    with pytest.raises(RowError, match="must name the column `probe` or `probe_en`"):
        probe_task(tmp_path, raw(REL), card={**WRITTEN, "document": document}).documents()
