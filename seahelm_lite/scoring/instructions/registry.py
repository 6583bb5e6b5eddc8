"""The instructions by name: what arguments each needs, and whether a reply follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seahelm_lite.errors import RowError
from seahelm_lite.records import Document, JsonValue
from seahelm_lite.scoring import language
from seahelm_lite.scoring.instructions import contents, formats, keywords, length
from seahelm_lite.scoring.instructions.reading import UNSPACED, plain

RELATIONS = ("at least", "less than", "exactly")
LANGUAGE = "language:response_language"


@dataclass(frozen=True)
class Instruction:
    """Something a reply follows or not."""

    follows: Callable[..., bool]
    """Takes the reply and, by name, the arguments."""
    arguments: Mapping[str, type] = field(default_factory=dict)
    """What an item must give."""


def _in_language(text: str, *, response_language: str) -> bool:
    return language.is_in(text, response_language)


_COUNTED = {"relation": str}

INSTRUCTIONS: Mapping[str, Instruction] = {
    "combination:repeat_prompt": Instruction(contents.repeat_prompt, {"prompt_to_repeat": str}),
    "combination:two_responses": Instruction(contents.two_responses),
    "detectable_content:number_placeholders": Instruction(contents.number_placeholders, {"num_placeholders": int}),
    "detectable_content:postscript": Instruction(contents.postscript, {"postscript_marker": str}),
    "detectable_format:constrained_response": Instruction(formats.constrained_response, {"phrases": list}),
    "detectable_format:json_format": Instruction(formats.json_format),
    "detectable_format:multiple_sections": Instruction(
        formats.multiple_sections, {"section_title": str, "num_sections": int}
    ),
    "detectable_format:number_bullet_lists": Instruction(formats.number_bullet_lists, {"num_bullets": int}),
    "detectable_format:number_highlighted_sections": Instruction(
        formats.number_highlighted_sections, {"num_highlights": int}
    ),
    "detectable_format:title": Instruction(formats.title),
    "keywords:existence": Instruction(keywords.existence, {"keywords": list}),
    "keywords:forbidden_words": Instruction(keywords.forbidden_words, {"forbidden_words": list}),
    "keywords:frequency": Instruction(keywords.frequency, {**_COUNTED, "keyword": str, "frequency": int}),
    "keywords:number_frequency": Instruction(keywords.number_frequency, {**_COUNTED, "number": str, "frequency": int}),
    LANGUAGE: Instruction(_in_language, {"response_language": str}),
    "length_constraints:number_paragraphs": Instruction(length.number_paragraphs, {"num_paragraphs": int}),
    "length_constraints:number_sentences": Instruction(length.number_sentences, {**_COUNTED, "num_sentences": int}),
    "length_constraints:number_words": Instruction(length.number_words, {**_COUNTED, "num_words": int}),
    "startend:end_checker": Instruction(contents.end_checker, {"end_phrase": str}),
    "startend:first_word": Instruction(contents.first_word, {"first_word": str}),
    "startend:quotation": Instruction(contents.quotation),
}

_IN_PROMPT = (
    "prompt_to_repeat",
    "keywords",
    "forbidden_words",
    "keyword",
    "number",
    "phrases",
    "end_phrase",
    "first_word",
)
"""Arguments that an item must name, or nobody could follow it."""


def follows_all(text: str, checks: Sequence[Mapping[str, JsonValue]]) -> bool:
    """Whether a reply follows every instruction of its item. An empty reply follows none."""
    return bool(text.strip()) and all(_follows(text, check) for check in checks)


def _follows(text: str, check: Mapping[str, JsonValue]) -> bool:
    known = INSTRUCTIONS[check["name"]]
    # From lm-eval's tables every check comes with the arguments of all others, empty.
    return known.follows(text, **{name: check["arguments"][name] for name in known.arguments})


def answer_language(checks: Sequence[Mapping[str, JsonValue]], item_language: str) -> str:
    """The language a reply should be in: the one an instruction asks for, else that of the item."""
    asked = [check["arguments"]["response_language"] for check in checks if check["name"] == LANGUAGE]
    return str(asked[0]) if asked else item_language


def misuse(check: JsonValue) -> list[str]:
    """Why a check cannot be applied: no such instruction, or other arguments than it takes. Empty if it can."""
    if not isinstance(check, Mapping) or set(check) != {"name", "arguments"}:
        return ["a check is an object of `name` and `arguments`"]
    known = INSTRUCTIONS.get(str(check["name"]))
    if known is None:
        return [f"there is no instruction {check['name']!r}"]
    given: Any = check["arguments"]
    if not isinstance(given, Mapping) or set(given) != set(known.arguments):
        return [f"{check['name']} takes the arguments {', '.join(known.arguments) or 'none'}, not {given!r:.80}"]
    wrong = [f"{name} is {given[name]!r:.60}" for name, kind in known.arguments.items() if not _fits(given[name], kind)]
    if given.get("relation", RELATIONS[0]) not in RELATIONS:
        wrong.append(f"the relation {given['relation']!r} is none of {', '.join(RELATIONS)}")
    if "response_language" in given and not wrong and not language.knows(given["response_language"]):
        wrong.append(f"whether a text is in {given['response_language']!r} cannot be told")
    return [f"{check['name']}: {fault}" for fault in wrong]


def _fits(value: JsonValue, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and bool(value) and all(isinstance(text, str) and text.strip() for text in value)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    return isinstance(value, str) and bool(value.strip())


def unfollowable(check: Mapping[str, JsonValue], item_language: str, question: str) -> list[str]:
    """Why nobody can follow a check that can be applied, or know of it. Empty if one can."""
    found = []
    if check["name"] == "length_constraints:number_words" and item_language.partition("-")[0] in UNSPACED:
        found.append(f"words are counted, between which {item_language} has no spaces")
    for argument in _IN_PROMPT:
        value = check["arguments"].get(argument, [])
        for text in value if isinstance(value, list) else [value]:
            if plain(text).rstrip(".") not in plain(question):
                found.append(f"the item does not name the {argument} {text!r:.60}")
    return found


def refuse_misused_checks(documents: Iterable[Document]) -> None:
    """Look at the checks of documents before a model is asked.

    Raises:
        RowError: At the first document with a check that cannot be applied.
    """
    for document in documents:
        for check in document.fields.get("checks", ()):
            for fault in misuse(check):
                remedy = "Mend `document: checks:` of the card, or exclude the row with the reason."
                raise RowError(fault, rule="checks", where=document.id, remedy=remedy)
