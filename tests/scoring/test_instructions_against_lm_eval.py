"""Our rules beside those of the ifeval task that lm-eval ships, on English replies.

Where the two differ, the reply stands under `DIFFERENCES` with the reason.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from seahelm_lite.scoring.instructions.registry import INSTRUCTIONS, follows_all

_REPLIES = [
    "",
    "Yes.",
    "My answer is yes.",
    "I thought about it. My answer is maybe.",
    "My answer is certain.",
    '"A quoted reply, from end to end."',
    'He said "no" and left.',
    '{"name": "Siti", "age": 31}',
    '```json\n["a", "b"]\n```',
    'Here you are: {"name": "Siti"}',
    "<<A Title>>\nThe river rises in the hills.",
    "The river < the sea.",
    "First.\n******\nSecond.",
    "Same.\n******\nSame.",
    "One.\n******\nTwo.\n******\nThree.",
    "One paragraph.\n\n***\n\nAnother paragraph.\n\n***\n\nA third.",
    "***\nOne.\n***\nTwo.\n***",
    "One.\n***\n***\nTwo.",
    "* first\n* second\n* third",
    "- first\n- second",
    "1. first\n2. second",
    "A *very* short reply with **two** marks.",
    "No marks at all in this reply.",
    "SECTION 1\nIt begins.\n\nSECTION 2\nIt ends.",
    "Section 1\nIt begins.\n\nSection 2\nIt ends.",
    "Dear [name], please come to [place] on [date].",
    "Dear friend, please come.",
    "Bye.\n\nP.S. Bring an umbrella.",
    "Bye.\n\nP.P.S. Bring an umbrella.",
    "Bye.\n\np. s. bring an umbrella.",
    "The festival by the river was calm. The river was wide.",
    "The FESTIVAL was far from any river, and the riverbank was muddy.",
    "There can be no ride today.",
    "A candle burns while the riders rest.",
    "What is the capital of Laos? It is Vientiane.",
    "what is the capital of laos? it is vientiane.",
    "The capital of Laos is Vientiane.",
    "That is all. Is there anything else?",
    'That is all. "Is there anything else?"',
    "Is there anything else? No.",
    " ".join(["word"] * 9),
    " ".join(["word"] * 10),
    " ".join(["word"] * 11),
]

_CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # Name, our arguments, theirs where they are called otherwise.
    ("combination:repeat_prompt", {"prompt_to_repeat": "What is the capital of Laos?"}, {}),
    ("combination:two_responses", {}, {}),
    ("detectable_content:number_placeholders", {"num_placeholders": 3}, {}),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, {}),
    (
        "detectable_format:constrained_response",
        {"phrases": ["My answer is yes.", "My answer is no.", "My answer is maybe."]},
        {"phrases": None},
    ),
    ("detectable_format:json_format", {}, {}),
    (
        "detectable_format:multiple_sections",
        {"section_title": "SECTION", "num_sections": 2},
        {"section_title": None, "section_spliter": "SECTION"},
    ),
    ("detectable_format:number_bullet_lists", {"num_bullets": 3}, {}),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, {}),
    ("detectable_format:title", {}, {}),
    ("keywords:existence", {"keywords": ["festival", "river"]}, {}),
    ("keywords:forbidden_words", {"forbidden_words": ["can", "ride"]}, {}),
    ("keywords:frequency", {"keyword": "river", "relation": "at least", "frequency": 2}, {}),
    ("keywords:frequency", {"keyword": "river", "relation": "less than", "frequency": 2}, {}),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 3}, {}),
    ("length_constraints:number_words", {"relation": "at least", "num_words": 10}, {}),
    ("length_constraints:number_words", {"relation": "less than", "num_words": 10}, {}),
    ("startend:end_checker", {"end_phrase": "Is there anything else?"}, {}),
    ("startend:quotation", {}, {}),
]
_NOT_THEIRS = {
    "keywords:number_frequency",  # of SEA-HELM alone
    "startend:first_word",  # of SEA-HELM alone; theirs is about a paragraph
    "length_constraints:number_sentences",  # theirs cuts English into sentences; the items part them by ***
    "language:response_language",  # theirs cannot tell Javanese, Sundanese or Filipino from others
}

DIFFERENCES: list[tuple[str, str, bool, str]] = [
    # Name, reply, our verdict, and why it is not theirs.
    ("combination:repeat_prompt", "What is the capital of Laos?", False, "an answer was to follow the request"),
    ("detectable_content:number_placeholders", "[x] [y] [ ]", False, "nothing can be filled into [ ]"),
    ("detectable_content:number_placeholders", "[x] [x] [X] todo", False, "they are ticked boxes of a list"),
    (
        "detectable_content:number_placeholders",
        "[a](https://example.org) [b](https://example.org) [c](https://example.org)",
        False,
        "links are no placeholders",
    ),
    ("detectable_content:postscript", "Bye.\n\nP.P.S. Bring an umbrella.", False, "the mark asked for is P.S."),
    ("detectable_content:postscript", "Bye. P.S.", False, "nothing is said after the mark"),
    (
        "detectable_format:constrained_response",
        "My answer is yes. My answer is no. My answer is maybe.",
        False,
        "one of the phrases was to be chosen",
    ),
    ("detectable_format:json_format", '"A quoted reply, from end to end."', False, "a sentence in quotes is no format"),
    ("detectable_format:json_format", "31", False, "a bare number is no format"),
    ("detectable_format:json_format", '{"a": NaN}', False, "JSON has no NaN"),
    ("detectable_format:multiple_sections", "SECTION 1\nSECTION 2\nSECTION 3", False, "two sections were asked for"),
    ("detectable_format:multiple_sections", "SECTION 1\nSECTION 1\nSECTION 1", False, "it is the same section"),
    ("detectable_format:multiple_sections", "See SECTION 1 and SECTION 2.", False, "no section begins there"),
    ("detectable_format:multiple_sections", "SECTION I\nOne.\nSECTION II\nTwo.", True, "X is a number, Roman or not"),
    ("detectable_format:number_bullet_lists", "* a\n* b\n* c\n\n---\n", True, "a rule is no bullet"),
    ("detectable_format:number_bullet_lists", "+ a\n+ b\n+ c", True, "markdown has a third mark"),
    ("detectable_format:number_bullet_lists", "-a\n-b\n-c", False, "markdown wants a space after the mark"),
    ("detectable_format:number_highlighted_sections", "* a *\n* b *", False, "marks with spaces inside mark nothing"),
    ("detectable_format:number_highlighted_sections", "2*3*4*5*6 = 720", False, "it is a multiplication"),
    ("detectable_format:title", "<<***>>", False, "a title says something"),
    ("length_constraints:number_paragraphs", "One.\n***\nTwo.\n***\nThree.\n******", True, "six are no divider"),
    (
        "length_constraints:number_words",
        "one two-three four-five six-seven eight-nine ten",
        False,
        "compounds are one word",
    ),
    ("startend:end_checker", "That is all. **Is there anything else?**", True, "nothing but markup follows"),
    ("startend:quotation", '"Halo" kata dia, "apa kabar"', False, "the whole reply was to stand in one pair"),
    ("startend:quotation", "\u201cA quoted reply.\u201d", True, "curved quotation marks are double ones too"),
]


@pytest.fixture(scope="module")
def theirs() -> ModuleType:
    """Their registry. Importing it fetches a tokenizer, which the rules compared here do not use."""
    for needed in ("nltk", "langdetect", "immutabledict"):
        pytest.importorskip(needed, reason=f"{needed} is not installed: pip install lm_eval[ifeval]")
    import nltk

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nltk.data, "find", lambda *_: None)
        from lm_eval.tasks.ifeval import instructions_registry
    return instructions_registry


def _their_verdict(registry: Any, name: str, arguments: dict[str, Any], reply: str) -> bool:
    rule = registry.INSTRUCTION_DICT[name](name)
    rule.build_description(**{key: value for key, value in arguments.items() if value is not None})
    return bool(reply.strip()) and bool(rule.check_following(reply))


def _verdicts(registry: Any, name: str, reply: str) -> list[tuple[bool, bool]]:
    """Ours and theirs, for every case of a name."""
    return [
        (
            follows_all(reply, [{"name": name, "arguments": arguments}]),
            _their_verdict(registry, name, {**arguments, **renamed}, reply),
        )
        for case, arguments, renamed in _CASES
        if case == name
    ]


def test_every_rule_that_both_have_is_compared() -> None:
    assert {name for name, _, _ in _CASES} | _NOT_THEIRS == set(INSTRUCTIONS)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in _CASES}))
def test_both_say_the_same_of_replies_that_leave_no_doubt(theirs: ModuleType, name: str) -> None:
    told = {(name, reply) for name, reply, _, _ in DIFFERENCES}
    verdicts = {reply: _verdicts(theirs, name, reply) for reply in _REPLIES if (name, reply) not in told}
    assert [reply for reply, pairs in verdicts.items() if any(ours != their for ours, their in pairs)] == []
    # Replies of one kind alone would compare nothing.
    assert {ours for pairs in verdicts.values() for ours, _ in pairs} == {True, False}


@pytest.mark.parametrize(("name", "reply", "verdict", "why"), DIFFERENCES)
def test_where_they_differ_there_is_a_reason(
    theirs: ModuleType, name: str, reply: str, verdict: bool, why: str
) -> None:
    ours, their = _verdicts(theirs, name, reply)[0]
    assert (ours, their) == (verdict, not verdict), why
