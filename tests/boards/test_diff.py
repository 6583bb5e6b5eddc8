"""What moved between two results of a board, and why: each cause by itself, with real runs of small tasks."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import schemas
from seahelm_lite.boards.changes import BoardDiff, ModelChange, ReleaseDiff
from seahelm_lite.boards.diff import board_diff, release_diff
from seahelm_lite.boards.fields import BoardError
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.schemas import schema
from tests.boards.making import Workshop, as_imported, edit, give, letters

FILE = Path(schemas.__file__).parent / "board-diff-1.json"
CHANGED = "another model under the same name"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that is better at one task, and one that is better at the other."""
    workshop = Workshop(tmp_path_factory.mktemp("filled"))
    workshop.model("some", one=letters(8), two=letters(4))
    workshop.model("many", one=letters(9), two=letters(11))
    return workshop.root


@pytest.fixture
def old(filled: Path, tmp_path: Path) -> Workshop:
    """As it was."""
    return Workshop(Path(shutil.copytree(filled, tmp_path / "old")))


@pytest.fixture
def new(filled: Path, tmp_path: Path) -> Workshop:
    """The same again, to be changed."""
    return Workshop(Path(shutil.copytree(filled, tmp_path / "new")))


def _again(workshop: Workshop, of: int = 12, **settings: Any) -> None:
    """Run both models once more, in the place of what they answered before."""
    for run in list(workshop.out.glob("replay-*")):
        shutil.rmtree(run)
    workshop.run(workshop.answers("some", one=letters(8, of), two=letters(4)), **settings)
    workshop.run(workshop.answers("many", one=letters(9, of), two=letters(11)), **settings)


def _run(workshop: Workshop, name: str) -> RunFolder:
    (path,) = workshop.out.glob(f"replay-{name}-*")
    return RunFolder(path)


def _told(diff: BoardDiff, model: str, task: str) -> list[tuple[str, str]]:
    """The causes of a cell's change."""
    (change,) = [one for one in diff.cells if (one.name, one.task) == (f"replay-{model}", task)]
    return [(cause.kind, cause.told) for cause in change.causes]


def _kinds(diff: BoardDiff, model: str = "some", task: str = "one") -> list[str]:
    return [kind for kind, _ in _told(diff, model, task)]


def test_the_same_runs_make_no_difference(old: Workshop, new: Workshop) -> None:
    diff = board_diff(old.build(), new.build())
    assert (diff.card, diff.models, diff.cells) == ((), (), ())
    assert (diff.unmoved, diff.same_cells) == (2, 4)


# Why a cell changed


def test_other_data_are_told_by_their_hash(old: Workshop, new: Workshop) -> None:
    new.task("one", documents=11)
    _again(new, of=11)
    diff = board_diff(old.build(), new.build())
    before, after = (shop.build().columns[0].data_sha256 or "" for shop in (old, new))
    assert ("data", f"other data ({before[:8]}… → {after[:8]}…)") in _told(diff, "some", "one")
    # The card pins the data, so that its file changed too; the other prompts are those of the other data.
    assert _kinds(diff)[:2] == ["task", "data"]
    assert {change.task for change in diff.cells} == {"one"}


def test_a_version_of_a_task_is_told(old: Workshop, new: Workshop) -> None:
    new.task("one", version="1.1")
    _again(new)
    give(_run(new, "some"), "one", 5)
    diff = board_diff(old.build(), new.build())
    assert _told(diff, "some", "one") == [
        ("task", "version of the task 1.0 → 1.1"),
        ("scoring", "the same answers, scored otherwise"),
    ]


def test_a_task_file_that_changed_without_its_version_is_told(old: Workshop, new: Workshop) -> None:
    new.task("one", title="Another title")
    _again(new)
    give(_run(new, "some"), "one", 5)
    diff = board_diff(old.build(), new.build())
    (kind, told) = _told(diff, "some", "one")[0]
    assert kind == "task"
    assert told.startswith("file of the task changed, its version did not (")


