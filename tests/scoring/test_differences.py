from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sacrebleu.metrics import CHRF

from seahelm_lite.records import Failure, Response, Sample
from seahelm_lite.scoring.differences import Side, differences, side_of
from seahelm_lite.scoring.scores import score_task
from tests.scoring.making import choice, choice_card, passage, said, task_of, text_card

Reply = int | str | Response | Failure


def answered(replies: Sequence[Reply], first: int = 0, clusters: int = 100) -> list[Sample]:
    """Items `first`, `first + 1`, … with the right option A, and what was said to each."""
    documents = [choice(n, cluster=f"passage {n % clusters}") for n in range(first, first + len(replies))]
    items = [replace(document, item=f"item {document.id.rpartition('#')[2]}") for document in documents]
    return [said(item, reply) for item, reply in zip(items, replies, strict=True)]


def side(samples: Sequence[Sample], name: str, *metrics: str, text: bool = False, **changes: Any) -> Side | None:
    made = (text_card if text else choice_card)(
        *metrics, id=name, parallel=changes.pop("parallel", {}), document={"item": "id"}
    )
    task = task_of(made, samples, **changes)
    return side_of(task, score_task(task))


def gap(dialect: Sequence[Sample], standard: Sequence[Sample], *metrics: str, **changes: Any) -> list[dict[str, Any]]:
    return differences(
        [
            side(dialect, "dialect", *metrics, parallel={"standard": "standard"}, **changes),
            side(standard, "standard", *metrics, **changes),
        ]
    )


def test_the_gap_is_the_difference_of_the_shares_right_on_the_same_items() -> None:
    (entry,) = gap(answered([0, 0, 1, 1, 1, 0]), answered([0, 0, 0, 0, 1, 1]))
    named = ("kind", "task", "than", "protocol", "shots", "metric", "ci_method", "n", "n_clusters")
    assert [entry[name] for name in named] == [
        "dialect_gap", "dialect", "standard", "gen-letter", 0, "acc", "cr1-t", 6, 6,
    ]  # fmt: skip
    # Differences 0, 0, -1, -1, 0, 1: mean -1/6, standard error sd / √6 with 5 degrees of freedom.
    assert entry["value"] == pytest.approx(-1 / 6)
    assert entry["se"] == pytest.approx((17 / 6 / 5 / 6) ** 0.5)
    assert entry["ci95"] == pytest.approx([-1 / 6 - 2.570582 * entry["se"], -1 / 6 + 2.570582 * entry["se"]])


def test_items_are_matched_by_item_and_not_by_place() -> None:
    replies = [0, 0, 1, 1, 1, 0]
    straight = gap(answered(replies), answered(replies))
    turned = gap(answered(replies), answered(replies)[::-1])
    assert straight == turned
    assert straight[0]["value"] == 0


def test_items_of_one_side_only_are_counted_and_left_out() -> None:
    (entry,) = gap(answered([0, 0, 1, 0], first=2), answered([1, 1, 0, 1, 1]))
    assert (entry["n"], entry["n_only_task"], entry["n_only_than"]) == (3, 1, 2)
    assert entry["value"] == pytest.approx(2 / 3 - 1 / 3)


def test_items_of_a_passage_are_one_cluster() -> None:
    (entry,) = gap(answered([0, 0, 1, 1, 1, 0], clusters=3), answered([0, 0, 0, 0, 1, 1], clusters=3))
    # Sums of the deviations from -1/6 by passage: items 0 and 3, 1 and 4, 2 and 5.
    sums = [0 - 1 + 2 / 6, 0 + 0 + 2 / 6, -1 + 1 + 2 / 6]
    assert (entry["n_clusters"], entry["df"]) == (3, 2)
    assert entry["se"] == pytest.approx((3 / 2 * sum(s * s for s in sums)) ** 0.5 / 6)


def test_a_task_against_itself_differs_by_nought_without_an_interval() -> None:
    same = answered([0, 1, 0, "", 1, 0])
    for entry in gap(same, same, "acc", "macro_f1", "balanced_acc"):
        assert entry["value"] == 0
        assert (entry["se"], entry["ci95"]) == (None, None)
        assert "says nothing" in entry["reason"]


