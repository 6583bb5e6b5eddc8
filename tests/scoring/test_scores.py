from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.records import STATES, Failure, Response, Sample
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.scoring.scores import score_task, table_without_answers
from tests.scoring.making import choice, choice_card, passage, said, scores_of, task_of, text_card

FILTERED = Response(text="", finish_reason="content_filter")
CUT_OFF = Response(text="", finish_reason="length")

ALL_CHOICE_METRICS = choice_card("acc", "macro_f1", "balanced_acc", document={"subgroups": {"subject": "subject"}})
ALL_TEXT_METRICS = text_card("chrf_gain", "chrf")


def choice_samples(repeats: int = 1) -> list[Sample]:
    """Ten documents in five clusters and two subjects, with two to four options; some are answered wrongly or not."""
    documents = [
        choice(n, n % 2, 2 + n % 3, cluster=f"paper {n // 2}", subgroups={"subject": "history" if n < 4 else "law"})
        for n in range(10)
    ]
    replies: list[Response | int | str] = [0, 1, "", 1, 0, FILTERED, 0, 0, CUT_OFF, 1]
    return [
        said(document, replies[(n + 3 * repeat) % 10], repeat=repeat)
        for n, document in enumerate(documents)
        for repeat in range(repeats)
    ]


def text_samples(repeats: int = 1) -> list[Sample]:
    rows = [("Sik ada.", "Tidak ada."), ("Kamek makan.", "Saya makan."), ("ข้อยสิเมือบ้าน", "ฉันจะกลับบ้าน")]
    documents = [passage(n, *row) for n, row in enumerate(rows)]
    return [
        said(document, str(document.fields["question" if repeat else "reference"])[:9], repeat=repeat)
        for document in documents
        for repeat in range(repeats)
    ]


both_kinds = pytest.mark.parametrize(
    ("card", "samples"),
    [
        pytest.param(ALL_CHOICE_METRICS, choice_samples(), id="choices"),
        pytest.param(ALL_CHOICE_METRICS, choice_samples(3), id="choices, three repeats"),
        pytest.param(ALL_TEXT_METRICS, text_samples(), id="texts"),
        pytest.param(ALL_TEXT_METRICS, text_samples(3), id="texts, three repeats"),
    ],
)


def as_bytes(card: TaskCard, samples: Sequence[Sample]) -> str:
    return json.dumps(scores_of(card, samples), ensure_ascii=False, allow_nan=False)


# What an entry says


def test_an_entry_says_what_was_asked_and_how() -> None:
    (entry,) = scores_of(choice_card(language="ms"), [said(choice(0), 0)], shots=3, version="2.1")
    names = ("task", "version", "language", "protocol", "shots", "metric", "repeats", "status", "cluster_key")
    assert [entry[name] for name in names] == [
        "made_up", "2.1", "ms", "gen-letter", 3, "acc", 1, "complete", "document",
    ]  # fmt: skip


def test_every_metric_of_the_card_has_an_entry_headline_first() -> None:
    entries = scores_of(ALL_CHOICE_METRICS, choice_samples())
    assert [entry["metric"] for entry in entries] == ["acc", "macro_f1", "balanced_acc"]


def test_the_value_of_each_sample_is_that_of_the_headline_metric() -> None:
    scored = score_task(task_of(choice_card("acc", "macro_f1"), [said(choice(0), 0), said(choice(1), 1)]))
    assert scored.values == [1.0, 0.0]
    assert scored.answers == [
        Answer("scored", choice=0, note="alone"),
        Answer("scored", choice=1, note="alone"),
    ]


def test_the_clusters_are_those_of_the_card() -> None:
    entry = scores_of(choice_card(document={"cluster": "paper"}), choice_samples())[0]
    assert (entry["cluster_key"], entry["n"], entry["n_clusters"]) == ("paper", 10, 5)
    assert (entry["ci_method"], entry["df"]) == ("wilson-t", 4.0)


@pytest.mark.parametrize(
    ("right", "corrected"), [(4, 1.0), (1, 0.0), (0, -1 / 3)], ids=["all right", "at chance", "below chance"]
)
def test_correcting_for_chance_does_not_stop_at_nought(right: int, corrected: float) -> None:
    samples = [said(choice(n), 0 if n < right else 1) for n in range(4)]
    (entry,) = scores_of(choice_card(), samples)
    assert entry["chance"] == 0.25
    assert entry["value_chance_corrected"] == pytest.approx(corrected, abs=1e-12)


