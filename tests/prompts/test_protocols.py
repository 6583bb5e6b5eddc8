from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.task_card import PROTOCOLS, Protocol, TaskCard
from seahelm_lite.errors import ProtocolError
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.export import export
from seahelm_lite.prompts.protocols import derive
from seahelm_lite.prompts.words import available_languages, language_words
from seahelm_lite.records import Document
from tests.small_task import SmallTask

OPTIONS = ["satu", "dua", "tiga", "empat", "lima", "enam"]


def _context(card: TaskCard, protocol: Protocol, **fields: Any) -> str:
    """The plain text of a document without examples."""
    document = Document("rows.jsonl#0", {"question": "Apa?", "answer": 0, **fields}, cluster="0")
    return str(Asker("small", card, protocol, Asking(layout="plain")).requests(document)[0].context)


def _continuations(card: TaskCard, protocol: Protocol, **fields: Any) -> list[str | None]:
    document = Document("rows.jsonl#0", {"question": "Apa?", "answer": 0, **fields}, cluster="0")
    asker = Asker("small", card, protocol, Asking(layout="plain"))
    return [request.continuation for request in asker.requests(document)]


def test_one_item_in_every_multiple_choice_protocol(tmp_path: Path) -> None:
    card = SmallTask(tmp_path).card
    options = OPTIONS[:3]
    listing = "Soalan: Apa?\nA. satu\nB. dua\nC. tiga\n"
    instruction = "Jawab dengan satu huruf sahaja: A, B atau C.\n"
    assert _context(card, "ll-letter", options=options) == f"{listing}Jawapan:"
    assert _continuations(card, "ll-letter", options=options) == [" A", " B", " C"]
    assert _context(card, "gen-letter", options=options) == f"{listing}\n{instruction}Jawapan:"
    assert _continuations(card, "gen-letter", options=options) == [None]
    assert _context(card, "ll-cloze", options=options) == "Soalan: Apa?\nJawapan:"
    assert _continuations(card, "ll-cloze", options=options) == [" satu", " dua", " tiga"]


@pytest.mark.parametrize(
    ("count", "letters"),
    [(2, "A atau B"), (4, "A, B, C atau D"), (5, "A, B, C, D atau E"), (6, "A, B, C, D, E atau F")],
)
def test_as_many_letters_are_shown_as_the_document_has_options(tmp_path: Path, count: int, letters: str) -> None:
    card = SmallTask(tmp_path).card
    text = _context(card, "gen-letter", options=OPTIONS[:count])
    assert f"Jawab dengan satu huruf sahaja: {letters}.\n" in text
    assert [line[:3] for line in text.splitlines() if line[1:3] == ". "] == [f"{x}. " for x in "ABCDEF"[:count]]
    assert len(_continuations(card, "ll-letter", options=OPTIONS[:count])) == count


@pytest.mark.parametrize("code", available_languages())
def test_a_language_asks_in_its_own_words_and_letters(tmp_path: Path, code: str) -> None:
    card = SmallTask(tmp_path, changes={"language": code}).card
    words = language_words(code)
    text = _context(card, "gen-letter", options=OPTIONS[:4])
    assert text.startswith(f"{words.question}{words.colon} Apa?\n{words.letters[0]}. satu\n")
    assert text.endswith(f"\n{words.answer}{words.colon}")
    assert words.letters_phrase(4) in text
    assert _continuations(card, "ll-letter", options=OPTIONS[:4]) == [f" {letter}" for letter in words.letters[:4]]


def test_the_prompt_language_gives_the_words(tmp_path: Path) -> None:
    card = SmallTask(tmp_path, changes={"language": "ace", "prompt_language": "id"}).card
    assert _context(card, "ll-cloze", options=OPTIONS[:2]) == "Pertanyaan: Apa?\nJawaban:"


def _written_card(folder: Path, **changes: Any) -> TaskCard:
    mapping = {"options": None, "answer": None, "reference": "reference", **changes.pop("document", {})}
    base = {"kind": "generation", "protocols": ["gen"], "metrics": ["exact"], "document": mapping}
    return SmallTask(folder, changes={**base, "instruction": "Jawab soalan ini.", **changes}).card


