"""What a comparison comes to: verdicts, flips, several models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from seahelm_lite import compare
from seahelm_lite.comparisons.columns import Answers, Column
from seahelm_lite.comparisons.contrasts import Asked, compared_columns
from seahelm_lite.errors import SeahelmError
from seahelm_lite.schemas import schema
from seahelm_lite.stats.intervals import proportion
from seahelm_lite.stats.parts import Parts
from tests.comparisons.making import Runs

BY_PASSAGE: dict[str, Any] = {"document": {"cluster": "passage"}}


def answers(both: int, only_first: int, only_second: int, neither: int) -> tuple[list[int], list[int]]:
    """What two models get right, by the four cells of a table."""
    rows = [(1, 1)] * both + [(1, 0)] * only_first + [(0, 1)] * only_second + [(0, 0)] * neither
    return [one for one, _ in rows], [two for _, two in rows]


def told_of(tmp_path: Path, first: list[int], second: list[int], task: Any = None, **settings: Any) -> dict[str, Any]:
    runs = Runs(tmp_path, documents=len(first), small=task or {})
    told = compare(runs.run("a", small=first), runs.run("b", small=second), **settings).to_json()
    Draft202012Validator(schema("comparison-2")).validate(told)
    return told


def only(told: dict[str, Any]) -> Any:
    (task,) = told["tasks"]
    (difference,) = task["differences"]
    return difference


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ((20, 12, 1, 20), "A better"),
        ((20, 1, 12, 20), "B better"),
        ((200, 0, 0, 200), "equivalent within 1.0 point"),
        ((300, 8, 0, 300), "A better"),
        ((20, 3, 1, 20), "no difference shown (this test sees differences of ≥ 19.6 points)"),
        ((3, 2, 0, 0), "no difference shown (documents of 5 clusters are too few for this test to see any difference)"),
    ],
)
def test_every_kind_of_verdict(tmp_path: Path, cells: tuple[int, int, int, int], words: str) -> None:
    found = only(told_of(tmp_path, *answers(*cells)))
    assert found["verdict"]["words"] == words
    table = np.array([[cells[0], cells[1]], [cells[2], cells[3]]])
    assert found["p"] == pytest.approx(mcnemar(table, exact=True).pvalue)
    assert (found["flips"]["run"], found["flips"]["than"]) == cells[1:3]
    better = {"A": found["run"], "B": found["than"]}.get(words[0] if "better" in words else "")
    assert found["verdict"]["better"] == better


def test_a_difference_may_be_shown_and_not_matter(tmp_path: Path) -> None:
    found = only(told_of(tmp_path, *answers(600, 8, 0, 200), margin=0.03))
    assert found["verdict"]["words"] == "A better, and equivalent within 3.0 points"
    assert found["verdict"]["better"] == found["run"]


def test_the_worked_oracle_of_twelve_items_in_four_clusters() -> None:
    """McNemar's table (4, 3, 0, 5); cluster sums (1, 1, 0, 1), whose exact sign flips give p = 0.25; CR1 0.083333."""
    first, second = [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1], [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]
    clusters = tuple(name for name in "1234" for _ in range(3))
    units = tuple(f"rows#{n}" for n in range(12))

    def said(row: list[int]) -> Answers:
        scores = tuple(map(float, row))
        parts = Parts(np.array(scores).reshape(-1, 1))
        return Answers(proportion(list(scores), clusters), parts, clusters, 0, 1, units=units, scores=scores)

    column = Column("t", "1", "gen-letter", 0, "acc", None, 1, {0: said(first), 1: said(second)}, {})
    (part,) = compared_columns([column], Asked("pair", 2, 0.01))
    (found,) = part.contrasts
    assert (found.test.p, found.test.method) == (0.25, "exact-binomial")
    assert found.difference.se == pytest.approx(0.083333, abs=1e-6)
    assert found.flips is not None
    assert found.verdict is not None
    assert (found.flips.run, found.flips.than) == (3, 0)
    assert found.verdict.reason == "documents of 4 clusters are too few for this test to see any difference"


def test_the_difference_that_the_test_sees_is_made_of_the_standard_error_that_was_observed(tmp_path: Path) -> None:
    found = only(told_of(tmp_path, *answers(30, 14, 10, 46)))
    gaps = np.array([1] * 14 + [-1] * 10 + [0] * 76)
    se = gaps.std(ddof=1) / 10
    assert found["se"] == pytest.approx(se)
    quantiles = stats.t.ppf(0.975, 99) + stats.t.ppf(0.8, 99)
    seen = found["verdict"]["detectable"]
    # Ten documents favour either, and the more of one side are the difference.
    assert seen == pytest.approx(quantiles * np.sqrt((20 / 100 + seen - seen**2) / 100), rel=1e-2)
    assert seen > quantiles * se


def test_one_cluster_and_equal_answers_are_sentences_and_no_certainty(tmp_path: Path) -> None:
    right = [1, 0] * 6
    same = only(told_of(tmp_path / "same", right, right))
    assert (same["value"], same["p"], same["ci95"]) == (0, 1, None)
    assert same["verdict"]["words"].startswith("no difference shown (this test sees differences of ≥ ")
    rows = Runs(tmp_path / "one", documents=2, small=BY_PASSAGE)
    one = only(compare(rows.run("a", small=[1, 1]), rows.run("b", small=[0, 0])).to_json())
    assert (one["p"], one["ci95"], one["verdict"]["better"]) == (1, None, None)
    assert one["verdict"]["words"] == "no difference shown (all documents are of one cluster, which no test can use)"


