"""Words of a request that give away that a norm is at stake; most everyday requests have none of them."""

from __future__ import annotations

import re

from seahelm_lite.catalog.probe_family import ProbeFamily

_STEMS: tuple[str, ...] = (
    *("cultur", "tradition", "taboo", "sensitiv", "appropriate", "respectful", "honorific", "dialect", "etiquette"),
    *("legal", "illegal", "lawful", "allow", "permit", "licens", "licence", "prohibit", "forbid"),
    *("relig", "islam", "buddh", "christian", "catholic", "sultan", "ethnic", "polite", "formal"),
)
"""Beginnings of English words, each of which stands for all words that begin with it."""

_WORDS: tuple[str, ...] = (
    *("custom", "customs", "customary", "offensive", "register", "registers", "law", "laws", "ban", "bans", "banned"),
    *("halal", "haram", "muslim", "muslims", "hindu", "hindus", "monk", "monks", "temple", "temples", "mosque"),
    *("mosques", "church", "churches", "king", "kings", "queen", "queens", "royal", "royals", "race", "racial"),
)

_STEM = "|".join(_STEMS)
_CUE = re.compile(rf"\b(?:(?:{_STEM})\w*|{'|'.join(_WORDS)})\b", re.IGNORECASE)


def cue_word(family: ProbeFamily) -> str | None:
    """The first cue word in the English prompt of the probe; None where it has none."""
    found = _CUE.search(family.prompt.en or family.prompt.text)
    return found[0].casefold() if found else None
