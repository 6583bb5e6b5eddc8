"""What the pages say of doubt: answers that are lost or unreadable, headlines that show nothing, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.pages import build_site
from tests.pages.making import board, cell, column, incomplete, row, write
from tests.pages.page import Page

LANGUAGES = pytest.mark.parametrize("folder", ["", "th/"], ids=["English", "Thai"])


@pytest.mark.parametrize(
    ("folder", "kind", "sentence"),
    [
        ("", "recorded", "3 answers are missing from the source."),
        ("", "measured", "3 answers ended in an error."),
        ("th", "recorded", "แหล่งข้อมูลขาดไป 3 คำตอบ"),
        ("th", "measured", "มี 3 คำตอบที่จบลงด้วยข้อผิดพลาด"),
    ],
)
def test_what_is_lost_is_said_in_the_language_of_the_page(
    folder: str, kind: str, sentence: str, tmp_path: Path
) -> None:
    made = board([row("a", [incomplete(92)], model={"kind": kind})])
    build_site([write(tmp_path / "boards", made)], tmp_path / "site")
    page = Page(tmp_path / "site" / folder / "model" / "a.html")
    assert sentence in page.words()
    assert "92 of 95 documents" not in page.words()
    assert "required tasks are complete" not in page.words()


def test_a_model_that_is_not_ranked_names_what_it_lacks(tmp_path: Path) -> None:
    cells = [cell(0.5), incomplete(92), cell(0.5, n=20, marks=["limited"], subset="limit"), cell(None)]
    columns = [column(), column("b", title="B"), column("c", title="C"), column("d", title="D", required=False)]
    partly = row("a", cells, coverage={"done": 1, "required": 3})
    build_site([write(tmp_path / "boards", board([partly], columns))], tmp_path / "site")
    words = Page(tmp_path / "site" / "model" / "a.html").words()
    assert "not ranked 1 of 3 tasks complete" in words
    assert "B: incomplete: 92 of 95 answers" in words
    assert "C: only a part of the questions was asked" in words
    assert "D: " not in words


@pytest.mark.parametrize(
    ("value", "ci95", "kind", "said"),
    [
        (0.38, [0.3, 0.5], "recorded", "no better than answering without knowledge"),
        (0.389, None, "recorded", "no better than answering without knowledge"),
        (0.2, [0.1, 0.3], "measured", "no better than answering without knowledge"),
        (0.45, [0.389, 0.5], "recorded", "not shown to be better than answering without knowledge"),
        (0.45, [0.39, 0.5], "recorded", None),
        (0.45, None, "recorded", None),
        (0.389, [0.3, 0.5], "baseline", None),
    ],
)
def test_a_headline_that_shows_no_knowledge_says_so(
    value: float, ci95: list[float] | None, kind: str, said: str | None, tmp_path: Path
) -> None:
    reason = None if ci95 else "there is none"
    headline = {"value": value, "ci95": ci95, "ci_method": "paired", "reason": reason}
    rows = [row("a", [cell(value)], headline=headline, model={"kind": kind})]
    build_site([write(tmp_path / "boards", board(rows))], tmp_path / "site")
    page = Page(tmp_path / "site" / "board" / "made.html")
    doubts = [text for around, text in page.texts if around and around[-1] == ("small", {"class": "doubt"})]
    assert doubts == ([said] if said else [])


def test_a_board_of_baselines_has_no_leader(site: Path) -> None:
    words = Page(site / "index.html").words()
    card = words[words.index("Regional basics") :].partition("How to read")[0]
    assert "no language model yet, 1 baseline" in card
    assert "First tie group" not in card
    assert "First tie group Alpha-1, Beta-2" in words
    assert "ยังไม่มีโมเดลภาษา มีวิธีพื้นฐาน 1 วิธี" in Page(site / "th" / "index.html").words()


def test_a_task_counts_every_answer_that_could_not_be_read(site: Path) -> None:
    words = Page(site / "task" / "openthai_onet_m6.html").words()
    assert "No readable answer, %" in words
    assert "Alpha-1 80.0 73.9 to 86.1 26.8 412" in words


@LANGUAGES
def test_questions_that_belong_together_are_counted(folder: str, site: Path) -> None:
    said = {"": "164 questions in 153 groups of questions", "th/": "164 ข้อ จัดเป็น 153 กลุ่ม"}[folder]
    assert said in Page(site / folder / "model" / "alpha-1.html").words()
    task = Page(site / folder / "task" / "openthai_onet_m6.html").words()
    assert said in task
    assert task.count("stem") == 1
    rule = {"": "Grouping rule stem", "th/": "กฎการจัดกลุ่มข้อสอบ stem"}[folder]
    assert rule in task


def test_questions_that_stand_alone_are_said_to(site: Path) -> None:
    words = Page(site / "task" / "thai_exam_ic.html").words()
    assert "Questions 95, each standing alone" in words
    assert "Grouping rule none: each question stands alone" in words


@pytest.mark.parametrize(
    ("days", "english", "thai"),
    [
        (
            [["2024-05-12", "2024-06-01"], ["2023-12-31", "2024-05-12"]],
            "recorded between December 31, 2023 and June 1, 2024",
            "บันทึกระหว่าง 31 ธันวาคม",
        ),
        ([["2024-05-12", "2024-05-12"]] * 2, "recorded on May 12, 2024", "บันทึกเมื่อ 12 พฤษภาคม"),
        ([None, None], "the source does not say when", "แหล่งข้อมูลไม่ได้ระบุว่าบันทึกเมื่อใด"),
        (
            [["2024-05-12", "2024-05-12"], None],
            "recorded on May 12, 2024; of some models the source does not say when",
            "บันทึกเมื่อ 12 พฤษภาคม",
        ),
    ],
)
def test_recorded_answers_say_when(days: list[list[str] | None], english: str, thai: str, tmp_path: Path) -> None:
    rows = [row(f"m{number}", [cell(0.5)]) for number in range(2)]
    for made, of_row in zip(rows, days, strict=True):
        made["source"]["recorded"] = of_row
    build_site([write(tmp_path / "boards", board(rows))], tmp_path / "site")
    for path in ("index.html", "board/made.html"):
        assert english in Page(tmp_path / "site" / path).words()
        assert thai in Page(tmp_path / "site" / "th" / path).words()
    # One source, however many models it recorded, each with days of its own.
    assert Page(tmp_path / "site" / "board" / "made.html").words().count("format thaiexamjs") == 1
