"""The final answer of a solution to a problem of mathematics, and whether two answers have one value.

This is no algebra system: numbers are compared by value, everything else letter by letter in one spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from seahelm_lite.prompts.words import LanguageWords, language_words
from seahelm_lite.scoring.normalise import unify
from seahelm_lite.scoring.number_words import MULTIPLIERS, multiplier


@dataclass(frozen=True)
class FinalAnswer:
    """What a solution gives as its answer."""

    text: str
    """As it stands there: a number, or an expression in LaTeX."""
    how: Literal["boxed", "tag", "last number"]

    @property
    def explicit(self) -> bool:
        """Whether the solution says that this is the answer."""
        return self.how != "last number"


_BOX = re.compile(r"\\f?boxed\s*\{")
_FRACTION = r"\\[dt]?frac\s*\{[^{}]*\}\s*\{[^{}]*\}"
_DIGITS = r"\d+(?:[.,]\d+)*(?:/\d+)?"
_NUMBER = re.compile(rf"(?:(?<![\w)}}])[-+])?(?:{_FRACTION}|{_DIGITS})(?:[^\S\n]*{MULTIPLIERS})*", re.IGNORECASE)
_MATHS = re.compile(
    r"\$\$(?P<shown>.+?)\$\$|\\\((?P<round>.+?)\\\)|\\\[(?P<square>.+?)\\\]"
    r"|(?<!\\)\$(?!\s)(?P<dollars>(?:[^$\\]|\\.)+)(?<!\s)\$(?!\d)",
    re.DOTALL,
)
_COMMAND = re.compile(r"\\[a-zA-Z]+(?:\s*\{[^{}\\]*\})?")
_WORD = re.compile(r"[^\W\d_]{3}|\s[^\W\d_]{2}(?!\w)")
_PRICE = re.compile(r"\\?\$(?=\s*\d)")
_ASIDE = re.compile(r"(?:\s+\(|\((?=\s*[^\W\d_]{2}))(?:[^()]|\([^()]*\))*(?:\)(?!\s*[-+*/×÷^=]\s*[\d($\\])|$)")
_LONE_SIGN = re.compile(r"^\s*([-+])\s+(?=[\d\\])")
_OPERATED = re.compile(r"\s*(?:[-+*/×÷^]|\\(?:times|cdot|div))\s*[\d$(\\]")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\ufe63": "-"})


def final_answer(text: str, words: LanguageWords) -> FinalAnswer | None:
    """The answer that a solution ends with; None where there is not even a number.

    In this order: the content of the last `\\boxed{}` that is closed; what follows the last answer tag of the language
    or of English, such as `Answer: 18`; the last number. A solution that boxes several results means the last: the
    earlier ones are steps. What a model that continues plain text asks itself after its answer is left out: it begins
    with a blank line and the label of a question or a text.
    """
    text = unify(text).translate(_MINUS)
    parts = (text[: label.start()] for label in _next_item(words).finditer(text))
    answers = (answer for part in parts if (answer := _last_answer(part, words)))
    return next(answers, None) or _last_answer(text, words)


@lru_cache(maxsize=32)
def _next_item(words: LanguageWords) -> re.Pattern[str]:
    labels = "|".join(re.escape(unify(label + words.colon)) for label in (words.passage, words.question, words.text))
    return re.compile(rf"\n[^\S\n]*\n[^\S\n]*(?:{labels})")


def _last_answer(text: str, words: LanguageWords) -> FinalAnswer | None:
    if boxes := [box for found in _BOX.finditer(text) if (box := _braced(text, found.end()))]:
        return FinalAnswer(boxes[-1], "boxed")
    if tagged := list(_tagged(text, words)):
        return FinalAnswer(tagged[-1], "tag")
    numbers = _NUMBER.findall(text)
    return FinalAnswer(numbers[-1], "last number") if numbers else None


def _braced(text: str, start: int) -> str:
    """What stands before the brace that closes the one before `start`; empty where none does."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start:place].strip()
    return ""


def _tagged(text: str, words: LanguageWords) -> Iterator[str]:
    """What each answer tag introduces, where that is a number or an expression."""
    for found in _tags(words).finditer(text):
        line = _without_asides(text[found.end() :].partition("\n")[0].replace("**", ""))
        _, equals, side = line.rpartition("=")
        if expression := next(_expressions(side), None):
            yield expression[expression.lastgroup or 0]
            continue
        side = _PRICE.sub("", side)
        if equals or "\n" not in found[0]:  # at the beginning of a line, a dash before a space marks an item of a list
            side = _LONE_SIGN.sub(r"\1", side)
        number = _NUMBER.search(side)
        if number is None:
            continue
        near = not re.search(r"\w|\.\.\.", side[: number.start()])
        if near and not _OPERATED.match(side, number.end()):
            yield number[0]
        elif found["colon"]:
            yield _NUMBER.findall(side)[-1]


def _expressions(line: str) -> Iterator[re.Match[str]]:
    """What stands in mathematics mode; two prices in one line are not its signs."""
    place = 0
    while found := _MATHS.search(line, place):
        inside = found["dollars"] or ""
        if not re.match(r"[a-zA-Z\\]", inside) and _WORD.search(_COMMAND.sub("", inside)):
            place = found.start() + 1
        else:
            yield found
            place = found.end()


def _without_asides(line: str) -> str:
    """The line without what it says in brackets after a number, such as `(not 20, since 20 = 18 + 2)`."""
    spans = [found.span() for found in _expressions(line)]

    def kept(aside: re.Match[str]) -> str:
        within = any(begin <= aside.start() < end for begin, end in spans)
        return aside[0] if within or not _NUMBER.search(line, 0, aside.start()) else ""

    return _ASIDE.sub(kept, line)


