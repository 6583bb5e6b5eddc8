from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from seahelm_lite.records import Document, State
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.scoring.choices import ChoiceTable, longest_share
from tests.scoring.making import choice, said

NO_ANSWER = -1
WITHOUT_ANSWER: tuple[State, ...] = ("unparsed", "refused", "truncated")


def table(
    documents: Sequence[Document], choices: Sequence[int | None], state_without: State = "unparsed", repeats: int = 1
) -> ChoiceTable:
    """A table of documents and, repeat by repeat, the options that were chosen."""
    samples = [said(document, repeat=repeat) for document in documents for repeat in range(repeats)]
    answers = [Answer(state_without) if index is None else Answer("scored", choice=index) for index in choices]
    return ChoiceTable(samples, answers, seed=1)


def numbered(*keys: int, options: int = 4) -> list[Document]:
    return [choice(number, answer=key, options=options) for number, key in enumerate(keys)]


@st.composite
def answered(draw: st.DrawFn) -> tuple[int, list[int], list[int | None]]:
    """Number of options, keys, and choices, some of which are missing."""
    options = draw(st.integers(2, 5))
    index = st.integers(0, options - 1)
    rows = draw(st.lists(st.tuples(index, st.none() | index), min_size=1, max_size=30))
    return options, [key for key, _ in rows], [chosen for _, chosen in rows]


@given(answered())
@settings(deadline=None)
def test_macro_f1_is_scikit_learns_over_the_classes_that_occur(case: tuple[int, list[int], list[int | None]]) -> None:
    options, keys, chosen = case
    predicted = [NO_ANSWER if index is None else index for index in chosen]
    expected = f1_score(keys, predicted, labels=sorted(set(keys)), average="macro", zero_division=0)
    found = table(numbered(*keys, options=options), chosen).estimate("macro_f1")
    assert found.value == pytest.approx(expected, abs=1e-12)


@given(answered())
@settings(deadline=None)
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true", "ignore:A single label was found")
def test_balanced_accuracy_is_scikit_learns(case: tuple[int, list[int], list[int | None]]) -> None:
    options, keys, chosen = case
    predicted = [NO_ANSWER if index is None else index for index in chosen]
    found = table(numbered(*keys, options=options), chosen).estimate("balanced_acc")
    assert found.value == pytest.approx(balanced_accuracy_score(keys, predicted), abs=1e-12)


@given(answered())
def test_accuracy_is_scikit_learns(case: tuple[int, list[int], list[int | None]]) -> None:
    options, keys, chosen = case
    predicted = [NO_ANSWER if index is None else index for index in chosen]
    found = table(numbered(*keys, options=options), chosen).estimate("acc")
    assert found.value == pytest.approx(accuracy_score(keys, predicted), abs=1e-12)


@pytest.mark.parametrize("state", WITHOUT_ANSWER)
@pytest.mark.parametrize(
    ("metric", "value"),
    # Keys A A B B, answers A - B C: recalls 1/2 and 1/2; precisions 1 and 1, so both F1 are 2/3.
    [("acc", 1 / 2), ("balanced_acc", 1 / 2), ("macro_f1", 2 / 3)],
)
def test_a_document_without_an_answer_is_wrong(state: State, metric: str, value: float) -> None:
    found = table(numbered(0, 0, 1, 1), [0, None, 1, 2], state).estimate(metric)
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize("metric", ["macro_f1", "balanced_acc"])
def test_a_class_that_no_key_names_takes_no_part_in_the_mean(metric: str) -> None:
    # All four right in two of the four classes: were the other two counted as noughts, the mean would be a half.
    assert table(numbered(0, 0, 1, 1), [0, 0, 1, 1]).estimate(metric).value == 1


def test_each_sample_is_right_or_wrong_and_a_failed_one_neither() -> None:
    documents = numbered(0, 0, 0)
    answers = [Answer("scored", choice=0), Answer("refused"), Answer("error")]
    samples = [said(document) for document in documents]
    assert ChoiceTable(samples, answers, 1).per_sample("acc") == [1.0, 0.0, None]


@pytest.mark.parametrize("metric", ["acc", "macro_f1", "balanced_acc"])
def test_repeats_are_averaged_within_a_document_which_counts_once(metric: str) -> None:
    # Three repeats each of A, B and of A, missing, C.
    documents = [choice(0, 0), choice(1, 1)]
    found = table(documents, [0, 0, 1, 1, None, 2], repeats=3).estimate(metric)
    assert (found.n, found.n_clusters) == (2, 2)
    expected = {"acc": 1 / 2, "balanced_acc": 1 / 2, "macro_f1": ((4 / 3) / (1 + 2 / 3) + (2 / 3) / (1 + 2 / 3)) / 2}
    assert found.value == pytest.approx(expected[metric])


@pytest.mark.parametrize("metric", ["acc", "macro_f1", "balanced_acc"])
def test_a_document_that_was_asked_more_often_weighs_no_more(metric: str) -> None:
    once = [said(choice(n, n % 2)) for n in range(3)]
    answers = [Answer("scored", choice=index) for index in (0, 0, 1)]
    more = [*once, said(choice(2, 0), repeat=1), said(choice(2, 0), repeat=2)]
    unequal = ChoiceTable(more, [*answers, answers[2], answers[2]], seed=1)
    assert unequal.estimate(metric).value == pytest.approx(ChoiceTable(once, answers, 1).estimate(metric).value)


