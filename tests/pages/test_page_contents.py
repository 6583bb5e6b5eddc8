"""What stands on the pages, read without a script."""

from __future__ import annotations

from pathlib import Path

import pytest

import seahelm_lite
from seahelm_lite.pages import build_site
from tests.pages.making import board, cell, column, row, sha, write
from tests.pages.page import Page, pages

LANGUAGES = pytest.mark.parametrize("folder", ["", "th/"], ids=["English", "Thai"])


def test_every_page_is_there_in_both_languages(site: Path) -> None:
    english = {page.path.relative_to(site).as_posix() for page in pages(site) if "th" not in page.path.parts}
    thai = {page.path.relative_to(site / "th").as_posix() for page in pages(site / "th")}
    assert english == thai
    assert {"index.html", "board/exams.html", "board/empty.html", "model/alpha-1.html"} <= english
    assert {"model/baseline-longest.html", "task/thai_exam_ic.html", "task/malay_grammar_quiz.html"} <= english


def test_every_page_says_its_language_and_has_the_landmarks_of_a_page(site: Path) -> None:
    for page in pages(site):
        (html,) = page.all("html")
        assert html == {"lang": "th" if "th" in page.path.parts else "en"}
        assert [len(page.all(tag)) for tag in ("header", "main", "footer", "h1", "nav")] == [1] * 5
        assert page.all("a")[0] == {"class": "skip", "href": "#content"}
        regions = [region for region in page.all("div") if region.get("role") == "region"]
        assert all(region.get("tabindex") == "0" for region in regions)
        stops = [element for element in page.elements if "tabindex" in element[1]]
        assert len(stops) == len(regions) == len([p for p in page.all("p") if p.get("class", "").startswith("hint")])
        labels = [
            a["aria-labelledby"] for tag, a in page.elements if tag in ("section", "div") and "aria-labelledby" in a
        ]
        assert len(labels) == len(set(labels))
        assert len(page.all("caption")) == len(page.all("table"))


def test_ids_are_unique_and_labels_refer_to_them(site: Path) -> None:
    for page in pages(site):
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        labels = [attributes.get("aria-labelledby", "") for _, attributes in page.elements]
        assert {name for label in labels for name in label.split()} <= set(ids)


@LANGUAGES
def test_every_model_is_a_row(folder: str, site: Path) -> None:
    page = Page(site / folder / "board" / "exams.html")
    assert page.models() == ["Alpha-1", "Beta-2", "Gamma-3", "Delta-4", "Epsilon-5", "Zeta-6", "Eta-7"]


def test_tie_groups_and_what_is_not_ranked_are_said_in_words(site: Path) -> None:
    words = Page(site / "board" / "exams.html").words()
    places = [
        words.index(text)
        for text in (
            "Tie group 1: 2 models",
            "Alpha-1",
            "Tie group 2: 1 model",
            "Gamma-3",
            "For comparison: what answering without knowledge earns",
            "always the longest option",
            "Not ranked: 4 models with something missing",
            "Delta-4",
        )
    ]
    assert places == sorted(places)
    assert "1–2" in words


@pytest.mark.parametrize(
    "text",
    [
        "incomplete: 94 of 95 answers",
        "not run",
        "unsupported it gives no letters",
        "withheld its maker asked for it",
        "1 of 2 tasks complete",
        "15.8 % unreadable, 412 tokens",
        "0.6 % unreadable, 24.4 % cut off, 1.8 % refused, 412 tokens",
        "none unreadable, tokens not known",
        "parse!: more than one answer in ten could not be read",
        "thinking may be missing from tokens",
        "broken-run: its seal does not fit",
        "95 questions; 50.0 % of the headline",
        "parse!",
    ],
)
def test_the_board_says_it_in_words(text: str, site: Path) -> None:
    assert text in Page(site / "board" / "exams.html").words()


