"""Whether, and how, a loaded model can be run over trees: tried on itself, since a wrong mask raises no error."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seahelm_lite.models.packed.decoding import NotNumbers, decode
from seahelm_lite.models.packed.forward import MaskKind, TreeModel, input_device
from seahelm_lite.models.packed.packs import SHORTEST_STEM, cut
from seahelm_lite.models.packed.sequences import Encoded, sequences_of

_BRANCH = 6
_BEYOND = 2 * _BRANCH
"""Tokens by which the tested sequences exceed the window, where they are long enough to."""
_FEWEST = SHORTEST_STEM + 4 * _BRANCH
"""Positions of a model that the tested sequences fit into."""
_ROUNDING = {"float32": 2e-4, "float64": 2e-4, "float16": 1e-3, "bfloat16": 4e-3}
"""Differences that another order of sums explains in any model: a share of the largest logit."""
_TIMES_OWN = 6
"""How much more than between two right ways of the model's own a difference may be."""
_WRONG = 0.05
"""A difference that nothing but a wrong mask explains."""
_WRONG_CHOICE = {"float32": 2e-4, "float64": 2e-4, "float16": 0.02}
_WRONG_CHOICE_ELSE = 0.1
"""As a share of the largest logit, how far below the likeliest token no chosen one may be."""


_FAULTS = (TypeError, ValueError, RuntimeError, AttributeError, LookupError, NotImplementedError)
"""What a forward pass raises that does not take what it is given."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of the test."""

    masks: MaskKind | None
    """How the model takes a tree mask; None where it cannot be run over trees."""
    window: int | None
    reason: str
    """Why it cannot, as what the model does ("takes no position_ids"); empty where it can."""


def try_trees(module: Any, *, longest: int) -> Verdict:
    """Score a few sequences both ways, as a tree and one by one.

    Args:
        module: A transformers causal language model.
        longest: Length of the longest sequence that will be run. A window that it does not exceed is not tested.

    Returns:
        The first way of masking under which both agree, or why there is none.

    Raises:
        ValueError: If plain passes give nothing but values that are not numbers.
    """
    missing = {"position_ids", "past_key_values", "logits_to_keep"} - set(_parameters(module))
    if missing:
        return Verdict(None, None, f"takes no {' and no '.join(sorted(missing))}")
    config = module.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    positions = getattr(config, "max_position_embeddings", None) or _FEWEST
    if positions < _FEWEST:
        return Verdict(None, window, f"takes no more than {positions} tokens, too few to be tried")
    if reason := _only_in_long_texts(config, longest):
        return Verdict(None, window, reason)
    requests = list(_requests(module, longest))
    expected = [_plain(module, request) for request in requests]
    if all(math.isnan(plain.loglikelihood) for plain in expected):
        raise ValueError(f"its log-likelihoods are not numbers ({module.dtype}); a wider dtype may help")
    try:
        bound = _bound(module, requests, expected)
    except _FAULTS as error:
        return Verdict(None, window, f"failed when it was to go on after cached tokens ({_told(error)})")
    reasons = []
    for masks in _candidates(config, window):
        try:
            difference = _difference(_in_packs(TreeModel(module, masks, window), requests), expected)
        except _FAULTS as error:
            reasons.append(f"failed when it was tried on a few sequences with a tree mask ({_told(error)})")
            continue
        if difference <= bound:
            return Verdict(masks, window, "")
        reasons.append(
            "scores a few sequences otherwise with a tree mask than one by one: the log-likelihoods differ by "
            f"{difference:.2g} of the largest logit, and rounding explains {bound:.2g}"
        )
    return Verdict(None, window, reasons[-1])


def try_growing(model: TreeModel, *, longest: int) -> str:
    """Continue a few prompts together, and see whether each token is what a plain pass would have chosen.

    Args:
        model: A model that takes trees.
        longest: As for `try_trees`.

    Returns:
        Why the model is not continued so; empty where it is.
    """
    prompts = [Encoded(request.context, [0]) for request in _requests(model.module, longest)]
    sequences = sequences_of(prompts, longest)
    found: dict[int, list[int]] = {}
    try:
        decode(
            model,
            sequences,
            cut(sequences, 3 * _BRANCH),
            # Some leave before others.
            lambda all_tokens: ["length" if len(tokens) > tokens[0] % 4 else None for tokens in all_tokens],
            lambda sequence, tokens, _: found.__setitem__(sequence, tokens),
        )
    except (*_FAULTS, NotNumbers) as error:
        return _told(error)
    finally:
        model.forget()
    worst = max(_regret(model.module, sequences.tokens[index].tolist(), tokens) for index, tokens in found.items())
    allowed = _WRONG_CHOICE.get(_dtype(model.module), _WRONG_CHOICE_ELSE)
    return "" if worst <= allowed else f"chosen tokens are {worst:.2g} of the largest logit below others"


