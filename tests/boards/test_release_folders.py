"""Folders of releases: the newest is read, and none is mixed with another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.files import write_results
from seahelm_lite.boards.releases import day_of, newest, of_release, read_boards_of, releases
from seahelm_lite.pages.reading import read_boards
from tests.boards.making import Workshop, letters

FIRST, SECOND = date(2026, 11, 22), date(2026, 12, 6)


@pytest.fixture
def results(workshop: Workshop, tmp_path: Path) -> Path:
    """Two releases of a board."""
    workshop.model("some", one=letters(8), two=letters(4))
    built = workshop.build()
    for day in (FIRST, SECOND):
        write_results(of_release(built, day), tmp_path / "results" / day.isoformat())
    return tmp_path / "results"


def test_the_newest_release_is_read(results: Path) -> None:
    assert list(releases(results)) == [FIRST, SECOND]
    assert newest(results) == results / "2026-12-06"
    (board,) = read_boards([results])
    assert board.results.board.release == SECOND
    assert read_boards_of(results)["made"].board.release == SECOND
    assert read_boards_of(results / "2026-11-22")["made"].board.release == FIRST


def test_reported_figures_and_what_a_killed_process_left_are_no_releases(results: Path) -> None:
    (results / "reported").mkdir()
    (results / ".2027-01-01.partial").mkdir()
    assert list(releases(results)) == [FIRST, SECOND]


def test_boards_that_were_not_published_are_read_from_a_plain_folder(workshop: Workshop, tmp_path: Path) -> None:
    workshop.out.mkdir()
    write_results(workshop.build(), tmp_path / "plain")
    assert newest(tmp_path / "plain") == tmp_path / "plain"
    (board,) = read_boards([tmp_path / "plain"])
    assert board.results.board.release is None


def test_a_release_with_a_board_of_another_is_refused_by_name(results: Path) -> None:
    (results / "2026-11-22" / "made.json").rename(results / "2026-12-06" / "made.json")
    for read in (lambda: read_boards([results]), lambda: read_boards_of(results)):
        with pytest.raises(BoardError) as refused:
            read()
        assert refused.value.where == str(results / "2026-12-06")
        assert refused.value.what == "holds boards that are not of its release: made.json (of 2026-11-22)"


def test_a_plain_folder_that_mixes_releases_is_refused_by_name(results: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (results / "2026-11-22" / "made.json").rename(mixed / "a.json")
    (results / "2026-12-06" / "made.json").rename(mixed / "b.json")
    with pytest.raises(BoardError, match=r"mixes releases: a.json \(of 2026-11-22\), b.json \(of 2026-12-06\)"):
        read_boards_of(mixed)


@pytest.mark.parametrize("name", ["made.json", "2026-13-45/made.json", "2026-12-6/made.json", "drafts/made.json"])
def test_what_lies_beside_releases_and_is_none_is_refused_by_name(name: str, results: Path) -> None:
    path = results / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(BoardError) as refused:
        newest(results)
    assert refused.value.where == str(results / name.partition("/")[0])


def test_a_folder_without_boards_and_a_board_under_another_name_are_refused(results: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BoardError, match="holds no board results"):
        read_boards_of(tmp_path / "empty")
    release = results / "2026-12-06"
    (release / "made.json").rename(release / "other.json")
    with pytest.raises(BoardError, match="holds the board made"):
        read_boards_of(release)


@pytest.mark.parametrize(
    "text", ["2026-11-31", "22.11.2026", "2026-W47-7", "20261122", "2026-11-22T00:00", "", "today"]
)
def test_what_is_no_day_names_no_release(text: str) -> None:
    with pytest.raises(ValueError, match="is no day"):
        day_of(text)
