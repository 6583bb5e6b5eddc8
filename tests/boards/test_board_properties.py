"""What must not change a board, and what must not change another's part of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from seahelm_lite.boards.build import build_board
from seahelm_lite.boards.files import results_text
from seahelm_lite.boards.results import BoardResults, Row
from seahelm_lite.boards.runs import read_runs
from seahelm_lite.engine.run_folder import list_runs
from tests.boards.making import Workshop

TASKS = ("one", "two", "three")
CARD: dict[str, Any] = {"normalisation": "chance", "levels": ["pillar"], "tasks": [{"task": name} for name in TASKS]}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Six models on three tasks, two of which ask the same questions; one model lacks a task."""
    workshop = Workshop(tmp_path_factory.mktemp("shop"))
    for name, pillar in (("one", "knowledge"), ("two", "culture"), ("three", "knowledge")):
        document = {"cluster": None if name == "three" else "question"}
        workshop.task(name, documents=20, pillar=pillar, document=document)
    drawn = random.Random(7)
    for number, skill in enumerate((0.95, 0.9, 0.7, 0.6, 0.2)):
        said = {task: "".join("A" if drawn.random() < skill else "B" for _ in range(20)) for task in TASKS}
        workshop.model(f"m{number}", **said)
    workshop.run(workshop.answers("half", **dict.fromkeys(TASKS, "A" * 20)), tasks=["one", "two"])
    return workshop


def rows_by_name(results: BoardResults) -> dict[str, Row]:
    return {row.model.name: row for row in results.rows}


def test_the_order_of_samples_changes_nothing(shop: Workshop, tmp_path: Path) -> None:
    before = results_text(shop.build(**CARD))
    for folder in list_runs(shop.out):
        for path in (folder.path / "samples").glob("*.parquet"):
            table = pq.read_table(path)
            pq.write_table(table.take(np.random.default_rng(1).permutation(len(table))), path)
        folder.seal()
    assert results_text(shop.build(**CARD)) == before


def test_where_runs_lie_changes_nothing(shop: Workshop, tmp_path: Path) -> None:
    before = results_text(shop.build(**CARD))
    folders = []
    for place, run in enumerate(reversed(list_runs(shop.out))):
        folders.append(tmp_path / f"{place}")
        folders[-1].mkdir()
        (folders[-1] / run.run_id).symlink_to(run.path, target_is_directory=True)
    assert results_text(shop.build(*folders, **CARD)) == before


def without_columns(row: Row) -> dict[str, Any]:
    """A row without what stands in the order of the columns."""
    return row.model_dump(exclude={"cells", "nodes"})


@pytest.mark.parametrize("order", [("three", "one", "two"), ("two", "three", "one")])
def test_the_order_of_tasks_changes_only_that_of_the_columns(shop: Workshop, order: Sequence[str]) -> None:
    plain = shop.build(**CARD)
    other = shop.build(**{**CARD, "tasks": [{"task": name} for name in order]})
    assert [without_columns(row) for row in plain.rows[:5]] == [without_columns(row) for row in other.rows[:5]]
    assert (plain.comparison, plain.sensitivity) == (other.comparison, other.sensitivity)
    for one, two in zip(plain.rows, other.rows, strict=True):
        cells = dict(zip(TASKS, one.cells, strict=True))
        assert [cells[name] for name in order] == list(two.cells)
    nodes = {node.path: average for node, average in zip(other.nodes, other.rows[0].nodes, strict=True)}
    for node, average in zip(plain.nodes, plain.rows[0].nodes, strict=True):
        assert nodes[node.path].value == pytest.approx(average.value, abs=1e-12)
        assert nodes[node.path].ci95 == pytest.approx(average.ci95, abs=1e-11)


def test_scaling_all_weights_changes_nothing(shop: Workshop) -> None:
    board, runs = shop.board(**CARD), read_runs([shop.out])
    plain = build_board(board, runs)
    halved = build_board(replace(board, columns=tuple(replace(c, share=c.share / 2) for c in board.columns)), runs)
    assert plain.rows == halved.rows
    assert (plain.comparison, plain.sensitivity) == (halved.comparison, halved.sensitivity)


def taken_away(shop: Workshop, folder: Path, *names: str) -> list[Path]:
    """The runs without those of some models."""
    for run in list_runs(shop.out):
        if not any(run.run_id.startswith(f"replay-{name}-") for name in names):
            (folder / run.run_id).symlink_to(run.path, target_is_directory=True)
    return [folder]


def test_another_model_changes_no_score_of_others(shop: Workshop, tmp_path: Path) -> None:
    whole = rows_by_name(shop.build(**CARD))
    fewer = rows_by_name(shop.build(*taken_away(shop, tmp_path, "m1"), **CARD))
    assert whole.keys() - fewer.keys() == {"replay-m1"}
    for name, row in fewer.items():
        of_all = whole[name]
        assert (row.cells, row.headline, row.nodes) == (of_all.cells, of_all.headline, of_all.nodes)


def test_a_task_that_a_model_lacked_changes_no_other_score_and_no_other_row(shop: Workshop, tmp_path: Path) -> None:
    before = shop.build(**CARD)
    late = shop.run(f"replay:{shop.root}/half.jsonl", tmp_path, tasks=["three"])
    lacking, now = rows_by_name(before), rows_by_name(shop.build(shop.out, tmp_path, **CARD))
    for name in lacking.keys() - {"replay-half"}:
        one, other = lacking[name], now[name]
        assert (one.cells, one.headline, one.nodes) == (other.cells, other.headline, other.nodes)
    half, filled = lacking["replay-half"], now["replay-half"]
    assert (half.status, filled.status) == ("incomplete", "ranked")
    assert half.cells[:2] == filled.cells[:2]
    assert filled.cells[2].run == late.run_id


def test_a_model_without_a_task_has_no_part_in_how_the_others_are_compared(shop: Workshop, tmp_path: Path) -> None:
    whole, fewer = shop.build(**CARD), shop.build(*taken_away(shop, tmp_path, "half"), **CARD)
    assert whole.rows[:5] == fewer.rows
    assert whole.comparison == fewer.comparison


def test_the_number_of_repeats_of_the_same_answers_makes_no_interval_narrower(workshop: Workshop) -> None:
    widths = []
    for repeats in (1, 4):
        out = workshop.root / f"{repeats}"
        workshop.run("baseline:majority", out, repeats=repeats)
        ci95 = workshop.build(out).rows[0].cells[0].ci95
        assert ci95 is not None
        widths.append(ci95)
    assert widths[0] == widths[1]