def test_a_score_at_chance_is_nought_and_not_negative_nought() -> None:
    # Here the mean of the chances is one last bit above a third.
    options = [2, 2, 2, 2, 4, 4, 2, 5, 5, 5, 5, 5]
    samples = [said(choice(10 + n, options=count), 0 if n < 4 else 1) for n, count in enumerate(options)]
    (entry,) = scores_of(choice_card(), samples)
    assert json.dumps(entry["value_chance_corrected"]) == "0.0"


def test_metrics_without_a_chance_have_none_and_no_corrected_value() -> None:
    for entry in [scores_of(choice_card("macro_f1"), choice_samples())[0], *scores_of(text_card(), text_samples())]:
        assert (entry["chance"], entry["value_chance_corrected"]) == (None, None)


# How documents ended


def test_endings_without_an_answer_are_wrong_and_are_counted() -> None:
    outcomes = [0, 1, "", "I'm sorry, but I can't help with that.", FILTERED, CUT_OFF, "<think>A", "Who knows?"]
    (entry,) = scores_of(choice_card(), [said(choice(n), outcome) for n, outcome in enumerate(outcomes)])
    assert entry["counts"] == {"scored": 2, "unparsed": 2, "refused": 2, "truncated": 2, "error": 0}
    assert (entry["value"], entry["n"], entry["status"]) == (1 / 8, 8, "complete")


def test_a_scored_refusal_is_counted_as_scored_and_matches_no_option() -> None:
    refused = said(choice(0), "I'm sorry, but I can't help with that.")
    (entry,) = scores_of(choice_card(refusal="scored"), [refused, said(choice(1), 0)])
    assert (entry["counts"]["scored"], entry["counts"]["refused"], entry["value"]) == (2, 0, 0.5)


@pytest.mark.parametrize(
    ("card", "samples"),
    [(ALL_CHOICE_METRICS, choice_samples()), (ALL_TEXT_METRICS, text_samples())],
    ids=["choices", "texts"],
)
@pytest.mark.parametrize("failed", [1, 3])
def test_errors_make_a_score_incomplete_and_never_a_number(card: TaskCard, samples: list[Sample], failed: int) -> None:
    broken = [said(sample.document, Failure("HTTP 503")) for sample in samples[:failed]]
    for entry in scores_of(card, [*broken, *samples[failed:]]):
        assert entry["status"] == "incomplete"
        assert entry["counts"]["error"] == failed
        assert entry["reason"].startswith(f"{failed} of {len(samples)} answers ended in error")
        missing = ("value", "se", "df", "ci95", "value_chance_corrected")
        assert [entry[name] for name in missing] == [None] * 5
        assert entry["subgroups"] == []
        assert entry["n"] == len(samples)


def test_one_failed_repeat_makes_its_whole_task_incomplete() -> None:
    samples = [said(choice(0), 0), said(choice(0), Failure("reset"), repeat=1)]
    scored = score_task(task_of(choice_card(), samples))
    assert (scored.scores[0]["status"], scored.scores[0]["value"]) == ("incomplete", None)
    assert scored.values == [1.0, None]


def test_log_likelihoods_that_are_all_equal_are_no_score_at_chance() -> None:
    equal = [Response(loglikelihood=-2.0)] * 4
    (entry,) = scores_of(choice_card(), [said(choice(n), *equal) for n in range(4)], protocol="ll-letter")
    assert (entry["value"], entry["counts"]["error"], entry["status"]) == (None, 4, "incomplete")


@pytest.mark.parametrize("metric", ["acc", "macro_f1", "balanced_acc"])
def test_a_missing_number_has_its_reason_beside_it(metric: str) -> None:
    same_paper = [said(choice(n, n % 2, cluster="paper"), 0) for n in range(4)]
    (entry,) = scores_of(choice_card(metric), same_paper)
    assert entry["value"] is not None
    assert (entry["se"], entry["ci95"], entry["reason"]) == (None, None, "fewer than two clusters")


# Repeats, subsets and subgroups


def test_repeats_are_averaged_first_so_that_documents_are_what_is_counted() -> None:
    samples = [said(choice(n), 0 if repeat < n else 1, repeat=repeat) for n in range(3) for repeat in range(2)]
    (entry,) = scores_of(choice_card(), samples)
    # The documents' means are 0, 1/2 and 1, whose standard deviation is 1/2.
    assert (entry["value"], entry["n"], entry["repeats"]) == (0.5, 3, 2)
    assert entry["se"] == pytest.approx(0.5 / 3**0.5)
    assert sum(entry["counts"].values()) == 6


