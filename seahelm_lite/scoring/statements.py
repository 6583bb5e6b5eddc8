"""Answers without a tag, in sentences that say what the question asked for."""

from __future__ import annotations

import re

from seahelm_lite.scoring.claims import Claims
from seahelm_lite.scoring.letters import Patterns
from seahelm_lite.scoring.normalise import for_matching
from seahelm_lite.scoring.option_texts import AFTER_TEXT, SEVERAL, Found, only

_SENTENCES = re.compile(r"(?<=[.!?។။])\s+|\n+")
_CLAUSE_ENDS = re.compile(r"[)\]}>$]*\s*(?:[.,;!?)\]|។៕၊။。]|$)")
_WORDS_BEFORE = 80


class Statements:
    """Reads the sentences of one reply."""

    def __init__(self, text: str, claims: Claims, patterns: Patterns) -> None:
        self._text = text
        self._claims = claims
        self._patterns = patterns

    def opening(self) -> Found:
        """The option whose text is the first sentence, as in `False. The sun is a star.`, or begins it.

        A sentence further on that begins with another option takes it back. A number or a single letter may count
        sentences.
        """
        options = self._claims.options
        opened = [found for found in map(options.sentence, _SENTENCES.split(self._text)) if found is not None]
        if opened and options.sentence(self._text) is not None:
            return only(set(opened))
        found = options.apposed(self._text)
        return found if found is not None and self._is_alone(found) else None

    def stated_text(self) -> Found:
        """The option that ends a sentence such as `The capital is Kuala Lumpur.`

        Only where no other option is named anywhere and nothing is denied: other sentences may be about the reasons.
        """
        stated = {found for one in _SENTENCES.split(self._text) if (found := self._ending(one)) is not None}
        found = only(stated)
        return found if found is not None and found != SEVERAL and self._is_alone(found) else None

    def stated_letter(self) -> Found:
        """The letter after a word such as `is` at the end of a clause, where no other letter stands in the reply."""
        if any(len(key) == 1 for key in self._claims.options.keys):
            return None
        letters = list(self._patterns.standing.finditer(self._text))
        stated = {index for letter in letters for index in self._stated(letter)}
        return only(stated) if {self._patterns.option(letter) for letter in letters} - {None} == stated else None

    def _stated(self, letter: re.Match[str]) -> list[int]:
        text, index = self._text, self._patterns.option(letter)
        before = max(0, letter.start() - _WORDS_BEFORE)
        if index is None or _CLAUSE_ENDS.match(text, letter.end()) is None:
            return []
        leads = self._patterns.after_option_word.search(text, before, letter.start()) is not None
        clause = text[before : letter.start()]
        if not leads or self._patterns.copula.search(clause) is None or self._patterns.negation.search(clause):
            return []
        return [index]

    def _ending(self, sentence: str) -> Found:
        patterns, options = self._patterns, self._claims.options
        if sentence.rstrip().endswith("?"):
            return None
        text = patterns.polite.sub("", for_matching(sentence).rstrip(AFTER_TEXT))
        verb = patterns.copula_after.search(text)
        text = text if verb is None else text[: verb.start()].rstrip(AFTER_TEXT)
        found = options.ending(text)
        if found is None or found == SEVERAL:
            return None
        before = text[: len(text) - len(options.keys[found])]
        joined = verb is not None and before.endswith(" ")
        return found if joined or patterns.copula_before.search(before) is not None else None

    def _is_alone(self, found: int) -> bool:
        """Whether the reply names no other option, by text or by letter, and denies nothing."""
        folded = for_matching(self._text)
        own = self._claims.options.keys[found]
        if self._patterns.negation.search(folded.replace(own, " ")) is not None:
            return False
        letters = {self._patterns.option(one) for one in self._patterns.standing.finditer(self._text)}
        rest = folded.replace(own, " ")
        others = (key for index, key in enumerate(self._claims.options.keys) if index != found)
        return letters <= {None, found} and not any(key in rest for key in others)
