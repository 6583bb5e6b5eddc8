"""Rows in another script than the card's language is written in, and rows that need a picture."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from seahelm_lite.lint.findings import Finding, Subject

_SCRIPTS = {
    **dict.fromkeys(("th", "tts", "nod", "sou"), "THAI"),
    **dict.fromkeys(("my", "shn", "mnw", "ksw", "rki"), "MYANMAR"),
    "km": "KHMER",
    "lo": "LAO",
    "ta": "TAMIL",
    "zh": "CJK",
    "ar": "ARABIC",
}
"""First word of the Unicode names of a language's letters; all other languages of the region are written in Latin."""
_SUBTAGS = {"Arab": "ARABIC", "Latn": "LATIN", "Java": "JAVANESE", "Thai": "THAI"}
_SHARED = ("LATIN", "GREEK")
"""Letters of formulas, names and terms, which stand in texts of every script."""

_FEW_LETTERS = 20
_OWN = 0.05
_FOREIGN = 0.5


def wrong_script(subject: Subject) -> Iterator[Finding]:
    """`wrong-language`: rows most of whose letters are of another script than the language's: an error. Rows that are
    almost wholly Latin where the language is not: a warning, as a formula or an item on English can be meant."""
    for item in subject.items:
        # The requests of one country may be in several languages.
        own = script_of(item.document.fields.get("probe", {}).get("language", subject.card.language))
        letters: Counter[str] = Counter()
        for character, count in Counter("".join(subject.texts(item))).items():
            if character.isalpha():
                letters[_script(character)] += count
        total = letters.total()
        if total < _FEW_LETTERS:
            continue
        foreign = {name: count for name, count in letters.items() if name not in (own, *_SHARED)}
        if sum(foreign.values()) > _FOREIGN * total:
            most = max(foreign, key=lambda name: foreign[name])
            what = f"{sum(foreign.values()) / total:.0%} of its letters are not {own.title()} but {most.title()}"
            yield Finding("wrong-language", "error", item.id, what)
        elif letters[own] < _OWN * total:
            what = f"{letters[own] / total:.0%} of its letters are {own.title()}, the rest Latin"
            yield Finding("wrong-language", "warning", item.id, what)


def script_of(language: str) -> str:
    """The script that a language is written in, as Unicode names its letters."""
    base, *subtags = language.split("-")
    return next((_SUBTAGS[tag] for tag in subtags if tag in _SUBTAGS), _SCRIPTS.get(base, "LATIN"))


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    return unicodedata.name(unicodedata.normalize("NFKC", letter)[0], "?").split()[0]


_FIGURES = {
    "th": "(?:จาก|ดัง|ตาม|ใน|พิจารณา|ศึกษา)"
    "(?:ภาพ(?!รวม|ลักษณ์|พจน์|ยนต)|รูป(?!แบบ|ธรรม|ร่าง)|ตาราง|แผนภาพ|แผนภูมิ|กราฟ|แผนที่|แผนผัง)"
    "|(?:ภาพ|รูป|ตาราง|แผนภาพ|แผนภูมิ|กราฟ|แผนที่|แผนผัง)(?:ต่อไปนี้|ที่กำหนดให้|ข้างต้น|ด้านล่าง|ด้านบน|แสดง)",
    "ms": r"\b(?:[Rr]ajah|[Gg]ambar(?:ajah)?|[Jj]adual|[Pp]eta|[Gg]raf)"
    r" (?:di (?:atas|bawah|sebelah)|berikut|yang diberi)",
    "id": r"\b(?:[Gg]ambar|[Tt]abel|[Gg]rafik|[Dd]iagram|[Pp]eta) (?:di (?:atas|bawah|samping)|berikut)",
    "vi": r"\b(?:[Hh]ình vẽ|[Bb]ảng số liệu|[Bb]iểu đồ|[Đđ]ồ thị|[Ss]ơ đồ|Hình|(?:[Tt]rong|[Tt]heo|[Nn]hư) hình)"
    r" (?:sau|bên|dưới đây|trên|dưới|bên dưới)\b",
    "fil": r"\b(?:[Ll]arawan|[Tt]alahanayan|[Dd]ayagram|[Gg]rap) sa (?:itaas|ibaba)",
    "en": r"\b(?:[Ff]igure|[Tt]able|[Dd]iagram|[Gg]raph|[Pp]icture|[Mm]ap) (?:above|below|shown)"
    r"|\bthe following (?:figure|table|diagram|graph|picture|map)",
}
"""How a question refers to what is printed beside it. Words alone would be too many: a table can be furniture."""


def missing_figures(subject: Subject) -> Iterator[Finding]:
    """`missing-figure`: an exam question that points to a picture or table, which a row of text may lack (a note)."""
    pattern = _FIGURES.get(subject.card.language.split("-", maxsplit=1)[0])
    if pattern is None or not subject.chooses or subject.labels:
        return
    for item in subject.items:
        if found := re.search(pattern, item.text("question")):
            yield Finding("missing-figure", "note", item.id, f"speaks of {found[0]!r}, which may not be there")
