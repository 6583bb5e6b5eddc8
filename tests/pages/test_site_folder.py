"""The folder of a site: the same bytes each time, put in place at once, and nothing of anybody's lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seahelm_lite.errors import SeahelmError
from seahelm_lite.pages import build_site
from seahelm_lite.pages.fault import SiteError
from seahelm_lite.records import sha256_hex
from tests.pages.making import board, cell, row, write
from tests.pages.page import Page


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write(tmp_path / "boards", board([row("a", [cell(0.5)])]))


def test_the_same_results_give_the_same_bytes(boards: Path, site: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(boards, tmp_path / "elsewhere")
    build_site([moved], tmp_path / "site")
    assert _files(tmp_path / "site") == _files(site)


def test_the_order_of_folders_does_not_matter(tmp_path: Path) -> None:
    one = write(tmp_path / "one", board([row("a", [cell(0.5)])], board={"id": "one"}))
    two = write(tmp_path / "two", board([row("a", [cell(0.5)])], board={"id": "two"}))
    build_site([one, two], tmp_path / "here")
    build_site([two, one], tmp_path / "there")
    assert _files(tmp_path / "here") == _files(tmp_path / "there")


def test_building_again_replaces_what_is_no_longer_there(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build_site([results], out)
    assert (out / "model" / "a.html").is_file()
    write(results, board([row("b", [cell(0.5)])]))
    site = build_site([results], out)
    assert not (out / "model" / "a.html").exists()
    assert site.index == out / "index.html"
    assert site.pages == len(list(out.rglob("*.html")))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boards", "site"]


def test_the_marker_names_the_boards_and_every_other_file(results: Path, tmp_path: Path) -> None:
    build_site([results], tmp_path / "site")
    marker = json.loads((tmp_path / "site" / "site.json").read_bytes())
    assert marker["schema"] == "seahelm-lite/site/1"
    assert list(marker["boards"]) == ["made"]
    assert {*marker["files"], "site.json"} == set(_files(tmp_path / "site"))


def test_the_results_file_lies_beside_the_page_of_its_board(boards: Path, site: Path) -> None:
    for path in boards.glob("*.json"):
        assert (site / "board" / path.name).read_bytes() == path.read_bytes()
        for folder in ("", "th"):
            page = Page(site / folder / "board" / f"{path.stem}.html")
            (link,) = [a for a in page.all("a") if "download" in a]
            assert (page.path.parent / link["href"]).resolve() == (site / "board" / path.name).resolve()
            assert sha256_hex(path.read_bytes()) in page.text


def test_a_failed_build_leaves_the_site_that_was_there(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build_site([results], out)
    before = _files(out)
    (results / "other.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SeahelmError, match=r"other\.json: is not board results"):
        build_site([results], out)
    assert _files(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boards", "site"]


@pytest.mark.parametrize("fails", ["write_bytes", "rename"])
def test_a_disk_that_fails_leaves_the_site_that_was_there(
    fails: str, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    build_site([results], out)
    before = _files(out)
    real = getattr(Path, fails)

    def fail(path: Path, *arguments: object) -> object:
        if path.name in ("site.json", "new"):
            raise OSError(28, "No space left on device")
        return real(path, *arguments)

    monkeypatch.setattr(Path, fails, fail)
    with pytest.raises(SiteError, match="cannot be written: No space left on device"):
        build_site([results], out)
    monkeypatch.undo()
    assert _files(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boards", "site"]


@pytest.mark.parametrize(
    "content", ["", "{}", '{"schema": "seahelm-lite/site/1"}', '{"schema": "x", "files": []}', "[]"]
)
def test_a_folder_of_somebody_else_is_refused(content: str, results: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "site.json").write_text(content, encoding="utf-8")
    with pytest.raises(SiteError, match="is neither empty nor a site of ours"):
        build_site([results], out)
    assert (out / "site.json").read_text(encoding="utf-8") == content


def test_a_file_that_somebody_put_into_a_site_is_not_lost(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build_site([results], out)
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref", encoding="utf-8")
    with pytest.raises(SiteError, match=r"\.git/HEAD: was not written by"):
        build_site([results], out)
    assert (out / ".git" / "HEAD").is_file()


def test_a_file_in_the_place_of_the_folder_is_refused(results: Path, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine", encoding="utf-8")
    with pytest.raises(SiteError, match="is not a folder"):
        build_site([results], tmp_path / "site")


def test_an_empty_folder_and_a_link_to_one_are_used(results: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    build_site([results], tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "index.html").is_file()


@pytest.mark.parametrize("name", ["notes.txt", "README.md", ".hidden"])
def test_anything_else_among_the_results_is_refused_with_its_path(name: str, results: Path, tmp_path: Path) -> None:
    (results / name).write_text("x", encoding="utf-8")
    with pytest.raises(SiteError, match=name):
        build_site([results], tmp_path / "site")


def test_one_board_from_two_folders_is_refused_naming_both_files(results: Path, tmp_path: Path) -> None:
    other = shutil.copytree(results, tmp_path / "other")
    with pytest.raises(SiteError) as caught:
        build_site([results, other], tmp_path / "site")
    assert str(results / "made.json") in str(caught.value)
    assert str(other / "made.json") in str(caught.value)


def test_a_folder_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="there is no such folder"):
        build_site([tmp_path / "nowhere"], tmp_path / "site")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SiteError, match="holds no board results"):
        build_site([tmp_path / "empty"], tmp_path / "site")


def test_results_inside_the_folder_that_is_replaced_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    with pytest.raises(SiteError, match="inside the output folder"):
        build_site([out], out)