@lru_cache(maxsize=32)
def _tags(words: LanguageWords) -> re.Pattern[str]:
    """An answer tag, a word such as `is` after it, and perhaps a colon, after which the line may be a sentence."""
    english = language_words("en")
    tags = "|".join(map(re.escape, sorted({*words.answer_tags, *english.answer_tags}, key=len, reverse=True)))
    between = {*words.option_words, *words.copulas, *english.option_words, *english.copulas}
    joins = "|".join(map(re.escape, sorted(between, key=len, reverse=True)))
    begin = r"(?<!\w)" if words.spaces_between_words else ""
    return re.compile(rf"{begin}(?:{tags})[*_]*\s*(?:(?:{joins})\s*)*(?P<colon>[*_]*:[*_]*\s*)?", re.IGNORECASE)


def same_value(answer: str, reference: str) -> bool:
    """Whether two answers are the same number, or the same expression but for its spelling.

    Both sides lose signs of mathematics mode, spacing commands, `\\text{}` and degree and percent signs, and `\\dfrac`
    and `\\tfrac` become `\\frac`. Of a number, currency before it and units after it are dropped too, but not a single
    Latin letter, which may be a variable; words such as `juta` or `million` multiply it. Digits may be those of Tamil,
    Thai, Lao, Khmer or Burmese. A separator before a group of three digits is read both as one of thousands and as a
    decimal one, since languages differ and replies mix them: `2.125` is the same as 2125.
    """
    one, other = _spelling(answer), _spelling(reference)
    values = _values(one) & _values(other)
    return bool(values) or one.replace(" ", "") == other.replace(" ", "") != ""


_DROPPED = (
    (re.compile(r"\\(?:left|right|displaystyle|limits)(?![a-zA-Z])|\\[!,;:]"), ""),
    (re.compile(r"\\(?:quad|qquad)(?![a-zA-Z])|\\ |~"), " "),
    (re.compile(r"\\\$|\$|\\[()\[\]]"), ""),
    (re.compile(r"\^\s*(?:\\circ|\{\s*\\circ\s*\})|°|\\?%"), ""),
    (re.compile(r"\\[dt]frac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\frac\s*(\d)\s*(\d)"), r"\\frac{\1}{\2}"),
    (re.compile(r"\\sqrt\s*(\d)"), r"\\sqrt{\1}"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\+(?=\s*\\infty)"), ""),
)
_TEXT = re.compile(r"\\(?:text|textbf|textrm|mathrm|mathbf|mbox)\s*\{([^{}]*)\}")
_NAMED = re.compile(r"^[a-zA-Z]\s*=\s*")


def _spelling(text: str) -> str:
    text = unify(text).translate(_MINUS)
    text = _TEXT.sub(_counted, text) if _TEXT.sub("", text).strip(" $") else _TEXT.sub(r"\1", text)
    for pattern, replacement in _DROPPED:
        text = pattern.sub(replacement, text)
    return _NAMED.sub("", " ".join(text.split()).strip(" .*"))


def _counted(words: re.Match[str]) -> str:
    """Of words within an expression, those that multiply the number before them."""
    found = _MULTIPLIED.match(words[1])
    return f" {found[0]} " if found else " "


_MULTIPLIED = re.compile(rf"(?:\s*{MULTIPLIERS})+", re.IGNORECASE)
_VALUE = re.compile(
    r"[^\d\\^=(){}\[\]+/*-]*"
    r"(?P<sign>[-+]?)\s*(?:\\frac\s*\{\s*(?P<top>-?\d+)\s*\}\s*\{\s*(?P<bottom>\d+)\s*\}"
    r"|(?P<whole>\d+(?:[., ]\d+)*)(?:\s*/\s*(?P<under>\d+))?)"
    rf"(?P<times>(?:\s*{MULTIPLIERS})*)"
    r"(?P<unit>(?:\s|[^\x00-\x7f]|[A-Za-z]{2})[^\d\\^=(){}\[\]+*]*)?",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"(?<![\w/])[a-zA-Z](?!\w)")
_GROUPED = re.compile(r"\d{1,3}([., ])\d{3}(?:\1\d{3})*")
_DECIMAL = re.compile(r"(?P<whole>\d+|\d{1,3}(?:\.\d{3})+(?=,)|\d{1,3}(?:,\d{3})+(?=\.))[.,](?P<part>\d+)")


def _values(text: str) -> frozenset[Fraction]:
    """What a text can mean as a number: nothing, one value, or two where the separator may be of either kind."""
    found = _VALUE.fullmatch(text)
    if found is None or _VARIABLE.search(found["unit"] or ""):
        return frozenset()
    factor = multiplier(found["times"]) * (-1 if found["sign"] == "-" else 1)
    if found["top"] is not None:
        tops, bottom = frozenset({Fraction(found["top"])}), found["bottom"]
    else:
        tops, bottom = frozenset(_decimals(found["whole"])), found["under"] or "1"
    return frozenset(factor * top / int(bottom) for top in tops) if int(bottom) else frozenset()


def _decimals(digits: str) -> Iterator[Fraction]:
    if digits.isdecimal():
        yield Fraction(digits)
    if _GROUPED.fullmatch(digits):
        yield Fraction(re.sub("[., ]", "", digits))
    if found := _DECIMAL.fullmatch(digits):
        yield Fraction(f"{re.sub('[.,]', '', found['whole'])}.{found['part']}")