def test_a_model_of_the_same_name_is_told_from_the_one_before(old: Workshop, new: Workshop) -> None:
    for path in new.out.glob("replay-some-*"):
        edit(RunFolder(path), "manifest.json", lambda body: body["model"].update(fingerprint_sha256="ab" * 32))
        give(RunFolder(path), "one", 5)
    diff = board_diff(old.build(), new.build())
    (kind, told) = _told(diff, "some", "one")[0]
    assert kind == "model"
    assert told.endswith("→ abababab…)")
    assert not [change for change in diff.models if change.move in ("added", "removed")]


def test_shots_are_told(old: Workshop, new: Workshop) -> None:
    _again(new, shots=2)
    give(_run(new, "some"), "one", 5)
    diff = board_diff(old.build(), new.build(shots=2))
    assert _told(diff, "some", "one") == [("shots", "shots 0 → 2")]
    assert [cause.told for cause in diff.card] == ["shots 0 → 2"]


def test_a_metric_is_told(old: Workshop, new: Workshop) -> None:
    for workshop in (old, new):
        workshop.task("one", metrics=["acc", "macro_f1"])
        _again(workshop)
    diff = board_diff(old.build(), new.build(tasks=[{"task": "one", "metric": "macro_f1"}, {"task": "two"}]))
    assert _told(diff, "some", "one") == [("metric", "metric acc → macro_f1")]
    assert {change.task for change in diff.cells} == {"one"}


def test_a_protocol_is_told(old: Workshop, new: Workshop) -> None:
    for path in new.out.glob("replay-*"):
        as_imported(RunFolder(path))
    diff = board_diff(old.build(), new.build(protocol="recorded:somewhere"))
    # The same answers have the same value.
    assert diff.cells == ()
    give(_run(old, "some"), "one", 5)
    diff = board_diff(old.build(), new.build(protocol="recorded:somewhere"))
    assert ("protocol", "protocol gen-letter → recorded:somewhere") in _told(diff, "some", "one")


def test_other_prompts_are_told_where_nothing_else_made_them(old: Workshop, new: Workshop) -> None:
    run = _run(new, "some")
    edit(run, "manifest.json", lambda body: body["tasks"][0].update(prompts_sha256="cd" * 32))
    give(run, "one", 5)
    diff = board_diff(old.build(), new.build())
    (kind, told) = _told(diff, "some", "one")[0]
    assert kind == "prompts"
    assert told.endswith("→ cdcdcdcd…)")


def test_decoding_is_told_setting_by_setting(old: Workshop, new: Workshop) -> None:
    _again(new, max_tokens=3)
    give(_run(new, "some"), "one", 5)
    diff = board_diff(old.build(), new.build())
    assert _told(diff, "some", "one") == [("decoding", "max_tokens 64 → 3")]


def test_repeats_are_told(old: Workshop, new: Workshop) -> None:
    old.run("baseline:random")
    new.run("baseline:random", repeats=3)
    (cell, _) = board_diff(old.build(), new.build()).cells
    assert [(cause.kind, cause.told) for cause in cell.causes if cause.kind != "decoding"] == [
        ("repeats", "asked 1 → 3 times")
    ]


def test_a_subset_is_told(old: Workshop, new: Workshop) -> None:
    _again(new, limit=6)
    diff = board_diff(old.build(), new.build())
    assert ("subset", "all documents → 6 documents (limit)") in _told(diff, "some", "one")
    assert "prompts" not in _kinds(diff)


def test_a_cell_that_was_not_run_and_one_that_is_incomplete_are_told(old: Workshop, new: Workshop) -> None:
    old.model("late", one=letters(3))
    new.run(new.answers("late", one=letters(3), two="AAA" + "-" * 9))
    diff = board_diff(old.build(), new.build())
    assert _told(diff, "late", "two")[0] == ("run", "not run, now incomplete (3 of 12)")
    whole = board_diff(new.build(), old.build())
    assert _told(whole, "late", "two")[0] == ("run", "incomplete (3 of 12), now not run")


def test_the_same_answers_are_told_from_others_where_only_the_score_changed(old: Workshop, new: Workshop) -> None:
    give(_run(new, "some"), "one", 5)
    diff = board_diff(old.build(), new.build())
    assert _told(diff, "some", "one") == [("scoring", "the same answers, scored otherwise")]