def test_a_mark_that_all_bear_is_said_once(site: Path) -> None:
    words = Page(site / "board" / "exams.html").words()
    assert words.count("answers recorded by others") == 2
    assert "recorded: others asked the model" not in words
    assert "94.9 recorded" not in words


@LANGUAGES
def test_no_cell_is_blank(folder: str, site: Path) -> None:
    for page in pages(site / folder):
        # Text of a cell, so that an empty one would be missed: each cell must have some.
        cells = page.source.split("<td")[1:]
        for cell_source in cells:
            inside = cell_source.partition(">")[2].partition("</td>")[0]
            assert inside.strip(), page.path
            assert "None" not in inside


def test_an_interval_is_clipped_for_display_only(site: Path) -> None:
    words = Page(site / "board" / "exams.html").words()
    assert "2.0 0.0 to 4.8" in words


def test_a_board_without_models_says_so(site: Path) -> None:
    words = Page(site / "board" / "empty.html").words()
    assert "No model has been run on this board yet." in words
    assert "Fewer than two models are complete" in words
    assert "Malay, Malay (ms-x-sarawak)" in words


def test_home_names_the_first_tie_group_and_counts_the_rest(tmp_path: Path) -> None:
    rows = [row(f"m{number}", [cell(0.9 - number / 100)], rank=(1, 8)) for number in range(8)]
    build_site([write(tmp_path / "boards", board(rows))], tmp_path / "site")
    words = Page(tmp_path / "site" / "index.html").words()
    assert "m0, m1, m2, m3, m4 and 3 more" in words
    assert "8 ranked" in words
    assert "not ranked" not in words.partition("How to read")[0]


def test_a_score_carries_the_command_and_the_hashes_of_what_it_reads(site: Path) -> None:
    page = Page(site / "model" / "alpha-1.html")
    assert "seahelm-lite import thaiexamjs snapshot/ic/made.jsonl.br --out out" in page.text
    for what in ("file", "thai_exam_ic", "file of thai_exam_ic", "scores", "prompts", "Alpha-1"):
        assert sha(what) in page.text
    assert "thai_exam_ic.recorded-thaiexamjs" in [section.get("id") for section in page.all("section")]


def test_a_score_without_a_value_says_why(site: Path) -> None:
    assert "no run has it" in Page(site / "model" / "epsilon-5.html").words()
    assert "1 answer is missing from the source." in Page(site / "model" / "delta-4.html").words()
    assert "its maker asked for it" in Page(site / "model" / "eta-7.html").words()


def test_commands_name_the_version_that_they_need(site: Path) -> None:
    for path in ("board/exams.html", "model/alpha-1.html"):
        page = Page(site / path)
        assert page.words().count(f"Needs seahelm-lite {seahelm_lite.__version__}.") == len(page.all("pre")) > 0
    command = "seahelm-lite board build exams --runs out --out boards"
    assert command in Page(site / "board" / "exams.html").words()


def test_a_setting_that_was_not_set_is_said_so(site: Path) -> None:
    assert "max_tokens: not set, temperature: 0" in Page(site / "model" / "alpha-1.html").words()


def test_a_score_that_two_boards_show_has_one_section(tmp_path: Path) -> None:
    one, two = (board([row("a", [cell(0.5)])], board={"id": name, "title": name}) for name in ("one", "two"))
    build_site([write(tmp_path / "boards", one, two)], tmp_path / "site")
    page = Page(tmp_path / "site" / "model" / "a.html")
    assert len([s for s in page.all("section") if s.get("class") == "score"]) == 1
    assert "Boards one, two" in page.words()


def test_a_score_that_one_board_lacks_is_not_called_not_run(tmp_path: Path) -> None:
    one = board([row("a", [cell(None)])], board={"id": "one"})
    two = board([row("a", [cell(0.5)])], board={"id": "two"})
    build_site([write(tmp_path / "boards", one, two)], tmp_path / "site")
    assert "not run" not in Page(tmp_path / "site" / "model" / "a.html").words()
    assert "not run" in Page(tmp_path / "site" / "board" / "one.html").words()


