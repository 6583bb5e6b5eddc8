"""On which scale boards average, whom they rank, and which subsets they take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seahelm_lite.boards.check import check_file
from seahelm_lite.boards.files import results_text, write_results
from seahelm_lite.boards.results import BoardResults
from seahelm_lite.boards.runs import read_runs
from tests.boards.making import Workshop, cell, edit, letters, of
from tests.boards.test_build import is_as_the_schema_says


def built(workshop: Workshop, **card: Any) -> BoardResults:
    """A board that its schema and its check find nothing wrong with."""
    results = workshop.build(**card)
    is_as_the_schema_says(results)
    path = write_results(results, workshop.root / "results")
    assert check_file(path, {"made": workshop.board(**card)}, read_runs([workshop.out])) == []
    return results


# The scale. The tasks have two options, so that guessing is right half the time.


@pytest.fixture
def three(workshop: Workshop) -> Workshop:
    """A model that is right, one that guesses, and one that is worse."""
    for name, right in (("right", 12), ("guess", 6), ("worse", 3)):
        workshop.model(name, one=letters(right), two=letters(right))
    return workshop


@pytest.mark.parametrize(
    ("card", "wanted"),
    [
        ({"normalisation": "none"}, [1.0, 0.5, 0.25]),
        ({"normalisation": "chance"}, [1.0, 0.0, -0.5]),
        ({"normalisation": "sea-helm", "standing": "continuity"}, [1.0, 0.0, 0.0]),
    ],
)
def test_scores_are_averaged_on_the_scale_of_the_board(
    three: Workshop, card: dict[str, Any], wanted: list[float]
) -> None:
    results = built(three, **card)
    assert [row.headline.value for row in results.rows] == wanted
    assert [row.cells[0].normalised for row in results.rows] == wanted
    assert [row.cells[0].value for row in results.rows] == [1.0, 0.5, 0.25]


def test_correcting_for_chance_stretches_an_interval_with_its_score(three: Workshop) -> None:
    plain, corrected = (of(built(three, normalisation=name), "guess").headline for name in ("none", "chance"))
    assert plain.ci95 is not None
    assert corrected.ci95 == pytest.approx([2 * bound - 1 for bound in plain.ci95], abs=1e-11)


def test_a_floor_holds_for_the_interval_too(three: Workshop) -> None:
    headline = of(built(three, normalisation="sea-helm", standing="continuity"), "worse").headline
    assert headline.ci95 is not None
    assert headline.ci95[0] == 0.0


def test_correcting_for_chance_of_equal_tasks_changes_no_decision(three: Workshop) -> None:
    plain, corrected = (built(three, normalisation=name) for name in ("none", "chance"))
    assert [(row.rank, row.group, row.first) for row in plain.rows] == [
        (row.rank, row.group, row.first) for row in corrected.rows
    ]


def test_a_metric_without_chance_has_no_place_on_a_corrected_scale(workshop: Workshop) -> None:
    workshop.task("two", metrics=["acc", "macro_f1"])
    workshop.model("a", one=letters(9), two=letters(9))
    tasks = [{"task": "one"}, {"task": "two", "metric": "macro_f1", "required": False}]
    shown = cell(built(workshop, tasks=tasks, normalisation="chance"), "a", "two")
    assert (shown.state, shown.normalised) == ("value", None)


# Nodes


def test_averages_are_made_from_the_bottom_up(workshop: Workshop) -> None:
    workshop.task("one", language="id", pillar="culture")
    workshop.task("three", language="id")
    workshop.model("a", one=letters(12), two=letters(6), three=letters(3))
    tasks = [{"task": name} for name in ("one", "two", "three")]
    results = built(workshop, tasks=tasks, levels=["language", "pillar"])
    assert [(node.path, node.share, node.columns) for node in results.nodes] == [
        (("id",), 0.5, (0, 2)),
        (("id", "culture"), 0.25, (0,)),
        (("id", "knowledge"), 0.25, (2,)),
        (("ms",), 0.5, (1,)),
        (("ms", "knowledge"), 0.5, (1,)),
    ]
    (row,) = results.rows
    assert [average.value for average in row.nodes] == [0.625, 1.0, 0.25, 0.5, 0.5]
    assert row.headline.value == pytest.approx((row.nodes[0].value + row.nodes[3].value) / 2)  # type: ignore[operator]
    assert row.nodes[1].ci95 == row.cells[0].ci95


def test_a_node_that_lacks_a_column_has_no_average_and_the_others_have_theirs(workshop: Workshop) -> None:
    workshop.task("two", language="id")
    workshop.model("half", one=letters(9))
    (row,) = built(workshop, levels=["language"]).rows
    assert [(average.value, average.reason) for average in row.nodes] == [
        (0.75, None),
        (None, "0 of 1 required columns are complete: two is not run"),
    ]
    assert row.status == "incomplete"


# Whom a board ranks


@pytest.mark.parametrize("standing", ["preview", "continuity"])
def test_a_board_that_ranks_nobody_orders_by_headline_and_compares_none(three: Workshop, standing: str) -> None:
    three.model("half", one=letters(12))
    results = built(three, standing=standing)
    assert [(row.model.name, row.status) for row in results.rows] == [
        ("replay-right", "unranked"),
        ("replay-guess", "unranked"),
        ("replay-worse", "unranked"),
        ("replay-half", "incomplete"),
    ]
    assert {(row.rank, row.group, row.first) for row in results.rows} == {(None, None, None)}
    assert (results.comparison, results.sensitivity) == (None, None)
    assert results.columns[0].detectable is not None


def test_what_a_preview_shows_is_marked_as_a_draft(three: Workshop) -> None:
    marks = {cell.marks for row in built(three, standing="preview").rows for cell in row.cells}
    assert marks == {("draft",)}


# Subsets


def as_quick(workshop: Workshop, name: str, right: int) -> str:
    """A run of a model over a part of the tasks, made to look as one over the quick subset; its name."""
    folder = workshop.run(workshop.answers(name, one=letters(right), two=letters(right)), limit=5)

    def change(body: Any) -> None:
        for score in body["scores"]:
            score["subset"].update(kind="quick", id="quick-5-0123abcd")

    edit(folder, "scores.json", change)
    return folder.run_id


def test_a_board_that_allows_it_shows_the_quick_subset_and_takes_no_headline_from_it(workshop: Workshop) -> None:
    as_quick(workshop, "hasty", 12)
    workshop.model("whole", one=letters(9), two=letters(9))
    results = built(workshop, quick=True)
    shown = cell(results, "hasty", "one")
    assert (shown.state, shown.subset, shown.marks, shown.normalised) == (
        "value",
        "quick-5-0123abcd",
        ("limited",),
        None,
    )
    assert of(results, "hasty").status == "incomplete"
    assert [row.model.name for row in results.ranked] == ["replay-whole"]


def test_a_board_that_does_not_allow_it_leaves_the_quick_subset_out_and_names_its_rule(workshop: Workshop) -> None:
    run = as_quick(workshop, "hasty", 12)
    results = built(workshop)
    assert results.rows == ()
    assert [(left.run, left.reason) for left in results.left_out] == [
        (run, f"its {task} is of the quick subset, which this board does not allow (`quick: false`)")
        for task in ("one", "two")
    ]


def test_a_run_over_all_documents_goes_before_the_quick_subset(workshop: Workshop) -> None:
    as_quick(workshop, "both", 12)
    whole = workshop.run(workshop.answers("both", one=letters(12), two=letters(12)))
    assert cell(built(workshop, quick=True), "both", "one").run == whole.run_id


# What can be told apart


def test_the_difference_a_column_can_show_is_that_of_its_answers(workshop: Workshop) -> None:
    for name, right in (("a", 12), ("b", 8), ("c", 4)):
        workshop.model(name, one=letters(right), two=letters(12))
    results = built(workshop)
    one, two = results.columns
    # Each neighbour differs in a third of the documents, the outer two in two thirds: the same spread either way.
    error = (1 / 3 * 2 / 3 / 11) ** 0.5
    assert one.detectable == pytest.approx(error * (2.200985160 + 0.875530), rel=1e-5)
    # All answer the second task alike, which says nothing of what it can show.
    assert two.detectable is None


def test_whoever_leads_on_other_documents_too_is_first_more_often(three: Workshop) -> None:
    first = [row.first for row in built(three).rows]
    assert first == [1.0, 0.0, 0.0]
    three.model("close", one=letters(11), two=letters(12))
    first = [row.first or 0.0 for row in built(three).rows]
    assert 0.5 < first[0] < 1
    assert sum(first) == pytest.approx(1)


def test_an_order_that_rests_on_the_weights_is_told_so(workshop: Workshop) -> None:
    workshop.model("a", one=letters(12), two=letters(6))
    workshop.model("b", one=letters(7), two=letters(11))
    results = built(workshop)
    assert results.sensitivity is not None
    assert (results.sensitivity.within, results.sensitivity.draws) == (0.2, 10_000)
    # Equal headlines have no order; with weight on the first task the first model would lead.
    steady = built(workshop, tasks=[{"task": "one", "weight": 0.8}, {"task": "two", "weight": 0.2}]).sensitivity
    assert steady is not None
    assert (steady.order_kept, steady.first_kept) == (1.0, 1.0)
    swayed = built(workshop, tasks=[{"task": "one", "weight": 0.52}, {"task": "two", "weight": 0.48}]).sensitivity
    assert swayed is not None
    assert 0.5 < swayed.order_kept < 0.95


def test_the_file_says_all_of_it_in_json(three: Workshop) -> None:
    body = json.loads(results_text(built(three, levels=["language"])))
    assert body["board"]["release"] is None
    assert body["nodes"] == [{"path": ["ms"], "share": 1.0, "columns": [0, 1]}]
    assert body["comparison"]["neighbours_told_apart"] == 2