@pytest.mark.parametrize(
    ("asked", "repeats", "total", "kind"),
    [(3, 1, 3, "full"), (3, 2, 3, "full"), (3, 1, 4, "limit"), (2, 2, 4, "limit")],
)
def test_a_score_says_whether_all_documents_were_asked(asked: int, repeats: int, total: int, kind: str) -> None:
    samples = [said(choice(n), 0, repeat=repeat) for n in range(asked) for repeat in range(repeats)]
    (entry,) = scores_of(choice_card(), samples, n_total=total)
    assert entry["subset"] == {"kind": kind, "n_total": total}


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_subgroup_has_the_numbers_its_documents_have_alone(repeats: int) -> None:
    samples = choice_samples(repeats)
    rows: list[dict[str, Any]] = [row for entry in scores_of(ALL_CHOICE_METRICS, samples) for row in entry["subgroups"]]
    assert [(row["name"], row["group"]) for row in rows] == [("subject", "history"), ("subject", "law")] * 3
    for position, group in enumerate(["history", "law"]):
        alone = [sample for sample in samples if sample.document.subgroups["subject"] == group]
        for row, entry in zip(rows[position::2], scores_of(ALL_CHOICE_METRICS, alone), strict=True):
            shared = set(row) - {"name", "group"}
            assert {name: row[name] for name in shared} == {name: entry[name] for name in shared}


def test_a_task_without_subgroups_has_none() -> None:
    assert scores_of(choice_card(), choice_samples())[0]["subgroups"] == []


# Sameness


@both_kinds
def test_the_same_samples_give_the_same_bytes(card: TaskCard, samples: list[Sample]) -> None:
    assert as_bytes(card, samples) == as_bytes(card, samples)


@both_kinds
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_samples_changes_no_byte(card: TaskCard, samples: list[Sample], seed: int) -> None:
    shuffled = list(samples)
    Random(seed).shuffle(shuffled)
    assert as_bytes(card, shuffled) == as_bytes(card, samples)


@pytest.mark.parametrize(
    "changes",
    [{"task": "other"}, {"version": "1.1"}, {"protocol": "ll-cloze"}, {"data_hash": "e" * 64}],
    ids=["task", "version", "protocol", "data"],
)
def test_resampling_depends_on_what_was_measured_and_on_nothing_else(changes: dict[str, str]) -> None:
    # Log-likelihoods are read alike in both of their protocols, so that the seed is all that differs.
    values = [Response(loglikelihood=value) for value in (-1.0, -2.0)]
    samples = [said(choice(n, n % 2, 2), *(values if n % 3 else values[::-1])) for n in range(40)]
    (one,) = scores_of(choice_card("macro_f1"), samples, protocol="ll-letter")
    (other,) = scores_of(choice_card("macro_f1"), samples, **{"protocol": "ll-letter", **changes})
    assert one["value"] == other["value"]
    assert one["se"] != other["se"]


@both_kinds
def test_numbers_are_finite_and_have_at_most_twelve_places(card: TaskCard, samples: list[Sample]) -> None:
    for entry in scores_of(card, samples):
        for name in ("value", "se", "chance", "value_chance_corrected"):
            assert entry[name] is None or entry[name] == round(entry[name], 12)


@both_kinds
def test_counts_name_every_state_and_sum_to_the_samples(card: TaskCard, samples: list[Sample]) -> None:
    for entry in scores_of(card, samples):
        assert tuple(entry["counts"]) == STATES
        assert sum(entry["counts"].values()) == len(samples)


# Before anything was asked


@pytest.mark.parametrize(
    ("card", "samples"),
    [(ALL_CHOICE_METRICS, choice_samples()), (ALL_TEXT_METRICS, text_samples())],
    ids=["choices", "texts"],
)
def test_chance_and_baselines_are_known_before_anything_was_asked(card: TaskCard, samples: list[Sample]) -> None:
    unasked = table_without_answers(card, [sample.document for sample in samples])
    for entry in scores_of(card, samples):
        known = unasked.baselines(entry["metric"])
        assert entry["baselines"] == {name: pytest.approx(value, abs=1e-12) for name, value in known.items()}
        assert entry["chance"] == pytest.approx(unasked.chance(entry["metric"]), abs=1e-12)
