"""`seahelm-lite site`, called as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call, refused
from tests.pages.making import board, cell, row, write


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write(tmp_path / "boards", board([row("a", [cell(0.5)])]))


def test_the_page_to_open_is_printed_with_the_number_of_pages(results: Path, call: Call) -> None:
    called = call("site", "build", "--boards", results, "--out", "site")
    assert called.status == 0
    assert called.out == "site/index.html: 8 pages\n"
    assert called.err == ""
    assert Path("site/th/model/a.html").is_file()


def test_several_folders_make_one_site(results: Path, tmp_path: Path, call: Call) -> None:
    other = write(tmp_path / "more", board([row("b", [cell(0.5)])], board={"id": "other"}))
    called = call("site", "build", "--boards", results, "--boards", other, "--out", "site")
    assert called.out == "site/index.html: 12 pages\n"


def test_a_folder_that_is_not_ours_is_refused(results: Path, call: Call) -> None:
    Path("site").mkdir()
    Path("site/thesis.txt").write_text("years", encoding="utf-8")
    said = refused(call("site", "build", "--boards", results, "--out", "site"))
    assert said == (
        "site: is neither empty nor a site of ours. Choose an empty folder, or one that `seahelm-lite site build` made."
    )
    assert Path("site/thesis.txt").read_text(encoding="utf-8") == "years"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "seahelm-lite/board-results/2"}', "\udcff"])
def test_a_file_that_is_not_board_results_is_refused_by_name(content: str, results: Path, call: Call) -> None:
    (results / "bad.json").write_text(content, encoding="utf-8", errors="surrogateescape")
    said = refused(call("site", "build", "--boards", results, "--out", "site"))
    assert str(results / "bad.json") in said
    assert not Path("site").exists()


def test_without_boards_nothing_is_built(call: Call) -> None:
    assert call("site", "build", "--out", "site").status == 2
    assert "there is no such folder" in refused(call("site", "build", "--boards", "nowhere", "--out", "site"))