def test_other_answers_to_the_same_requests_are_noise_between_runs(old: Workshop, new: Workshop) -> None:
    run = _run(new, "some")
    path = run.path / "samples" / "one@gen-letter.parquet"
    table = pq.read_table(path)
    bodies = [json.loads(outcomes[0]) for outcomes in table["outcomes"].to_pylist()]
    texts = pa.array([[json.dumps({**body, "text": "C"})] for body in bodies])
    pq.write_table(table.set_column(table.column_names.index("outcomes"), "outcomes", texts), path)
    give(run, "one", 5)
    diff = board_diff(old.build(), new.build())
    assert _told(diff, "some", "one") == [
        ("answers", "another run of the same requests: noise between runs, or a model that changed behind its address")
    ]


def test_how_long_an_answer_took_makes_it_no_other(old: Workshop, new: Workshop) -> None:
    run = _run(new, "some")
    path = run.path / "samples" / "one@gen-letter.parquet"
    table = pq.read_table(path)
    bodies = [json.loads(outcomes[0]) for outcomes in table["outcomes"].to_pylist()]
    slower = pa.array([[json.dumps({**body, "latency_s": 9.5})] for body in bodies])
    pq.write_table(table.set_column(table.column_names.index("outcomes"), "outcomes", slower), path)
    give(run, "one", 5)
    assert _kinds(board_diff(old.build(), new.build())) == ["scoring"]


def test_other_logs_are_told(old: Workshop, new: Workshop) -> None:
    for workshop in (old, new):
        for path in workshop.out.glob("replay-*"):
            as_imported(RunFolder(path))
    run = _run(new, "some")
    edit(run, "manifest.json", lambda body: body["imported"]["files"][0].update(sha256="1" * 64))
    edit(run, "scores.json", lambda body: body["scores"][0].update(ci95=[0.1, 0.9]))
    protocol = {"protocol": "recorded:somewhere"}
    diff = board_diff(old.build(**protocol), new.build(**protocol))
    assert _told(diff, "some", "one") == [("log", "other files of recorded answers")]


# Which models moved


def _change(diff: BoardDiff, model: str) -> ModelChange:
    (change,) = [one for one in diff.models if one.name == f"replay-{model}"]
    return change


def _why(change: ModelChange) -> list[tuple[str, str]]:
    return [(cause.kind, cause.told) for cause in change.causes]


def test_a_move_past_the_range_of_ranks_is_told_as_one(old: Workshop, tmp_path: Path) -> None:
    new = Workshop(tmp_path / "new")
    new.model("some", one=letters(12), two=letters(11))
    new.model("many", one=letters(2), two=letters(1))
    diff = board_diff(old.build(), new.build())
    assert [(change.name, change.move) for change in diff.models] == [("replay-some", "up"), ("replay-many", "down")]
    up = _change(diff, "some")
    assert up.old is not None
    assert up.new is not None
    assert (up.old.headline, up.new.headline) == (pytest.approx(12 / 24), pytest.approx(23 / 24))
    ((kind, told),) = _why(up)
    assert kind == "model"
    assert told.startswith(f"one, two: {CHANGED}")


def test_a_move_within_the_range_of_ranks_is_no_move_that_is_shown(old: Workshop, tmp_path: Path) -> None:
    new = Workshop(tmp_path / "new")
    new.model("some", one=letters(9), two=letters(6))
    new.model("many", one=letters(8), two=letters(5))
    diff = board_diff(old.build(), new.build())
    # Some is first now; but of two that are not told apart.
    assert [(change.name, change.move) for change in diff.models] == [
        ("replay-some", "within"),
        ("replay-many", "within"),
    ]


def test_a_model_that_came_in_moves_others_of_which_nothing_changed(old: Workshop, new: Workshop) -> None:
    new.model("best", one=letters(12), two=letters(12))
    diff = board_diff(old.build(), new.build())
    assert (diff.models[0].name, diff.models[0].move) == ("replay-best", "added")
    some = _change(diff, "some")
    assert some.move == "down"
    assert _why(some) == [("others", "nothing of its own; others: added replay-best")]
    assert diff.cells == ()
    back = board_diff(new.build(), old.build())
    assert (back.models[0].name, back.models[0].move) == ("replay-best", "removed")
    assert _why(_change(back, "some")) == [("others", "nothing of its own; others: removed replay-best")]


