"""What others wrote is text on the pages, whatever it looks like."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.pages import build_site
from seahelm_lite.pages.fault import SiteError
from seahelm_lite.pages.texts import visible, web_address
from tests.pages.making import board, cell, column, row, sha, write
from tests.pages.page import Page, pages

HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<svg onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{0.__class__}",
    "%(name)s %s %n",
    "</code></pre><h1>big</h1>",
    "<!-- ",
    "]]>",
    "&lt;b&gt;&#x3C;",
    "javascript:alert(1)",
    "../../../etc/passwd",
    "C:\\windows\\con",
    "a" * 500,
]


def _everywhere(text: str) -> dict[str, Any]:
    """A board that says it wherever a results file has room for words."""
    of_cell = cell(
        0.5,
        deviations=[text],
        command=text,
        run=text,
        reason=text,
        ci_method=text,
        decoding={text: text},
        subset=text,
        files=[{"path": text, "sha256": sha("x"), "answers": 0}],
    )
    of_column = column(
        title=text,
        measures=text,
        version=text,
        suite=text,
        citation=text,
        defects=[text],
        cluster_key=text,
        excluded={text: 2},
        baselines={text: 0.3},
        human={"value": 0.9, "told": text, "source": text},
        overlaps=[{"corpus": text, "corpus_sha256": sha("x"), "found": 1, "n": 95}],
        licence={"stated": text, "redistributable": True, "note": text},
        sources=[{"source": text, "sha256": sha("x"), "pinned": False}],
    )
    source = {"format": text, "source": text, "title": text, "url": text, "licence": text, "recorded": None}
    absent = row(
        "other", [cell(None, state="withheld", reason=text)], headline={**NO_HEADLINE, "reason": text}, source=None
    )
    named = row("name", [of_cell], model={"id": "hostile", "name": text}, source=source)
    facts = {"id": "made", "title": text, "measures": text, "defects": [text]}
    return board([named, absent], [of_column], board=facts, left_out=[{"run": text, "reason": text}])


def _written(folder: Path, text: str) -> Path:
    """The folder of such a board, beside which the same was reported."""
    write(folder, _everywhere(text))
    (folder / "reported").mkdir()
    with (folder / "reported" / "made.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["model", "task", "part", "value", "unit", "method", "source", "url"])
        rows.writerow([text, "thai_exam_ic", "", "61.5", text, text, text, "https://example.org/'\"><b>"])
        rows.writerow([text, "thai_exam_ic", text, "58.5", text, text, text, "https://example.org/'\"><b>"])
    return folder


NO_HEADLINE = {"value": None, "ci95": None, "ci_method": None}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_it_is_text_everywhere(text: str, tmp_path: Path) -> None:
    build_site([_written(tmp_path / "boards", text)], tmp_path / "site")
    build_site([_written(tmp_path / "plain", "plain")], tmp_path / "plain-site")
    for page in pages(tmp_path / "site"):
        like = Page(tmp_path / "plain-site" / page.path.relative_to(tmp_path / "site"))
        # The same elements with the same attributes as for a plain word: the text has opened and closed none.
        assert [(tag, sorted(a)) for tag, a in page.elements] == [(tag, sorted(a)) for tag, a in like.elements]
        assert " ".join(text.split()) in page.words()


def test_a_reordering_name_is_isolated_and_shown_as_what_it_is(tmp_path: Path) -> None:
    build_site([write(tmp_path / "boards", _everywhere("gpt\u202e5-tpg\u200b"))], tmp_path / "site")
    page = Page(tmp_path / "site" / "board" / "made.html")
    assert page.models()[0] == "gpt⟨U+202E⟩5-tpg⟨U+200B⟩"
    assert "\u202e" not in page.source


def test_half_a_character_does_not_break_the_build(tmp_path: Path) -> None:
    assert visible("a\ud800\x00\x07") == "a⟨U+D800⟩⟨U+0000⟩⟨U+0007⟩"


@pytest.mark.parametrize("text", ["กำลังใจ", "Ngữ", "ខ្មែរ", "မြန်မာ", "a\tb\nc", "👩🏽", "ﷺ", "—–…"])
def test_honest_text_is_left_alone(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("https://github.com/dtinth/thaiexamjs", True),
        ("http://example.org/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("//example.org", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("http://[", False),
    ],
)
def test_only_an_address_on_the_web_becomes_a_link(text: str, linked: bool) -> None:
    assert (web_address(text) == text) is linked


def test_two_models_with_one_page_are_refused_by_name(tmp_path: Path) -> None:
    one = board([row("Alpha", [cell(0.5)])], board={"id": "one"})
    two = board([row("Alpha", [cell(0.6)], model={"fingerprint_sha256": sha("changed")})], board={"id": "two"})
    with pytest.raises(SiteError) as caught:
        build_site([write(tmp_path / "boards", one, two)], tmp_path / "site")
    assert sha("Alpha")[:12] in str(caught.value)
    assert sha("changed")[:12] in str(caught.value)
    assert "on the board one" in str(caught.value)
    assert "on the board two" in str(caught.value)
    assert not (tmp_path / "site").exists()


def test_two_tasks_with_one_page_are_refused_by_name(tmp_path: Path) -> None:
    made = board([row("a", [cell(0.5), cell(0.5)])], [column("a b"), column("a/b")])
    with pytest.raises(SiteError, match=r"two tasks would have the page a-b\.html: 'a b', and 'a/b'"):
        build_site([write(tmp_path / "boards", made)], tmp_path / "site")


def test_no_file_is_outside_the_folder_or_has_an_odd_name(tmp_path: Path) -> None:
    made = board([row("a", [cell(0.5)])], [column("../../../task")])
    build_site([write(tmp_path / "boards", made)], tmp_path / "inside" / "site")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["boards", "inside"]
    assert [path.name for path in (tmp_path / "inside").iterdir()] == ["site"]
    assert (tmp_path / "inside" / "site" / "task" / "task.html").is_file()
