"""The replies of `tests/fixtures/replies`: thirty for each of ten languages, read as a careful person reads them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from seahelm_lite.prompts.words import LanguageWords, available_languages, language_words
from seahelm_lite.records import Response
from seahelm_lite.scoring.answers import Answer, form_of, read_answer
from seahelm_lite.scoring.extraction import read_choice
from tests.scoring.making import choice, choice_card, said

FOLDER = Path(__file__).parents[1] / "fixtures" / "replies"
LANGUAGES = ("en", "fil", "id", "km", "lo", "ms", "my", "ta", "th", "vi")
Kind = Literal[
    "markdown", "brackets", "full-width", "native letter", "native digit", "number", "echoed instruction",
    "echoed options", "refusal", "two answers", "self-correction", "word with a key letter", "reasoning",
    "unclosed reasoning", "option's words", "json", "boxed", "negation", "lower case", "explanation", "sentence",
    "truncated", "empty", "emoji",
]  # fmt: skip
IN_ALL_LANGUAGES: set[Kind] = {
    "markdown", "brackets", "full-width", "echoed instruction", "echoed options", "refusal", "two answers",
    "self-correction", "word with a key letter", "reasoning", "unclosed reasoning", "option's words", "json", "boxed",
    "negation", "lower case", "truncated", "empty", "emoji",
}  # fmt: skip
IN_OTHER_SCRIPTS: set[Kind] = {"native letter", "native digit"}


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    asked: str
    options: list[str]


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Kind
    of: str
    """The question."""
    reply: str
    ended: Literal["length", "stop"] = "stop"
    says: Literal["A", "B", "C", "D", "E", "ambiguous", "unparsed", "refused", "truncated"]
    """The option; or the state of the document, of which `ambiguous` is the kind that gives different answers."""
    why: str


class Replies(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    language: str
    questions: dict[str, Question]
    replies: list[Reply]


class Labelled(NamedTuple):
    language: str
    options: list[str]
    reply: Reply


FILES = {
    path.stem: Replies.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in FOLDER.iterdir()
}
ALL = {
    f"{language}-{number:02}-{reply.kind.replace(' ', '-')}": Labelled(
        language, file.questions[reply.of].options, reply
    )
    for language, file in sorted(FILES.items())
    for number, reply in enumerate(file.replies, start=1)
}


def outcome(labelled: Labelled, text: str) -> str:
    """The letter of the option, or the state; `ambiguous` for two different answers."""
    sample = said(choice(0, options=labelled.options), Response(text=text, finish_reason=labelled.reply.ended))
    answer = read_answer(sample, choice_card(), form_of("gen-letter"), language_words(labelled.language))
    return _said(answer)


def _said(answer: Answer) -> str:
    if answer.choice is not None:
        return "ABCDE"[answer.choice]
    return "ambiguous" if answer.note == "two different answers" else answer.state


def each(*kinds: Kind) -> Iterator[object]:
    for name, labelled in ALL.items():
        if not kinds or labelled.reply.kind in kinds:
            yield pytest.param(labelled, id=name)


@pytest.mark.parametrize("labelled", each())
def test_a_reply_reads_as_a_careful_person_reads_it(labelled: Labelled) -> None:
    read = outcome(labelled, labelled.reply.reply)
    # A reply that gives no answer may name several options on its way, such as an echo of the instruction.
    accepted = {"unparsed", "ambiguous"} if labelled.reply.says == "unparsed" else {labelled.reply.says}
    assert read in accepted, labelled.reply.why


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_thirty_different_replies_of_every_kind(language: str) -> None:
    replies = FILES[language].replies
    assert FILES[language].language == language
    assert len(replies) == 30
    assert len({reply.reply for reply in replies}) == 30
    kinds = {reply.kind for reply in replies}
    assert kinds >= IN_ALL_LANGUAGES
    if language in ("km", "lo", "my", "ta", "th"):
        assert kinds >= IN_OTHER_SCRIPTS


# What must not change a reading

MARKED = ("**{}**", "__{}__", "> {}", "- {}", "# {}", "```\n{}\n```", "<b>{}</b>", "“{}”", "{}\n\n---")
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


@pytest.mark.parametrize("labelled", each())
def test_markdown_around_a_reply_and_its_unicode_form_change_nothing(labelled: Labelled) -> None:
    reply = labelled.reply.reply
    others = {marked: outcome(labelled, marked.format(reply)) for marked in MARKED} | {
        form: outcome(labelled, unicodedata.normalize(form, reply)) for form in FORMS
    }
    assert others == dict.fromkeys(others, outcome(labelled, reply))


# Answers of each form in every language, and what must not be taken for one

WORDS = [language_words(code) for code in available_languages()]
ANIMALS = ("buaya darat", "ikan keli", "buaya tembaga", "ular sawa")
each_language = given(st.sampled_from(WORDS), st.permutations(range(4)), st.data())


def letters(words: LanguageWords, data: st.DataObject) -> tuple[str, ...]:
    return data.draw(st.sampled_from([words.letters, *words.other_letters, tuple("ABCD")]))


@each_language
def test_two_different_final_answers_are_never_scored(
    words: LanguageWords, order: list[int], data: st.DataObject
) -> None:
    series = letters(words, data)
    one, other = (series[index] for index in order[:2])
    tag, either = data.draw(st.sampled_from(words.answer_tags)), words.or_word.strip()
    both = data.draw(st.sampled_from(words.and_words))
    for reply in (
        f"{tag}: {one}\n{tag}: {other}",
        f"**{tag}: {one}**\n\n**{tag}: {other}**",
        f"{tag}: {one} {either} {other}",
        f"{tag}: {one} {both} {other}.",
        f"{tag}: {one}, {other}",
        f"{one}\n\n{other}",
        f"{one} {either} {other} {tag}.",
    ):
        assert read_choice(reply, ANIMALS, words).index is None, reply


@each_language
def test_a_word_such_as_therefore_leads_to_the_last_answer(
    words: LanguageWords, order: list[int], data: st.DataObject
) -> None:
    series = letters(words, data)
    turn, label = data.draw(st.sampled_from(words.turns)), f"{words.answer}{words.colon}"
    for reply in (f"{label} {series[order[0]]}. {turn}, {series[order[1]]}.", f"… {turn} {series[order[1]]}."):
        assert read_choice(reply, ANIMALS, words).index == order[1], reply


@each_language
def test_an_option_may_be_named_by_its_number_but_not_among_numbers(
    words: LanguageWords, order: list[int], data: st.DataObject
) -> None:
    # `the answer` may be an option word too, and lead from one question to the next.
    option = data.draw(st.sampled_from([one for one in words.option_words if one not in words.answer_tags]))
    reply = f"{words.answer}{words.colon} {option} {order[0] + 1}."
    assert read_choice(reply, ANIMALS, words).index == order[0]
    assert read_choice(reply.replace(".", " 9."), ANIMALS, words).index is None
    assert read_choice(reply, [f"{number} ekor" for number in (3, 4, 1, 2)], words).index is None


@each_language
def test_a_sentence_that_ends_in_the_text_of_one_option_names_it(
    words: LanguageWords, order: list[int], data: st.DataObject
) -> None:
    text, other = (ANIMALS[index] for index in order[:2])
    copula = data.draw(st.sampled_from(words.copulas))
    stated = f"xyz {copula} {text}."
    assert read_choice(stated, ANIMALS, words).index == order[0]
    denial = data.draw(st.sampled_from(words.negations))
    for reply in (f"{stated} xyz {copula} {other}.", f"xyz {copula} {denial} {text}.", f"xyz {copula} {text}?"):
        assert read_choice(reply, ANIMALS, words).index is None, reply


TOWNS = ("Kuching", "Kota Kinabalu", "Labuan", "Sandakan")
CAPITALS = ("สุโขทัย", "อยุธยา", "ธนบุรี", "ลพบุรี")


@pytest.mark.parametrize(
    ("code", "options", "reply"),
    [
        pytest.param("ms", TOWNS, "Soalan nombor 2 tidak jelas.", id="number-of-the-question"),
        pytest.param("ms", TOWNS, "Pilihan 1: Kuching\nPilihan 2: Kota Kinabalu", id="numbered-list"),
        pytest.param("ms", TOWNS, "Jawapan: pilihan 2 dan 3", id="two-numbers"),
        pytest.param("ms", TOWNS, "Jawapan: pilihan 2 salah.", id="number-denied"),
        pytest.param("ms", TOWNS, "Jawapan: pilihan 5", id="number-beyond-the-options"),
        pytest.param("ms", TOWNS, "Jawapan: pilihan 12", id="number-of-two-digits"),
        pytest.param("ms", TOWNS, "Jadi, B salah.", id="therefore-wrong"),
        pytest.param("ms", TOWNS, "Ia berubah jadi B.", id="a-turn-inside-a-clause"),
        pytest.param("ms", TOWNS, "A. Kuching ✅\nB. Kota Kinabalu ✅", id="two-ticks"),
        pytest.param("ms", TOWNS, "❌ A. Kuching\n❌ B. Kota Kinabalu", id="crosses"),
        pytest.param("ms", TOWNS, "✅ Baik! Saya akan bantu.", id="a-tick-on-no-option"),
        pytest.param("ms", TOWNS, "Kota Kinabalu, bukan jawapannya.", id="opened-and-denied"),
        pytest.param("ms", TOWNS, "Kota Kinabalu, Sabah. Kuching pula di Sarawak.", id="opened-and-another"),
        pytest.param("ms", ("Ya", "Tidak"), "Ya, saya boleh bantu. Beri petikan itu.", id="yes-that-says-nothing"),
        pytest.param("ms", TOWNS, "Vitamin yang diperlukan ialah C, bukan B.", id="two-letters-and-no-label"),
        pytest.param("th", CAPITALS, "ข้อ 1. สุโขทัย\nข้อ 2. อยุธยา", id="numbered-list-in-thai"),
        pytest.param("th", CAPITALS, "คำตอบคือ ข้อ 3 อยุธยา", id="number-and-text-of-another"),
        pytest.param("th", CAPITALS, "คำตอบคือไม่ใช่ธนบุรี", id="text-denied"),
        pytest.param("vi", TOWNS, "Nếu chọn A thì sai.", id="if-you-choose"),
        pytest.param("vi", TOWNS, "Đừng chọn A.", id="do-not-choose"),
        pytest.param("en", TOWNS, "I think A/B is the answer.", id="slash-before-the-label"),
        pytest.param("en", TOWNS, "Sorry, I made a mistake. I can't tell A from B.", id="an-excuse"),
    ],
)
def test_what_resembles_such_an_answer_is_none(code: str, options: tuple[str, ...], reply: str) -> None:
    assert read_choice(reply, options, language_words(code)).index is None


def test_the_number_after_the_word_for_item_may_be_that_of_the_question() -> None:
    assert read_choice("คำตอบข้อ 2 คือ ก", CAPITALS, language_words("th")).index == 0
