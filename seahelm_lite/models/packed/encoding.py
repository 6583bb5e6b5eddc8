"""Contexts and continuations in tokens, as lm-eval splits them; of each text only what is new in it is encoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from seahelm_lite.models.packed.sequences import Encoded, Tokens
from seahelm_lite.models.packed.tails import has_words_ends, tokens_by_tails

Pair = tuple[str, str]
"""A context and its continuation."""

_BATCH = 1024


class Encoder(Protocol):
    """What is needed of an lm-eval `hf` model."""

    tokenizer: Any
    prefix_token_id: int
    add_bos_token: bool | None

    def tok_encode(self, string: str, add_special_tokens: bool | None = None) -> list[int]:
        """Tokens of a text."""


@dataclass(frozen=True)
class EncodedPairs:
    """Pairs in tokens."""

    pairs: tuple[Encoded, ...]
    joined: int
    """Pairs whose last context token and first continuation token would be another token if encoded together. They
    are split where the context's own tokens end, as lm-eval does."""


def encode(encoder: Encoder, pairs: Sequence[Pair]) -> EncodedPairs:
    """Encode contexts with their continuations.

    Spaces at the end of a context go to the continuation. An empty context is the token that stands before every
    text.
    """
    encoded: list[Encoded | None] = [None] * len(pairs)
    contexts: dict[str, Tokens | None] = {}
    wholes: dict[str, list[tuple[int, str]]] = {}
    for index, (context, continuation) in enumerate(_spaces_moved(pair) for pair in pairs):
        if context:
            contexts[context] = None
            wholes.setdefault(context + continuation, []).append((index, context))
        else:
            encoded[index] = _without_context(encoder, continuation)
    joined = 0
    # A text comes after all that it begins with, so a context is known before what it is continued by.
    begins = encoder.tokenizer.decode(encoder.prefix_token_id)
    for text, tokens in _tokens(encoder, list(dict.fromkeys([*contexts, *wholes])), begins):
        if text in contexts:
            contexts[text] = tokens
        for index, context in wholes.get(text, ()):
            before = contexts[context]
            assert before is not None
            joined += not np.array_equal(tokens[: len(before)], before)
            encoded[index] = Encoded(before, tokens[len(before) :].copy())
    return EncodedPairs(tuple(pair for pair in encoded if pair is not None), joined)


def _spaces_moved(pair: Pair) -> Pair:
    context, continuation = pair
    kept = context.rstrip()
    return kept, context[len(kept) :] + continuation


def _without_context(encoder: Encoder, continuation: str) -> Encoded:
    tokens = np.asarray(encoder.tok_encode(continuation, add_special_tokens=False), dtype=np.uint32)
    first = np.asarray([encoder.prefix_token_id], dtype=np.uint32)
    return Encoded(first, tokens[1:] if np.array_equal(tokens[:1], first) else tokens)


def prompts_in_tokens(encoder: Encoder, prompts: Sequence[str]) -> list[Tokens]:
    """Encode prompts that are continued, for which lm-eval goes by the beginning-of-text token alone."""
    found = dict(_tokens(encoder, list(dict.fromkeys(prompts)), encoder.tokenizer.bos_token))
    return [found[prompt] for prompt in prompts]


def _tokens(encoder: Encoder, texts: Sequence[str], begins: str | None) -> Iterator[tuple[str, Tokens]]:
    """The tokens of each text, as lm-eval gets them one by one, in the order of the sorted texts.

    Args:
        encoder: The tokenizer.
        texts: Distinct texts.
        begins: A text that begins so gets no special tokens.
    """
    settings = {} if encoder.add_bos_token is None else {"add_special_tokens": encoder.add_bos_token}
    # A chat template may have written the first token already, which must not stand twice.
    written = [text for text in texts if begins and text.startswith(begins)]
    plain = [text for text in texts if not (begins and text.startswith(begins))]
    for group, kwargs in ((plain, settings), (written, {"add_special_tokens": False})):
        if has_words_ends(encoder.tokenizer):
            yield from tokens_by_tails(group, _Encodings(encoder.tokenizer, kwargs))
        else:
            yield from _one_by_one(encoder.tokenizer, sorted(group), kwargs)


@dataclass(frozen=True)
class _Encodings:
    """The encodings that the `tokenizers` library makes of some texts."""

    tokenizer: Any
    settings: dict[str, bool]

    def __call__(self, texts: Sequence[str], whole: bool) -> Sequence[Any]:
        settings = self.settings if whole else {"add_special_tokens": False}
        found: Sequence[Any] = self.tokenizer(list(texts), **settings).encodings if texts else ()
        return found


def _one_by_one(tokenizer: Any, texts: Sequence[str], settings: dict[str, bool]) -> Iterator[tuple[str, Tokens]]:
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        found = tokenizer(batch, return_attention_mask=False, **settings)["input_ids"]
        yield from zip(batch, (np.asarray(tokens, dtype=np.uint32) for tokens in found), strict=True)
