"""Reader of the dialect glossaries of Dewan Bahasa dan Pustaka: what an entry means, and what other entries mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from seahelm_lite.sources.text_files import Row

_OTHERS = 3
_SENSE = re.compile(r"^\d+\s*[.\s]\s*")
"""The number before a definition, mostly `1.`; the point may be missing."""
_HOMONYM = re.compile(r"\s+(?:[IVX]+|\[)$")
"""What ends an entry and is not of it: the number of a homonym (`selok I`), or the bracket of its pronunciation."""
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\x80-\x9f]")
"""Letters of the font that pronunciations are written in, and characters that were lost."""
_PRIVATE_SPACE = "\uf020"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_INDECENT = frozenset(["bersetubuh", "faraj", "kelamin", "kemaluan", "lucah", "pelacur", "zakar"])
_FORMULAS = (
    "atau bagi berkenaan daripada dalam dan dari dengan di hingga ialah ini itu jenis ke kepada kerana lagi lain-lain "
    "oleh pada perihal sampai sebagai sebagainya secara sejenis seperti seseorang sesuatu tentang untuk yang"
)
_FORMULAIC = frozenset(_FORMULAS.split())
"""Words that definitions of any two entries share."""
_FURTHER_SENSE = "a further sense of an entry that the row does not name"


@dataclass(frozen=True)
class _Entry:
    word: str
    word_class: str
    definition: str
    synonyms: frozenset[str]
    """Entries that the definition ends with, after a semicolon."""


@dataclass(frozen=True)
class _FurtherSense:
    content: frozenset[str]
    example: frozenset[str]
    """Words of the sentence that shows it: mostly the entry is among them."""


def dialect_lexicon(rows: Sequence[Row]) -> list[Row]:
    """One row for each row of a glossary: `entry`, `word_class`, `definition`, `others`, `fault`.

    Columns of the glossary are numbered and not aligned: the entry and its pronunciation, mostly a word class
    (`kata nama`), the definition. The definition is given without its number, final point and the synonyms after its
    semicolon. `others` are three definitions of other entries: first those of the same word class, in the order of a
    hash of both entries and of the other definition, so that neither the order of the file nor the row's place counts;
    rows added to a file change `others` only where they come among the first three. No two of the four are near: equal,
    with half of the words of the shorter one in common (formulas such as `berkenaan dengan` aside), or of an entry that
    names the other as its synonym. Nor is one of `others` near a further sense of the entry, as far as that can be
    told: such a row does not name its entry, but its example sentence may.

    A row that makes no item has the columns `entry` and `fault` alone, which says why not; its definition is never one
    of `others`.
    """
    found = [_entry(row) for row in rows]
    first: set[tuple[str, str]] = set()
    for number, one in enumerate(found):
        if isinstance(one, _Entry):
            if (one.word, one.definition) in first:
                found[number] = "a repeat of an earlier row"
            first.add((one.word, one.definition))
    entries = [one for one in found if isinstance(one, _Entry)]
    senses = [_further(row) for row, one in zip(rows, found, strict=True) if one == _FURTHER_SENSE]
    return [_row(row, one, entries, senses) for row, one in zip(rows, found, strict=True)]


def _row(row: Row, one: _Entry | str, entries: Sequence[_Entry], senses: Sequence[_FurtherSense]) -> Row:
    if isinstance(one, str):
        return {"entry": row["0"], "fault": one}
    own = [sense.content for sense in senses if _words(one.word) <= sense.example]
    others = _others(one, [other for other in entries if not any(_overlap(_content(other), sense) for sense in own)])
    if len(others) < _OTHERS:
        return {"entry": one.word, "fault": "too few definitions of other entries that are not near its own"}
    return {
        "entry": one.word,
        "word_class": one.word_class,
        "definition": one.definition,
        "others": others,
        "fault": "",
    }


def _entry(row: Row) -> _Entry | str:
    """What a row says, or why it makes no item."""
    cells = _cells(row)
    if _SENSE.match(cells[0]):
        return _FURTHER_SENSE
    word = _HOMONYM.sub("", cells[0])
    if not word or word.startswith(("[", "kata ")) or _PRIVATE.search(word):
        return "another column stands in place of the entry"
    if len(word.split()) > len(cells[1].split("]")[0].split()):
        return "the entry runs on into another one: it has more words than its pronunciation"
    word_class = cells[2] if cells[2].startswith("kata ") else ""
    definition, _, synonyms = _SENSE.sub("", cells[3] if word_class else cells[2]).partition(";")
    definition = definition.strip().rstrip(".")
    entry = _Entry(word, word_class, definition, frozenset(_name(name) for name in synonyms.split(",")))
    return _fault(entry) or entry


def _fault(entry: _Entry) -> str:
    """Why its definition cannot be asked for; empty where it can."""
    definition = entry.definition
    if not definition or definition.startswith("[") or _PRIVATE.search(definition):
        return "the definition is missing or cannot be read"
    if _words(definition) & _INDECENT:
        return "the definition is indecent"
    if _words(entry.word) & _words(definition):
        return "the definition gives the entry away: they share a word"
    return ""


def _name(synonym: str) -> str:
    """The entry that a synonym names: `lohe 1.` is the first sense of `lohe`, `kiyap I` the first of its homonyms."""
    return _HOMONYM.sub("", synonym.strip(" .0123456789"))


def _further(row: Row) -> _FurtherSense:
    definition, example = _cells(row)[:2]
    return _FurtherSense(_words(definition.partition(";")[0]) - _FORMULAIC, _words(example))


def _cells(row: Row) -> list[str]:
    return [" ".join(str(cell).replace(_PRIVATE_SPACE, " ").split()) for cell in row.values()]


def _others(one: _Entry, entries: Sequence[_Entry]) -> list[str]:
    """Up to three definitions of other entries, none near another."""

    def turn(other: _Entry) -> tuple[bool, str]:
        text = "\x1f".join((one.word, other.word, other.definition))
        return other.word_class != one.word_class, hashlib.sha256(text.encode()).hexdigest()

    chosen = [one]
    for other in sorted(entries, key=turn):
        if len(chosen) <= _OTHERS and not any(_near(other, taken) for taken in chosen):
            chosen.append(other)
    return [other.definition for other in chosen[1:]]


def _near(one: _Entry, other: _Entry) -> bool:
    if one.word == other.word or one.word in other.synonyms or other.word in one.synonyms:
        return True
    return one.definition == other.definition or _overlap(_content(one), _content(other))


def _overlap(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one & other) and 2 * len(one & other) >= min(len(one), len(other))


def _content(one: _Entry) -> frozenset[str]:
    return _words(one.definition) - _FORMULAIC


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
