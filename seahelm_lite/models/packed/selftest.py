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
"""Length of the tested sequences where there is no window."""
_TOLERANCE = {"float32": 2e-4, "float64": 2e-4, "float16": 0.02, "bfloat16": 0.1}
"""Of the largest logit: far above what another order of sums does, far below what a wrong mask does."""


_FAULTS = (TypeError, ValueError, RuntimeError, AttributeError, LookupError, NotImplementedError)
"""What a forward pass raises that does not take what it is given."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of the test."""

    masks: MaskKind | None
    """How the model takes a tree mask; None where it cannot be run over trees."""
    window: int | None
    reason: str
    """Why it cannot; empty where it can."""


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
        return Verdict(None, None, f"its forward pass takes no {' and no '.join(sorted(missing))}")
    config = module.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    positions = getattr(config, "max_position_embeddings", None) or _FEWEST
    if positions < _FEWEST:
        return Verdict(None, window, f"it takes no more than {positions} tokens, too few to be tried")
    requests = list(_requests(module, longest))
    expected = _one_by_one(module, requests)
    if all(math.isnan(likelihood) for likelihood, _ in expected):
        raise ValueError(f"its log-likelihoods are not numbers ({module.dtype}); a wider dtype may help")
    reasons = []
    for masks in _candidates(config, window):
        try:
            difference = _difference(TreeModel(module, masks, window), requests, expected)
        except _FAULTS as error:
            reasons.append(_told(error))
            continue
        if difference <= _tolerance(module):
            return Verdict(masks, window, "")
        reasons.append(f"log-likelihoods differ by {difference:.2g} of the largest logit from those of plain passes")
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
    return (
        "" if worst <= _tolerance(model.module) else f"chosen tokens are {worst:.2g} of the largest logit below others"
    )


def _regret(module: Any, prompt: list[int], tokens: list[int]) -> float:
    """By how much a chosen token falls short of the likeliest at most, as a share of the largest logit."""
    import torch

    whole = torch.as_tensor([[*prompt, *tokens]], device=input_device(module))
    with torch.inference_mode():
        logits = module(input_ids=whole[:, :-1]).logits[0, -len(tokens) :].float()
    short = logits.amax(dim=-1) - logits.gather(1, whole[0, -len(tokens) :, None])[:, 0]
    return float(short.max() / logits.abs().max().clamp(min=1e-6))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def _parameters(module: Any) -> Sequence[str]:
    plain = module.get_base_model() if hasattr(module, "get_base_model") else module
    return list(inspect.signature(plain.forward).parameters)


def _candidates(config: Any, window: int | None) -> tuple[MaskKind, ...]:
    if "sliding_attention" in (getattr(config, "layer_types", None) or ()):
        return ("by-layer", "windowed")
    return ("one",) if window is None else ("windowed", "one")


def _requests(module: Any, longest: int) -> Iterator[Encoded]:
    """Two stems' worth of branches: what they share, where they part, and continuations of several lengths."""
    draw = np.random.default_rng(0)
    config = module.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    length = SHORTEST_STEM + 2 * _BRANCH
    if window is not None and window < longest:
        length = max(length, min(longest - _BRANCH, window + _BEYOND))

    def tokens(count: int) -> list[int]:
        return [int(token) for token in draw.integers(0, int(config.vocab_size), count)]

    stem = tokens(length)
    for branch in (tokens(_BRANCH), tokens(_BRANCH)):
        for size in (1, 2, _BRANCH):
            yield Encoded([*stem, *branch], tokens(size))
    yield Encoded(stem[: length // 2] + tokens(_BRANCH), tokens(2))


def _one_by_one(module: Any, requests: Sequence[Encoded]) -> list[tuple[float, float]]:
    """Log-likelihood of each request in a pass of its own, and the largest logit of that pass."""
    import torch

    found = []
    with torch.inference_mode():
        for request in requests:
            whole = torch.as_tensor([[*request.context, *request.continuation]], device=input_device(module))
            logits = module(input_ids=whole[:, :-1]).logits[0, -len(request.continuation) :].float()
            targets = whole[0, -len(request.continuation) :, None]
            likelihood = torch.log_softmax(logits, dim=-1).gather(1, targets).sum()
            found.append((float(likelihood), float(logits.abs().max())))
    return found


def _difference(model: TreeModel, requests: Sequence[Encoded], expected: Sequence[tuple[float, float]]) -> float:
    """The largest difference per token, as a share of the largest logit."""
    sequences = sequences_of(requests, max_length=max(len(r.context) + len(r.continuation) for r in requests))
    # A small budget, so that the branches stand on a stem.
    packs = cut(sequences, 3 * _BRANCH)
    found = {scored.request: scored.loglikelihood for pack in packs for scored in model.score(sequences, pack)}
    differences = [
        abs(found[index] - likelihood) / len(request.continuation) / max(largest, 1e-6)
        for index, (request, (likelihood, largest)) in enumerate(zip(requests, expected, strict=True))
    ]
    # A value that is not a number compares as small; it is the largest of all differences.
    return float("inf") if any(np.isnan(differences)) else max(differences)


def _tolerance(module: Any) -> float:
    return _TOLERANCE.get(str(module.dtype).removeprefix("torch."), 0.1)