def test_a_written_answer_to_a_question_follows_its_passage(tmp_path: Path) -> None:
    card = _written_card(tmp_path, asking="question", document={"passage": "passage"})
    shown = _context(card, "gen", reference="x", passage="Ali makan.")
    assert shown == "Jawab soalan ini.\n\nPetikan: Ali makan.\nSoalan: Apa?\nJawapan:"


def test_an_item_asked_bare_is_sent_as_it_is_and_never_cut_off(tmp_path: Path) -> None:
    card = _written_card(tmp_path, asking="bare", instruction=None, document={"reference": None, "checks": "checks"})
    assert _context(card, "gen", reference="") == "Apa?"
    assert derive(card, "gen").stop == ()


def test_blank_lines_end_a_written_answer_only_where_it_may_hold_none(tmp_path: Path) -> None:
    assert derive(_written_card(tmp_path), "gen").stop == ("\n\n",)
    assert "\n\n" not in derive(_written_card(tmp_path, paragraphs=True), "gen").stop


@pytest.mark.parametrize(
    ("changes", "labels"),
    [
        ({}, ("Teks:",)),
        ({"asking": "question"}, ("Soalan:",)),
        ({"asking": "question", "document": {"passage": "passage"}}, ("Petikan:", "Soalan:")),
    ],
)
def test_a_written_answer_with_blank_lines_ends_where_another_item_begins(
    tmp_path: Path, changes: dict[str, Any], labels: tuple[str, ...]
) -> None:
    stop = derive(_written_card(tmp_path, paragraphs=True, **changes), "gen").stop
    assert stop == tuple(f"\n\n{start}" for start in ("Jawab soalan ini.", *labels))


@pytest.mark.parametrize("changes", [{"asking": "bare"}, {"instruction": None}])
def test_an_instruction_stands_before_every_written_answer_that_is_not_asked_bare(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="needs an instruction"):
        _written_card(tmp_path, **changes)


@pytest.mark.parametrize(("passage", "head"), [("Teks.", "Petikan: Teks.\nSoalan: Apa?\n"), ("", "Soalan: Apa?\n")])
@pytest.mark.parametrize("protocol", ["ll-letter", "gen-letter", "ll-cloze"])
def test_a_passage_stands_before_the_question_where_there_is_one(
    tmp_path: Path, protocol: Protocol, passage: str, head: str
) -> None:
    assert language_words("ms").passage == "Petikan"
    card = SmallTask(tmp_path, changes={"document": {"passage": "teks"}}).card
    assert _context(card, protocol, options=OPTIONS[:2], passage=passage).startswith(head)


def test_a_cloze_of_its_own_replaces_question_and_options_in_that_protocol_alone(tmp_path: Path) -> None:
    changes = {"document": {"cloze_context": "x", "cloze_options": "y"}}
    card = SmallTask(tmp_path, changes=changes).card
    fields = {"options": ["Satu", "Dua"], "cloze_context": "Dia pergi kerana", "cloze_options": ["hujan", "panas"]}
    assert _context(card, "ll-cloze", **fields) == "Dia pergi kerana"
    assert _continuations(card, "ll-cloze", **fields) == [" hujan", " panas"]
    assert _context(card, "ll-letter", **fields) == "Soalan: Apa?\nA. Satu\nB. Dua\nJawapan:"


@pytest.mark.parametrize(("label", "word"), [("answer", "Jawapan:"), ("translation", "Terjemahan:")])
def test_a_written_answer_follows_the_cards_instruction(tmp_path: Path, label: str, word: str) -> None:
    card = SmallTask(
        tmp_path,
        changes={
            "kind": "generation",
            "protocols": ["gen"],
            "metrics": ["chrf"],
            "instruction": "Terjemahkan ayat ini.",
            "answer_label": label,
            "document": {"options": None, "answer": None, "reference": "text"},
        },
    ).card
    assert _context(card, "gen", reference="x") == f"Terjemahkan ayat ini.\n\nTeks: Apa?\n{word}"


