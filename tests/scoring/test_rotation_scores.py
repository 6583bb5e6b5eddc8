"""Robust accuracy and the liking for places, of answers to documents in every order of their options."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from scipy import stats

from seahelm_lite.prompts.rotation import rotated
from seahelm_lite.records import Document, Failure, Outcome, Sample
from seahelm_lite.scoring.spread import Varied, is_complete, score_varied
from tests.scoring.making import choice, choice_card, said, task_of

TOLD = {"percent": 100, "documents": 0, "left_out": {}}

Reply = Callable[[Document], Outcome | str | int]


def _samples(documents: Sequence[Document], reply: Reply) -> list[Sample]:
    return [said(document, reply(document)) for document in documents]


def _rotations(documents: Sequence[Document], reply: Reply, **more: Any) -> dict[str, Any]:
    return _entry(documents, reply, **more)["rotations"]  # type: ignore[no-any-return]


def _entry(
    documents: Sequence[Document],
    reply: Reply,
    *,
    only: int | None = None,
    metrics: Sequence[str] = ("acc",),
    **told: Any,
) -> dict[str, Any]:
    """The score of a model, with some of the documents in every order."""
    turned = documents[:only]
    orders = [
        Varied(
            "rotations", _samples([rotated(one, steps) for one in turned if len(one.fields["options"]) > steps], reply)
        )
        for steps in range(1, 4)
    ]
    scored = score_varied(task_of(choice_card(*metrics), _samples(documents, reply)), orders, {**TOLD, **told})
    assert not any("rotations" in entry for entry in scored.scores[1:])
    return scored.scores[0]


def _always(letter: int) -> Reply:
    return lambda document: letter


def _knows(share: float, seed: int = 1) -> Reply:
    """Knows some of the answers, and takes the same wrong option for the others wherever it stands."""

    def reply(document: Document) -> int:
        right = random.Random(f"{seed}{document.id}").random() < share
        options: list[str] = document.fields["options"]
        wrong = sorted(option for option in options if option != options[document.fields["answer"]])[0]
        return int(document.fields["answer"]) if right else options.index(wrong)

    return reply


def _leaning(seed: int) -> Reply:
    """Takes the first place half of the time, else any."""
    drawn = random.Random(seed)
    return lambda document: drawn.choice([0, 0, 0, *range(len(document.fields["options"]))])


FOUR = [choice(number, number % 4) for number in range(40)]
MIXED = [choice(number, number % 2, options=2 + number % 3) for number in range(30)]


@pytest.mark.parametrize("documents", [FOUR, MIXED], ids=["four options", "two to four options"])
def test_a_model_that_goes_by_what_options_say_likes_no_place_and_is_as_right_in_every_order(
    documents: list[Document],
) -> None:
    entry = _entry(documents, _knows(0.6))
    rotations = entry["rotations"]
    assert rotations["robust_acc"]["value"] == rotations["mean_acc"]["value"] == entry["value"]
    assert rotations["robust_acc"]["ci95"] == entry["ci95"]
    assert [place["letter"] for place in rotations["positions"]] == list("ABCD")
    assert [place["value"] for place in rotations["positions"]] == [0.0] * 4


def test_a_model_that_always_takes_one_place_is_right_once_in_as_many_orders_and_never_in_all() -> None:
    rotations = _rotations(FOUR, _always(2))
    assert rotations["robust_acc"]["value"] == 0
    assert rotations["mean_acc"]["value"] == 1 / 4
    assert [(place["letter"], place["chosen"], place["value"]) for place in rotations["positions"]] == [
        ("A", 0, -1 / 4), ("B", 0, -1 / 4), ("C", 1, 3 / 4), ("D", 0, -1 / 4),
    ]  # fmt: skip
    least, most = rotations["positions"][2]["ci95_joint"]
    assert 0 < least < 3 / 4 == pytest.approx(most)
    assert rotations["positions"][2]["se"] is None


@pytest.mark.parametrize("documents", [FOUR, MIXED], ids=["four options", "two to four options"])
def test_the_numbers_are_those_of_a_count_by_hand(documents: list[Document]) -> None:
    given: dict[str, list[tuple[int, bool]]] = {}
    leaning = _leaning(3)

    def reply(document: Document) -> int:
        letter = leaning(document)
        assert isinstance(letter, int)
        given.setdefault(document.id, []).append((letter, letter == document.fields["answer"]))
        return letter

    rotations = _rotations(documents, reply)
    assert {len(asked) for asked in given.values()} == {len(one.fields["options"]) for one in documents}
    right = [[ok for _, ok in asked] for asked in given.values()]
    assert rotations["robust_acc"]["value"] == pytest.approx(np.mean([all(oks) for oks in right]))
    assert rotations["mean_acc"]["value"] == pytest.approx(np.mean([np.mean(oks) for oks in right]))
    assert rotations["robust_acc"]["chance"] == pytest.approx(np.mean([len(oks) ** -len(oks) for oks in right]))
    for index, place in enumerate(rotations["positions"]):
        excess = [
            np.mean([letter == index for letter, _ in asked]) - 1 / len(asked)
            for asked in given.values()
            if len(asked) > index
        ]
        wanted = stats.ttest_1samp(excess, 0).confidence_interval(1 - 0.05 / 4)
        assert place["n"] == len(excess)
        assert place["value"] == pytest.approx(np.mean(excess))
        assert place["ci95_joint"] == pytest.approx([wanted.low, wanted.high])


def test_the_intervals_hold_for_all_places_together_as_often_as_they_say() -> None:
    """A model that guesses likes no place: all four intervals hold nought in 95 % of runs or more."""
    held = 0
    for seed in range(60):
        drawn = random.Random(seed)
        places = _rotations(FOUR, lambda _, drawn=drawn: drawn.randrange(4))["positions"]  # type: ignore[misc]
        held += all(place["ci95_joint"][0] <= 0 <= place["ci95_joint"][1] for place in places)
    assert held >= 53, "of 60, fewer would come by chance once in a hundred times"


def test_documents_of_one_passage_are_one_cluster() -> None:
    documents = [choice(number, number % 4, cluster=str(number // 4)) for number in range(40)]
    alone, together = (_rotations(them, _leaning(5)) for them in (FOUR, documents))
    assert alone["robust_acc"]["value"] == together["robust_acc"]["value"]
    assert (alone["robust_acc"]["n_clusters"], together["robust_acc"]["n_clusters"]) == (40, 10)
    assert [place["n_clusters"] for place in together["positions"]] == [10] * 4
    assert alone["positions"][0]["ci95_joint"] != together["positions"][0]["ci95_joint"]


def test_the_score_itself_stays_that_of_all_documents_in_their_own_order() -> None:
    entry = _entry(FOUR, _knows(0.6), only=10, metrics=("acc", "macro_f1"))
    alone = score_varied(task_of(choice_card("acc"), _samples(FOUR, _knows(0.6))), []).scores[0]
    assert {name: value for name, value in entry.items() if name != "rotations"} == alone
    assert (entry["n"], entry["rotations"]["robust_acc"]["n"], entry["rotations"]["counts"]["scored"]) == (40, 10, 40)


def test_an_unreadable_answer_is_wrong_and_keeps_its_document_out_of_the_places() -> None:
    rotations = _rotations(FOUR, lambda document: "?" if document.id == FOUR[0].id else int(document.fields["answer"]))
    assert rotations["robust_acc"]["value"] == pytest.approx(39 / 40)
    assert rotations["counts"]["unparsed"] == 4
    assert [place["n"] for place in rotations["positions"]] == [39] * 4
    assert _rotations(FOUR, lambda _: "?")["positions"] == []


def test_an_answer_that_failed_leaves_no_number_and_an_incomplete_task() -> None:
    last = rotated(FOUR[0], 3).fields

    def reply(document: Document) -> Outcome | int:
        return Failure("HTTP 503") if document.fields == last else 0

    entry = _entry(FOUR, reply)
    rotations = entry["rotations"]
    assert entry["status"] == "complete"
    assert not is_complete(entry)
    assert rotations["reason"].startswith("1 of 160 answers to documents in every order ended in error")
    assert rotations["robust_acc"]["value"] is rotations["mean_acc"]["value"] is None
    assert rotations["positions"] == []
    assert is_complete(_entry(FOUR, _always(0)))


def test_a_task_without_such_documents_says_so() -> None:
    rotations = _rotations(FOUR, _always(0), only=0, left_out={"labels": 40})
    assert rotations["reason"] == "no document has options that can change places"
    assert rotations["left_out"] == {"labels": 40}
