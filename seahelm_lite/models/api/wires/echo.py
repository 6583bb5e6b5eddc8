"""The log-likelihood of a continuation, out of a reply that echoes the prompt token by token.

Where the continuation begins is found in the texts of the tokens, read from the end. The offsets that servers add are
not used: vLLM's are sums of the lengths of those texts, which count a token before the text and what a lone token is
shown as, so that they are wrong for most text that is not in Latin letters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from seahelm_lite.models.api.wires.base import NoLikelihoodError
from seahelm_lite.records import JsonValue


@dataclass(frozen=True, slots=True)
class Likelihood:
    """What a server says of a continuation."""

    loglikelihood: float
    is_greedy: bool | None
    """Whether each of its tokens is the likeliest at its place; None where the server does not say."""
    joined: bool
    """Whether a token reaches from the context into the continuation."""


@dataclass(frozen=True, slots=True)
class _Split:
    """Where tokens are parted."""

    first: int
    """The place of the first token that begins at the boundary or after it."""
    joined: bool
    """Whether the token before that ends after the boundary."""


_UNCLEAR = _Split(-1, False)
"""Stands for several places that are equally likely."""
_SPECIALS = 2
"""Tokens at most that stand before every text without being part of it."""
_LOOK_BACK = 512
"""Tokens before the boundary that are looked at where those after it leave it open."""
_BYTES = re.compile(r"bytes:((?:\\x[0-9a-f]{2})+)")
"""How OpenAI writes a token that is a part of a character."""


def likelihood(logprobs: JsonValue, context: str, continuation: str, *, generated: int | None, said: str) -> Likelihood:
    """The log-likelihood of a continuation after a context.

    They are split as lm-eval does: white space at the end of the context belongs to the continuation, and a token
    that reaches across the boundary belongs to the context.

    Args:
        logprobs: `choices[0].logprobs` of the reply.
        context: What comes before.
        continuation: The text in question.
        generated: Tokens that the server says it generated, which come after those of the prompt.
        said: `choices[0].text` of the reply.

    Raises:
        NoLikelihoodError: If the reply has none, or numbers that cannot be log-likelihoods of this text.
    """
    prompt = context + continuation
    if not said.startswith(prompt):
        raise NoLikelihoodError("the server does not echo the prompt")
    tokens, values, tops = _lists(logprobs)
    for extra in dict.fromkeys((1 if generated is None else generated, 0)):
        shown = tokens[: max(0, len(tokens) - extra)]
        split = _parted(shown, prompt, len(context.rstrip()))
        if split is not None:
            _check_spread(values[: len(shown)])
            own = slice(split.first, len(shown))
            return Likelihood(_sum(values[own]), _greedy(tokens[own], values[own], tops[own]), split.joined)
    raise NoLikelihoodError("the echoed tokens do not tell where the continuation begins")


def _lists(logprobs: JsonValue) -> tuple[list[str], list[JsonValue], list[JsonValue]]:
    """The texts of the tokens, their log-probabilities, and the likeliest at each place, of one length."""
    found = logprobs if isinstance(logprobs, dict) else {}
    tokens, values, tops = (found.get(name) for name in ("tokens", "token_logprobs", "top_logprobs"))
    if not isinstance(tokens, list) or not isinstance(values, list) or len(tokens) != len(values) or not tokens:
        raise NoLikelihoodError("the server does not tell the log-probabilities of the prompt's tokens")
    if not all(isinstance(token, str) for token in tokens):
        raise NoLikelihoodError("the server tells log-probabilities of tokens without their texts")
    if not isinstance(tops, list) or len(tops) != len(tokens):
        tops = [None] * len(tokens)
    return tokens, values, tops


def _check_spread(values: Sequence[JsonValue]) -> None:
    """Refuse numbers that no model gives: servers that cannot score a prompt fill in one value for all its tokens."""
    numbers = [value for value in values if value is not None]
    if len(set(map(repr, numbers))) == 1 and (len(numbers) > 1 or numbers[0] == 0):
        raise NoLikelihoodError(f"the server gives every token of the prompt the log-probability {numbers[0]}")


def _sum(values: Sequence[JsonValue]) -> float:
    if not values:
        raise NoLikelihoodError("no token of the prompt belongs to the continuation alone")
    for value in values:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # Rounding can lift what is as good as certain a little above it.
        if not number or not math.isfinite(value) or value > 1e-3:
            raise NoLikelihoodError(f"the server gives {value} as the log-probability of a token of the continuation")
    return float(sum(values))


def _greedy(tokens: Sequence[str], values: Sequence[float], tops: Sequence[JsonValue]) -> bool | None:
    """Whether each token is the likeliest; by its value, as parts of characters have the same text."""
    verdict: bool | None = True
    for token, value, top in zip(tokens, values, tops, strict=True):
        likeliest = _likeliest(top, token)
        if likeliest is None:
            verdict = None
        elif value < likeliest:
            return False
    return verdict


def _likeliest(top: JsonValue, token: str) -> float | None:
    """The highest log-probability at a place, where that can be told."""
    values = list(top.values()) if isinstance(top, Mapping) else []
    if not values or not all(isinstance(value, (int, float)) for value in values):
        return None
    # A mapping by text holds only one of several tokens that are shown alike.
    if list(top) == [token] and ("\ufffd" in token or not token):
        return None
    return float(max(values))


def _parted(tokens: Sequence[str], prompt: str, boundary: int) -> _Split | None:
    """Where tokens are parted by a boundary in the prompt; None where that cannot be told.

    Args:
        tokens: Texts of the tokens of the prompt, and of those before every text.
        prompt: The whole prompt.
        boundary: A place in it.
    """
    for specials in range(min(_SPECIALS, len(tokens) - 1) + 1):
        if "".join(tokens[specials:]) == prompt:
            starts = list(accumulate(map(len, tokens[specials:]), initial=0))
            first = next(place for place, start in enumerate(starts) if start >= boundary)
            return _Split(specials + first, starts[first] > boundary)
    whole, place = _utf8(prompt), len(_utf8(prompt[:boundary]))
    return _aligned(tokens, whole, place, errors="replace") or _aligned(tokens, whole, place, errors="ignore")


def _aligned(tokens: Sequence[str], prompt: bytes, boundary: int, *, errors: str) -> _Split | None:
    """As `_parted`, where the texts of the tokens do not simply add up to the prompt.

    A token of SentencePiece that is shown alone loses the space before it, and a token that begins or ends within a
    character shows that part as a mark or not at all. All the stretches of the prompt that each can stand for are
    followed, from the end of the prompt back past the boundary, until all ways agree where it is, or meet again; of
    those that meet, the one that hides least is taken.

    Args:
        tokens: Texts of the tokens.
        prompt: The whole prompt in UTF-8.
        boundary: A place in it.
        errors: Whether parts of characters are shown as marks (`replace`) or not at all (`ignore`).
    """
    # For each place that ways lead back to: what the best of them hides, and where it parts the tokens, once known.
    ways: dict[int, tuple[int, _Split | None]] = {len(prompt): (0, None)}
    passed = 0
    for place in range(len(tokens) - 1, -1, -1):
        further: dict[int, tuple[int, _Split | None]] = {}
        for end, (cost, split) in ways.items():
            for start, hidden in _stretches(tokens[place], prompt, end, errors):
                here = _Split(place + 1, end > boundary) if split is None and start < boundary else split
                least, other = further.get(start, (cost + hidden + 1, here))
                if cost + hidden == least and here != other:
                    further[start] = least, _UNCLEAR
                elif cost + hidden < least:
                    further[start] = cost + hidden, here
        ways = further
        splits = {split for _, split in ways.values()}
        if not splits or splits == {_UNCLEAR}:
            return None
        if len(splits) == 1 and None not in splits:
            return splits.pop()
        passed += splits != {None}
        if passed > _LOOK_BACK:
            return None
    return None


def _stretches(token: str, prompt: bytes, end: int, errors: str) -> Iterator[tuple[int, int]]:
    """Where in the prompt a token can begin that ends at a place, and how many spaces it would hide then."""
    if match := _BYTES.fullmatch(token):
        raw = bytes.fromhex(match[1].replace("\\x", ""))
        if prompt.endswith(raw, 0, end):
            yield end - len(raw), 0
        return
    # A mark of three bytes stands for one at least; hidden can be three at either end, and a space.
    longest = len(_utf8(token)) + 7
    shortest = longest - 7 - 2 * token.count("\ufffd")
    for start in range(end - max(shortest, errors == "ignore"), max(-1, end - longest - 1), -1):
        raw = prompt[start:end]
        shown = raw.decode(errors=errors)
        if shown == token and (errors == "replace" or _can_hide(token, raw)):
            yield start, 0
        elif errors == "replace" and raw.startswith(b" ") and shown[1:] == token:
            yield start, 1


def _can_hide(token: str, raw: bytes) -> bool:
    """Whether a token can have more bytes than the characters it shows: none joins a part of one to a Latin letter."""
    if not token:
        return True
    hides_first, hides_last = not raw.startswith(_utf8(token[0])), not raw.endswith(_utf8(token[-1]))
    return not (hides_first and token[0].isascii()) and not (hides_last and token[-1].isascii() and token[-1] != " ")


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
