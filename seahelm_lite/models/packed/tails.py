"""Many texts with long beginnings in common turned into tokens: of each, only what its neighbour does not have.

Encoding a text is linear in its length, and five examples before every question make most of that length the same
for all. So texts are sorted, and of each only a tail is encoded, which begins some words before the text parts from
the one before it. The words in common are there so that both encodings meet again: the tokens of the neighbour are
taken up to a place between two words, and those of the tail from there.

That this gives the tokens of the whole text follows from three things. No entry of the vocabulary reaches over the
end of a word into the space after it (`_ends_with_words` looks at every entry), so no token of either encoding does.
Tokenizers split a text from left to right and look ahead by a word at most, and two whole words in common follow the
place. And a sample of the texts is encoded whole and compared, each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.models.packed.sequences import Tokens

_BEFORE, _AFTER = 4, 2
"""Words in common before the place where two encodings are joined, and after it."""
_BATCH = 1024
_SAMPLE = 16
_OVER_A_WORDS_END = re.compile(r"[^\s\u0120\u010a\u0109\u010d\u2581][ \u0120\u2581]")
"""In an entry of a vocabulary: a space (as it stands, as byte-level vocabularies write it, as SentencePiece does)
after what is no white space."""

Encodings = Callable[[Sequence[str], bool], Sequence[Any]]
"""Texts, and whether tokens are added at their ends, to the encodings of the `tokenizers` library."""


@dataclass(frozen=True)
class _Tail:
    """How a text is put together."""

    begin: int
    """Character at which the part that is encoded begins."""
    joint: int
    """Character up to which the tokens of the text before are taken."""


_WHOLE = _Tail(0, 0)
"""For a text that has too little in common with the one before it."""


@dataclass(frozen=True)
class _Encoded:
    tokens: Tokens
    starts: NDArray[np.int64]
    """Character at which each token begins."""
    ends: NDArray[np.int64]


def tokens_by_tails(texts: Sequence[str], encodings: Encodings) -> Iterator[tuple[str, Tokens]]:
    """The tokens of each text, in the order of the sorted texts.

    Args:
        texts: Distinct texts.
        encodings: The tokenizer. Whole texts are given to it with, tails without the tokens it adds before a text.
    """
    ordered = sorted(texts)
    tails = [_WHOLE for _ in ordered]
    tails[1:] = [_tail(before, text) for before, text in pairwise(ordered)]
    if not _sample_agrees(ordered, tails, encodings):
        tails = [_WHOLE for _ in ordered]
    last: _Encoded | None = None
    for start in range(0, len(ordered), _BATCH):
        batch = range(start, min(start + _BATCH, len(ordered)))
        for index, part in zip(batch, _parts(ordered, tails, batch, encodings), strict=True):
            joined = part if last is None or tails[index] is _WHOLE else _joined(last, tails[index], part)
            if joined is None:  # a token lies over the joint
                joined = _read(encodings([ordered[index]], True)[0], 0)
            last = joined
            yield ordered[index], joined.tokens


def _sample_agrees(ordered: Sequence[str], tails: Sequence[_Tail], encodings: Encodings) -> bool:
    """Whether some of the texts, encoded whole, have the tokens that their tails would give them."""
    with_tails = [index for index, tail in enumerate(tails) if tail is not _WHOLE]
    for index in with_tails[:: max(1, len(with_tails) // _SAMPLE)]:
        before, whole = (_read(found, 0) for found in encodings(ordered[index - 1 : index + 1], True))
        part = _read(encodings([ordered[index][tails[index].begin :]], False)[0], tails[index].begin)
        joined = _joined(before, tails[index], part)
        if joined is not None and not np.array_equal(joined.tokens, whole.tokens):
            return False
    return True


def has_words_ends(tokenizer: Any) -> bool:
    """Whether a tokenizer's texts can be encoded by tails.

    It has to be one of the `tokenizers` library, of a kind that chooses tokens by the text they cover alone, with a
    vocabulary that no entry of which reaches over the end of a word, and must add its own tokens before a text only.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or type(backend.model).__name__ not in ("BPE", "Unigram"):
        return False
    if any(_OVER_A_WORDS_END.search(entry) for entry in tokenizer.get_vocab()):
        return False
    plain, whole = (backend.encode("Satu dua", add_special_tokens=added).ids for added in (False, True))
    return bool(whole[len(whole) - len(plain) :] == plain)


def _tail(before: str, text: str) -> _Tail:
    """Where the encodings of a text and of the one sorted before it may be joined."""
    place = common_length(before, text)
    places = []
    for _ in range(_AFTER + 1 + _BEFORE):
        place = _words_end(text, place)
        if place < 1:
            return _WHOLE
        places.append(place)
    return _Tail(begin=places[-1], joint=places[_AFTER])


def _words_end(text: str, end: int) -> int:
    """The last place before `end` where a single space stands between two words; -1 if there is none."""
    place = text.rfind(" ", 0, max(end - 1, 0))
    while place > 0 and (text[place - 1].isspace() or text[place + 1].isspace()):
        place = text.rfind(" ", 0, place)
    return place


def common_length(first: str, second: str) -> int:
    """Characters of the common beginning of two texts."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _parts(ordered: Sequence[str], tails: Sequence[_Tail], batch: range, encodings: Encodings) -> list[_Encoded]:
    """What has to be encoded of some texts."""
    parts: dict[int, _Encoded] = {}
    for whole in (True, False):
        indices = [index for index in batch if (tails[index] is _WHOLE) == whole]
        found = encodings([ordered[index][tails[index].begin :] for index in indices], whole)
        parts.update({i: _read(encoding, tails[i].begin) for i, encoding in zip(indices, found, strict=True)})
    return [parts[index] for index in batch]


def _read(encoding: Any, begin: int) -> _Encoded:
    places = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2) + begin
    return _Encoded(np.asarray(encoding.ids, dtype=np.uint32), places[:, 0], places[:, 1])


def _joined(before: _Encoded, tail: _Tail, part: _Encoded) -> _Encoded | None:
    """The neighbour's tokens up to the joint and the tail's from there; None where a token lies over it."""
    kept = int(np.searchsorted(before.starts, tail.joint))
    dropped = int(np.searchsorted(part.starts, tail.joint))
    if (before.ends[:kept] > tail.joint).any() or (part.ends[:dropped] > tail.joint).any():
        return None
    return _Encoded(
        np.concatenate([before.tokens[:kept], part.tokens[dropped:]]),
        np.concatenate([before.starts[:kept], part.starts[dropped:]]),
        np.concatenate([before.ends[:kept], part.ends[dropped:]]),
    )
