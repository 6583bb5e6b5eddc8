"""Rows of a board, compared by the runs that they are made of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from seahelm_lite import compare
from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.files import write_results
from seahelm_lite.errors import RunFolderError, SeahelmError, UnknownNameError
from seahelm_lite.schemas import schema
from tests.boards.making import Workshop, letters


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path)
    made.model("good", one=letters(11), two=letters(9))
    # In two runs, of which only the board knows that they are one model's.
    spec = made.answers("split", one=letters(3), two=letters(4))
    made.run(spec, tasks=["one"])
    made.run(spec, tasks=["two"])
    made.model("part", one=letters(12))
    return made


def written(made: Workshop, folder: str = "results", release: date | None = None, **changes: Any) -> Path:
    """The file of the board."""
    results = made.build(**changes)
    if release is not None:
        results = results.model_copy(update={"board": results.board.model_copy(update={"release": release})})
    (made.root / folder).mkdir(exist_ok=True)
    return write_results(results, made.root / folder)


def told_of(made: Workshop, *rows: str | Path) -> dict[str, Any]:
    told = compare(*rows, runs_in=[made.out]).to_json()
    Draft202012Validator(schema("comparison-2")).validate(told)
    return told


def test_rows_of_several_runs_are_compared_by_the_headline_of_the_board(workshop: Workshop) -> None:
    file = written(
        workshop, tasks=[{"task": "one", "weight": 0.75}, {"task": "two", "weight": 0.25}]
    )  # fmt: skip
    told = told_of(workshop, f"{file}#replay-good", f"{file}#replay-split")
    assert [run["run"] for run in told["runs"]] == ["made#replay-good", "made#replay-split"]
    assert [len(run["folders"]) for run in told["runs"]] == [1, 2]
    assert told["board"]["id"] == "made"
    assert told["overall"]["of"] == [{"task": "one", "share": 0.75}, {"task": "two", "share": 0.25}]
    (overall,) = told["overall"]["differences"]
    assert overall["value"] == pytest.approx(0.75 * 8 / 12 + 0.25 * 5 / 12)
    shown = {row["model"]["id"]: row for row in json.loads(file.read_text())["rows"]}
    values = [value["value"] for value in told["overall"]["values"]]
    assert values == pytest.approx([shown[name]["headline"]["value"] for name in ("replay-good", "replay-split")])
    gaps = [np.array([1.0] * flips + [0.0] * (12 - flips)) for flips in (8, 5)]
    se = np.sqrt(sum(share**2 * gap.var(ddof=1) / 12 for share, gap in zip((0.75, 0.25), gaps, strict=True)))
    assert overall["se"] == pytest.approx(se)
    assert (overall["flips"]["run"], overall["flips"]["than"]) == (13, 0)
    assert overall["verdict"]["words"] == "A better"


def test_on_a_board_that_corrects_for_chance_so_does_the_overall_line(workshop: Workshop) -> None:
    file = written(workshop, normalisation="chance")
    told = told_of(workshop, f"{file}#replay-good", f"{file}#replay-split")
    (overall,) = told["overall"]["differences"]
    # Two options: guessing is a half, and a point of accuracy counts for two.
    assert overall["value"] == pytest.approx(2 * (8 + 5) / 24)
    assert [value["value"] for value in told["overall"]["values"]] == pytest.approx([4 / 6, -5 / 12])
    assert [task["differences"][0]["value"] for task in told["tasks"]] == pytest.approx([8 / 12, 5 / 12])
    assert "corrected for chance" in " ".join(told["notes"])


def test_a_headline_with_a_floor_is_not_compared_and_says_why(workshop: Workshop) -> None:
    file = written(workshop, normalisation="sea-helm", standing="continuity")
    told = told_of(workshop, f"{file}#replay-good", f"{file}#replay-split")
    assert told["overall"] is None
    assert len(told["tasks"]) == 2
    assert any("as SEA-HELM does" in note for note in told["notes"])


def test_a_row_without_a_required_task_has_no_headline_and_is_compared_in_the_others(workshop: Workshop) -> None:
    file = written(workshop)
    told = told_of(workshop, f"{file}#replay-good", f"{file}#replay-part")
    assert told["overall"] is None
    assert "overall: not compared, since fewer than two have every required task on all its documents" in told["notes"]
    assert [task["task"] for task in told["tasks"]] == ["one"]
    (absent,) = told["not_compared"]
    assert absent["lacking"][1]["reason"].startswith("not run: ")


def test_a_run_of_ones_own_is_put_beside_a_row(workshop: Workshop) -> None:
    file = written(workshop)
    own = workshop.run(workshop.answers("own", one=letters(12), two=letters(12)), workshop.root / "own").path
    told = told_of(workshop, own, f"{file}#replay-good")
    assert told["overall"]["differences"][0]["value"] == pytest.approx(4 / 24)
    subset = workshop.run(workshop.answers("few", one=letters(12), two=letters(12)), workshop.root / "few", limit=6)
    told = told_of(workshop, subset.path, f"{file}#replay-good")
    assert told["overall"] is None
    assert [task["differences"][0]["n"] for task in told["tasks"]] == [6, 6]
    # The headline of the others is not that of the board either, on six documents.
    told = told_of(workshop, subset.path, f"{file}#replay-good", f"{file}#replay-split")
    assert told["overall"] is None


def test_the_metric_is_that_of_the_board(workshop: Workshop) -> None:
    for name in ("one", "two"):
        workshop.task(name, metrics=["acc", "macro_f1"])
    shutil.rmtree(workshop.out)
    workshop.model("x", one=letters(11), two=letters(9))
    workshop.model("y", one=letters(2), two=letters(9))
    file = written(workshop, tasks=[{"task": "one", "metric": "macro_f1"}, {"task": "two"}])
    told = told_of(workshop, f"{file}#replay-x", f"{file}#replay-y")
    assert [task["metric"] for task in told["tasks"]] == ["macro_f1", "acc"]


# What is refused


def other_release(made: Workshop, file: Path) -> tuple[str, str]:
    newer = written(made, "newer", date(2026, 11, 30))
    return f"{written(made, 'older', date(2026, 11, 1))}#replay-good", f"{newer}#replay-split"


def other_board(made: Workshop, file: Path) -> tuple[str, str]:
    body = json.loads(file.read_text())
    body["board"]["id"] = "another"
    (made.root / "another.json").write_text(json.dumps(body))
    return f"{file}#replay-good", f"{made.root / 'another.json'}#replay-split"


def other_card(made: Workshop, file: Path) -> tuple[str, str]:
    return f"{file}#replay-good", f"{written(made, 'changed', title='Changed')}#replay-split"


def unknown_model(made: Workshop, file: Path) -> tuple[str, str]:
    return f"{file}#replay-good", f"{file}#replay-splot"


def no_board(made: Workshop, file: Path) -> tuple[str, str]:
    (made.root / "list.json").write_text("[]")
    return f"{file}#replay-good", f"{made.root / 'list.json'}#replay-split"


def no_row(made: Workshop, file: Path) -> tuple[str, str]:
    return f"{file}#replay-good", f"{file}"


def no_run(made: Workshop, file: Path) -> tuple[str, str]:
    shutil.rmtree(next(made.out.glob("replay-good*")))
    return f"{file}#replay-good", f"{file}#replay-split"


def other_scores(made: Workshop, file: Path) -> tuple[str, str]:
    path = next(made.out.glob("replay-good*")) / "scores.json"
    path.write_text(path.read_text() + " ")
    return f"{file}#replay-good", f"{file}#replay-split"


def other_samples(made: Workshop, file: Path) -> tuple[str, str]:
    next((next(made.out.glob("replay-good*")) / "samples").iterdir()).write_bytes(b"")
    return f"{file}#replay-good", f"{file}#replay-split"


def path_for_a_run(made: Workshop, file: Path) -> tuple[str, str]:
    run = next(made.out.glob("replay-good*")).name
    file.write_text(file.read_text().replace(f'"run":"{run}"', f'"run":"../out/{run}"'))
    return f"{file}#replay-good", f"{file}#replay-split"


@pytest.mark.parametrize(
    ("rows", "error", "told"),
    [
        (other_release, BoardError, "of different releases of made: 2026-11-01 and 2026-11-30"),
        (other_board, BoardError, "made#replay-good and another#replay-split are rows of different boards"),
        (other_card, BoardError, "were made by different cards of made"),
        (unknown_model, UnknownNameError, "there is no row 'replay-splot'. Did you mean replay-split"),
        (no_board, BoardError, "is not board results"),
        (no_row, BoardError, "no row of the board is named. Write made.json#MODEL"),
        (no_run, BoardError, "the run replay-good-.* of made#replay-good is not in"),
        (other_scores, BoardError, "has other scores than those that the row made#replay-good was made of"),
        (other_samples, RunFolderError, "is not as it was finished: samples/.* has changed"),
        (path_for_a_run, BoardError, r"the run \.\./out/replay-good-.* is not in"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_rows_that_cannot_be_compared_are_refused_by_name(
    workshop: Workshop,
    rows: Callable[[Workshop, Path], tuple[str, str]],
    error: type[SeahelmError],
    told: str,
) -> None:
    with pytest.raises(error, match=told):
        told_of(workshop, *rows(workshop, written(workshop)))


def test_a_row_twice_alone_without_a_value_or_without_a_folder_of_runs_is_refused(workshop: Workshop) -> None:
    file = written(workshop)
    with pytest.raises(RunFolderError, match="two or more runs are needed"):
        told_of(workshop, f"{file}#replay-split")
    with pytest.raises(RunFolderError, match=r"made\.json#replay-good: is named twice"):
        told_of(workshop, f"{file}#replay-good", f"{file}#replay-good")
    with pytest.raises(RunFolderError, match="is named twice"):
        told_of(workshop, f"{file}#replay-good", next(workshop.out.glob("replay-good*")))
    with pytest.raises(BoardError, match="Name their folder with --runs DIR"):
        compare(f"{file}#replay-good", f"{file}#replay-split")


def test_a_cell_whose_run_has_no_such_score_is_a_sentence(workshop: Workshop) -> None:
    folder = next(
        one for one in workshop.out.glob("replay-split*") if (one / "samples" / "two@gen-letter.parquet").is_file()
    )
    file = written(workshop)
    body = json.loads(file.read_text())
    row = next(row for row in body["rows"] if row["model"]["id"] == "replay-split")
    row["cells"][0] = {
        **row["cells"][0],
        "run": row["cells"][1]["run"],
        "scores_sha256": row["cells"][1]["scores_sha256"],
    }
    file.write_text(json.dumps(body))
    with pytest.raises(RunFolderError, match=f"the run {folder.name} of made#replay-split has no score of one"):
        told_of(workshop, f"{file}#replay-good", f"{file}#replay-split")