def test_a_task_shows_protocols_apart(site: Path) -> None:
    page = Page(site / "task" / "thai_exam_ic.html")
    assert len(page.all("figure")) == 2
    assert len([table for table in page.all("table")]) == 2
    assert page.words().count("Scores: right answers") == 2


def test_a_task_with_two_files_shows_both_editions(tmp_path: Path) -> None:
    old = board([row("a", [cell(0.5)])], [column(task_file_sha256=sha("old"))], board={"id": "old"})
    new = board([row("a", [cell(0.6, run="newer")])], [column(version="1.1")], board={"id": "new"})
    build_site([write(tmp_path / "boards", old, new)], tmp_path / "site")
    words = Page(tmp_path / "site" / "task" / "thai_exam_ic.html").words()
    assert "Version 1.1, task file" in words
    assert "Version 1.0, task file" in words


def test_a_figure_has_a_title_a_description_and_its_numbers_in_a_table(site: Path) -> None:
    page = Page(site / "task" / "thai_exam_ic.html")
    drawn = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert len(drawn) == len(page.all("figure")) == len(page.all("desc"))
    assert len(page.all("title")) == 1 + len(drawn)
    assert "Alpha-1 90.0 84.0 to 96.0" in page.words()


def test_columns_of_one_task_are_told_apart(tmp_path: Path) -> None:
    columns = [column(), column(shots=1, required=False)]
    rows = [row("a", [cell(0.5), cell(0.6, run="other")], coverage={"done": 1, "required": 1})]
    build_site([write(tmp_path / "boards", board(rows, columns))], tmp_path / "site")
    words = Page(tmp_path / "site" / "board" / "made.html").words()
    assert "95 questions; 100.0 % of the headline" in words
    assert "95 questions; 1 worked example; not counted in the headline" in words
    assert words.count("Multiple-choice items of a Thai examination") == 1


@pytest.mark.parametrize(
    "usage",
    [None, {"responses_with_usage": 0, "prompt": None, "completion": None, "reasoning": None, "cached": None}],
    ids=["no usage", "usage of no answer"],
)
def test_tokens_that_nobody_counted_are_said_once(usage: object, tmp_path: Path) -> None:
    rows = [row("a", [cell(0.5, usage=usage)]), row("b", [cell(0.4, usage=usage)])]
    build_site([write(tmp_path / "boards", board(rows))], tmp_path / "site")
    assert Page(tmp_path / "site" / "board" / "made.html").words().count("tokens not known") == 1
    assert "Tokens written per answer not recorded" in Page(tmp_path / "site" / "model" / "a.html").words()


def test_the_headline_of_a_reference_is_weighted_as_that_of_a_model(tmp_path: Path) -> None:
    columns = [column(chance=0.2, share=0.75), column("other", chance=0.4, baselines={}, share=0.25)]
    rows = [row("a", [cell(0.5), cell(0.6)])]
    build_site([write(tmp_path / "boards", board(rows, columns))], tmp_path / "site")
    words = Page(tmp_path / "site" / "board" / "made.html").words()
    assert "guessing at random 25.0 nothing 20.0 40.0" in words
    assert "always the longest option not for every task nothing 38.9 not known" in words


@LANGUAGES
def test_a_board_of_a_hundred_models_stays_small(folder: str, tmp_path: Path) -> None:
    columns = [column(), column("openthai_onet_m6")]
    names = [f"some-maker-model-{number}-preview-thinking-16k" for number in range(102)]
    rows = [row(name, [cell(0.8), cell(0.7)], group=1 + at // 20, rank=(1, 102)) for at, name in enumerate(names)]
    build_site([write(tmp_path / "boards", board(rows, columns))], tmp_path / "site")
    page = Page(tmp_path / "site" / folder / "board" / "made.html")
    assert page.models() == names
    assert len(page.source.encode()) <= 120 * 1024
    assert len(page.elements) <= 6000
