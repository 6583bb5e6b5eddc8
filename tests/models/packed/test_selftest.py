"""A model is tried on itself in every number format: a right mask passes, a wrong one does not."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
import transformers as t

from seahelm_lite.models.packed.selftest import try_trees
from tests.models.packed.architectures import ARCHITECTURES, SHAPE, Architecture, random_model

_SLOW_IN_HALF = {"Falcon-H1"}
"""Its reference code takes minutes in 16 bits on a processor; that it is refused has nothing to do with rounding."""

_BY_NAME = {architecture.name: architecture for architecture in ARCHITECTURES}
_IN_HALF = [architecture for architecture in ARCHITECTURES if architecture.name not in _SLOW_IN_HALF]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("architecture", _IN_HALF, ids=lambda architecture: architecture.name)
def test_the_verdict_in_sixteen_bits_is_that_in_thirty_two(architecture: Architecture, dtype: Any) -> None:
    verdict = try_trees(random_model(architecture).to(dtype), longest=400)
    assert (verdict.masks is not None) == architecture.packed, verdict.reason


@pytest.mark.parametrize("scale", [8.0, 1.0], ids=["confident", "unsure"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize(
    ("architecture", "wrong"),
    [
        *(("Gemma 2", "one"), ("Gemma 2", "windowed"), ("Gemma 3", "one"), ("GPT-OSS", "one"), ("GPT-OSS", "windowed")),
        *(("Mistral with a window", "one"), ("Qwen2 with windows", "one"), ("Qwen2 with windows", "windowed")),
    ],
)
def test_a_wrong_mask_is_noticed(
    architecture: str, wrong: Any, dtype: Any, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seahelm_lite.models.packed.selftest._candidates", lambda config, window: (wrong,))
    verdict = try_trees(random_model(_BY_NAME[architecture], scale=scale).to(dtype), longest=400)
    assert verdict.masks is None
    assert "differ" in verdict.reason


def test_a_model_whose_own_passes_give_no_numbers_is_refused() -> None:
    module = random_model(ARCHITECTURES[0])
    with torch.no_grad():
        module.lm_head.weight.fill_(float("nan"))
    with pytest.raises(ValueError, match="not numbers"):
        try_trees(module, longest=400)


def test_a_model_of_a_few_positions_is_not_tried() -> None:
    module = random_model(ARCHITECTURES[0], max_position_embeddings=16)
    assert "no more than 16 tokens" in try_trees(module, longest=16).reason


_ROPE = {"rope_type": "longrope", "rope_theta": 1e4, "short_factor": [1.0] * 4, "long_factor": [4.0] * 4}
_OTHER_IN_LONG_TEXTS = {
    "chunks": lambda: t.Llama4ForCausalLM(
        t.Llama4TextConfig(**SHAPE, head_dim=8, intermediate_size_mlp=64, num_local_experts=2, attention_chunk_size=64)
    ),
    "window": lambda: t.GPTNeoForCausalLM(
        t.GPTNeoConfig(
            **{"vocab_size": 402, "hidden_size": 32, "num_layers": 2, "num_heads": 4, "window_size": 64},
            **{"max_position_embeddings": 512, "attention_types": [[["global", "local"], 1]]},
        )
    ),
    "frequencies": lambda: t.Phi3ForCausalLM(
        t.Phi3Config(**SHAPE, pad_token_id=0, original_max_position_embeddings=64, rope_parameters=_ROPE)
    ),
}


@pytest.mark.parametrize("what", _OTHER_IN_LONG_TEXTS)
def test_a_model_that_treats_long_texts_otherwise_is_packed_only_where_there_are_none(what: str) -> None:
    module = _OTHER_IN_LONG_TEXTS[what]().eval()
    reason = try_trees(module, longest=65).reason
    assert re.search(rf"{what}.* in texts of more than 64 tokens; with max_length=64", reason)
    assert try_trees(module, longest=64).masks == "one"


def test_a_model_that_cannot_go_on_after_cached_tokens_is_not_packed() -> None:
    module = t.RecurrentGemmaForCausalLM(t.RecurrentGemmaConfig(**SHAPE, lru_width=32)).eval()
    verdict = try_trees(module, longest=400)
    assert verdict.masks is None
    assert "cached tokens" in verdict.reason
