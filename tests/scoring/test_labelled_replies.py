"""The replies of `tests/fixtures/replies`: thirty for each of ten languages, read as a careful person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from seahelm_lite.prompts.words import language_words
from seahelm_lite.records import Response
from seahelm_lite.scoring.answers import Answer, form_of, read_answer
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
