"""Catalogues: complete, with their placeholders, and without sentences that no page says any more."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from seahelm_lite.catalog.catalog import Catalog as Cards
from seahelm_lite.pages import build_site
from seahelm_lite.pages.environment import said
from seahelm_lite.pages.fault import SiteError
from seahelm_lite.pages.languages import languages, placeholders
from tests.conftest import REPOSITORY
from tests.pages.making import board, cell, column, row, write
from tests.pages.page import Page

TEMPLATES = sorted((REPOSITORY / "site" / "templates").glob("*.html"))
LOCALE = REPOSITORY / "site" / "locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/site.po"))

each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)


@cache
def _of_templates() -> frozenset[str]:
    """Every sentence of the templates; of those with a plural, the singular."""
    found = set()
    for path in TEMPLATES:
        tree = Environment().parse(path.read_text(encoding="utf-8"))
        for _, function, message in extract_from_ast(tree, ("_", "ngettext")):
            first = message if isinstance(message, str) else message[0]
            assert first, f"{path}: {function} of something that is not a plain string"
            found.add(first)
    return frozenset(found)


def _of_cards(cards: Cards) -> set[str]:
    """Titles and sentences of the cards of this repository."""
    boards = [yaml.safe_load(path.read_bytes()) for path in (REPOSITORY / "leaderboards" / "boards").glob("*.yaml")]
    texts = {text for board in boards for text in (board["title"], board["measures"])}
    for task in cards.tasks.values():
        card = task.card
        texts |= {card.title, card.measures, card.licence.stated, card.licence.note, *card.defects}
        texts |= {exclusion.reason for exclusion in card.exclude}
    return texts


def _of_results() -> set[str]:
    """Every string of the code that writes the reasons of results files and the titles of sources."""
    rooms = ("boards", "stats", "models/recorded")
    paths = [path for room in rooms for path in (REPOSITORY / "seahelm_lite" / room).glob("*.py")]
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def _first(message_id: str | list[str] | tuple[str, ...]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


@each_catalogue
def test_every_sentence_of_the_templates_is_translated(path: Path) -> None:
    translated = {
        _first(message.id)
        for message in _catalogue(path)
        if message.id
        and not message.fuzzy
        and all([message.string] if isinstance(message.string, str) else message.string)
    }
    assert _of_templates() - translated == set()


@each_catalogue
def test_no_translation_is_of_a_sentence_that_nobody_says(path: Path, cards: Cards) -> None:
    known = {_first(message.id) for message in _catalogue(path) if message.id}
    assert known - _of_templates() - _of_cards(cards) - _of_results() == set()


@each_catalogue
def test_every_translation_keeps_the_placeholders(path: Path) -> None:
    for message in _catalogue(path):
        ids = [message.id] if isinstance(message.id, str) else message.id
        strings = [message.string] if isinstance(message.string, str) else message.string
        if _first(message.id) in _of_templates():
            assert {placeholders(text) for text in strings} <= {placeholders(text) for text in ids}, message.id


@pytest.fixture
def cards(catalog: Cards) -> Cards:
    return catalog


def test_the_sentences_of_the_templates_can_be_filled_in() -> None:
    assert not [text for text in _of_templates() if placeholders(text) is None]


def _po(folder: Path, *messages: str, locale: str = "th") -> Path:
    path = folder / locale / "LC_MESSAGES" / "site.po"
    path.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n'
    path.write_text("\n".join((header, *messages)), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ('msgid "{n} of {m}"\nmsgstr "{n}"', "the placeholders of '{n}' are not those of '{n} of {m}'"),
        ('msgid "{n}"\nmsgstr "{n.__class__}"', "the placeholders"),
        ('msgid "{n}"\nmsgstr "{n"', "the placeholders"),
        ('msgid "{n} a"\nmsgid_plural "{n} as"\nmsgstr[0] "a"', "the placeholders of 'a' are not those of '{n} as'"),
        ('mgsid "a"\nmsgstr "b"', "the catalogue cannot be read"),
    ],
)
def test_a_broken_catalogue_is_refused_with_its_place(message: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError) as caught:
        languages(_po(tmp_path, message))
    assert fault in caught.value.what
    assert caught.value.where.startswith(str(tmp_path / "th" / "LC_MESSAGES" / "site.po"))


def test_a_catalogue_of_no_known_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="unknown locale"):
        languages(_po(tmp_path, locale="xx"))


def test_adding_a_language_is_adding_a_catalogue(tmp_path: Path) -> None:
    _po(tmp_path, 'msgid "Boards"\nmsgstr "Bảng"', locale="vi")
    _po(tmp_path, locale="th")
    english, thai, vietnamese = languages(tmp_path)
    assert [language.tag for language in (english, thai, vietnamese)] == ["en", "th", "vi"]
    assert [language.folder for language in (english, thai, vietnamese)] == ["", "th/", "vi/"]
    assert vietnamese.gettext("Boards") == "Bảng"
    assert thai.gettext("Boards") == "Boards"


def test_a_sentence_of_a_card_that_is_not_translated_is_marked_as_english(tmp_path: Path) -> None:
    english, thai = languages(_po(tmp_path, 'msgid "Known {"\nmsgstr "<b>รู้ {</b>"'))
    assert said("<i>new</i>", english) == "&lt;i&gt;new&lt;/i&gt;"
    assert said("<i>new</i>", thai) == '<span lang="en">&lt;i&gt;new&lt;/i&gt;</span>'
    assert said("Known {", thai) == "&lt;b&gt;รู้ {&lt;/b&gt;"


def test_a_thai_page_marks_what_is_english_and_translates_the_rest(tmp_path: Path) -> None:
    made = board([row("a", [cell(0.5)])], [column(title="Regional basics: Thai")], board={"title": "No such card"})
    build_site([write(tmp_path / "boards", made)], tmp_path / "site")
    page = Page(tmp_path / "site" / "th" / "board" / "made.html")
    english = [text for around, text in page.texts if any(a.get("lang") == "en" for _, a in around)]
    assert "No such card" in english
    assert "ความรู้พื้นฐานของภูมิภาค: ไทย" in page.text
    # Nothing but names, what is marked as English, and letters of Thai or of none.
    assert "Tie group" not in page.text


@pytest.mark.parametrize(
    ("tag", "name"),
    [("th", "Thai"), ("ms-x-sarawak", "Malay (ms-x-sarawak)"), ("nod", "nod"), ("bbc", "Batak Toba")],
)
def test_a_language_is_named_as_far_as_its_name_is_known(tag: str, name: str) -> None:
    (english, *_) = languages(LOCALE)
    assert english.language_name(tag) == name


def test_the_thai_catalogue_says_who_has_reviewed_it() -> None:
    head = (LOCALE / "th" / "LC_MESSAGES" / "site.po").read_text(encoding="utf-8").partition("msgid")[0]
    assert "NO NATIVE SPEAKER HAS REVIEWED THIS FILE" in head
