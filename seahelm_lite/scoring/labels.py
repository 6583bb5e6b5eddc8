"""The label of the prompt that a reply repeats before its text, as in `Jawaban: Jakarta`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from seahelm_lite.prompts.words import LanguageWords, language_words


def without_label(text: str, words: LanguageWords, accepted: Sequence[str]) -> str:
    """A written answer without the label that stands before it, in the prompt's language or in English.

    Args:
        text: The answer, in NFC.
        words: Of the language of the prompt.
        accepted: The wanted texts. Where one of them begins with a label itself, none is taken off.
    """
    label = _label(words.code)
    found = label.match(text)
    if found is None or any(label.match(wanted) for wanted in accepted):
        return text
    return text[found.end() :].strip()


@lru_cache(maxsize=64)
def _label(code: str) -> re.Pattern[str]:
    labels = {
        label
        for words in (language_words(code), language_words("en"))
        for label in (words.answer, words.translation, words.summary, *words.answer_tags)
    }
    either = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    return re.compile(rf"\s*[*_#]*\s*(?:{either})\s*[*_]*\s*[:：៖][*_]*\s*(?=\S)", re.IGNORECASE)
