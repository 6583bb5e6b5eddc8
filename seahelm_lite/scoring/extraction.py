"""Which option a reply to a multiple-choice question chose, if it says so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from seahelm_lite.prompts.words import LanguageWords
from seahelm_lite.scoring.letters import LINE_OF_JSON, Patterns, patterns_for
from seahelm_lite.scoring.normalise import for_matching, strip_markdown, strip_reasoning, unify


@dataclass(frozen=True)
class Reading:
    """What a reply says."""

    kind: Literal["answer", "unparsed", "ambiguous", "refused", "unclosed"]
    index: int | None = None
    """The option of an `answer`."""
    how: str = ""
    """The rule that read it: `tag`, `boxed`, `json`, `alone`, `text`, `sentence`, `choose`."""


SEVERAL: Final = -1
"""In place of an option: more than one is named."""

Found = int | None
"""An option, `SEVERAL`, or None where nothing is said."""

_LATEX = re.compile(r"\\(?:text(?:bf|it|rm|sf|tt)?|math(?:bf|it|rm|sf|tt)|operatorname|displaystyle|large|Large)\b\s*")
_MATH = re.compile(r"\$+([^\s$]+)\$+")
_DOUBLE_QUOTES = re.compile("[\"“”„‟«»‹›「」『』]")
_SINGLE_QUOTES = re.compile("[‘’‚‛]")
_QUOTING = re.compile(r"(?<!\w)'|'(?!\w)")
_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")

_BEFORE_TEXT = " \n\t([{\"'"
_AFTER_TEXT = " \n\t.,;:!?)]}>|$\"'…។៕၊။。"
_TEXT_ENDS = re.compile(r"\s*(?:$|[.,;:!?)\]}>…។៕၊။。|]+(?:\s|$)|[(\[]|[-–—]\s)")
_CLAUSE_ENDS = re.compile(r"[)\]}>]*\s*(?:[.,;:!?)\]|។៕၊။。]|$)")
_SENTENCE_ENDS = re.compile(r"[)\]}>$]*\s*(?:[.;!?។៕။。]|$)")
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
    reading = _Reply(reply, _option_texts(tuple(options)), patterns).read()
    if unclosed and reading.kind != "answer":
        return Reading("unclosed")
    return reading


def plain(text: str) -> str:
    """The words of a unified text, without markdown, LaTeX around letters, and quotation marks."""
    text = strip_markdown(text)
    if "\\" in text:
        text = _LATEX.sub("", text)
    if "$" in text:
        text = _MATH.sub(r"\1", text)
    text = _SINGLE_QUOTES.sub("'", _DOUBLE_QUOTES.sub("", text))
    return _QUOTING.sub("", text) if "'" in text else text


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
class _OptionTexts:
    """The texts of the options, in the forms in which replies repeat them."""

    exact: tuple[str, ...]
    keys: tuple[str, ...]
    """Folded and without punctuation around them."""
    squeezed: str
    """All of them without spaces: where letters that belong to an option's text are found."""

    def equal(self, text: str) -> Found:
        """The option whose text this is."""
        key = _key(text)
        return self._one([index for index, own in enumerate(self.keys) if own == key], text)

    def leading(self, line: str) -> Found:
        """The option whose text begins the line and is followed by punctuation or nothing."""
        key = for_matching(line).lstrip(_BEFORE_TEXT)
        begins = [
            index
            for index, own in enumerate(self.keys)
            if own and key.startswith(own) and _TEXT_ENDS.match(key, len(own))
        ]
        longest = max((len(self.keys[index]) for index in begins), default=0)
        found = self._one([index for index in begins if len(self.keys[index]) == longest], line)
        if found is None or found == SEVERAL or key[longest : longest + 1] not in (",", ";"):
            return found
        second = self.leading(key[longest:].lstrip(",; "))
        return found if second in (None, found) else SEVERAL

    def _one(self, candidates: list[int], text: str) -> Found:
        """The only candidate, or the only one that agrees in case and punctuation too."""
        if len(candidates) > 1:
            text = " ".join(text.split())
            same = [index for index in candidates if self.exact[index] == text]
            return same[0] if len(same) == 1 else SEVERAL
        return candidates[0] if candidates else None


@lru_cache(maxsize=4096)
def _option_texts(options: tuple[str, ...]) -> _OptionTexts:
    shown = [plain(unify(option)) for option in options]
    keys = tuple(map(_key, shown))
    return _OptionTexts(tuple(" ".join(text.split()) for text in shown), keys, "\n".join(map(_squeeze, keys)))


def _key(text: str) -> str:
    folded = for_matching(text)
    return folded.lstrip(_BEFORE_TEXT).rstrip(_AFTER_TEXT) or folded


def _squeeze(text: str) -> str:
    return "".join(text.casefold().split())
