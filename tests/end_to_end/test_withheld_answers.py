"""Tasks whose makers keep the answers: asked like any other, never scored, handed in as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import runs
from seahelm_lite.boards.cells import absent_cell
from seahelm_lite.boards.choosing import choose
from seahelm_lite.boards.runs import read_runs
from seahelm_lite.catalog.board_card import BoardColumn
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.cli.main import main
from seahelm_lite.engine.run_folder import SCORES
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.engine.submission import submission, write_submission
from seahelm_lite.errors import RunFolderError
from seahelm_lite.lint.report import lint
from seahelm_lite.models.base import Unsuited
from seahelm_lite.models.baselines import Baseline
from seahelm_lite.schemas import schema
from seahelm_lite.sources.where import Where
from tests.small_task import SmallTask, row

OPTIONS = (("a", "b", "c", "d"), ("a", "", "c", "d"), ("a", "b"), ("a", "b", "c", "d"))
"""The second has a blank one: what is shown as B there is the source's C."""


@pytest.fixture
def quiz(tmp_path: Path) -> SmallTask:
    rows = [{**row(n, options), "id": f"41-000{n}", "answer": None} for n, options in enumerate(OPTIONS)]
    document = {"key": "id", "answer": None}
    made = SmallTask(tmp_path, rows, changes={"answers": "withheld", "protocols": ["gen-letter"], "document": document})
    SmallTask(tmp_path, changes={"id": "open"}).write()
    made.write()
    return made


def _run(quiz: SmallTask, letters: str = "BBBB", **settings: Any) -> runs.Run:
    replies = quiz.root / "replies.jsonl"
    said = [{"task": "small", "document": f"small/rows.jsonl#{n}", "text": text} for n, text in enumerate(letters)]
    replies.write_text("\n".join(map(json.dumps, said)), encoding="utf-8")
    spec = RunSpec(model=f"replay:{replies}", tasks=("small",), **settings)
    return runs.execute(runs.prepare(spec, catalog=quiz.catalog(), where=quiz.where, out=quiz.root / "out"))


def test_a_run_is_complete_and_its_score_is_null_with_the_reason(quiz: SmallTask) -> None:
    run = _run(quiz, "BB?B")
    assert run.complete
    (score,) = run.scores
    assert (score["value"], score["se"], score["ci95"], score["value_chance_corrected"]) == (None, None, None, None)
    assert score["reason"] == "the right answers are withheld by the makers of the task"
    assert (score["n"], score["counts"]["scored"], score["counts"]["unparsed"]) == (4, 3, 1)
    assert score["chance"] == pytest.approx((1 / 4 + 1 / 3 + 1 / 2 + 1 / 4) / 4)
    assert score["baselines"] == {}
    body = json.loads((run.folder.path / SCORES).read_text(encoding="utf-8"))
    Draft202012Validator(schema("scores-1")).validate(body)
    assert runs.same_scores(run.folder.path)


def test_no_other_complete_score_may_lack_its_value(quiz: SmallTask) -> None:
    body = json.loads((_run(quiz).folder.path / SCORES).read_text(encoding="utf-8"))
    body["scores"][0]["reason"] = "no reason at all"
    assert not Draft202012Validator(schema("scores-1")).is_valid(body)


def test_the_file_has_the_letters_of_the_source_and_a_blank_where_nothing_could_be_read(quiz: SmallTask) -> None:
    made = submission(_run(quiz, "DB?A").folder, "small")
    write_submission(made, quiz.root / "new" / "answers.csv")
    expected = "id,answer\n41-0000,D\n41-0001,C\n41-0002,\n41-0003,A\n"
    assert (quiz.root / "new" / "answers.csv").read_text(encoding="utf-8") == expected
    assert made.blank == 1


@pytest.mark.parametrize(
    ("settings", "task", "what"),
    [
        ({"limit": 2}, "small", "only 2 of 4 questions of small were asked"),
        ({"repeats": 2}, "small", "every question of small was asked several times"),
        ({}, "smal", "has no task 'smal'"),
    ],
)
def test_what_cannot_be_handed_in_is_refused(quiz: SmallTask, settings: dict[str, Any], task: str, what: str) -> None:
    folder = _run(quiz, **settings).folder
    with pytest.raises(RunFolderError, match=what) as caught:
        submission(folder, task)
    assert caught.value.remedy


def test_questions_that_ended_in_error_are_to_be_asked_again_first(quiz: SmallTask) -> None:
    with pytest.raises(RunFolderError, match="1 questions of small ended in error"):
        submission(_run(quiz, "ABA").folder, "small")


def test_a_task_whose_answers_are_known_is_not_handed_in(quiz: SmallTask) -> None:
    spec = RunSpec(model="baseline:random", tasks=("open",))
    run = runs.execute(runs.prepare(spec, catalog=quiz.catalog(), where=quiz.where, out=quiz.root / "out"))
    with pytest.raises(RunFolderError, match="the answers to open are known"):
        submission(run.folder, "open")


def test_a_board_says_that_the_answers_are_withheld(quiz: SmallTask) -> None:
    run = _run(quiz)
    column = BoardColumn(quiz.catalog().task("small"), "gen-letter", 0, "acc", 1.0, True)
    found = read_runs([run.folder.path.parent])
    assert not found.left_out
    assert not choose(column, found.finished).cells
    cell = absent_cell(column, found.finished)
    assert (cell.state, cell.value) == ("withheld", None)
    assert cell.reason == "the right answers are withheld by the makers of the task"


def test_the_majority_baseline_does_not_suit_it(quiz: SmallTask) -> None:
    with pytest.raises(Unsuited, match="those of this task are withheld"):
        Baseline("majority").learn(quiz.catalog().task("small"), quiz.documents(), seed=0)


def test_lint_looks_at_its_rows_without_the_answers(quiz: SmallTask) -> None:
    rules = {finding.rule for finding in lint(quiz.card, quiz.where).findings}
    assert "blank-option" in rules
    assert not rules & {"unreadable-row", "majority-baseline", "position-skew"}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"document": {"key": "id"}}, "there is neither"),
        ({"document": {"answer": None}}, "document lacks key"),
        ({"document": {"key": "id", "answer": None}, "metrics": ["acc", "macro_f1"]}, "the metric acc"),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        _ = SmallTask(tmp_path, changes={"answers": "withheld", **changes}).card


def test_vmlu_is_asked_and_handed_in(where: Where, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = RunSpec(model="baseline:longest", tasks=("vmlu",))
    run = runs.execute(runs.prepare(spec, catalog=load_catalog(), where=where, out=tmp_path / "out"))
    asked = ["runs", "export", str(run.folder.path), "--submission", "vmlu", "--out", str(tmp_path / "vmlu.csv")]
    assert main(asked) == 0
    assert "4 answers, 0 of them blank" in capsys.readouterr().out
    lines = (tmp_path / "vmlu.csv").read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["id", "01-0000", "01-0001", "02-0002", "02-0003"]
