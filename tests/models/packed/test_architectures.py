"""Packed log-likelihoods of every architecture are those of lm-eval's own `hf` backend."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.registry import get_model

from seahelm_lite.models.packed.backend import packed_class
from tests.models.packed.architectures import ARCHITECTURES, Architecture, random_model
from tests.tiny_model import SENTENCES, tiny_tokenizer

TOLERANCE = 1e-3
"""In nats, of log-likelihoods of several tokens around -20: what float32 loses on the way."""


def _pairs() -> list[tuple[str, str]]:
    """Questions after the same examples, longer than the windows, with letters and whole texts to choose from."""
    draw = random.Random(0)
    examples = " ".join(SENTENCES[:2])
    words = [word for sentence in SENTENCES for word in sentence.split()]
    questions = [" ".join(draw.choices(words, k=draw.randint(2, 12))) for _ in range(8)]
    contexts = [f"{examples}\n\nSoalan: {question}\nJawapan:" for question in questions] + ["", "Soalan: "]
    return [(context, end) for context in contexts for end in (" A", " B", " hujan deras", " กรุงเทพมหานคร")]


def _answers(backend: type[Any], model: Any, **settings: Any) -> tuple[Any, list[tuple[float, bool]]]:
    lm = backend(pretrained=model, tokenizer=tiny_tokenizer(), batch_size=4, device="cpu", **settings)
    instances = [Instance(request_type="loglikelihood", doc={}, arguments=pair, idx=0) for pair in _pairs()]
    return lm, lm.loglikelihood(instances, disable_tqdm=True)


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda architecture: architecture.name)
@pytest.mark.parametrize("pack_tokens", [64, 1024])
def test_packs_give_the_log_likelihoods_of_lm_evals_own_backend(architecture: Architecture, pack_tokens: int) -> None:
    model = random_model(architecture)
    hf = get_model("hf")
    _, expected = _answers(hf, model)
    lm, found = _answers(packed_class(hf), model, pack_tokens=pack_tokens)
    assert (lm.scorer is not None) == architecture.packed, lm.unpacked_because
    assert _largest(expected, found) < TOLERANCE
    assert [greedy for _, greedy in found] == [greedy for _, greedy in expected]


def test_what_is_too_long_loses_what_it_loses_in_lm_eval() -> None:
    model, hf = random_model(ARCHITECTURES[0]), get_model("hf")
    _, expected = _answers(hf, model, max_length=64)
    lm, found = _answers(packed_class(hf), model, max_length=64)
    assert "lost their beginning" in lm.plan(_pairs()).notes[0]
    assert _largest(expected, found) < TOLERANCE


def _largest(first: Sequence[tuple[float, bool]], second: Sequence[tuple[float, bool]]) -> float:
    return max(abs(a - b) for (a, _), (b, _) in zip(first, second, strict=True))
