"""The letters, tags and phrases of a language as compiled patterns, for a number of options."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from seahelm_lite.prompts.words import LanguageWords, language_words
from seahelm_lite.scoring.normalise import unify

LINE_OF_JSON = "\ue000"
"""Tag of a line that stands for a JSON object with an answer; a private character, so that no reply has it."""

TICKS, CROSSES = "\u2705\u2713\u2714\u2611", "\u274c\u274e\u2717\u2718\u2715\u2716"
"""Marks of what is right and of what is wrong."""

_FOREIGN_TAGS = ("答案",)
"""The word for `answer` of other languages that models fall into."""

_EXCUSED = 120
"""Characters between an excuse and what it excuses."""

_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"

_BLOCKS = (
    range(0x0B80, 0x0C00),  # Tamil
    range(0x0E00, 0x0E80),  # Thai
    range(0x0E80, 0x0F00),  # Lao
    range(0x1000, 0x10A0),  # Burmese
    range(0x1780, 0x1800),  # Khmer
    range(0x1B80, 0x1BC0),  # Sundanese
    range(0xA980, 0xA9E0),  # Javanese
)

_SEPARATOR = r"(?:[\s:=៖|→»>]|[-–—](?!\d))*+"
"""What stands between a tag and its answer. A dash before a digit is a sign."""

_OPENING = r"[\s(\[{<]*+"
_CLOSING = r"[)\]}>]*+"


@dataclass(frozen=True)
class Patterns:
    """How one language writes an answer."""

    bare: dict[str, int]
    """Whole replies that are a letter: the shortest way to read the most common reply."""
    spaced: bool
    """Whether the language has spaces between words."""
    indexes: dict[str, int]
    """Letters in either case and the option each stands for, where there is such an option."""
    tag: re.Pattern[str]
    """The beginning of an explicit answer; the name of its group is how it was read."""
    choose: re.Pattern[str]
    lead: re.Pattern[str]
    """From the end of a tag to its answer; group `words` are the option words."""
    letter: re.Pattern[str]
    """A letter here, with its brackets."""
    standing: re.Pattern[str]
    """A letter alone between words, in upper case where its script has one."""
    run: re.Pattern[str]
    """Several letters in one word."""
    joined: re.Pattern[str]
    """What makes a second letter as good as the one before it."""
    joined_before: re.Pattern[str]
    """A letter at the end of the text, and what makes the one that follows only as good as it."""
    after_option_word: re.Pattern[str]
    """An option word, or one such as `is`, at the end of the text."""
    option_word: re.Pattern[str]
    number: re.Pattern[str]
    """The number of an option after an option word; group `number` is the digit."""
    reversed: re.Pattern[str]
    """A letter before its tag: `B is the answer`."""
    turn: re.Pattern[str]
    """A word such as `therefore`."""
    copula: re.Pattern[str]
    """A word such as `is`."""
    copula_before: re.Pattern[str]
    """The same at the end of the text."""
    copula_after: re.Pattern[str]
    """The same at the end of a sentence, where the verb comes last."""
    polite: re.Pattern[str]
    """Polite words at the end of the text."""
    article: re.Pattern[str]
    """An article at the beginning of the text."""
    line: re.Pattern[str]
    """A line that begins with its letter; group `mark` is what sets it off from the text in group `tail`."""
    answer_key: re.Pattern[str]
    """Names under which a JSON object holds an answer."""
    denied: re.Pattern[str]
    """After a letter, what says that it is not the answer."""
    negation: re.Pattern[str]
    refusal: re.Pattern[str]
    """A phrase that begins a refusal."""
    declined: re.Pattern[str]
    """An excuse, and further on that something cannot be done."""

    def option(self, match: re.Match[str]) -> int | None:
        """The option of the letter in a match; None for a letter beyond the options."""
        return self.indexes.get(match["letter"])


_COMPILED: dict[tuple[str, int], Patterns] = {}


def patterns_for(words: LanguageWords, options: int) -> Patterns:
    """The patterns of a language, compiled once for each number of options."""
    key = (words.code, options)
    if key not in _COMPILED:
        _COMPILED[key] = _compile(words, options)
    return _COMPILED[key]


def _compile(words: LanguageWords, options: int) -> Patterns:
    english = language_words("en")
    series = [string.ascii_uppercase[: max(options, 6)], *map("".join, (words.letters, *words.other_letters))]
    indexes = _indexes(series, options)
    spaced = words.spaces_between_words
    # `ข้อก` is written in one word; in Burmese the letter is also a particle, and needs its space.
    markers = () if spaced or words.code == "my" else tuple(map(unify, (*words.option_words, *words.copulas)))
    letter = _letter(series, markers)
    option_word = _phrases({*words.option_words, *english.option_words}, spaced)
    copula = _phrases({*words.copulas, *english.copulas}, spaced)
    option = f"{option_word}|{copula}"
    tags = _phrases({words.answer, *words.answer_tags, *english.answer_tags, *_FOREIGN_TAGS}, spaced)
    either = _phrases({words.or_word.strip(), english.or_word.strip()}, spaced)
    both = _phrases({*words.and_words, *english.and_words}, spaced)
    negation = _phrases({*words.negations, *english.negations}, spaced)
    polite = _phrases(words.polite, spaced) or "(?!)"
    open_letter = rf"{_OPENING}{letter}"
    latin = rf"[A-{max(series[0])}]"
    return Patterns(
        bare={shown: index for one, index in indexes.items() for shown in (one, f"{one}.", f"({one})")},
        spaced=spaced,
        indexes=indexes,
        tag=_compiled(rf"(?P<json>{LINE_OF_JSON})|(?P<boxed>\\f?boxed)|(?P<tag>{tags})"),
        choose=_compiled(f"(?P<choose>{_phrases({*words.choose_phrases, *english.choose_phrases}, spaced)})"),
        lead=_compiled(rf"{_SEPARATOR}(?P<words>(?:{_OPENING}(?:{option}){_SEPARATOR})*+)"),
        letter=re.compile(rf"{open_letter}{_CLOSING}"),
        standing=re.compile(rf"(?<![{_LATIN}][-.]){_letter(series, markers, upper=True)}"),
        run=re.compile(rf"{_OPENING}{latin}{{2,{len(series[0])}}}(?![{_LATIN}0-9_'])"),
        joined=_compiled(
            rf"{_CLOSING}\s*(?:[,;、၊]?\s*(?:(?:{either})\s*(?:[^\s.,;:!?]+\s+){{0,2}}?|(?:{both}))|[,/&+;|、၊–—-]|\s)"
            rf"\s*(?:(?:{option})\s*)*{open_letter}"
        ),
        joined_before=_compiled(
            rf"{letter}{_CLOSING}\s*(?:(?:{either})|(?:{both})|[/&+])\s*(?:(?:{option})\s*)*{_OPENING}\Z"
        ),
        after_option_word=_compiled(rf"(?:{option}){_SEPARATOR}{_OPENING}\Z"),
        option_word=_compiled(option_word),
        number=_compiled(
            rf"{_OPENING}(?:(?:{_phrases({*words.numbering, *english.numbering}, spaced)})[\s.:–-]*)?+"
            rf"(?P<number>[1-9])(?!\d|[.,:]\d|[{_LATIN}])"
        ),
        reversed=re.compile(
            rf"{_letter(series, markers, upper=True)}{_CLOSING}[^\S\n]*(?i:(?:(?:{option})\s*)+(?:{tags}))"
        ),
        turn=_compiled(rf"(?:{_phrases({*words.turns, *english.turns}, spaced)}),?"),
        copula=_compiled(copula),
        copula_before=_compiled(rf"(?:{copula})[\s:៖]*\Z"),
        copula_after=_compiled(rf"(?<!\s)\s++(?:{copula})\Z"),
        polite=_compiled(rf"(?<!\s)(?:\s*+(?:{polite}))++[\s.!]*+\Z"),
        article=_compiled(rf"\A\s*(?:{_phrases({*words.articles, *english.articles}, spaced)})\s+(?=\w)"),
        line=_compiled(
            rf"[^\w\n]*+(?:(?:{option}){_SEPARATOR})*+{open_letter}"
            rf"(?P<mark>\s*{_CLOSING}\s*(?:(?:{polite})\s*)?(?:[.:,!?=|។။၊{TICKS}{CROSSES}]|[-–—](?=\s|$))*)(?P<tail>.*)"
        ),
        answer_key=_compiled(
            rf"(?:(?:the|correct|final|best|chosen|selected)\s+)*(?:(?:{tags})(?:\s+(?:{option}))?|{option})"
        ),
        # In `C not A` it is the second letter that is denied.
        denied=_compiled(rf"{_CLOSING}\s*(?:(?:{option})\s*)*(?:{negation})(?!\s*(?:(?:{option})\s*)*{open_letter})"),
        negation=_compiled(negation),
        refusal=_compiled(_phrases({*words.refusals, *english.refusals}, spaced)),
        declined=_compiled(
            rf"(?:{_phrases({*words.excuses, *english.excuses}, spaced)}).{{0,{_EXCUSED}}}?"
            rf"(?:{_phrases({*words.inability, *english.inability}, spaced)})"
        ),
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _indexes(series: Iterable[str], options: int) -> dict[str, int]:
    """Every way to write the letter of an option that exists."""
    return {
        shown: index
        for letters in series
        for index, one in enumerate(letters[:options])
        for shown in (unify(one).upper(), unify(one).lower())
    }


def _letter(series: Iterable[str], markers: Iterable[str] = (), upper: bool = False) -> str:
    """A letter that is no part of a word: next to no letter, mark or digit that would make it one.

    A native letter may stand right behind one of the markers, which are words for `option`.
    """
    alternatives = []
    for letters in series:
        if letters[0] in string.ascii_letters:
            shown = letters.upper() if upper else letters.upper() + letters.lower()
            # Neither A-level nor A.I., A's or C++.
            after = rf"(?![{_LATIN}0-9_'+#])(?!-[{_LATIN}])(?!\.[{_LATIN}](?![{_LATIN}]))"
            alternatives.append(rf"(?<![{_LATIN}0-9_'])[{shown}]{after}")
        else:
            beside = _word_characters(letters[0]) + "0-9"
            behind = "|".join([f"(?<![{beside}])", *(f"(?<={re.escape(word)})" for word in markers)])
            alternatives.append(f"(?:{behind})[{unify(letters)}](?![{beside}])")
    return f"(?P<letter>{'|'.join(dict.fromkeys(alternatives))})"


def _phrases(phrases: Iterable[str], spaced: bool) -> str:
    """Any of the phrases, the longest first, as whole words where the script shows where words end."""
    groups: dict[tuple[str, str], list[str]] = {}
    for phrase in sorted({unify(phrase) for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase)):
        latin_ends = _is_latin(phrase[0]), _is_latin(phrase[-1])
        before = f"(?<![{_word_characters(phrase[0])}])" if spaced or latin_ends[0] else ""
        # Even where words are written together, a phrase does not end between a letter and its mark.
        cut = _word_characters(phrase[-1]) if spaced or latin_ends[1] else _word_characters(phrase[-1], "M")
        written = r"\s+".join(map(re.escape, phrase.split()))
        groups.setdefault((before, f"(?![{cut}])"), []).append(written)
    return "|".join(f"{before}(?:{'|'.join(written)}){after}" for (before, after), written in groups.items())


def _is_latin(char: str) -> bool:
    return re.match(f"[{_LATIN}]", char) is not None


@lru_cache(maxsize=256)
def _word_characters(char: str, categories: str = "LM") -> str:
    """The letters and marks of a character's script, as the inside of a character class."""
    for block in _BLOCKS:
        if ord(char) in block:
            return "".join(other for other in map(chr, block) if unicodedata.category(other)[0] in categories)
    return rf"{_LATIN}0-9_"