@pytest.mark.parametrize("metric", ["acc", "macro_f1", "balanced_acc"])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_samples_changes_not_one_bit(metric: str, seed: int) -> None:
    # Seven repeats make sevenths, whose sums depend on their order.
    documents = [choice(n, n % 3, options=3 + n % 3, cluster=f"{n // 3}") for n in range(20)]
    rows = [
        (said(document, repeat=repeat), Answer("scored", choice=(n * repeat) % 3))
        for n, document in enumerate(documents)
        for repeat in range(7)
    ]
    shuffled = list(rows)
    Random(seed).shuffle(shuffled)
    one, other = (ChoiceTable(*zip(*some, strict=True), seed=1) for some in (rows, shuffled))
    assert other.estimate(metric) == one.estimate(metric)
    assert other.chance(metric) == one.chance(metric)
    assert other.baselines(metric) == one.baselines(metric)


def test_averaged_repeats_are_no_independent_trials() -> None:
    assert table(numbered(0, 0, 0), [0, 0, 0]).estimate("acc").method == "wilson"
    assert table(numbered(0, 0, 0), [0, 1, 0, 0, 0, 0], repeats=2).estimate("acc").method == "wilson-t"


def test_metrics_that_are_no_mean_of_documents_resample_clusters() -> None:
    documents = [choice(number, number % 2, cluster=f"{number // 4}") for number in range(40)]
    found = table(documents, [0] * 40).estimate("macro_f1")
    assert (found.method, found.n, found.n_clusters) == ("cluster-bootstrap", 40, 10)


# Chance and baselines, by hand


@pytest.mark.parametrize(
    ("options", "keys", "acc", "balanced"),
    [
        pytest.param([4, 4, 4], [0, 1, 2], 1 / 4, 1 / 4, id="as many options everywhere"),
        pytest.param([4, 4, 4], [0, 0, 0], 1 / 4, 1 / 4, id="one key everywhere"),
        pytest.param([2, 4, 5], [0, 1, 1], (1 / 2 + 1 / 4 + 1 / 5) / 3, (1 / 2 + 9 / 40) / 2, id="options that vary"),
        pytest.param([2, 4, 2], [0, 0, 1], (1 / 2 + 1 / 4 + 1 / 2) / 3, (3 / 8 + 1 / 2) / 2, id="vary within a class"),
    ],
)
def test_chance_is_what_guessing_earns_in_each_document(
    options: list[int], keys: list[int], acc: float, balanced: float
) -> None:
    documents = [choice(n, key, count) for n, (key, count) in enumerate(zip(keys, options, strict=True))]
    made = table(documents, [None] * len(keys))
    assert made.chance("acc") == pytest.approx(acc)
    assert made.chance("balanced_acc") == pytest.approx(balanced)
    assert made.chance("macro_f1") is None


@pytest.mark.parametrize(
    ("keys", "common"),
    [([0, 0, 1], 0), ([1, 2, 1, 0, 1], 1), ([0, 1], 0), ([3], 3)],
    ids=["two of three", "three of five", "a tie", "one"],
)
@pytest.mark.filterwarnings("ignore:A single label was found")
def test_majority_is_what_always_the_most_frequent_key_scores(keys: list[int], common: int) -> None:
    made = table(numbered(*keys), [None] * len(keys))
    always = [common] * len(keys)
    f1 = f1_score(keys, always, labels=sorted(set(keys)), average="macro", zero_division=0)
    assert made.baselines("acc")["majority"] == pytest.approx(accuracy_score(keys, always))
    assert made.baselines("balanced_acc")["majority"] == pytest.approx(balanced_accuracy_score(keys, always))
    assert made.baselines("macro_f1")["majority"] == pytest.approx(f1)


@pytest.mark.parametrize(
    ("options", "answer", "share"),
    [
        (["a", "bbb", "cc"], 1, 1),
        (["a", "bbb", "cc"], 2, 0),
        (["aaa", "bbb", "c"], 0, 1 / 2),
        (["aaa", "bbb", "c"], 2, 0),
        (["aa", "bb", "cc"], 1, 1 / 3),
        # Characters are counted, not bytes: three Thai letters are shorter than four Latin ones.
        (["กขค", "abcd"], 1, 1),
    ],
)
def test_equally_long_options_share_what_picking_the_longest_earns(
    options: list[str], answer: int, share: float
) -> None:
    assert longest_share(choice(0, answer, options).fields) == pytest.approx(share)


def test_longest_is_the_mean_share_over_documents() -> None:
    documents = [choice(0, 0, ["long", "no"]), choice(1, 0, ["as", "as"]), choice(2, 0, ["no", "long"])]
    assert table(documents, [None] * 3).baselines("acc")["longest"] == pytest.approx((1 + 1 / 2 + 0) / 3)


def test_baselines_and_chance_count_a_document_once_however_often_it_is_asked() -> None:
    documents = [choice(0, 0, ["long", "no"]), choice(1, 1, 4)]
    once, thrice = table(documents, [None] * 2), table(documents, [None] * 6, repeats=3)
    assert thrice.baselines("acc") == once.baselines("acc")
    assert thrice.chance("acc") == once.chance("acc")


def test_a_part_of_a_table_is_the_table_of_that_part() -> None:
    documents = numbered(0, 1, 0, 1)
    part = table(documents, [0, 0, 1, None]).only([True, True, False, False])
    assert part.estimate("macro_f1") == table(documents[:2], [0, 0]).estimate("macro_f1")
    assert part.per_sample("acc") == [1.0, 0.0]
