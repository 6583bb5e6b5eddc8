"""Models are compared on the same documents, by answers that give their scores."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seahelm_lite.boards.results import BoardError
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


def test_a_score_that_its_samples_do_not_give_is_refused(workshop: Workshop) -> None:
    folder = workshop.model("good", one=letters(9))
    edit(folder, "scores.json", lambda body: body["scores"][0].update(value=0.9))
    with pytest.raises(BoardError) as caught:
        workshop.build(tasks=[{"task": "one"}])
    assert str(caught.value) == (
        f"the samples of {folder.run_id} score 0.750000 on one, its scores say 0.9. "
        "Check it with `seahelm-lite runs verify`."
    )


def test_samples_that_cannot_be_read_are_refused(workshop: Workshop) -> None:
    folder = workshop.model("good", one=letters(9))
    path = folder.path / "samples" / "one@gen-letter.parquet"
    path.write_bytes(b"PAR1")
    folder.seal()
    with pytest.raises(BoardError, match="the samples cannot be read") as caught:
        workshop.build(tasks=[{"task": "one"}])
    assert caught.value.where == str(path)
