"""The boards that this repository publishes: whole by themselves, and the same when made again from the real logs."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.boards.check import check_file
from seahelm_lite.boards.releases import day_of, newest, read_boards_of
from seahelm_lite.boards.results import read_results
from seahelm_lite.boards.runs import Runs, read_runs
from seahelm_lite.catalog.board_card import load_boards
from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.finished import score_differences
from seahelm_lite.imports import Import, import_answers
from seahelm_lite.models.recorded.formats import log_format
from seahelm_lite.sources.where import Where
from tests.conftest import REPOSITORY

RELEASE = newest(REPOSITORY / "leaderboards" / "results")
PUBLISHED = sorted(RELEASE.glob("*.json"))
LOGS = {
    "thaiexamjs": "github.com/dtinth/thaiexamjs/2187eac2c72053cb8cbba8a0ce36401ced017f76/snapshot/*/*.br",
    "malay-llm-benchmark": "github.com/mesolitica/llm-benchmarks/6f87de758dc4b2dded3587ae99b74e4c2be5be7f/*/*/*.json*",
}

each_board = pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def recorded(shared_data: Path, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """All models of both sources."""
    out = tmp_path_factory.mktemp("recorded")
    where = Where(mirror=shared_data, cache=out / "cache", offline=True, task_roots=catalog.roots)
    for name, pattern in LOGS.items():
        files = sorted(str(path) for path in shared_data.glob(pattern))
        import_answers(Import(log_format(name), files), catalog=catalog, where=where, out=out)
    return read_runs([out])


def test_two_boards_are_published() -> None:
    assert [path.stem for path in PUBLISHED] == ["ms-grammar-recorded", "th-exam-recorded"]


def test_they_are_of_one_release() -> None:
    assert {board.board.release for board in read_boards_of(RELEASE).values()} == {day_of(RELEASE.name)}


@each_board
def test_a_published_board_is_consistent_and_its_card_has_not_changed_since(path: Path, catalog: Catalog) -> None:
    assert check_file(path, load_boards(catalog.tasks), None) == []


@each_board
def test_a_published_board_is_made_again_byte_for_byte_from_the_logs(
    path: Path, catalog: Catalog, recorded: Runs
) -> None:
    assert check_file(path, load_boards(catalog.tasks), recorded) == []


def test_answers_that_were_given_several_times_score_again_as_they_were_imported(recorded: Runs) -> None:
    repeated = [run for run in recorded.finished if any(score.repeats > 1 for score in run.scores)]
    assert repeated
    assert [difference for run in repeated for difference in score_differences(run.folder.path)] == []


def test_the_thai_board_has_a_row_for_each_of_the_102_models_and_ranks_none_that_lacks_an_answer() -> None:
    results = read_results(RELEASE / "th-exam-recorded.json")
    assert len(results.rows) == 102
    lacking = {row.model.name for row in results.rows if any(cell.state != "value" for cell in row.cells)}
    assert lacking == {row.model.name for row in results.below}
    assert {"o3-2025-04-16[high]", "o3-2025-04-16[medium]"} < lacking
