"""Which run fills a cell, and when none may be picked silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.engine.run_folder import RunFolder
from tests.boards.making import Workshop, as_imported, cell, copied, edit, give, letters

MODEL = "model"


def _answers(workshop: Workshop) -> str:
    return workshop.answers(MODEL, one=letters(9), two=letters(9))


def test_a_run_over_all_documents_goes_before_one_over_a_subset_and_the_larger_subset_before_the_smaller(
    workshop: Workshop,
) -> None:
    spec = _answers(workshop)
    for limit in (3, 6):
        workshop.run(spec, limit=limit)
    assert cell(workshop.build(), MODEL, "one").n == 6
    whole = workshop.run(spec)
    assert cell(workshop.build(), MODEL, "one").run == whole.run_id


def test_of_two_incomplete_runs_the_one_with_more_answers_is_taken(workshop: Workshop) -> None:
    spec = workshop.answers(MODEL, one="AAAAAAAAA---")
    less, more = (workshop.run(spec, tasks=["one"], max_tokens=limit) for limit in (3, 4))
    for folder, answered in ((less, 8), (more, 9)):
        edit(folder, "scores.json", lambda body, k=answered: body["scores"][0].update(n_answered=k), seal=False)
    assert cell(workshop.build(), MODEL, "one").run == more.run_id


def test_a_complete_run_over_a_subset_goes_before_an_incomplete_one(workshop: Workshop, tmp_path: Path) -> None:
    probe = workshop.run("baseline:longest", tmp_path / "probe", tasks=["one"], limit=1)
    (sample,) = probe.read_samples("one@gen-letter")
    answered = int(sample.sample.document.id.partition("#")[2])
    spec = workshop.answers(MODEL, one="".join("A" if n == answered else "-" for n in range(12)))
    whole, limited = (workshop.run(spec, tasks=["one"], limit=limit) for limit in (None, 1))
    assert [folder.manifest()["status"] for folder in (whole, limited)] == ["incomplete", "complete"]
    assert cell(workshop.build(), MODEL, "one").run == limited.run_id


def test_of_two_runs_with_the_same_prompts_and_values_the_first_by_name_is_taken(workshop: Workshop) -> None:
    spec = _answers(workshop)
    names = [workshop.run(spec, tasks=tasks).run_id for tasks in (["one"], ["one", "two"])]
    assert len(set(names)) == 2
    assert cell(workshop.build(), MODEL, "one").run == min(names)


def test_two_runs_of_a_model_with_different_prompts_are_refused_by_name(workshop: Workshop) -> None:
    spec = _answers(workshop)
    names = [workshop.run(spec, tasks=["one"], max_tokens=limit).run_id for limit in (3, 4)]
    with pytest.raises(BoardError) as caught:
        workshop.build()
    assert caught.value.what.startswith(f"replay-{MODEL} has two runs of one that differ in their prompts: ")
    assert all(name in caught.value.what for name in names)
    assert caught.value.remedy == "Move one of the two runs out of the folders named by --runs."


def test_two_runs_with_the_same_prompts_and_different_values_are_refused_by_name(workshop: Workshop) -> None:
    folder = workshop.run(_answers(workshop))
    other = copied(folder, "model-again")
    give(other, "one", 6)
    with pytest.raises(BoardError) as caught:
        workshop.build()
    assert "that differ in their values: " in caught.value.what
    assert {folder.run_id, other.run_id} <= set(caught.value.what.replace(": ", " ").split())


def test_another_system_prompt_makes_another_row(workshop: Workshop) -> None:
    for text in (None, "Jawab."):
        workshop.run(_answers(workshop), system_prompt=text)
    assert len(workshop.build().rows) == 2


def test_a_run_of_another_version_of_the_task_is_left_out_of_that_column_alone(workshop: Workshop) -> None:
    folder = workshop.run(_answers(workshop))
    workshop.task("one", version="1.1")
    results = workshop.build()
    assert [(left.run, left.reason) for left in results.left_out] == [
        (folder.run_id, "its one is version 1.0; the board's is 1.1")
    ]
    assert [cell(results, MODEL, task).state for task in ("one", "two")] == ["not run", "value"]


def test_a_run_that_lacks_the_metric_of_the_column_is_left_out_of_it(workshop: Workshop) -> None:
    folder = workshop.run(_answers(workshop), tasks=["one"])
    edit(folder, "scores.json", lambda body: body["scores"][0].update(metric="macro_f1"))
    assert [left.reason for left in workshop.build().left_out] == ["it has no acc of one"]


def _of_two_data(workshop: Workshop, *, second: str) -> list[RunFolder]:
    first = workshop.run(workshop.answers("first", one=letters(9)), tasks=["one"])
    workshop.task("one", documents=11)
    return [first, workshop.run(workshop.answers("second", one=second), tasks=["one"])]


def test_two_complete_runs_of_different_data_are_refused_by_name(workshop: Workshop) -> None:
    folders = _of_two_data(workshop, second=letters(9, 11))
    with pytest.raises(BoardError) as caught:
        workshop.build()
    assert caught.value.what.startswith("two runs of one are of different data: ")
    assert all(folder.run_id in caught.value.what for folder in folders)


def test_an_incomplete_run_of_other_data_than_the_complete_ones_is_left_out(workshop: Workshop) -> None:
    first, second = _of_two_data(workshop, second="A" * 10 + "-")
    results = workshop.build()
    assert [row.model.name for row in results.rows] == ["replay-first"]
    assert [(left.run, left.reason) for left in results.left_out] == [
        (second.run_id, f"its one is of other data than that of {first.run_id}")
    ]


@pytest.mark.parametrize(("shots", "found"), [(0, "value"), (1, "not run")])
def test_a_run_with_other_shots_is_for_another_column(workshop: Workshop, shots: int, found: str) -> None:
    workshop.run(_answers(workshop))
    results = workshop.build(tasks=[{"task": "two"}, {"task": "one", "shots": shots, "required": False}])
    assert cell(results, MODEL, "one").state == found


# Answers recorded elsewhere


def _imported(workshop: Workshop, name: str, log_format: str, **form: str | None) -> RunFolder:
    """A run under one protocol, by some format, read in some form."""
    folder = workshop.model(name, one=letters(9))
    as_imported(folder)

    def change(body: Any) -> None:
        body["imported"]["format"] = log_format
        body["tasks"][0]["answer_form"] = form or None

    edit(folder, "manifest.json", change)
    return folder


LETTER: dict[str, str | None] = {"kind": "letter", "key": None}
MEMBER: dict[str, str | None] = {"kind": "letter", "key": "answer"}


@pytest.mark.parametrize(
    ("first", "second", "kept", "told"),
    [
        (("x-logs", LETTER), ("x-logs", LETTER), ["a", "b"], None),
        (
            ("x-logs", LETTER),
            ("y-logs", LETTER),
            ["a"],
            "its one came by the format y-logs (read as letter), that of {other} by the format x-logs (read as letter)",
        ),
        (
            ("x-logs", LETTER),
            ("somewhere", LETTER),
            ["b"],
            "its one came by the format x-logs (read as letter), "
            "that of {other} by the format somewhere (read as letter)",
        ),
        (
            ("x-logs", LETTER),
            ("x-logs", MEMBER),
            ["a"],
            "its one came by the format x-logs (read as letter answer), "
            "that of {other} by the format x-logs (read as letter)",
        ),
        (
            ("x-logs", LETTER),
            ("x-logs", {}),
            ["a"],
            "its one came by the format x-logs, that of {other} by the format x-logs (read as letter)",
        ),
    ],
)
def test_recorded_answers_of_one_column_came_by_one_format_and_were_read_alike(
    workshop: Workshop, first: Any, second: Any, kept: list[str], told: str | None
) -> None:
    runs = {
        name: _imported(workshop, name, log_format, **form)
        for name, (log_format, form) in (("a", first), ("b", second))
    }
    results = workshop.build(protocol="recorded:somewhere", tasks=[{"task": "one"}])
    assert sorted(row.model.name for row in results.rows) == [f"replay-{name}" for name in kept]
    lost = [runs[name].run_id for name in "ab" if name not in kept]
    assert [left.run for left in results.left_out] == lost
    if told is not None:
        assert results.left_out[0].reason == told.format(other=runs[kept[0]].run_id)


def test_our_own_answers_do_not_pass_for_recorded_ones(workshop: Workshop) -> None:
    folder = workshop.model("ours", one=letters(9))
    as_imported(folder)
    edit(folder, "manifest.json", lambda body: body.update(imported=None, spec={"model": "x", "tasks": ["one"]}))
    results = workshop.build(protocol="recorded:somewhere", tasks=[{"task": "one"}])
    assert results.rows == ()
    assert [left.reason for left in results.left_out] == [
        "its one is in recorded:somewhere, which does not go with where its answers are from"
    ]