@pytest.mark.parametrize(
    "text", ["{{ 7 * 7 }}", "{% if x %}", "{# x #}", "{{ question }}", "a\nb\n", " a ", "\\n", "'\"", "100 %", "50%}"]
)
@pytest.mark.parametrize("protocol", ["ll-letter", "gen-letter", "ll-cloze"])
def test_the_text_of_an_item_is_never_taken_for_a_template(tmp_path: Path, protocol: Protocol, text: str) -> None:
    card = SmallTask(tmp_path).card
    assert f"Soalan: {text}\n" in _context(card, protocol, question=text, options=["satu", "dua"])
    if protocol == "ll-cloze":
        assert _continuations(card, protocol, options=[text, "dua"]) == [f" {text}", " dua"]
    else:
        assert f"\nA. {text}\nB. dua\n" in _context(card, protocol, options=[text, "dua"])


def test_a_protocol_the_card_does_not_allow_is_refused_and_those_it_does_are_named(tmp_path: Path) -> None:
    card = SmallTask(tmp_path, changes={"protocols": ["ll-letter", "gen-letter"]}).card
    with pytest.raises(ProtocolError, match="small_suite tasks cannot be asked in ll-cloze") as caught:
        derive(card, "ll-cloze")
    assert caught.value.remedy == "Use ll-letter or gen-letter."


def test_every_shipped_task_derives_a_form_for_each_of_its_protocols(catalog: Catalog) -> None:
    for task in catalog.tasks.values():
        for protocol in PROTOCOLS:
            if protocol in task.card.protocols:
                form = derive(task.card, protocol)
                assert (form.choices is None) == protocol.startswith("gen")
                assert not form.question.endswith((" ", "\n"))
                assert form.max_tokens == task.card.max_tokens


@pytest.mark.parametrize("code", available_languages())
@pytest.mark.parametrize("layout", ["chat", "plain"])
def test_wordings_differ_in_the_line_of_the_instruction_alone(
    tmp_path: Path, layout: Literal["chat", "plain"], code: str
) -> None:
    card = SmallTask(tmp_path, changes={"language": code}).card
    example = Document("rows.jsonl#1", {"question": "Apa?", "answer": 1, "options": OPTIONS[:3]}, cluster="1")
    document = Document("rows.jsonl#0", {"question": "Apa?", "answer": 0, "options": OPTIONS[:4]}, cluster="0")
    words = language_words(code)

    def lines(wording: int) -> list[str]:
        asking = Asking(layout=layout, shots=[example], wording=wording)
        (request,) = Asker("small", card, "gen-letter", asking).requests(document)
        turns = [turn.content for turn in request.messages or ()]
        return "\n".join(turns or [request.context or ""]).split("\n")

    def instructions(wording: int) -> list[str]:
        template = words.letter_instruction(wording)
        return [template.replace("{letters}", words.letters_phrase(count)) for count in (3, 4)]

    first = lines(1)
    for wording in (2, 3):
        other = lines(wording)
        assert len(other) == len(first)
        differing = [(one, two) for one, two in zip(first, other, strict=True) if one != two]
        assert differing == list(zip(instructions(1), instructions(wording), strict=True))


@pytest.mark.parametrize("protocol", ["ll-letter", "ll-cloze"])
def test_a_protocol_without_the_instruction_has_no_other_wording(tmp_path: Path, protocol: Protocol) -> None:
    with pytest.raises(ProtocolError, match=f"{protocol} has one wording only"):
        derive(SmallTask(tmp_path).card, protocol, wording=2)


def test_a_task_in_another_wording_is_exported_under_a_name_of_its_own(tmp_path: Path) -> None:
    definition = SmallTask(tmp_path).catalog().task("small")
    exported = [export(definition, "gen-letter", wording=wording) for wording in (1, 2, 3)]
    assert [text.splitlines()[0] for text in exported] == [
        "task: small@gen-letter", "task: small@gen-letter~wording-2", "task: small@gen-letter~wording-3",
    ]  # fmt: skip
    assert "tulis huruf itu sahaja" in exported[1]
