"""Which option a reply to a multiple-choice question chose, if it says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from seahelm_lite.prompts.words import LanguageWords
from seahelm_lite.scoring.claims import Claims
from seahelm_lite.scoring.letters import CROSSES, LINE_OF_JSON, TICKS, Patterns, patterns_for
from seahelm_lite.scoring.normalise import for_matching, strip_reasoning, unify
from seahelm_lite.scoring.option_texts import AFTER_TEXT, SEVERAL, Found, fold, plain, squeeze, without_pictures
from seahelm_lite.scoring.statements import Statements, only


@dataclass(frozen=True)
class Reading:
    """What a reply says."""

    kind: Literal["answer", "unparsed", "ambiguous", "refused", "unclosed"]
    index: int | None = None
    """The option of an `answer`."""
    how: str = ""
    """The rule that read it: `member`, `tag`, `boxed`, `json`, `turn`, `alone`, `number`, `text`, `sentence`,
    `choose`, `tick`."""


_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")

_MARKS = re.compile(f"[{TICKS}{CROSSES}]")
_BEFORE_CLAUSE = ".,;:!?…)\n"
_CLAUSE_ENDS = re.compile(r"[)\]}>]*\s*(?:[.,;:!?)\]|។៕၊။。]|$)")
_SENTENCE_ENDS = re.compile(r"[)\]}>$]*\s*(?:[.;!?។៕။。]|$)")
_FINISHED = re.compile(r"[.!?…។៕။。)\]]\W*\Z")
_WORD = re.compile(r"\w")
_NEXT_WORD = re.compile(r"\s*(?:[^\s.,;:!?]+\s*){1,2}")
_NEAR = 80
"""Characters in which a word still bears on what follows it; a bound that keeps the reading linear."""


def read_choice(text: str, options: Sequence[str], words: LanguageWords) -> Reading:
    """Read the chosen option out of a reply.

    Args:
        text: What the model wrote, reasoning included.
        options: The texts of the options, in the order in which their letters were shown.
        words: The language of the instruction; English is always understood as well.

    Returns:
        An `answer` only where the reply settles on one option. `unclosed` is a reply whose reasoning never ended
        and that says nothing outside of it.
    """
    patterns = patterns_for(words, len(options))
    index = patterns.bare.get(text.strip())
    if index is not None:
        return Reading("answer", index, "alone")
    outside, unclosed = strip_reasoning(unify(text))
    reply = without_pictures(plain(_json_as_lines(outside, patterns)), options, keep=TICKS + CROSSES).strip()
    reading = _Reply(reply, options, patterns).read()
    if unclosed and reading.kind != "answer":
        return Reading("unclosed")
    return reading


def read_member(text: str, key: str, options: Sequence[str], words: LanguageWords) -> Reading | None:
    """Read the option that a JSON member of a reply names, for prompts that asked for the answer in one.

    The member is looked for in the text, since replies often hold JSON that does not parse.

    Args:
        text: What the model wrote, reasoning included.
        key: The member's name, in any case.
        options: As for `read_choice`.
        words: As for `read_choice`.

    Returns:
        The answer; `ambiguous` where members name different options, `unparsed` where none names one. None where there
        is no such member outside the reasoning.
    """
    outside, _ = strip_reasoning(text)
    values = [found["quoted"] or found["bare"] or "" for found in _member(key).finditer(outside)]
    if not values:
        return None
    readings = [read_choice(value, options, words) for value in values]
    # A member that says null, or none, is a step on the way and names nothing.
    named = {reading.index for reading in readings if reading.index is not None}
    if len(named) > 1 or any(reading.kind == "ambiguous" for reading in readings):
        return Reading("ambiguous")
    return Reading("answer", named.pop(), "member") if named else Reading("unparsed")


@lru_cache(maxsize=16)
def _member(key: str) -> re.Pattern[str]:
    """A JSON member as models write it: quotes of any kind, perhaps escaped; a value without quotes, or a list."""
    quote = r"""\\?["'“”‘’]"""
    value = rf"""{quote}(?P<quoted>[^"'“”‘’\\]*){quote}|(?P<bare>\[[^\]]*\]|[^\s,}}]+)"""
    return re.compile(rf"{quote}{re.escape(key)}{quote}\s*:\s*(?:{value})", re.IGNORECASE)


def begins_with_refusal(text: str, words: LanguageWords) -> bool:
    """Whether a text opens with a phrase by which models refuse, in the language or in English."""
    return patterns_for(words, 2).refusal.match(for_matching(plain(unify(text))).lstrip()) is not None


def _json_as_lines(text: str, patterns: Patterns) -> str:
    """The text with every JSON object that holds an answer written as a line of its own."""
    if "{" not in text:
        return text

    def line(match: re.Match[str]) -> str:
        try:
            fields = json.loads(match[0])
        except ValueError:
            return match[0]
        for name, value in fields.items():
            if patterns.answer_key.fullmatch(name.replace("_", " ")) and isinstance(value, str | int):
                return f"\n{LINE_OF_JSON}: {' '.join(str(value).split())}\n"
        return match[0]

    return _FLAT_OBJECT.sub(line, text)


@dataclass(frozen=True)
class _Hit:
    """An answer in a sentence."""

    place: int
    found: int
    strength: Literal["clear", "stated", "aside"]
    """Right after a tag; elsewhere in the tag's sentence; after the word for `answer` in a sentence that goes on."""
    how: str
    whole: bool = False
    """Whether it is all that its line says."""


class _Reply:
    """The rules, in order of trust: one that settles on an option ends the reading."""

    def __init__(self, text: str, options: Sequence[str], patterns: Patterns) -> None:
        self._text = text
        self._patterns = patterns
        self._claims = Claims(text, options, patterns)
        self._statements = Statements(text, self._claims, patterns)

    def read(self) -> Reading:
        """Apply the rules."""
        hits = sorted([*self._tagged(), *self._reversed(), *self._turns()], key=lambda hit: hit.place)
        clear = [hit for hit in hits if hit.strength == "clear"]
        if len(clear) > 1 and self._differ_side_by_side(*clear[-2:]):
            return Reading("ambiguous")
        if clear:
            return _settle(clear[-1], hits)
        several = False
        for found, how in self._without_clear_tag(hits):
            if found == SEVERAL:
                several = True
            elif found is not None:
                return Reading("answer", found, how)
        if several:
            return Reading("ambiguous")
        folded = for_matching(self._text)
        if self._patterns.refusal.search(folded) or self._patterns.declined.search(folded):
            return Reading("refused")
        return Reading("ambiguous" if self._names_several() else "unparsed")

    def _without_clear_tag(self, hits: list[_Hit]) -> Iterator[tuple[Found, str]]:
        yield self._bare_line(), "alone"
        yield self._claims.whole(self._text), "text"
        yield next((hit.found for hit in reversed(hits) if hit.strength == "stated"), None), "sentence"
        yield self._chosen(), "choose"
        yield self._claims.repeated(), "text"
        yield self._ticked(), "tick"
        yield self._lettered_lines(), "alone"
        yield self._numbered(), "number"
        yield only({hit.found for hit in hits}), "sentence"
        yield self._statements.opening(), "text"
        yield self._statements.stated_text(), "text"
        yield self._statements.stated_letter(), "sentence"

    # Answers after a tag

    def _tagged(self) -> Iterator[_Hit]:
        for tag, end in self._each(self._patterns.tag):
            hit = self._after(tag, end)
            if hit is not None:
                yield hit

    def _each(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int]]:
        """Every match, with the place where its part of the text ends because the next one begins."""
        matches = list(pattern.finditer(self._text))
        for match, following in zip_longest(matches, matches[1:]):
            yield match, len(self._text) if following is None else following.start()

    def _after(self, tag: re.Match[str], end: int) -> _Hit | None:
        how = tag.lastgroup or ""
        lead, line_end = self._claims.lead(tag.end(), end)
        separator = self._text[tag.end() : lead.start("words")]
        separated = bool(how != "tag" or lead["words"] or separator.strip() or "\n" in separator)
        if not separated:  # some tags end in the word for `is`
            separated = self._patterns.after_option_word.search(self._text, tag.start() + 1, tag.end()) is not None
        found = self._claims.claim(lead, line_end, end)
        if found is None:
            found = self._further_on(lead.end(), line_end, separated)
            return None if found is None else _Hit(tag.start(), found, "stated", how)
        clear = separated or self._ends_sentence(lead.end(), line_end)
        whole = self._claims.is_all(lead.end(), line_end)
        return _Hit(tag.start(), found, "clear" if clear else "aside", how, whole)

    def _differ_side_by_side(self, first: _Hit, second: _Hit) -> bool:
        """Whether two answers stand on two lines with nothing between them that takes the first one back."""
        line_end = self._text.find("\n", first.place, second.place)
        apart = line_end < 0 or _WORD.search(self._text, line_end, second.place)
        return first.whole and first.found != second.found and not apart

    def _begins_clause(self, turn: re.Match[str]) -> bool:
        before = self._text[max(0, turn.start() - _NEAR) : turn.start()].rstrip(" ")
        return not self._patterns.spaced or not before or before[-1] in _BEFORE_CLAUSE

    def _turns(self) -> Iterator[_Hit]:
        """Letters that follow a word such as `therefore` at once and end their sentence."""
        for turn in self._patterns.turn.finditer(self._text):
            lead, line_end = self._claims.lead(turn.end(), len(self._text))
            letter = self._patterns.letter.match(self._text, lead.end(), line_end)
            index = None if letter is None else self._patterns.option(letter)
            if letter is None or index is None or letter["letter"].islower():
                continue
            same_line = "\n" not in self._text[turn.end() : lead.end()]
            if same_line and self._begins_clause(turn) and self._ends_sentence(lead.end(), line_end):
                yield _Hit(turn.start(), index, "clear", "turn")

    def _ends_sentence(self, start: int, end: int) -> bool:
        letter = self._patterns.letter.match(self._text, start, end)
        return letter is not None and _SENTENCE_ENDS.match(self._text, letter.end(), end) is not None

    def _further_on(self, start: int, end: int, separated: bool) -> Found:
        """The only letter in the rest of the tag's line, where it stands like an answer."""
        option = self._patterns.option
        letters = [one for one in self._patterns.standing.finditer(self._text, start, end) if option(one) is not None]
        settled = [one for one in letters if self._stands_as_answer(one, start, end, separated)]
        if not settled:
            return None
        if len({option(one) for one in letters}) > 1:
            return SEVERAL
        negated = self._patterns.negation.search(self._text, start, settled[0].start())
        return None if negated else option(settled[0])

    def _stands_as_answer(self, letter: re.Match[str], start: int, end: int, separated: bool) -> bool:
        ends_clause = separated and _CLAUSE_ENDS.match(self._text, letter.end(), end)
        near = max(start, letter.start() - _NEAR)
        if not ends_clause and not self._patterns.after_option_word.search(self._text, near, letter.start()):
            return False
        # In `vitamin C` the letter belongs to the matter, not to the form, of the question.
        word = self._text[near : letter.start()].split()[-1:]
        return not word or squeeze(word[0] + letter["letter"]) not in self._claims.options.squeezed

    def _reversed(self) -> Iterator[_Hit]:
        for letter in self._patterns.reversed.finditer(self._text):
            index = self._patterns.option(letter)
            after = _NEXT_WORD.match(self._text, letter.end())
            wrong = after is not None and self._patterns.negation.search(after[0]) is not None
            if index is None or wrong or self._is_negated(letter.start()):
                continue
            joined = self._patterns.joined_before.search(self._text, max(0, letter.start() - _NEAR), letter.start())
            either = joined is not None and self._patterns.option(joined) not in (None, index)
            yield _Hit(letter.start(), SEVERAL if either else index, "stated", "sentence")

    def _is_negated(self, place: int) -> bool:
        near = max(0, place - _NEAR)
        clause = max(near, *(self._text.rfind(end, near, place) + 1 for end in ".,;:!?\n"))
        return self._patterns.negation.search(self._text, clause, place) is not None

    # Answers without a tag

    def _bare_line(self) -> Found:
        """The letter that is all of the first or the last line."""
        lines = self._text.split("\n")
        return only({index for line in (lines[0], lines[-1]) if (index := self._bare(line)) is not None})

    def _bare(self, line: str) -> Found:
        letter = self._patterns.line.match(line)
        return None if letter is None or _WORD.search(letter["tail"]) else self._patterns.option(letter)

    def _chosen(self) -> Found:
        """What follows the last phrase like `I choose`."""
        found = None
        for phrase, end in self._each(self._patterns.choose):
            if not self._is_negated(phrase.start()):
                lead, line_end = self._claims.lead(phrase.end(), end)
                claimed = self._claims.claim(lead, line_end, line_end)
                found = found if claimed is None else claimed
        return found

    def _lettered_lines(self) -> Found:
        """The option with which the first or last line begins, where no other line begins with another.

        A last line that breaks off is the beginning of a discussion of the options.
        """
        lines = [line.strip() for line in self._text.split("\n") if line.strip()]
        named = [self._option_of_line(line) for line in lines]
        if not named or (named[0] is None and (named[-1] is None or self._breaks_off(lines[-1]))):
            return None
        return only({index for index in named if index is not None})

    def _breaks_off(self, line: str) -> bool:
        """Whether a line goes on after the text of its option and does not end like a sentence."""
        letter = self._patterns.line.match(line)
        if letter is None or _FINISHED.search(line) is not None:
            return False
        index, tail = self._patterns.option(letter), fold(letter["tail"])
        rest = None if index is None else self._claims.options.after(index, tail)
        return bool(rest and rest.strip(AFTER_TEXT))

    def _ticked(self) -> Found:
        """The only option whose line has a tick."""
        if not any(tick in self._text for tick in TICKS):
            return None
        lines = (line for line in self._text.split("\n") if any(tick in line for tick in TICKS))
        clean = (_MARKS.sub(" ", line).strip() for line in lines)
        return only({index for line in clean if (index := self._option_of_line(line)) is not None})

    def _numbered(self) -> Found:
        """The option whose number, with a word for `option`, is all of the reply."""
        end = len(self._text)
        lead, _ = self._claims.lead(0, end)
        number = self._patterns.number.match(self._text, lead.end())
        alone = number is not None and not self._patterns.polite.sub("", self._text[number.end() :]).strip(AFTER_TEXT)
        return self._claims.number(lead, end) if alone else None

    def _option_of_line(self, line: str) -> Found:
        letter = self._patterns.line.match(line)
        index = None if letter is None else self._patterns.option(letter)
        if letter is None or index is None:
            return self._claims.options.equal(line)
        found = self._claims.with_tail(line, letter, len(line))
        marked = letter["mark"].strip() and (not letter["letter"].islower() or letter["mark"].strip()[0] in ")]}")
        if marked or found == SEVERAL or self._claims.options.is_leading(index, fold(letter["tail"])):
            return found
        return self._claims.options.equal(line)

    def _names_several(self) -> bool:
        named = {self._patterns.option(letter) for letter in self._patterns.standing.finditer(self._text)} - {None}
        run = self._patterns.run.match(self._text)
        return len(named) > 1 or (run is not None and not _WORD.search(self._text, run.end()))


def _settle(clear: _Hit, hits: list[_Hit]) -> Reading:
    """The last clear answer; if that names several options, a sentence after it may still choose."""
    if clear.found != SEVERAL:
        return Reading("answer", clear.found, clear.how)
    later = [hit for hit in hits if hit.strength == "stated" and hit.place > clear.place]
    if later and later[-1].found != SEVERAL:
        return Reading("answer", later[-1].found, "sentence")
    return Reading("ambiguous", how=clear.how)
