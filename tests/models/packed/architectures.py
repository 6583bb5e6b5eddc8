"""Tiny random models of the architectures that the region's models have, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

WINDOW = 24
SHAPE: dict[str, Any] = {
    "vocab_size": 402,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
}
_EYE = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
_MOE = {"num_experts_per_tok": 2}


@dataclass(frozen=True)
class Architecture:
    """An architecture, and how its log-likelihoods are computed."""

    name: str
    models: str
    """Named models of the region that have it."""
    build: Callable[[Any, Mapping[str, Any]], Any]
    """From the transformers package and sizes to a random model."""
    packed: bool


ARCHITECTURES = (
    Architecture(
        "Llama",
        "SEA-LION v3 and v3.5 (Llama), Sahabat-AI, Typhoon 2",
        lambda t, shape: t.LlamaForCausalLM(t.LlamaConfig(**shape)),
        packed=True,
    ),
    Architecture(
        "Gemma 2",
        "SEA-LION v3 (Gemma)",
        lambda t, shape: t.Gemma2ForCausalLM(t.Gemma2Config(**shape, head_dim=8, sliding_window=WINDOW)),
        packed=True,
    ),
    Architecture(
        "Gemma 3",
        "SEA-LION v4 (Gemma)",
        lambda t, shape: t.Gemma3ForCausalLM(t.Gemma3TextConfig(**shape, head_dim=8, sliding_window=WINDOW)),
        packed=True,
    ),
    Architecture(
        "Gemma 3 with vision",
        "SEA-LION v4 (Gemma), as it is published",
        lambda t, shape: t.Gemma3ForConditionalGeneration(
            t.Gemma3Config(
                text_config={**shape, "head_dim": 8, "sliding_window": WINDOW},
                vision_config={**_EYE, "image_size": 28, "patch_size": 14},
                mm_tokens_per_image=4,
            )
        ),
        packed=True,
    ),
    Architecture(
        "Qwen2",
        "OpenThaiGPT 1.5",
        lambda t, shape: t.Qwen2ForCausalLM(t.Qwen2Config(**shape)),
        packed=True,
    ),
    Architecture(
        "Qwen2 with windows",
        "-",
        lambda t, shape: t.Qwen2ForCausalLM(
            t.Qwen2Config(**shape, use_sliding_window=True, sliding_window=WINDOW, max_window_layers=2)
        ),
        packed=True,
    ),
    Architecture(
        "Qwen3",
        "SEA-LION v4 (Qwen), Typhoon 2.5",
        lambda t, shape: t.Qwen3ForCausalLM(t.Qwen3Config(**shape, head_dim=8)),
        packed=True,
    ),
    Architecture(
        "Qwen3-MoE",
        "Qwen3-30B-A3B and its kin",
        lambda t, shape: t.Qwen3MoeForCausalLM(
            t.Qwen3MoeConfig(**shape, **_MOE, head_dim=8, num_experts=4, moe_intermediate_size=32)
        ),
        packed=True,
    ),
    Architecture(
        "Mistral with a window",
        "Vistral",
        lambda t, shape: t.MistralForCausalLM(t.MistralConfig(**shape, sliding_window=WINDOW)),
        packed=True,
    ),
    Architecture(
        "Mistral",
        "MaLLaM",
        lambda t, shape: t.MistralForCausalLM(t.MistralConfig(**shape, sliding_window=None)),
        packed=True,
    ),
    Architecture(
        "GPT-OSS",
        "gpt-oss-20b and -120b",
        lambda t, shape: t.GptOssForCausalLM(
            t.GptOssConfig(**shape, **_MOE, head_dim=8, sliding_window=WINDOW, num_local_experts=4)
        ),
        packed=True,
    ),
    Architecture(
        "DeepSeek-V3",
        "DeepSeek-V3 and R1",
        lambda t, shape: t.DeepseekV3ForCausalLM(
            t.DeepseekV3Config(
                **{**shape, **_MOE, "num_key_value_heads": 4, "q_lora_rank": 16, "kv_lora_rank": 16},
                **{"qk_rope_head_dim": 8, "qk_nope_head_dim": 8, "v_head_dim": 8, "n_routed_experts": 4},
                **{"n_group": 2, "topk_group": 1, "moe_intermediate_size": 16, "first_k_dense_replace": 1},
                n_shared_experts=1,
            )
        ),
        packed=True,
    ),
    Architecture(
        "Falcon",
        "Falcon 7B",
        lambda t, shape: t.FalconForCausalLM(
            t.FalconConfig(vocab_size=shape["vocab_size"], hidden_size=32, num_hidden_layers=2, num_attention_heads=4)
        ),
        packed=True,
    ),
    Architecture(
        "Falcon-H1",
        "Falcon-H1",
        lambda t, shape: t.FalconH1ForCausalLM(
            t.FalconH1Config(
                **shape, mamba_d_ssm=64, mamba_n_heads=4, mamba_d_head=16, mamba_d_state=16, mamba_chunk_size=16
            )
        ),
        packed=False,
    ),
    Architecture(
        "MPT",
        "PhoGPT",
        lambda t, shape: t.MptForCausalLM(
            t.MptConfig(
                d_model=32,
                n_heads=4,
                n_layers=2,
                max_seq_len=shape["max_position_embeddings"],
                vocab_size=shape["vocab_size"],
            )
        ),
        packed=False,
    ),
)


def random_model(architecture: Architecture, *, scale: float = 8.0, **sizes: int) -> Any:
    """A random model in evaluation mode, always the same.

    Fresh weights are so small that every answer is nearly as likely as any other, and a wrong mask would hardly
    show; they are scaled up.
    """
    import torch
    import transformers

    torch.manual_seed(0)
    model = architecture.build(transformers, {**SHAPE, **sizes}).eval()
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.dim() > 1 and "norm" not in name:
                weights.mul_(scale)
    return model
