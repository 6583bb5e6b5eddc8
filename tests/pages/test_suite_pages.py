"""Pages of suites: what a reader should know of a task before believing its scores."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.facts import FACTS_FILE, facts_text, read_facts
from seahelm_lite.catalog.task_card import Metric
from seahelm_lite.cli.showing import CAUTIONS, WITHHELD
from seahelm_lite.lint.facts import work_out
from seahelm_lite.lint.report import lint
from seahelm_lite.pages import build_site
from seahelm_lite.pages.environment import environment
from seahelm_lite.pages.languages import languages
from seahelm_lite.pages.shelf import shelf
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.conftest import REPOSITORY
from tests.pages import test_page_links as links
from tests.pages.making import board, cell, column, write
from tests.pages.making import row as board_row
from tests.pages.page import Page, pages
from tests.pages.test_page_languages import _of_templates
from tests.small_task import SmallTask, row

ROWS = [row(n, (f"ya benar {n}", "tidak"), 0) for n in (*range(12), 3)]
HUMAN = [{"value": 0.464, "n": 3000, "group": "Bahasa", "source": "the ministry's report"}]
CLOSED = {"licence": {"stated": "none stated", "redistributable": False, "note": "Ask the owner."}}


def _where(folder: Path) -> Where:
    return Where(mirror=None, cache=folder / "cache", offline=True, task_roots=(folder,))


def _keep(folder: Path) -> Catalog:
    """The catalog of a folder, with the numbers of its tasks kept."""
    catalog, where = load_catalog([folder]), _where(folder)
    entries = {
        name: work_out(task, load_documents(task.card, where), lint(task.card, where))
        for name, task in catalog.tasks.items()
    }
    (folder / FACTS_FILE).write_text(facts_text(entries), encoding="utf-8")
    return catalog


def _site(folder: Path, results: Path, out: Path) -> Path:
    build_site([results], out, shelf(load_catalog([folder]), _where(folder)))
    return out


def _small(folder: Path, name: str, **changes: Any) -> SmallTask:
    task = SmallTask(folder, ROWS, changes={"id": name, "title": f"Small: {name}", **changes})
    task.write()
    return task


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four tasks of one suite: open, without a licence, hurtful, and one whose card has changed since."""
    folder = tmp_path_factory.mktemp("tasks")
    exclude = [{"reason": "stands twice", "rows": [12]}]
    defects = ["the right option is always the first"]
    _small(folder, "thai_exam_ic", exclude=exclude, defects=defects, human=HUMAN)
    _small(folder, "closed", **CLOSED)
    _small(folder, "hurtful", pillar="safety")
    _small(folder, "changed")
    _keep(folder)
    _small(folder, "changed", exclude=exclude)
    return folder


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("results"), board([board_row("a", [cell(0.5)])], [column()]))