def test_equivalence_too_is_adjusted_for_the_number_of_tasks(tmp_path: Path) -> None:
    tasks = {f"t{n}": {"suite": f"s{n}"} for n in range(3)}
    runs = Runs(tmp_path, documents=350, **tasks)
    right = [1, 0] * 175
    told = compare(runs.run("a", **dict.fromkeys(tasks, right)), runs.run("b", **dict.fromkeys(tasks, right))).to_json()
    verdicts = [task["differences"][0]["verdict"] for task in told["tasks"]]
    assert all(one["p_equivalent"] <= 0.05 for one in verdicts)
    wanted = multipletests([one["p_equivalent"] for one in verdicts], method="holm")[1]
    assert [one["p_equivalent_holm"] for one in verdicts] == pytest.approx(wanted)
    assert not any(one["equivalent"] for one in verdicts)
    # All documents together are enough.
    assert told["overall"]["differences"][0]["verdict"]["words"] == "equivalent within 1.0 point"


@pytest.mark.parametrize("margin", [0, -0.01, 1, float("nan")])
def test_a_margin_that_is_none_is_refused(tmp_path: Path, margin: float) -> None:
    runs = Runs(tmp_path)
    with pytest.raises(SeahelmError, match="is none"):
        compare(runs.run("a", small=[1] * 6), runs.run("b", small=[0] * 6), margin=margin)


# Flips


def test_flips_are_named_and_the_first_few_are_shown(tmp_path: Path) -> None:
    found = only(told_of(tmp_path, [1, 1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 1, 0]))
    documents = found["flips"]["documents"]
    assert [one["document"].rpartition("#")[2] for one in documents] == ["1", "2", "3", "4", "5"]
    assert [(one["run"], one["than"]) for one in documents] == [(1, 0)] * 4 + [(0, 1)]
    assert [one["shown"] is not None for one in documents] == [True, True, True, False, True]
    assert documents[0]["shown"] == {
        "passage": None,
        "question": "Soalan 1?",
        "options": ["ya", "tidak"],
        "wanted": "tidak",
        "run": "tidak",
        "than": "ya",
    }


@pytest.mark.parametrize(
    "changes",
    [{"licence": {"stated": "none", "redistributable": False}}, {"pillar": "safety"}],
    ids=["licence", "safety"],
)
def test_documents_that_may_not_be_shown_are_named_only(tmp_path: Path, changes: dict[str, Any]) -> None:
    found = only(told_of(tmp_path, [1, 1, 0, 0], [0, 0, 1, 0], changes))
    assert len(found["flips"]["documents"]) == 3
    assert not any(one["shown"] for one in found["flips"]["documents"])


def test_repeats_count_by_how_often_they_are_right(tmp_path: Path) -> None:
    runs = Runs(tmp_path, documents=4)
    once = runs.run("once", small=[1, 0, 0, 1])
    twice = runs.run("twice", small={0: [1, 1, 0, 0], 1: [1, 0, 0, 1]}, repeats=2)
    flips = only(compare(once, twice).to_json())["flips"]
    assert [(one["document"][-1], one["run"], one["than"]) for one in flips["documents"]] == [
        ("3", 1, 0.5),
        ("1", 0, 0.5),
    ]


def test_f1_flips_where_a_document_is_right(tmp_path: Path) -> None:
    flips = only(told_of(tmp_path, [1, 1, 0, 0, 1, 0], [1, 0, 1, 1, 1, 0], {"metrics": ["macro_f1"]}))["flips"]
    assert (flips["of"], flips["run"], flips["than"]) == ("right answers", 1, 2)


# Several models


def test_models_are_compared_in_pairs_overall_and_with_the_first_in_every_task(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    runs = Runs(tmp_path, documents=40, one={"suite": "first"}, two={"suite": "second"})
    folders = [
        runs.run(name, one=generator.integers(0, 2, 40).tolist(), two=generator.integers(0, 2, 40).tolist())
        for name in ("durian", "rambutan", "salak")
    ]
    told = compare(*folders).to_json()
    Draft202012Validator(schema("comparison-2")).validate(told)
    ids = [folder.name for folder in folders]
    assert (told["kind"], told["axis"], [run["run"] for run in told["runs"]]) == ("models", None, ids)
    pairs = told["overall"]["differences"]
    assert [(one["run"], one["than"]) for one in pairs] == [(ids[0], ids[1]), (ids[0], ids[2]), (ids[1], ids[2])]
    assert [one["p_holm"] for one in pairs] == pytest.approx(
        multipletests([one["p"] for one in pairs], method="holm")[1]
    )
    with_first = [one for task in told["tasks"] for one in task["differences"]]
    assert [(one["run"], one["than"]) for one in with_first] == [(ids[1], ids[0]), (ids[2], ids[0])] * 2
    wanted = multipletests([one["p"] for one in with_first], method="holm")[1]
    assert [one["p_holm"] for one in with_first] == pytest.approx(wanted)
    assert all(task["best"] is None for task in told["tasks"])


def test_of_models_with_one_task_in_common_every_two_are_compared_in_it(tmp_path: Path) -> None:
    runs = Runs(tmp_path, documents=20)
    folders = [
        runs.run(name, small=[1] * right + [0] * (20 - right)) for name, right in (("x", 2), ("y", 9), ("z", 19))
    ]
    told = compare(*folders).to_json()
    assert told["overall"] is None
    (task,) = told["tasks"]
    assert [one["verdict"]["words"] for one in task["differences"]] == ["B better", "C better", "C better"]
