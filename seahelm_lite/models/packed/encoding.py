"""Contexts and continuations in tokens, as lm-eval splits them; every distinct text is encoded once, in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from seahelm_lite.models.packed.sequences import Encoded

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
    moved = [_spaces_moved(pair) for pair in pairs]
    texts = dict.fromkeys(
        text for context, continuation in moved if context for text in (context, context + continuation)
    )
    begins = encoder.tokenizer.decode(encoder.prefix_token_id)
    tokens = dict(zip(texts, _in_batches(encoder, list(texts), begins), strict=True))
    encoded, joined = [], 0
    for context, continuation in moved:
        if not context:
            encoded.append(_without_context(encoder, continuation))
            continue
        before, whole = tokens[context], tokens[context + continuation]
        joined += whole[: len(before)] != before
        encoded.append(Encoded(before, whole[len(before) :]))
    return EncodedPairs(tuple(encoded), joined)


def _spaces_moved(pair: Pair) -> Pair:
    context, continuation = pair
    kept = context.rstrip()
    return kept, context[len(kept) :] + continuation


def _without_context(encoder: Encoder, continuation: str) -> Encoded:
    tokens = encoder.tok_encode(continuation, add_special_tokens=False)
    first = encoder.prefix_token_id
    return Encoded(tokens[:1], tokens[1:]) if tokens[:1] == [first] else Encoded([first], tokens)


def prompts_in_tokens(encoder: Encoder, prompts: Sequence[str]) -> list[list[int]]:
    """Encode prompts that are continued, for which lm-eval goes by the beginning-of-text token alone."""
    return _in_batches(encoder, prompts, encoder.tokenizer.bos_token)


def _in_batches(encoder: Encoder, texts: Sequence[str], begins: str | None) -> list[list[int]]:
    """Tokens of each text, as lm-eval gets them one by one: without special tokens where it begins with one."""
    settings = {} if encoder.add_bos_token is None else {"add_special_tokens": encoder.add_bos_token}
    # A chat template may have written the first token already, which must not stand twice.
    written = [index for index, text in enumerate(texts) if begins and text.startswith(begins)]
    found: list[list[int]] = [[] for _ in texts]
    plain = sorted(set(range(len(texts))) - set(written))
    for indices, kwargs in ((plain, settings), (written, {"add_special_tokens": False})):
        for start in range(0, len(indices), _BATCH):
            batch = indices[start : start + _BATCH]
            for index, tokens in zip(batch, _tokens(encoder.tokenizer, [texts[i] for i in batch], kwargs), strict=True):
                found[index] = tokens
    return found


def _tokens(tokenizer: Callable[..., Any], texts: list[str], settings: dict[str, bool]) -> list[list[int]]:
    tokens: list[list[int]] = tokenizer(texts, return_attention_mask=False, **settings)["input_ids"]
    return tokens