def test_a_model_that_was_completed_is_ranked_now(old: Workshop, new: Workshop) -> None:
    old.run(old.answers("late", one=letters(12)), tasks=["one"])
    new.model("late", one=letters(12), two=letters(12))
    late = _change(board_diff(old.build(), new.build()), "late")
    assert late.move == "in"
    assert ("run", "two: not run, now a value") in _why(late)
    assert _change(board_diff(new.build(), old.build()), "late").move == "out"


# What changed on the card


def _card(old: BoardDiff) -> list[str]:
    assert {cause.kind for cause in old.card} == {"board"}
    return [cause.told for cause in old.card]


def test_weights_change_headlines_and_no_cell(old: Workshop, new: Workshop) -> None:
    weighed = [{"task": "one", "weight": 0.9}, {"task": "two", "weight": 0.1}]
    diff = board_diff(old.build(), new.build(tasks=weighed))
    assert _card(diff) == ["one counts 50.0% → 90.0% of the headline", "two counts 50.0% → 10.0% of the headline"]
    assert diff.cells == ()
    some = _change(diff, "some")
    assert [told for _, told in _why(some)] == _card(diff)
    assert some.new is not None
    assert some.new.headline == pytest.approx(0.9 * 8 / 12 + 0.1 * 4 / 12)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"tasks": [{"task": "one"}]}, ["task removed: two (50.0% of the headline)"]),
        (
            {"tasks": [{"task": "one"}, {"task": "two", "required": False}]},
            ["one counts 50.0% → 100.0% of the headline", "two is no longer required"],
        ),
        ({"normalisation": "chance"}, ["normalisation none → chance"]),
        ({"standing": "preview"}, ["standing ranking → preview"]),
        ({"levels": ["pillar"]}, ["levels none → pillar", "one stands in knowledge, before in none"]),
        ({"title": "Another"}, ["other title"]),
        ({"measures": "More.", "quick": True}, ["quick false → true", "other measures"]),
    ],
)
def test_each_change_of_the_card_is_told(
    changes: dict[str, Any], told: list[str], old: Workshop, new: Workshop
) -> None:
    assert set(told) <= set(_card(board_diff(old.build(), new.build(**changes))))


def test_a_task_that_was_added_is_told_with_its_weight(old: Workshop, new: Workshop) -> None:
    diff = board_diff(old.build(tasks=[{"task": "one"}]), new.build())
    assert "task added: two (50.0% of the headline)" in _card(diff)
    assert _change(diff, "some").causes[0].kind == "board"
    assert {change.task for change in diff.cells} == set()


def test_words_of_the_card_are_no_cause_of_a_move(old: Workshop, new: Workshop) -> None:
    new.model("best", one=letters(12), two=letters(12))
    diff = board_diff(old.build(), new.build(title="Another"))
    assert _card(diff) == ["other title"]
    assert [kind for kind, _ in _why(_change(diff, "some"))] == ["others"]


# Whole releases


def test_boards_of_one_release_only_are_named(old: Workshop, new: Workshop) -> None:
    before, after = old.build(), new.build()
    diff = release_diff({"made": before, "gone": before}, {"made": after, "fresh": after})
    assert (diff.boards_added, diff.boards_removed) == (("fresh",), ("gone",))
    assert [board.board for board in diff.boards] == ["made"]


def test_results_of_different_boards_are_refused_by_name(old: Workshop, new: Workshop) -> None:
    with pytest.raises(BoardError, match="different boards: one and two"):
        release_diff({"one": old.build()}, {"two": new.build()})


def test_the_schema_is_what_is_written(old: Workshop, new: Workshop) -> None:
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ReleaseDiff.model_json_schema(by_alias=True, mode="serialization"),
        "title": "What board diff --json prints",
    }
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SCHEMA"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text
    Draft202012Validator.check_schema(schema("board-diff-1"))
    new.model("best", one=letters(12), two=letters(12))
    give(_run(new, "some"), "one", 5)
    diff = release_diff({"made": old.build()}, {"made": new.build()})
    told = diff.model_dump(mode="json", by_alias=True)
    Draft202012Validator(schema("board-diff-1")).validate(told)
    assert ReleaseDiff.model_validate(told) == diff
