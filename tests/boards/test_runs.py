"""Runs that cannot be trusted are left out with a reason, and never stop a board."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.runs import read_runs
from seahelm_lite.engine.run_folder import RunFolder
from tests.boards.making import Workshop, as_imported, edit, letters, unseal


def _two(workshop: Workshop) -> RunFolder:
    """A run that is as it should be, and one to be spoilt."""
    workshop.model("good", one=letters(9), two=letters(9))
    return workshop.model("spoilt", one=letters(12), two=letters(12))


def _newer(folder: RunFolder) -> None:
    edit(folder, "manifest.json", lambda body: body.update(schema="seahelm-lite/run/2"))


def _newer_scores(folder: RunFolder) -> None:
    edit(folder, "scores.json", lambda body: body.update(schema="seahelm-lite/scores/2"))


def _improved(folder: RunFolder) -> None:
    edit(folder, "scores.json", lambda body: body["scores"][0].update(value=1.0), seal=False)


def _without_samples(folder: RunFolder) -> None:
    (folder.path / "samples" / "two@gen-letter.parquet").unlink()


def _unreadable(folder: RunFolder) -> None:
    (folder.path / "manifest.json").write_text("{", encoding="utf-8")


def _without_seal(folder: RunFolder) -> None:
    (folder.path / "MANIFEST.sha256").unlink()


def _without_data(folder: RunFolder) -> None:
    edit(folder, "manifest.json", lambda body: body["tasks"][0].pop("data_sha256"))


def _half_a_hash(folder: RunFolder) -> None:
    edit(folder, "manifest.json", lambda body: body["model"].update(fingerprint_sha256="1a7e"))


def _as_if_whole(folder: RunFolder) -> None:
    """One answer short, and written up as complete."""
    counts = {"scored": 11, "unparsed": 0, "refused": 0, "truncated": 0, "error": 1}
    edit(folder, "scores.json", lambda body: body["scores"][0].update(counts=counts))


def _unsealed_import(folder: RunFolder) -> None:
    as_imported(folder)
    unseal(folder, "incomplete")


def _import_without(name: str) -> Callable[[RunFolder], None]:
    def spoil(folder: RunFolder) -> None:
        as_imported(folder)
        edit(folder, "manifest.json", lambda body: body["spec"].pop(name))

    return spoil


def _without_model_spec(folder: RunFolder) -> None:
    edit(folder, "manifest.json", lambda body: body["spec"].pop("model"))


def _elsewhere(folder: RunFolder) -> None:
    edit(folder, "manifest.json", lambda body: body["tasks"][0].update(key="../../one@gen-letter"))


def _nested(folder: RunFolder) -> None:
    (folder.path / "scores.json").write_text("[" * 200_000, encoding="utf-8")
    folder.seal()


def _a_folder(folder: RunFolder) -> None:
    (folder.path / "scores.json").unlink()
    (folder.path / "scores.json").mkdir()
    folder.seal()


def _score(**changes: Any) -> Callable[[RunFolder], None]:
    return lambda folder: edit(folder, "scores.json", lambda body: body["scores"][0].update(changes))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_newer, "has schema 'seahelm-lite/run/2'; this version reads 'seahelm-lite/run/1'"),
        (_newer_scores, "has schema 'seahelm-lite/scores/2'; this version reads 'seahelm-lite/scores/1'"),
        (_improved, "is not as it was finished: scores.json has changed"),
        (_without_samples, "is not as it was finished: samples/two@gen-letter.parquet is missing"),
        (_unreadable, "cannot be read: Expecting property name"),
        (_without_seal, "is complete and has no seal"),
        (_without_data, "manifest.json is not as this version reads it: tasks.0.data_sha256: Field required"),
        (_half_a_hash, "manifest.json is not as this version reads it: model.fingerprint_sha256: String should match"),
        (
            _score(value=float("nan")),
            "scores.json is not as this version reads it: scores.0.value: Input should be a fini",
        ),
        (
            _score(value=None),
            "scores.json is not as this version reads it: scores.0: a score has a value if and only if",
        ),
        (
            _score(ci95=None),
            "scores.json is not as this version reads it: scores.0: a number that is missing has a rea",
        ),
        (_score(n=0), "scores.json is not as this version reads it: scores.0.n: Input should be greater than or equal"),
        (
            _as_if_whole,
            "scores.json is not as this version reads it: scores.0: a score is complete if and only if no answer ended",
        ),
        (
            _score(status="incomplete", value=None, reason="lacks answers"),
            "scores.json is not as this version reads it: scores.0: a score is complete if and only if no answer ended",
        ),
        (_unsealed_import, "was imported and has no seal"),
        (_import_without("import"), "spec of manifest.json is not as this version reads it: import: Field required"),
        (_import_without("files"), "spec of manifest.json is not as this version reads it: files: Field required"),
        (_without_model_spec, "spec of manifest.json is not as this version reads it: model: Field required"),
        (_elsewhere, "manifest.json is not as this version reads it: tasks.0.key: String should match pattern"),
        (_nested, "a file of it cannot be read"),
        (_a_folder, "cannot be read: "),
        (lambda folder: unseal(folder, "running"), "is running, and has no scores yet"),
        (lambda folder: unseal(folder, "interrupted"), "is interrupted, and has no scores yet"),
    ],
)
def test_a_run_that_cannot_be_trusted_is_left_out_with_its_reason(
    workshop: Workshop, spoil: Callable[[RunFolder], Any], reason: str
) -> None:
    folder = _two(workshop)
    spoil(folder)
    results = workshop.build()
    assert [row.model.name for row in results.rows] == ["replay-good"]
    (left,) = results.left_out
    assert left.run == folder.run_id
    assert left.reason.startswith(reason)
    assert str(workshop.root) not in left.reason
    assert "\n" not in left.reason


def test_scores_that_lie_beside_the_first_ones_do_no_harm(workshop: Workshop) -> None:
    folder = _two(workshop)
    folder.add_scores(folder.scores()["scores"])
    assert workshop.build().left_out == ()


def test_an_incomplete_run_needs_no_seal_and_one_that_has_a_seal_is_verified(workshop: Workshop) -> None:
    folder = workshop.model("gaps", one="A" * 10 + "--")
    assert not folder.is_sealed()
    assert [row.model.name for row in workshop.build().rows] == ["replay-gaps"]
    folder.seal()
    assert [row.model.name for row in workshop.build().rows] == ["replay-gaps"]
    edit(folder, "scores.json", lambda body: body["scores"][0].update(n_answered=12), seal=False)
    (left,) = workshop.build().left_out
    assert left.reason == "is not as it was finished: scores.json has changed"


def test_no_cell_of_a_run_without_a_seal_has_a_value_that_its_samples_do_not_give(workshop: Workshop) -> None:
    folder = workshop.model("gaps", one="A" * 10 + "--", two=letters(9))
    assert [cell.state for cell in workshop.build().rows[0].cells] == ["incomplete", "value"]
    better = {"value": 1.0, "se": 0.0, "ci95": [0.7, 1.0], "reason": None, "status": "complete", "n_answered": 12}
    counts = {"scored": 12, "unparsed": 0, "refused": 0, "truncated": 0, "error": 0}
    edit(folder, "scores.json", lambda body: body["scores"][0].update(better, counts=counts), seal=False)
    results = workshop.build()
    assert [cell.state for cell in results.rows[0].cells] == ["not run", "value"]
    assert [left.reason for left in results.left_out] == [
        "2 of its samples of one have no value, and its scores say it is complete"
    ]


def test_a_run_of_an_earlier_version_lacks_what_came_later_and_is_used(workshop: Workshop) -> None:
    folder = workshop.model("gaps", one="A" * 10 + "--")

    def earlier(manifest: Any) -> None:
        manifest.pop("imported", None)
        for task in manifest["tasks"]:
            task.pop("usage", None)

    edit(folder, "manifest.json", earlier, seal=False)
    edit(folder, "scores.json", lambda body: [score.pop("n_answered") for score in body["scores"]], seal=False)
    (row,) = workshop.build(tasks=[{"task": "one"}]).rows
    assert (row.cells[0].state, row.cells[0].n_answered, row.cells[0].usage) == ("incomplete", None, None)
    assert row.headline.reason == "0 of 1 required columns are complete: one is incomplete"


def test_a_folder_that_does_not_exist_is_refused_and_an_empty_one_has_no_runs(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match=r"/absent: the folder of runs does not exist\. Correct --runs\."):
        read_runs([tmp_path / "absent"])
    assert read_runs([tmp_path]).finished == ()