def _regret(module: Any, prompt: list[int], tokens: list[int]) -> float:
    """By how much a chosen token falls short of the likeliest at most, as a share of the largest logit."""
    import torch

    whole = torch.as_tensor([[*prompt, *tokens]], device=input_device(module))
    with torch.inference_mode():
        logits = module(input_ids=whole[:, :-1], logits_to_keep=len(tokens)).logits[0].float()
    short = logits.amax(dim=-1) - logits.gather(1, whole[0, -len(tokens) :, None].to(logits.device))[:, 0]
    return float(short.max() / logits.abs().max().clamp(min=1e-6))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def _parameters(module: Any) -> Sequence[str]:
    plain = module.get_base_model() if hasattr(module, "get_base_model") else module
    return list(inspect.signature(plain.forward).parameters)


def _only_in_long_texts(config: Any, longest: int) -> str:
    """What a model does in texts that are longer than the tested ones, and not in a tree; empty where nothing."""
    rope = getattr(config, "rope_parameters", None) or {}
    limits = {
        "attends in chunks": getattr(config, "attention_chunk_size", None),
        "counts the tokens of a window itself": (
            config.window_size if "local" in (getattr(config, "attention_layers", None) or ()) else None
        ),
        "rotates every token by other frequencies": (
            rope.get("original_max_position_embeddings") if rope.get("rope_type") == "longrope" else None
        ),
    }
    return next(
        (
            f"{does} in texts of more than {limit} tokens; with max_length={limit} it would be tried"
            for does, limit in limits.items()
            if limit is not None and limit < longest
        ),
        "",
    )


def _candidates(config: Any, window: int | None) -> tuple[MaskKind, ...]:
    if "sliding_attention" in (getattr(config, "layer_types", None) or ()):
        return ("by-layer", "windowed")
    return ("one",) if window is None else ("windowed", "one")


def _requests(module: Any, longest: int) -> Iterator[Encoded]:
    """Branches of a stem, more than a pack holds, and one that leaves it halfway."""
    draw = np.random.default_rng(0)
    config = module.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    length = SHORTEST_STEM + 2 * _BRANCH
    if window is not None and window < longest:
        length = max(length, min(longest - _BRANCH, window + _BEYOND))

    def tokens(count: int) -> list[int]:
        return [int(token) for token in draw.integers(0, int(config.vocab_size), count)]

    stem = tokens(length)
    for _ in range(4):
        yield Encoded([*stem, *tokens(_BRANCH)], tokens(2))
    yield Encoded(stem[: length // 2] + tokens(_BRANCH), tokens(2))


@dataclass(frozen=True)
class _Plain:
    """One request in a pass of its own."""

    loglikelihood: float
    """Per token."""
    largest: float
    """The largest logit."""


def _plain(module: Any, request: Encoded, *, cached: int = 0) -> _Plain:
    """Score a request as the model's own code does; so many of its tokens in a pass before, kept in the cache."""
    import torch

    whole = torch.as_tensor([[*request.context, *request.continuation]], device=input_device(module))
    count = len(request.continuation)
    with torch.inference_mode():
        past = module(input_ids=whole[:, :cached], use_cache=True).past_key_values if cached else None
        out = module(input_ids=whole[:, cached:-1], past_key_values=past, logits_to_keep=count)
    logits = out.logits[0].float()
    likelihoods = torch.log_softmax(logits, dim=-1).gather(1, whole[0, -count:, None].to(logits.device))
    return _Plain(float(likelihoods.sum()) / count, max(float(logits.abs().max()), 1e-6))


def _in_packs(model: TreeModel, requests: Sequence[Encoded]) -> list[float]:
    """Log-likelihood per token of each request, run in packs."""
    sequences = sequences_of(requests, max_length=max(len(r.context) + len(r.continuation) for r in requests))
    # Room for two branches, so that each pack has some, and several stand on one stem.
    packs = cut(sequences, 3 * _BRANCH)
    found = {scored.request: scored.loglikelihood for pack in packs for scored in model.score(sequences, pack)}
    return [found[index] / len(request.continuation) for index, request in enumerate(requests)]


def _difference(found: Sequence[float], expected: Sequence[_Plain]) -> float:
    """The root mean square of the differences, each a share of the largest logit; a wrong mask is wrong everywhere."""
    shares = [(value - plain.loglikelihood) / plain.largest for value, plain in zip(found, expected, strict=True)]
    difference = float(np.sqrt(np.mean(np.square(shares))))
    # A value that is not a number compares as small; it is the largest of all differences.
    return float("inf") if np.isnan(difference) else difference


def _bound(module: Any, requests: Sequence[Encoded], expected: Sequence[_Plain]) -> float:
    """The largest difference that rounding explains. In 16 bits it grows with the model, which so sets the scale.

    The model's own way of going on after cached tokens is as right as a plain pass, and rounds otherwise.
    """
    own = [_plain(module, request, cached=len(request.context) // 2).loglikelihood for request in requests]
    return min(_WRONG, max(_ROUNDING.get(_dtype(module), 0.0), _TIMES_OWN * _difference(own, expected)))


def _dtype(module: Any) -> str:
    return str(module.dtype).removeprefix("torch.")
