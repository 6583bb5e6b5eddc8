"""Why a model that is scored by packs is left to lm-eval's own generation: it would not give the same texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seahelm_lite.models.packed.forward import TreeModel
from seahelm_lite.models.packed.selftest import try_growing

_KEPT = frozenset(
    {
        *("bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "max_length", "repetition_penalty"),
        *("do_sample", "temperature", "top_k", "top_p", "top_h", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff"),
        *("use_cache", "cache_implementation", "cache_config", "compile_config", "disable_compile"),
        *("output_attentions", "output_hidden_states", "output_scores", "output_logits", "return_dict_in_generate"),
        *("_from_model_config", "transformers_version"),
    }
)
"""What a model's own generation settings may hold: it is kept to, or does not bear on a greedy generation's text."""
_WITHOUT_EFFECT = {"num_beams": 1, "num_return_sequences": 1, "min_length": 0, "no_repeat_ngram_size": 0}


def why_not(backend: Any, model: TreeModel) -> str:
    """Why a model is not continued in batches of ours; empty where it is.

    Args:
        backend: The lm-eval `hf` model.
        model: Its causal language model.
    """
    return next(_reasons(backend), "") or try_growing(model, longest=backend.max_length)


def _reasons(backend: Any) -> Iterator[str]:
    module = backend.model
    plain = module.get_base_model() if hasattr(module, "get_base_model") else module
    if type(plain).generate.__module__ != "transformers.generation.utils":
        yield "it has a way of its own to generate"
    settings = module.generation_config.to_diff_dict()
    others = sorted(name for name, value in settings.items() if _bears(name, value))
    if others:
        yield f"its generation settings hold {', '.join(others)}"
    if backend.mixed_precision_dtype is not None:
        yield "mixed_precision_dtype is set"
    if backend.truncation:
        yield "truncation is set"


def _bears(name: str, value: Any) -> bool:
    without_effect = value is None or (name in _WITHOUT_EFFECT and value == _WITHOUT_EFFECT[name])
    return name not in _KEPT and not without_effect
