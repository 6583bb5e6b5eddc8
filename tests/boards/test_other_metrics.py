"""Boards by metrics that are no mean of the documents, and columns of written answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from seahelm_lite.boards.check import check_file
from seahelm_lite.boards.choosing import choose
from seahelm_lite.boards.documents import DocumentScores
from seahelm_lite.boards.files import write_results
from seahelm_lite.boards.runs import read_runs
from tests.boards.making import Workshop, cell, edit, of
from tests.small_task import SmallTask, row

GOLD = "AAAABBABABBB" * 2
BETTER = "AAAABBABABBA" * 2
WORSE = "BBAABAABAAAA" * 2


@pytest.fixture
def school(workshop: Workshop) -> Workshop:
    """A task with two classes, in pairs, and one of writing."""
    rows = [row(n, answer=int(right == "B"), couple=str(n // 2)) for n, right in enumerate(GOLD)]
    classes: dict[str, Any] = {"id": "classes", "metrics": ["acc", "macro_f1", "balanced_acc", "pair_acc"]}
    SmallTask(workshop.root / "tasks", rows, (), {**classes, "document": {"pair": "couple"}}).write()
    text = {"id": "writing", "kind": "generation", "protocols": ["gen"], "metrics": ["chrf"], "instruction": "Tulis."}
    document = {"options": None, "answer": None, "reference": "question"}
    SmallTask(workshop.root / "tasks", rows, (), {**text, "document": document}).write()
    return workshop


def documents(workshop: Workshop, **card: Any) -> list[DocumentScores]:
    """What the documents of the only column add to the scores of all models."""
    (column,) = workshop.board(**card).columns
    chosen = choose(column, read_runs([workshop.out]).finished)
    return [one.documents for one in chosen.cells.values() if one.documents is not None]


def is_as_it_should_be(workshop: Workshop, **card: Any) -> None:
    results = workshop.build(**card)
    path = write_results(results, workshop.root / "results")
    assert check_file(path, {"made": workshop.board(**card)}, read_runs([workshop.out])) == []


def whole_pairs(gold: str, said: str) -> float:
    return float(np.mean([gold[n : n + 2] == said[n : n + 2] for n in range(0, len(gold), 2)]))


@pytest.mark.parametrize(
    ("metric", "wanted", "units"),
    [
        ("macro_f1", lambda gold, said: f1_score(list(gold), list(said), average="macro"), 24),
        ("balanced_acc", lambda gold, said: balanced_accuracy_score(list(gold), list(said)), 24),
        ("pair_acc", whole_pairs, 12),
    ],
)
def test_models_are_ranked_and_compared_by_the_metric_of_the_column(
    school: Workshop, metric: str, wanted: Any, units: int
) -> None:
    card = {"tasks": [{"task": "classes", "metric": metric}]}
    for name, said in (("better", BETTER), ("worse", WORSE)):
        school.model(name, classes=said)
    results = school.build(**card)
    assert [(row.model.name, row.headline.value) for row in results.rows] == [
        ("replay-better", pytest.approx(wanted(GOLD, BETTER))),
        ("replay-worse", pytest.approx(wanted(GOLD, WORSE))),
    ]
    right = [sum(a == b for a, b in zip(GOLD, said, strict=True)) for said in (BETTER, WORSE)]
    assert [row.cells[0].right for row in results.rows] == right
    assert results.comparison is not None
    assert all(len(one.documents) == units for one in documents(school, **card))
    is_as_it_should_be(school, **card)


@pytest.mark.parametrize("metric", ["macro_f1", "balanced_acc", "pair_acc"])
def test_what_documents_add_is_the_score_on_average(school: Workshop, metric: str) -> None:
    school.model("better", classes=BETTER)
    card = {"tasks": [{"task": "classes", "metric": metric}]}
    (answers,) = documents(school, **card)
    assert answers.values.mean() == pytest.approx(cell(school.build(**card), "better", "classes").value, abs=1e-12)


def test_written_answers_rank_by_their_overlap_and_call_none_right(school: Workshop) -> None:
    lines = {"good": "Soalan {n}?", "poor": "Apa itu {n}?"}
    for name, line in lines.items():
        path = school.root / f"{name}.jsonl"
        asked = [f'{{"task": "writing", "document": "writing/rows.jsonl#{n}", "text": ' for n in range(24)]
        path.write_text("\n".join(f'{one}"{line.format(n=n)}"}}' for n, one in enumerate(asked)), encoding="utf-8")
        school.run(f"replay:{path}", tasks=["writing"])
    card = {"tasks": [{"task": "writing"}]}
    results = school.build(**card)
    assert [row.model.name for row in results.rows] == ["replay-good", "replay-poor"]
    assert [row.group for row in results.rows] == [1, 2]
    assert [row.cells[0].right for row in results.rows] == [None, None]
    assert of(results, "good").headline.value == pytest.approx(1.0)
    is_as_it_should_be(school, **card)
    # Nobody guesses a text: its place on a board that corrects for guessing is the score itself.
    corrected = school.build(**card, normalisation="chance")
    assert [row.headline.value for row in corrected.rows] == [row.headline.value for row in results.rows]


def test_a_score_that_the_samples_do_not_give_is_left_out(school: Workshop) -> None:
    folder = school.model("better", classes=BETTER)
    given = cell(school.build(tasks=[{"task": "classes", "metric": "macro_f1"}]), "better", "classes").value
    edit(folder, "scores.json", lambda body: body["scores"][1].update(value=0.99))
    results = school.build(tasks=[{"task": "classes", "metric": "macro_f1"}])
    assert results.rows == ()
    assert [left.reason for left in results.left_out] == [
        f"its samples of classes score {given:.6f}, its scores say 0.99"
    ]


def _unreadable(folder: Path) -> None:
    (folder / "samples" / "classes@gen-letter.parquet").write_bytes(b"PAR1")


def _without_card(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"multiple_choice"', '"riddle"'), encoding="utf-8")


def _without_metric(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"macro_f1"', '"f1_char"'), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_unreadable, "its samples of classes cannot be read"),
        (_without_card, "the card that its classes was asked by is not as this version reads it"),
        (_without_metric, "the card that its classes was asked by has no macro_f1"),
    ],
)
def test_answers_that_cannot_be_read_again_are_left_out(school: Workshop, spoil: Any, told: str) -> None:
    folder = school.model("better", classes=BETTER)
    spoil(folder.path)
    folder.seal()
    results = school.build(tasks=[{"task": "classes", "metric": "macro_f1"}])
    assert [left.reason for left in results.left_out] == [told]
