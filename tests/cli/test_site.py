"""`seahelm-lite site`, called as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call, refused
from tests.pages.making import board, cell, row, write
from tests.small_task import SmallTask


@pytest.fixture(autouse=True)
def _few_suites(small: SmallTask) -> None:
    """The suites of the catalog are those of one small task, so that each site is made quickly."""


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write(tmp_path / "boards", board([row("a", [cell(0.5)])]))


def test_the_page_to_open_is_printed_with_the_number_of_pages(results: Path, call: Call) -> None:
    called = call("site", "build", "--boards", results, "--out", "site")
    assert called.status == 0
    assert called.out == "site/index.html: 12 pages\n"
    assert called.err == ""
    assert Path("site/th/model/a.html").is_file()


def test_several_folders_make_one_site(results: Path, tmp_path: Path, call: Call) -> None:
    other = write(tmp_path / "more", board([row("b", [cell(0.5)])], board={"id": "other"}))
    called = call("site", "build", "--boards", results, "--boards", other, "--out", "site")
    assert called.out == "site/index.html: 16 pages\n"


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


def test_a_mirror_that_is_none_is_refused_and_nothing_is_built(results: Path, call: Call) -> None:
    said = refused(call("site", "build", "--boards", results, "--out", "site", "--mirror", "nowhere"))
    assert "nowhere" in said
    assert not Path("site").exists()


def test_a_site_shows_the_kept_numbers_of_suites_and_their_items(results: Path, call: Call) -> None:
    call("tasks", "lint", "--write")
    call("site", "build", "--boards", results, "--out", "site")
    page = Path("site/suite/small_suite.html").read_text(encoding="utf-8")
    assert "6, each standing alone" in page
    assert "Soalan 0?" in page


def test_data_that_is_not_what_its_pin_says_stops_the_site(small: SmallTask, results: Path, call: Call) -> None:
    (small.root / "small" / "rows.jsonl").write_bytes(b"{}\n")
    assert "sha256" in refused(call("site", "build", "--boards", results, "--out", "site"))
    assert not Path("site").exists()
