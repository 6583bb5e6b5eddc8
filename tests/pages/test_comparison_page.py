"""The page of a comparison: one file, in every language, asking nothing of anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from seahelm_lite import compare
from seahelm_lite.pages.comparison import comparison_page
from tests.comparisons.making import Runs, bits
from tests.pages.page import Page

HURTFUL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    hidden = {"licence": {"stated": "none", "redistributable": False}}
    return Runs(tmp_path_factory.mktemp("page"), documents=12, one={"language": "th"}, two=hidden)


def page_of(runs: Runs, tmp_path: Path, *names: str) -> Page:
    folders = [runs.run(name, one=bits((1 << 2 * n) - 1, 12), two=bits(n * 731, 12)) for n, name in enumerate(names, 1)]
    path = tmp_path / "page.html"
    path.write_text(comparison_page(compare(*folders)), encoding="utf-8")
    return Page(path)


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c"), ("step_1", "step_2", "step_3")], ids=len)
def test_the_page_is_one_file_that_asks_nothing_of_anybody(runs: Runs, tmp_path: Path, names: tuple[str, ...]) -> None:
    page = page_of(runs, tmp_path, *names)
    assert not page.all("script")
    sources = [
        value for _, attributes in page.elements for name, value in attributes.items() if name in ("src", "href")
    ]
    assert all(value.startswith(("#", "data:")) for value in sources)
    assert "url(" not in page.source
    assert not any("style" in attributes for _, attributes in page.elements)
    (style,) = re.findall(r"<style>(.*?)</style>", page.source, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [one["content"] for one in page.all("meta") if "http-equiv" in one]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert len(page.source.encode()) < 120 * 1024
    # Where the runs are on this machine is nobody's business.
    assert str(tmp_path.parent) not in page.source


def test_every_language_of_the_site_is_on_it_and_each_id_once(runs: Runs, tmp_path: Path) -> None:
    page = page_of(runs, tmp_path, "a", "b")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [one["id"] for one in page.all("div") if one.get("class") == "tongue"] == ["en", "th"]
    links = {attributes["href"] for attributes in page.all("a")}
    assert links == {"#en", "#th"}
    assert "ไม่พบความต่าง" in page.text
    assert "no difference shown" in page.text


def test_it_says_what_the_command_says(runs: Runs, tmp_path: Path) -> None:
    words = page_of(runs, tmp_path, "a", "b").words()
    assert "Mean of 2 tasks: no difference shown (this test sees differences of" in words
    assert "points or more) 16.7 33.3 -16.7 " in words
    assert "0 : 2" in words
    assert "Only B is right: 2" in words


def test_texts_stand_on_it_only_where_the_licence_allows_it(runs: Runs, tmp_path: Path) -> None:
    page = page_of(runs, tmp_path, "a", "b")
    assert "one/rows.jsonl#2" in page.text
    assert "Soalan 2?" in page.text
    assert "two/rows.jsonl#" in page.text
    assert "No item is shown here: its licence does not clearly allow it." in page.text
    shown = [text for around, text in page.texts if around and around[-1][0] == "pre"]
    assert len(shown) == 2 * 2, "two flips of the task that may be shown, in two languages"
    assert all(around[-1][1]["lang"] == "th" for around, text in page.texts if text in shown and around[-1][0] == "pre")


def test_a_series_is_drawn_and_stands_in_tables(runs: Runs, tmp_path: Path) -> None:
    page = page_of(runs, tmp_path, "step_100", "step_200", "step_400")
    drawings = page.all("img")
    assert len(drawings) == 2
    assert drawings[0]["src"].startswith("data:image/svg+xml;base64,")
    assert "3 checkpoints of one training" in page.text
    assert "(the best of these)" in page.text
    assert "Verdict" not in page.text


def test_the_same_comparison_gives_the_same_page(runs: Runs, tmp_path: Path) -> None:
    assert page_of(runs, tmp_path, "a", "b").source == page_of(runs, tmp_path, "a", "b").source


def test_what_others_wrote_is_text(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "made", small={})
    rows = next((tmp_path / "made" / "tasks").rglob("rows.jsonl"))
    task = runs.tasks["small"]
    task.rows = [{**row, "question": f"{HURTFUL} {n}"} for n, row in enumerate(task.rows)]
    task.write()
    assert HURTFUL.encode()[:8] in rows.read_bytes()
    one, other = runs.run("<b>bold", small=[1] * 6), runs.run("b\u202ec", small=[0] * 6)
    page = tmp_path / "page.html"
    page.write_text(comparison_page(compare(one, other)), encoding="utf-8")
    told = Page(page)
    assert not told.all("script")
    assert HURTFUL in told.text
    assert "<b>bold" in told.text
    assert "\u202e" not in told.source
