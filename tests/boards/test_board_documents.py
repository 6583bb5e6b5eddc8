"""Models are compared on the same documents, by answers that give their scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.engine.run_folder import RunFolder
from tests.boards.making import Workshop, edit, letters, of


def _change(folder: RunFolder, column: str, values: list[object]) -> None:
    """Change the first documents of a samples file, and seal it again."""
    path = folder.path / "samples" / "one@gen-letter.parquet"
    table = pq.read_table(path)
    place = table.column_names.index(column)
    whole = values + table.column(column).to_pylist()[len(values) :]
    pq.write_table(table.set_column(place, column, pa.array(whole, type=table.schema.types[place])), path)
    folder.seal()


def test_repeats_are_averaged_within_a_document(workshop: Workshop) -> None:
    folder = workshop.run(workshop.answers("good", one=letters(12)), tasks=["one"])
    workshop.run("baseline:random", tasks=["one"], repeats=3)
    results = workshop.build(tasks=[{"task": "one"}])
    assert of(results, "good").cells[0].run == folder.run_id
    assert [row.cells[0].repeats for row in results.rows] == [1, 3]
    assert len(results.ranked) == 2


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("document", ["one/rows.jsonl#99"], "two runs of one have different documents: "),
        ("cluster", ["x", "x"], "two runs of one have different clusters of documents: "),
    ],
)
def test_runs_of_other_documents_or_clusters_are_refused_by_name(
    workshop: Workshop, column: str, values: list[object], told: str
) -> None:
    folders = [workshop.model(name, one=letters(right)) for name, right in (("good", 12), ("poor", 3))]
    _change(folders[1], column, values)
    with pytest.raises(BoardError) as caught:
        workshop.build(tasks=[{"task": "one"}])
    assert caught.value.what == told + " and ".join(folder.run_id for folder in folders)


def _left_out(workshop: Workshop, folder: RunFolder) -> str:
    """Why a run is not on the board, on which another one is."""
    workshop.model("sound", one=letters(6))
    results = workshop.build(tasks=[{"task": "one"}])
    assert [row.model.name for row in results.rows] == ["replay-sound"]
    (left,) = results.left_out
    assert left.run == folder.run_id
    assert str(workshop.root) not in left.reason
    assert "\n" not in left.reason
    return left.reason


def test_a_run_whose_samples_do_not_give_its_score_is_left_out(workshop: Workshop) -> None:
    folder = workshop.model("good", one=letters(9))
    edit(folder, "scores.json", lambda body: body["scores"][0].update(value=0.9))
    assert _left_out(workshop, folder) == "its samples of one score 0.750000, its scores say 0.9"


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("value", [None], "1 of its samples of one have no value, and its scores say it is complete"),
        ("document", [None], "1 of its samples of one have no value, and its scores say it is complete"),
        ("value", [float("nan")], "its samples of one score nan, its scores say 0.75"),
        ("state", ["error"], "its samples of one are not those that its scores count"),
        ("document", ["x", "x"], "its samples of one are not those that its scores count"),
    ],
)
def test_a_run_whose_samples_are_not_those_of_its_score_is_left_out(
    workshop: Workshop, column: str, values: list[object], told: str
) -> None:
    folder = workshop.model("good", one=letters(9))
    _change(folder, column, values)
    assert _left_out(workshop, folder) == told


def _damaged(path: Path) -> None:
    path.write_bytes(b"PAR1")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _without_values(path: Path) -> None:
    pq.write_table(pq.read_table(path).drop_columns(["value", "state"]), path)


def _with_words_for_values(path: Path) -> None:
    table = pq.read_table(path)
    place = table.column_names.index("value")
    pq.write_table(table.set_column(place, "value", pa.array(["right"] * len(table))), path)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_damaged, "its samples of one cannot be read"),
        (_empty, "its samples of one cannot be read"),
        (_with_words_for_values, "its samples of one cannot be read"),
        (_without_values, "its samples of one have no state, value"),
        (Path.unlink, "has no samples of one"),
    ],
)
def test_a_run_whose_samples_cannot_be_read_is_left_out(
    workshop: Workshop, spoil: Callable[[Path], None], told: str
) -> None:
    folder = workshop.model("good", one=letters(9))
    spoil(folder.path / "samples" / "one@gen-letter.parquet")
    folder.seal()
    assert _left_out(workshop, folder) == told


def test_the_samples_of_a_column_that_ranks_nobody_are_held_against_its_score_too(workshop: Workshop) -> None:
    folder = workshop.model("good", one=letters(9), two=letters(9))
    edit(folder, "scores.json", lambda body: body["scores"][1].update(value=1.0))
    results = workshop.build(tasks=[{"task": "one"}, {"task": "two", "required": False}])
    assert [cell.state for cell in results.rows[0].cells] == ["value", "not run"]
    assert [left.reason for left in results.left_out] == ["its samples of two score 0.750000, its scores say 1.0"]
