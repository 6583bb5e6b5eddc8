"""Which option a reply to a multiple-choice question chose, if it says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from seahelm_lite.prompts.words import LanguageWords
from seahelm_lite.scoring.letters import LINE_OF_JSON, Patterns, patterns_for
from seahelm_lite.scoring.normalise import for_matching, strip_reasoning, unify
from seahelm_lite.scoring.option_texts import AFTER_TEXT, SEVERAL, Found, OptionTexts, option_texts, plain, squeeze


@dataclass(frozen=True)
class Reading:
    """What a reply says."""

    kind: Literal["answer", "unparsed", "ambiguous", "refused", "unclosed"]
    index: int | None = None
    """The option of an `answer`."""
    how: str = ""
    """The rule that read it: `tag`, `boxed`, `json`, `alone`, `text`, `sentence`, `choose`."""


_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")

_CLAUSE_ENDS = re.compile(r"[)\]}>]*\s*(?:[.,;:!?)\]|។៕၊။。]|$)")
_SENTENCE_ENDS = re.compile(r"[)\]}>$]*\s*(?:[.;!?។៕။。]|$)")
_WORD = re.compile(r"\w")
_NEXT_WORD = re.compile(r"\s*(?:[^\s.,;:!?]+\s*){1,2}")
_WORD_FOLLOWS = re.compile(r"\s+\w")
_LONGEST_OPTION_WORD = 40
_BETWEEN_LETTER_AND_TEXT = " \t.,:=)]}>|-–—"


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
    reply = plain(_json_as_lines(outside, patterns)).strip()
    reading = _Reply(reply, options, patterns).read()
    if unclosed and reading.kind != "answer":
        return Reading("unclosed")
    return reading


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


class _Reply:
    """The rules, in order of trust: one that settles on an option ends the reading."""

    def __init__(self, text: str, options: Sequence[str], patterns: Patterns) -> None:
        self._text = text
        self._shown = options
        self._patterns = patterns

    @property
    def _options(self) -> OptionTexts:
        # Most replies are read without them.
        return option_texts(tuple(self._shown))

    def read(self) -> Reading:
        """Apply the rules."""
        hits = sorted([*self._tagged(), *self._reversed()], key=lambda hit: hit.place)
        clear = [hit for hit in hits if hit.strength == "clear"]
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
        if self._patterns.refusal.search(for_matching(self._text)):
            return Reading("refused")
        return Reading("ambiguous" if self._names_several() else "unparsed")

    def _without_clear_tag(self, hits: list[_Hit]) -> Iterator[tuple[Found, str]]:
        yield self._bare_line(), "alone"
        yield self._options.equal(self._text), "text"
        yield next((hit.found for hit in reversed(hits) if hit.strength == "stated"), None), "sentence"
        yield self._chosen(), "choose"
        yield self._lettered_lines(), "alone"
        yield _only({hit.found for hit in hits}), "sentence"

    # Answers after a tag

    def _tagged(self) -> Iterator[_Hit]:
        tags = list(self._patterns.tag.finditer(self._text))
        ends = [*(tag.start() for tag in tags[1:]), len(self._text)]
        for tag, end in zip(tags, ends, strict=False):
            hit = self._after(tag, end)
            if hit is not None:
                yield hit

    def _after(self, tag: re.Match[str], end: int) -> _Hit | None:
        how = tag.lastgroup or ""
        lead, line_end = self._lead(tag.end(), end)
        separator = self._text[tag.end() : lead.start("words")]
        separated = bool(how != "tag" or lead["words"] or separator.strip() or "\n" in separator)
        if not separated:  # some tags end in the word for `is`
            separated = self._patterns.after_option_word.search(self._text, tag.start() + 1, tag.end()) is not None
        found = self._claim(lead, line_end, end)
        if found is None:
            found = self._further_on(lead.end(), line_end, separated)
            return None if found is None else _Hit(tag.start(), found, "stated", how)
        clear = separated or self._ends_sentence(lead.end(), line_end)
        return _Hit(tag.start(), found, "clear" if clear else "aside", how)

    def _lead(self, start: int, end: int) -> tuple[re.Match[str], int]:
        """What leads from a tag to its answer, and where the answer's line ends."""
        lead = self._patterns.lead.match(self._text, start, end)
        assert lead is not None  # every part of the pattern may be empty
        line_end = self._text.find("\n", lead.end(), end)
        return lead, end if line_end < 0 else line_end

    def _claim(self, lead: re.Match[str], line_end: int, end: int) -> Found:
        """The option that a lead leads to: a letter, the text of an option, or both."""
        text, start = self._text, lead.end()
        letter = self._letter_at(start, line_end)
        if letter is not None and not text[letter.end() : line_end].strip(AFTER_TEXT):
            return self._index(letter)
        options = self._options
        # An option may begin with a word that also leads to letters, and may have several lines.
        for found in (
            options.leading(text[lead.start("words") : line_end]),
            options.leading(text[start:line_end]),
            options.equal(text[start:end]),
        ):
            if found is not None:
                return found
        if letter is not None:
            listed = {self._repeated_option(line) for line in text[start:end].split("\n")} - {None}
            return SEVERAL if len(listed) > 1 else self._with_tail(text[:line_end], letter)
        return SEVERAL if self._patterns.run.match(text, start, line_end) else None

    def _repeated_option(self, line: str) -> Found:
        """The option that the line repeats, with its letter, word for word."""
        letter = self._patterns.line.match(line)
        index = None if letter is None else self._index(letter)
        return index if letter is not None and self._options.equal(letter["tail"]) == index else None

    def _letter_at(self, start: int, end: int) -> re.Match[str] | None:
        letter = self._patterns.letter.match(self._text, start, end)
        if letter is not None and letter["letter"] == "a" and _WORD_FOLLOWS.match(self._text, letter.end(), end):
            return None  # the English article
        return letter

    def _index(self, letter: re.Match[str]) -> Found:
        return self._patterns.indexes.get(letter["letter"])

    def _with_tail(self, text: str, letter: re.Match[str]) -> Found:
        """The option of a letter, unless what follows in the text belongs to another one."""
        index = self._index(letter)
        if index is None:
            return None
        tail = text[letter.end("letter") :].lstrip(_BETWEEN_LETTER_AND_TEXT)
        if self._options.is_leading(index, tail):
            return index
        if self._options.leading(tail) is not None:
            return SEVERAL
        if self._patterns.denied.match(text, letter.end("letter")):
            return None
        joined = self._patterns.joined.match(text, letter.end("letter"))
        return SEVERAL if joined is not None and _rivals(letter["letter"], joined["letter"]) else index

    def _ends_sentence(self, start: int, end: int) -> bool:
        letter = self._patterns.letter.match(self._text, start, end)
        return letter is not None and _SENTENCE_ENDS.match(self._text, letter.end(), end) is not None

    def _further_on(self, start: int, end: int, separated: bool) -> Found:
        """The only letter in the rest of the tag's line, where it stands like an answer."""
        letters = [
            one for one in self._patterns.standing.finditer(self._text, start, end) if self._index(one) is not None
        ]
        settled = [one for one in letters if self._stands_as_answer(one, start, end, separated)]
        if not settled:
            return None
        if len({self._index(one) for one in letters}) > 1:
            return SEVERAL
        return (
            None if self._patterns.negation.search(self._text, start, settled[0].start()) else self._index(settled[0])
        )

    def _stands_as_answer(self, letter: re.Match[str], start: int, end: int, separated: bool) -> bool:
        ends_clause = separated and _CLAUSE_ENDS.match(self._text, letter.end(), end)
        near = max(start, letter.start() - _LONGEST_OPTION_WORD)
        if not ends_clause and not self._patterns.after_option_word.search(self._text, near, letter.start()):
            return False
        # In `vitamin C` the letter belongs to the matter, not to the form, of the question.
        word = self._text[start : letter.start()].split()[-1:]
        return not word or squeeze(word[0] + letter["letter"]) not in self._options.squeezed

    def _reversed(self) -> Iterator[_Hit]:
        for letter in self._patterns.reversed.finditer(self._text):
            index = self._index(letter)
            after = _NEXT_WORD.match(self._text, letter.end())
            wrong = after is not None and self._patterns.negation.search(after[0]) is not None
            if index is not None and not wrong and not self._is_negated(letter.start()):
                yield _Hit(letter.start(), index, "stated", "sentence")

    def _is_negated(self, place: int) -> bool:
        clause = max(self._text.rfind(end, 0, place) for end in ".,;:!?\n") + 1
        return self._patterns.negation.search(self._text, clause, place) is not None

    # Answers without a tag

    def _bare_line(self) -> Found:
        """The letter that is all of the first or the last line."""
        lines = self._text.split("\n")
        return _only({index for line in (lines[0], lines[-1]) if (index := self._bare(line)) is not None})

    def _bare(self, line: str) -> Found:
        letter = self._patterns.line.match(line)
        return None if letter is None or _WORD.search(letter["tail"]) else self._index(letter)

    def _chosen(self) -> Found:
        """What follows the last phrase like `I choose`."""
        found = None
        for phrase in self._patterns.choose.finditer(self._text):
            if not self._is_negated(phrase.start()):
                lead, line_end = self._lead(phrase.end(), len(self._text))
                claimed = self._claim(lead, line_end, line_end)
                found = found if claimed is None else claimed
        return found

    def _lettered_lines(self) -> Found:
        """The option with which the first or last line begins, where no other line begins with another."""
        named = [self._option_of_line(line.strip()) for line in self._text.split("\n") if line.strip()]
        if not named or (named[0] is None and named[-1] is None):
            return None
        return _only({index for index in named if index is not None})

    def _option_of_line(self, line: str) -> Found:
        letter = self._patterns.line.match(line)
        index = None if letter is None else self._index(letter)
        if letter is None or index is None:
            return self._options.equal(line)
        found = self._with_tail(line, letter)
        marked = letter["mark"].strip() and (not letter["letter"].islower() or letter["mark"].strip()[0] in ")]}")
        if marked or found == SEVERAL or self._options.is_leading(index, letter["tail"]):
            return found
        return self._options.equal(line)

    def _names_several(self) -> bool:
        named = {self._index(letter) for letter in self._patterns.standing.finditer(self._text)} - {None}
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


def _only(found: set[int]) -> Found:
    return SEVERAL if len(found) > 1 else next(iter(found), None)


def _rivals(first: str, second: str) -> bool:
    """Whether a second letter, written like the first, names another option."""
    alike = first.isascii() == second.isascii() and first.islower() == second.islower()
    return alike and first.casefold() != second.casefold()
