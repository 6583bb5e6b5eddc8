"""Words that multiply the number before them, such as `juta` in `5 juta`.

No native speaker has reviewed the list. Words that mean something else after a number as often are left out.
"""

from __future__ import annotations

import re
from math import prod

_POWERS = {
    2: ("hundred", "ratus", "trăm", "ร้อย"),
    3: ("thousand", "ribu", "rb", "ewu", "libo", "libong", "nghìn", "ngàn", "พัน", "ພັນ", "ពាន់", "ထောင်", "ஆயிரம்"),
    4: ("vạn", "หมื่น", "ໝື່ນ", "ម៉ឺន", "သောင်း"),
    5: ("lakh", "แสน", "ແສນ", "သိန်း", "லட்சம்"),
    6: (
        *("million", "juta", "jt", "yuta", "milyon", "milyong", "triệu"),
        *("ล้าน", "ລ້ານ", "លាន", "သန်း", "மில்லியன்"),
    ),
    7: ("crore", "கோடி"),
    9: ("billion", "miliar", "milyar", "bilion", "bilyon", "bilyong", "tỷ", "tỉ", "ຕື້"),
    12: ("trillion", "triliun", "trilion", "trilyon", "trilyong"),
}
_POWER_OF = {word: power for power, words in _POWERS.items() for word in words}


def _pattern(word: str) -> str:
    """Thai, Lao, Khmer and Burmese write the noun on without a space; the word for `thousand` also begins `breed`."""
    if word in ("พัน", "ພັນ"):
        return word + "(?![ธทທ])"
    joined = "\u0e00" <= word[0] <= "\u0eff" or "\u1000" <= word[0] <= "\u17ff"
    return word if joined else word + r"(?![^\W\d_])"


MULTIPLIERS = f"(?:{'|'.join(_pattern(word) for word in sorted(_POWER_OF, key=len, reverse=True))})"
"""A pattern, without groups, that takes one such word; to be matched with case ignored."""

_TURKISH = str.maketrans("\u0130\u0131", "ii")  # letters that a pattern takes for an `i` when case is ignored
_ONE = re.compile(MULTIPLIERS, re.IGNORECASE)


def multiplier(words: str) -> int:
    """The product of the words, as in `nghìn tỷ`; 1 where there are none."""
    return prod(10 ** _POWER_OF[word.translate(_TURKISH).lower()] for word in _ONE.findall(words))