@pytest.fixture(scope="module")
def site(tasks: Path, results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _site(tasks, results, tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="module")
def shipped(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of all suites of this repository, with no data at hand but our own."""
    out = tmp_path_factory.mktemp("shipped")
    catalog = load_catalog()
    where = Where(mirror=None, cache=out / "cache", offline=True, task_roots=catalog.roots)
    build_site([results], out / "site", shelf(catalog, where))
    return out / "site"


def _section(site: Path, task: str, language: str = "") -> str:
    """The words of a task's section."""
    page = Page(site / language / "suite" / "small_suite.html")
    said = [text for around, text in page.texts if any(a.get("id") == task for _, a in around)]
    return " ".join(" ".join(said).split())


RULES: list[Callable[[Path], None]] = [
    links.test_every_link_leads_to_a_page_and_a_place_that_exist,
    links.test_nothing_is_loaded_but_the_style_and_the_icon_of_the_site,
    links.test_only_citations_leave_the_folder,
    links.test_no_page_has_a_script_and_every_page_forbids_them,
    links.test_the_language_switch_stays_on_the_page,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.removeprefix("test_"))
@pytest.mark.parametrize("name", ["site", "shipped"])
def test_the_rules_of_all_pages_hold_for_those_of_suites(
    name: str, rule: Callable[[Path], None], request: pytest.FixtureRequest
) -> None:
    rule(request.getfixturevalue(name))


def test_every_task_of_the_repository_has_a_section_that_is_reached_from_the_home_page(
    shipped: Path, catalog: Catalog
) -> None:
    home, index = Page(shipped / "index.html"), Page(shipped / "suites.html")
    assert "suites.html" in {a["href"] for a in home.all("a")}
    reached = {a["href"] for a in index.all("a") if a["href"].startswith("suite/")}
    sections = {
        attributes["id"]
        for address in reached
        for tag, attributes in Page(shipped / address).elements
        if tag == "section" and "id" in attributes
    }
    assert sections == set(catalog.tasks)


def test_a_task_page_leads_to_the_section_of_its_task_and_back(site: Path) -> None:
    page = Page(site / "task" / "thai_exam_ic.html")
    assert "../suite/small_suite.html#thai_exam_ic" in {a["href"] for a in page.all("a")}
    suite = Page(site / "suite" / "small_suite.html")
    assert {"../index.html", "../suites.html"} <= {a["href"] for a in suite.all("a")}


def test_a_section_says_what_its_numbers_are(site: Path, tasks: Path) -> None:
    said = _section(site, "thai_exam_ic")
    facts = read_facts([tasks])["thai_exam_ic"]
    assert "Questions 12, each standing alone" in said
    assert "Guessing at random earns 50.0 %" in said
    assert "Baseline: always the longest option 100.0 %" in said
    assert facts.detectable is not None
    points = f"{100 * facts.detectable:.1f}"
    assert f"Two models must differ by about {points} points before this task can tell them apart." in said
    assert "People: Bahasa 46.4 % 3,000 people; the ministry's report" in said
    assert "Left out 1 row: stands twice" in said
    assert "Known defects the right option is always the first" in said
    assert "the longest option is right more often than chance: 1 warning longest-option" in said
    assert "Always taking the longest option is right in 100.0 %, guessing in 50.0 %" in said


def test_an_item_is_shown_with_its_answer_in_the_prompt_of_each_protocol(site: Path) -> None:
    said = _section(site, "thai_exam_ic")
    assert "The first item; right is: ya benar 0" in said
    assert said.count("Soalan: Soalan 0?") == 3
    assert said.count("A. ya benar 0 B. tidak") == 2
    page = Page(site / "suite" / "small_suite.html")
    assert {attributes["lang"] for attributes in page.all("pre")} == {"ms"}


@pytest.mark.parametrize(
    ("task", "why"),
    [
        ("closed", "No item is shown here: its licence does not clearly allow it."),
        ("hurtful", "No item is shown here: items of this task may hurt their reader."),
    ],
)
def test_an_item_that_may_not_be_shown_leaves_a_prompt_with_its_places(task: str, why: str, site: Path) -> None:
    said = _section(site, task)
    assert why in said
    assert "Soalan 0?" not in said
    assert "Soalan: ⟨question⟩ A. ⟨option 1⟩ B. ⟨option 2⟩" in said
    assert "⟨คำถาม⟩ A. ⟨ตัวเลือก 1⟩" in _section(site, task, "th")


def test_an_item_whose_data_is_not_at_hand_is_said_to_be_missing(shipped: Path) -> None:
    said = Page(shipped / "suite" / "belebele.html").words()
    assert "No item is shown here: the data was not at hand when this page was made." in said
    assert "Guessing at random earns 25.0 %" in said


def test_numbers_of_a_changed_card_are_not_shown(site: Path) -> None:
    said = _section(site, "changed")
    assert "The card has changed since the numbers were worked out, so none are shown." in said
    assert "Guessing at random" not in said
    assert "Soalan 0?" in said


def test_without_suites_a_site_has_no_word_of_them(results: Path, tmp_path: Path) -> None:
    build_site([results], tmp_path / "site")
    assert not (tmp_path / "site" / "suites.html").exists()
    assert not [page for page in pages(tmp_path / "site") if "suites.html" in page.source]


def test_every_metric_and_every_rule_that_was_found_has_words_on_the_pages() -> None:
    english = languages(REPOSITORY / "site" / "locale")[0]
    words: Any = environment(REPOSITORY / "site" / "templates", english).get_template("words.html").module
    assert set(get_args(Metric)) <= set(words.METRICS)
    kept = json.loads((REPOSITORY / "tasks" / FACTS_FILE).read_bytes())["tasks"]
    assert {rule for facts in kept.values() for rule in facts["lint"]["rules"]} <= set(words.RULES)


def test_the_command_line_and_the_pages_caution_in_the_same_words() -> None:
    assert set(CAUTIONS.values()) <= _of_templates()
    assert set(WITHHELD) == {"licence", "hurtful", "absent"}


def test_marks_that_a_script_needs_inside_words_stay_in_an_item(tmp_path: Path, results: Path) -> None:
    rows = [row(n, ("ក\u200bខ", "គ\u202e"), n % 2) for n in range(4)]
    SmallTask(tmp_path / "tasks", rows, changes={"language": "km"}).write()
    _keep(tmp_path / "tasks")
    page = Page(_site(tmp_path / "tasks", results, tmp_path / "site") / "suite" / "small_suite.html")
    assert "A. ក\u200bខ" in page.text
    assert re.search(r"B\. គ⟨U\+202E⟩", page.text)


def test_a_task_whose_makers_keep_the_answers_is_shown_without_one(tmp_path: Path, results: Path) -> None:
    document = {"key": "question", "answer": None}
    SmallTask(
        tmp_path / "tasks", ROWS, changes={"answers": "withheld", "protocols": ["gen-letter"], "document": document}
    ).write()
    said = _section(_site(tmp_path / "tasks", results, tmp_path / "site"), "small")
    assert "Soalan: Soalan 0?" in said
    assert "right is" not in said
    assert "The items are public" not in said


@pytest.mark.parametrize(
    ("metric", "said_of_it", "in_thai"),
    [
        ("instr_acc", "the model writes a text, which is checked by rule", "ตรวจด้วยกฎเกณฑ์"),
        ("safe_rate", "the model writes a text, which is kept for a judge", "เก็บไว้ให้ผู้ตัดสิน"),
    ],
)
def test_a_text_without_a_reference_is_not_said_to_be_compared_with_one(
    metric: str, said_of_it: str, in_thai: str, tmp_path: Path, results: Path
) -> None:
    checks = "[{'name': 'detectable_format:title', 'arguments': {}}]" if metric == "instr_acc" else None
    bare = {"kind": "generation", "protocols": ["gen"], "metrics": [metric], "asking": "bare"}
    document = {"checks": checks, "options": None, "answer": None}
    SmallTask(tmp_path / "tasks", ROWS, changes={**bare, "document": document}).write()
    site = _site(tmp_path / "tasks", results, tmp_path / "site")
    said = _section(site, "small")
    assert said_of_it in said
    assert "Soalan 0?" in said
    assert "right is" not in said
    assert "reference" not in said
    assert in_thai in _section(site, "small", "th")


def test_a_text_with_a_reference_is_said_to_be_compared_with_it(tmp_path: Path, results: Path) -> None:
    written = {"kind": "generation", "protocols": ["gen"], "metrics": ["chrf"], "instruction": "translate"}
    document = {"reference": "options[0]", "options": None, "answer": None}
    SmallTask(tmp_path / "tasks", ROWS, changes={**written, "document": document}).write()
    said = _section(_site(tmp_path / "tasks", results, tmp_path / "site"), "small")
    assert "the model writes a text, which is compared with a reference" in said
    assert "The first item; right is: ya benar 0" in said
