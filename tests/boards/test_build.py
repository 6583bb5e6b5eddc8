"""What fills the cells of a board, and what ranks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from scipy import stats

from seahelm_lite.boards.files import results_text
from seahelm_lite.boards.results import BoardResults
from seahelm_lite.schemas import schema
from seahelm_lite.stats.composites import Scored, weighted_mean
from tests.boards.making import Workshop, cell, letters, of


def is_as_the_schema_says(results: BoardResults) -> None:
    Draft202012Validator(schema("board-results-2")).validate(json.loads(results_text(results)))


def test_models_are_ranked_by_the_weighted_mean_of_the_required_columns(workshop: Workshop) -> None:
    workshop.model("good", one=letters(12), two=letters(6))
    workshop.model("poor", one=letters(3), two=letters(12))
    results = workshop.build(tasks=[{"task": "one", "weight": 0.75}, {"task": "two", "weight": 0.25}])
    is_as_the_schema_says(results)
    assert [(row.model.name, row.headline.value) for row in results.rows] == [
        ("replay-good", 0.875),
        ("replay-poor", pytest.approx((3 * 0.25 + 1) / 4)),
    ]
    assert [row.status for row in results.rows] == ["ranked", "ranked"]
    assert [(row.coverage.done, row.coverage.required) for row in results.rows] == [(2, 2), (2, 2)]


def test_the_interval_of_a_headline_is_made_of_those_of_its_cells(workshop: Workshop) -> None:
    workshop.model("good", one=letters(9), two=letters(6))
    row = of(workshop.build(), "good")
    wanted = weighted_mean([Scored(c.value or 0, c.ci95, "wilson") for c in row.cells], [1, 1])
    assert row.headline.ci95 == pytest.approx(wanted.interval)
    assert (row.headline.ci_method, row.headline.reason) == ("mover", None)


def test_a_board_of_one_task_has_that_tasks_interval(workshop: Workshop) -> None:
    workshop.model("good", one=letters(9))
    row = of(workshop.build(tasks=[{"task": "one"}]), "good")
    assert (row.headline.ci95, row.headline.ci_method) == (row.cells[0].ci95, "wilson")
    assert row.cells[0].ci95 is not None


def test_columns_whose_documents_are_translations_of_each_other_are_not_taken_as_independent(
    workshop: Workshop,
) -> None:
    widths = {}
    for key in (None, "question"):
        for name in ("one", "two"):
            # Both tasks ask the same questions; with that key they say so.
            workshop.task(name, document={"cluster": key})
        out = workshop.root / f"clustered by {key}"
        workshop.run(workshop.answers("good", one=letters(9), two=letters(9)), out)
        ci95 = of(workshop.build(out), "good").headline.ci95
        assert ci95 is not None
        widths[key] = ci95[1] - ci95[0]
    assert widths["question"] == pytest.approx(widths[None] * np.sqrt(2))


def test_models_that_differ_on_the_same_documents_are_in_different_groups(workshop: Workshop) -> None:
    for name, right in (("best", 12), ("second", 11), ("last", 0)):
        workshop.model(name, one=letters(right), two=letters(right))
    results = workshop.build()
    assert [(row.model.name, row.rank and (row.rank.lo, row.rank.hi), row.group) for row in results.rows] == [
        ("replay-best", (1, 2), 1),
        ("replay-second", (1, 2), 1),
        ("replay-last", (3, 3), 2),
    ]
    compared = results.comparison
    assert compared is not None
    assert (compared.models, compared.pairs, compared.level, compared.draws) == (3, 3, 0.05, 10_000)


@pytest.mark.parametrize(("right", "told_apart"), [(6, True), (7, False)])
def test_two_models_are_told_apart_where_mcnemars_test_says_so(
    workshop: Workshop, right: int, told_apart: bool
) -> None:
    assert (stats.binomtest(0, 12 - right).pvalue <= 0.05) == told_apart
    workshop.model("better", one=letters(12))
    workshop.model("worse", one=letters(right))
    results = workshop.build(tasks=[{"task": "one"}])
    assert [row.group for row in results.rows] == ([1, 2] if told_apart else [1, 1])


def test_baselines_are_rows_like_others(workshop: Workshop) -> None:
    workshop.run("baseline:majority")
    workshop.model("good", one=letters(11), two=letters(11))
    results = workshop.build()
    assert [(row.model.kind, row.model.id) for row in results.rows] == [
        ("baseline", "baseline-majority"),
        ("replayed", "replay-good"),
    ]
    assert of(results, "baseline-majority").cells[0].deviations == ("majority knows the answer keys of the test split",)


@pytest.mark.parametrize(("named", "shown"), [(None, {"majority", "longest"}), (["longest"], {"longest"}), ([], set())])
def test_a_board_shows_the_baselines_that_its_card_names(
    workshop: Workshop, named: list[str] | None, shown: set[str]
) -> None:
    workshop.model("good", one=letters(11), two=letters(11))
    results = workshop.build(**({} if named is None else {"baselines": named}))
    assert [set(column.baselines) for column in results.columns] == [shown, shown]


def test_a_single_model_ranks_first_and_is_compared_with_none(workshop: Workshop) -> None:
    workshop.model("good", one=letters(9), two=letters(6))
    results = workshop.build()
    assert results.comparison is None
    assert [(row.rank and (row.rank.lo, row.rank.hi), row.group) for row in results.rows] == [((1, 1), 1)]


# Cells that are no values


def test_a_column_that_no_run_has_is_not_run_and_leaves_the_model_without_a_rank(workshop: Workshop) -> None:
    workshop.model("half", one=letters(12))
    workshop.model("whole", one=letters(6), two=letters(6))
    results = workshop.build()
    is_as_the_schema_says(results)
    row = of(results, "half")
    assert (row.status, row.rank, row.group, row.headline.value) == ("incomplete", None, None, None)
    assert row.headline.reason == "1 of 2 required columns are complete: two is not run"
    assert (row.cells[1].state, row.cells[1].reason) == ("not run", "no run of this model has it")
    assert [row.model.name for row in results.rows] == ["replay-whole", "replay-half"]


def test_an_incomplete_run_is_shown_with_how_far_it_got_and_never_as_a_value(workshop: Workshop) -> None:
    workshop.model("gaps", one="A" * 10 + "--", two=letters(12))
    results = workshop.build()
    is_as_the_schema_says(results)
    found = cell(results, "gaps", "one")
    assert (found.state, found.value, found.n_answered, found.n) == ("incomplete", None, 10, 12)
    assert found.reason is not None
    assert of(results, "gaps").headline.reason == (
        "1 of 2 required columns are complete: one has 10 of 12 documents answered"
    )


def test_a_subset_is_shown_with_its_mark_and_does_not_rank(workshop: Workshop) -> None:
    workshop.run(workshop.answers("quick", one=letters(12), two=letters(12)), limit=5)
    results = workshop.build()
    is_as_the_schema_says(results)
    found = cell(results, "quick", "one")
    assert (found.state, found.value, found.n, found.marks) == ("value", 1.0, 5, ("limited",))
    assert of(results, "quick").headline.reason == (
        "0 of 2 required columns are complete: one is limited to 5 documents, two is limited to 5 documents"
    )
    # Chance and baselines of a subset are not the task's.
    column = results.columns[0]
    assert (column.n, column.chance, column.baselines) == (12, None, {})


def test_a_task_that_the_model_cannot_do_is_unsupported_with_the_runs_own_reason(workshop: Workshop) -> None:
    workshop.run(workshop.answers("half", one=letters(12)))
    found = cell(workshop.build(), "half", "two")
    assert (found.state, found.reason) == ("unsupported", "the replay file has no answer for it")


def test_a_task_skipped_under_another_protocol_says_nothing_of_this_column(workshop: Workshop) -> None:
    workshop.run(workshop.answers("half", one=letters(12)))
    assert workshop.build(protocol="ll-letter").rows == ()


def test_data_that_the_machine_lacked_is_no_fault_of_the_model_and_names_no_place_of_it(workshop: Workshop) -> None:
    lacking = {"path": "x.jsonl", "sha256": "0" * 64, "format": "jsonl"}
    workshop.task(
        "two", data={"from": {"kind": "github", "repo": "nobody/nothing", "commit": "0" * 40}, "test": [lacking]}
    )
    suite: dict[str, Any] = {"group": "both", "task": ["one"]}
    suite["metadata"] = {"version": 1.0, "seahelm_lite": {"title": "Both", "optional": ["two"]}}
    (workshop.root / "tasks" / "both.yaml").write_text(json.dumps(suite), encoding="utf-8")
    spec = workshop.answers("good", one=letters(12))
    workshop.run(spec, tasks=["one"], suites=("both",))
    results = workshop.build()
    found = cell(results, "good", "two")
    assert (found.state, found.reason) == ("not run", "its data could not be had where the model was run")
    assert str(workshop.root) not in results_text(results)


def test_many_missing_columns_are_counted_after_the_first_three(workshop: Workshop) -> None:
    names = [f"more_{n}" for n in range(5)]
    for name in names:
        workshop.task(name)
    workshop.model("half", one=letters(12))
    row = of(workshop.build(tasks=[{"task": name} for name in ("one", *names)]), "half")
    assert row.headline.reason == (
        "1 of 6 required columns are complete: more_0 is not run, more_1 is not run, more_2 is not run, and 2 more"
    )


def test_a_column_that_is_not_required_is_shown_and_has_no_part_in_the_headline(workshop: Workshop) -> None:
    workshop.model("good", one=letters(9))
    workshop.model("other", one=letters(6), two=letters(12))
    results = workshop.build(tasks=[{"task": "one"}, {"task": "two", "required": False}])
    assert [(row.model.name, row.headline.value) for row in results.rows] == [
        ("replay-good", 0.75),
        ("replay-other", 0.5),
    ]
    assert [cell(results, name, "two").state for name in ("good", "other")] == ["not run", "value"]


def test_rows_below_the_line_stand_by_how_much_they_have_and_then_by_name(workshop: Workshop) -> None:
    workshop.model("b", one="AAAA--------", two=letters(12))
    workshop.model("a", one=letters(12))
    workshop.model("c", one="A-----------")
    assert [row.model.id for row in workshop.build().rows] == ["replay-a", "replay-b", "replay-c"]


def test_answers_that_could_not_be_read_are_marked_above_a_tenth(workshop: Workshop) -> None:
    workshop.task("one", documents=20)
    workshop.model("two", one="A" * 18 + "??")
    workshop.model("three", one="A" * 17 + "???")
    results = workshop.build(tasks=[{"task": "one"}])
    assert [cell(results, name, "one").marks for name in ("two", "three")] == [(), ("parse!",)]


# The same runs, the same file


def test_neither_the_order_of_folders_nor_naming_one_twice_changes_a_byte(workshop: Workshop, tmp_path: Path) -> None:
    folders = [tmp_path / "x", tmp_path / "y"]
    for number, folder in enumerate(folders):
        workshop.run(workshop.answers(f"m{number}", one=letters(6 + number), two=letters(9)), folder)
    first = results_text(workshop.build(*folders))
    assert results_text(workshop.build(*reversed(folders))) == first
    assert results_text(workshop.build(*folders, folders[0])) == first


def test_the_same_answers_in_another_folder_make_the_same_board(workshop: Workshop, tmp_path: Path) -> None:
    spec = workshop.answers("good", one=letters(9), two=letters(6))
    texts = []
    for folder in (tmp_path / "x", tmp_path / "y"):
        workshop.run(spec, folder)
        texts.append(results_text(workshop.build(folder)))
    assert texts[0] == texts[1]
    assert str(tmp_path) not in texts[0]
