"""What of a score's standard error is of documents, of repeated runs, and of draws of examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from seahelm_lite.records import Failure, Sample
from seahelm_lite.scoring.spread import Varied, score_varied
from tests.scoring.making import choice, choice_card, passage, said, task_of, text_card

Matrix = np.ndarray[Any, np.dtype[np.int64]]


def _samples(right: Matrix) -> list[Sample]:
    """A row a document, a column a repeat: whether the answer is right."""
    return [
        said(choice(number, 0, options=2), int(not one), repeat=repeat)
        for number, row in enumerate(right)
        for repeat, one in enumerate(row)
    ]


def _entry(own: Matrix, *draws: Matrix, metrics: tuple[Any, ...] = ("acc",)) -> dict[str, Any]:
    varied = [Varied("shot_seeds", _samples(draw)) for draw in draws]
    return score_varied(task_of(choice_card(*metrics), _samples(own)), varied).scores[0]


def _drawn(chances: Any, repeats: int, seed: int) -> Matrix:
    generator = np.random.default_rng(seed)
    return (generator.random((len(chances), repeats)) < np.asarray(chances)[:, None]).astype(int)


def _se(entry: dict[str, Any], source: str) -> float:
    assert entry["variance"][source]["reason"] is None
    return float(entry["variance"][source]["se"])


def test_a_task_that_was_asked_once_says_nothing_of_it() -> None:
    assert "variance" not in _entry(_drawn([0.5] * 20, 1, 0))
    wordings = score_varied(
        task_of(choice_card("acc"), _samples(_drawn([0.5] * 20, 1, 0))),
        [Varied("templates", _samples(_drawn([0.5] * 20, 1, 1)))],
    )
    assert "variance" not in wordings.scores[0]


def test_the_variance_of_repeats_is_that_of_the_formula_and_the_rest_is_of_the_documents() -> None:
    right = _drawn(np.linspace(0, 1, 60), 4, 0)
    entry = _entry(right)
    of_runs = np.mean(right.var(axis=1, ddof=1)) / right.size
    assert _se(entry, "runs") == pytest.approx(np.sqrt(of_runs), abs=1e-12)
    assert _se(entry, "total") == pytest.approx(entry["se"], abs=1e-11)
    assert _se(entry, "items") == pytest.approx(np.sqrt(entry["se"] ** 2 - of_runs), abs=1e-11)
    assert entry["variance"]["draws"] == {"se": None, "reason": "examples were drawn once; two draws are needed"}


def test_a_draw_that_moves_all_documents_shows_as_such_and_widens_the_total_alone() -> None:
    own, other = _drawn([0.3] * 400, 2, 0), _drawn([0.7] * 400, 2, 1)
    entry = _entry(own, other)
    # Of the two draws' means, 0.3 and 0.7, the standard deviation of a single one is 0.4 / sqrt(2).
    assert _se(entry, "draws") == pytest.approx(0.4 / np.sqrt(2), abs=0.05)
    assert _se(entry, "total") == pytest.approx(np.hypot(entry["se"], _se(entry, "draws")), abs=1e-9)
    assert entry["se"] == _entry(own)["se"]
    assert _se(entry, "runs") == _se(_entry(own), "runs")


def test_with_one_repeat_draws_are_told_and_runs_and_documents_are_not_told_apart() -> None:
    variance = _entry(_drawn([0.3] * 400, 1, 0), _drawn([0.7] * 400, 1, 1))["variance"]
    assert variance["draws"]["se"] > 0.2
    for source in ("items", "runs"):
        assert variance[source]["reason"] == "every document was asked once in the same way; two times are needed"


def test_runs_that_never_differ_have_no_variance_of_runs() -> None:
    right = np.repeat(_drawn([0.5] * 30, 1, 0), 3, axis=1)
    entry = _entry(right)
    assert _se(entry, "runs") == 0
    assert _se(entry, "items") == pytest.approx(entry["se"], abs=1e-11)


@pytest.mark.parametrize("metric", ["macro_f1", "balanced_acc"])
def test_a_metric_that_is_no_mean_is_taken_apart_too(metric: str) -> None:
    variance = _entry(_drawn(np.linspace(0, 1, 60), 4, 0), metrics=(metric,))["variance"]
    squares = {name: source["se"] ** 2 for name, source in variance.items() if source["se"] is not None}
    assert squares["items"] + squares["runs"] == pytest.approx(squares["total"], abs=1e-11)
    assert 0 < squares["runs"] < squares["items"]


def test_so_are_written_answers() -> None:
    documents = [passage(number, f"satu {number}", f"seperti dua {number}") for number in range(8)]
    replies = ["seperti dua", "lain sekali", "seperti dua 1"]
    samples = [
        said(document, replies[(number + repeat) % 3], repeat=repeat)
        for number, document in enumerate(documents)
        for repeat in range(2)
    ]
    (entry,) = score_varied(task_of(text_card("chrf"), samples), []).scores
    assert _se(entry, "runs") > 0


@pytest.mark.parametrize("first", [True, False], ids=["of the task itself", "of a draw"])
def test_where_answers_are_missing_the_reason_says_so(first: bool) -> None:
    whole = _samples(_drawn([0.5] * 5, 2, 0))
    broken = [*whole[:-1], said(choice(4, 0, options=2), Failure("HTTP 503"), repeat=1)]
    own, other = (broken, whole) if first else (whole, broken)
    (entry,) = score_varied(task_of(choice_card("acc"), own), [Varied("shot_seeds", other)]).scores
    assert set(entry["variance"]) == {"items", "runs", "draws", "total"}
    assert all(one == {"se": None, "reason": "answers are missing"} for one in entry["variance"].values())


def test_documents_with_different_numbers_of_repeats_count_alike() -> None:
    samples = [*_samples(_drawn([0.5] * 20, 2, 0)), said(choice(30, 0, options=2), 0, repeat=0)]
    (entry,) = score_varied(task_of(choice_card("acc"), samples), []).scores
    assert entry["n"] == 21
    assert _se(entry, "total") == pytest.approx(entry["se"], abs=1e-11)