@pytest.mark.parametrize("failed", ["dialect", "standard"])
def test_an_answer_that_ended_in_error_leaves_no_difference(failed: str) -> None:
    sides = {"dialect": answered([0, 1, 0]), "standard": answered([0, 0, 0])}
    sides[failed] = answered([0, Failure("HTTP 503"), 0])
    (entry,) = gap(sides["dialect"], sides["standard"])
    assert (entry["value"], entry["se"], entry["ci95"]) == (None, None, None)
    assert entry["reason"] == "1 answers of the two tasks ended in error, which is never an answer"


def test_two_tasks_without_a_common_item_have_no_difference() -> None:
    (entry,) = gap(answered([0, 1]), answered([0, 1], first=2))
    assert (entry["value"], entry["n"], entry["n_clusters"]) == (None, 0, 0)
    assert entry["reason"] == "the two tasks were not asked the same items"


def test_nothing_is_said_where_the_other_task_was_not_asked() -> None:
    assert differences([side(answered([0, 1]), "dialect", parallel={"standard": "standard"})]) == []


@pytest.mark.parametrize("change", [{"protocol": "ll-letter"}, {"shots": 3}], ids=["protocol", "examples"])
def test_tasks_that_were_asked_otherwise_are_not_compared(change: dict[str, Any]) -> None:
    replies = answered([0, 1])
    one = side(replies, "dialect", parallel={"standard": "standard"})
    likelihoods = [said(sample.document, *(Response(loglikelihood=-1.0),) * 4) for sample in replies]
    other = side(likelihoods if "protocol" in change else replies, "standard", **change)
    assert differences([one, other]) == []


def test_a_task_whose_documents_are_no_items_is_no_side() -> None:
    task = task_of(choice_card(), [said(choice(0), 0)])
    assert side_of(task, score_task(task)) is None


def test_both_kinds_are_told_and_only_metrics_of_both_sides() -> None:
    both = {"standard": "standard", "english": "english"}
    found = differences(
        [
            side(answered([0, 1, 0]), "dialect", "macro_f1", "acc", parallel=both),
            side(answered([0, 0, 0]), "standard", "acc"),
            side(answered([0, 0, 1]), "english", "acc", "macro_f1"),
        ]
    )
    assert [(entry["kind"], entry["than"], entry["metric"]) for entry in found] == [
        ("dialect_gap", "standard", "acc"),
        ("language_tax", "english", "macro_f1"),
        ("language_tax", "english", "acc"),
    ]


TEXTS = [
    ("Sik ada nasik.", "Tidak ada nasi.", "Tidak ada nasi di rumah.", "Tiada nasi."),
    ("Kamek makan ikan.", "Saya makan ikan.", "Saya makan ikan.", "Aku makan ayam."),
    ("Sidak datang kelak.", "Mereka datang nanti.", "Mereka akan datang.", "Mereka datang nanti."),
]


def test_the_gap_of_a_corpus_score_is_the_difference_of_the_corpus_scores_of_sacrebleu() -> None:
    def written(column: int) -> list[Sample]:
        documents = [replace(passage(n, row[0], row[1]), item=str(n)) for n, row in enumerate(TEXTS)]
        return [said(document, row[column]) for document, row in zip(documents, TEXTS, strict=True)]

    chrf = CHRF(word_order=2)
    references = [[row[1] for row in TEXTS]]
    corpus = [chrf.corpus_score([row[column] for row in TEXTS], references).score / 100 for column in (2, 3)]
    plain, gain = gap(written(2), written(3), "chrf", "chrf_gain", text=True)
    assert plain["value"] == pytest.approx(corpus[0] - corpus[1])
    assert plain["ci_method"] == "cluster-bootstrap"
    assert plain["ci95"][0] < plain["value"] < plain["ci95"][1]
    # The copied source scores the same on both sides, and cancels.
    assert gain["value"] == pytest.approx(plain["value"])
