"""How many words, sentences and paragraphs."""

from __future__ import annotations

import re

from seahelm_lite.scoring.instructions.keywords import Relation, compares

_DIVIDER = re.compile(r"(?<!\*)\*{3}(?!\*)")
_SENTENCE_END = re.compile(r"[.!?…។၊။]+[\"'”’)\]]*\s+\S")


def count_words(text: str) -> int:
    """Stretches between white space that hold a letter or a digit.

    So `anak-anak` and `3,5` are one word each, a Vietnamese word counts by its syllables, as word processors count it,
    and in a script without spaces nothing is counted that anybody would call a word.
    """
    return sum(any(character.isalnum() for character in stretch) for stretch in text.split())


def number_words(text: str, *, relation: Relation, num_words: int) -> bool:
    """So many words, as `count_words` counts them."""
    return compares(count_words(text), relation, num_words)


def parts_between_dividers(text: str) -> list[str] | None:
    """What stands between dividers of three asterisks; None where two dividers follow each other.

    A divider may begin or end the text. Four and more asterisks in a row are none.
    """
    parts = [part.strip() for part in _DIVIDER.split(text)]
    inner = parts[1:-1]
    return None if not all(inner) else [part for part in parts if part]


def number_paragraphs(text: str, *, num_paragraphs: int) -> bool:
    """Exactly so many parts between dividers (`***`), which the items ask for."""
    parts = parts_between_dividers(text)
    return parts is not None and len(parts) == num_paragraphs


def number_sentences(text: str, *, relation: Relation, num_sentences: int) -> bool:
    """So many sentences, that is parts between dividers (`***`), which the items ask for after every sentence.

    This needs no sign of a sentence's end, which Thai and Lao do not have. A text without a divider is one sentence
    only if it is one line in which no sentence ends before the last; otherwise its sentences were not parted.
    """
    parts = parts_between_dividers(text)
    if parts is None or (len(parts) == 1 and not _one_sentence(parts[0])):
        return False
    return compares(len(parts), relation, num_sentences)


def _one_sentence(text: str) -> bool:
    return "\n" not in text and _SENTENCE_END.search(text) is None
