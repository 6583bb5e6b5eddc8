from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from seahelm_lite.prompts.subset import limited
from seahelm_lite.records import Document, Failure, Sample
from tests.scoring.making import choice, choice_card, said, scores_of

CARD = choice_card("acc", "pair_acc", document={"pair": "twin", "cluster": "twin"})


def twins(*sizes: int, options: int = 2, clusters: int = 100) -> list[Document]:
    """Documents in groups of these sizes; the right option is the first."""
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    return [
        replace(choice(n, options=options, cluster=f"c{group % clusters}"), pair=f"twin {group}")
        for n, group in enumerate(groups)
    ]


def told(documents: Sequence[Document], replies: Sequence[int], **changes: Any) -> dict[str, Any]:
    samples = [said(document, reply) for document, reply in zip(documents, replies, strict=True)]
    acc, pairs = scores_of(CARD, samples, **changes)
    assert (acc["metric"], pairs["metric"]) == ("acc", "pair_acc")
    return pairs


def test_a_pair_counts_where_both_are_right() -> None:
    entry = told(twins(2, 2, 2, 2), [0, 0, 0, 1, 1, 0, 1, 1])
    assert (entry["value"], entry["n"], entry["n_clusters"], entry["ci_method"]) == (0.25, 4, 4, "wilson")
    # Wilson's interval of 1 of 4, as statsmodels gives it.
    assert entry["ci95"] == pytest.approx([0.045587, 0.699358], abs=1e-6)


def test_one_without_its_partner_is_no_pair() -> None:
    entry = told(twins(2, 1, 3), [0, 0, 0, 0, 0, 1])
    assert (entry["value"], entry["n"], entry["chance"]) == (0.5, 2, (1 / 4 + 1 / 8) / 2)


@pytest.mark.parametrize("options", [2, 3])
def test_chance_is_the_mean_over_all_ways_of_answering(options: int) -> None:
    documents = twins(2, 3, options=options)
    values = [told(documents, replies)["value"] for replies in product(range(options), repeat=5)]
    assert told(documents, [0] * 5)["chance"] == pytest.approx(sum(values) / len(values))


def test_pairs_that_are_not_independent_share_a_cluster() -> None:
    entry = told(twins(2, 2, 2, 2, clusters=2), [0, 0, 0, 1, 0, 0, 0, 0])
    assert (entry["value"], entry["n"], entry["n_clusters"], entry["ci_method"]) == (0.75, 4, 2, "wilson-t")


def test_repeats_are_averaged_within_the_pair() -> None:
    first, second = twins(2)
    replies = [(first, 0, 0), (second, 0, 0), (first, 0, 1), (second, 1, 1)]
    samples: list[Sample] = [said(document, reply, repeat=repeat) for document, reply, repeat in replies]
    assert scores_of(CARD, samples)[1]["value"] == 0.5


def test_baselines_are_those_of_whole_pairs() -> None:
    """One key for all is never right on twins whose keys differ."""
    first, second = (choice(n, n, ["a", "longer"], cluster="c") for n in range(2))
    documents = [replace(first, pair="p"), replace(second, pair="p")]
    assert told(documents, [0, 1])["baselines"] == {"majority": 0.0, "longest": 0.0}
    assert told(documents, [0, 1])["value"] == 1.0


def test_the_number_answered_is_one_of_pairs_and_a_whole_task_is_no_subset() -> None:
    documents = twins(2, 2)
    samples = [said(document, reply) for document, reply in zip(documents, [0, 0, 0, Failure("503")], strict=True)]
    entry = scores_of(CARD, samples)[1]
    assert (entry["n"], entry["n_answered"], entry["subset"]["kind"], entry["status"]) == (2, 1, "full", "incomplete")


def test_a_subset_without_a_whole_pair_has_no_score_of_pairs() -> None:
    (entry,) = scores_of(CARD, [said(twins(2)[0], 0)], n_total=2)
    assert entry["metric"] == "acc"


def test_limited_runs_take_pairs_whole() -> None:
    documents = twins(*[2] * 30)
    taken = limited(documents, 20, seed=3, task="made_up")
    pairs = [document.pair for document in taken]
    assert all(pairs.count(pair) == 2 for pair in pairs)


@pytest.mark.parametrize(("metrics", "pair"), [(("acc", "pair_acc"), None), (("pair_acc", "acc"), "twin")])
def test_a_card_with_pairs_says_which_and_has_another_headline(metrics: Sequence[str], pair: str | None) -> None:
    with pytest.raises(ValidationError, match="`pair_acc` needs `document: pair:`, and stands after a metric"):
        choice_card(*metrics, document={"pair": pair})
