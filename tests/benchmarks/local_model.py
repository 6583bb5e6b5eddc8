"""A random Llama of 56 million parameters, and a tokenizer trained on the texts that it will be asked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.tiny_model import tiny_tokenizer

TOKENS = 8_000
"""Entries of the tokenizer. The model's own vocabulary is larger; what it has beyond them costs its output layer time
and is never asked for, so that the same requests can be put to models of several vocabularies."""
WIDTH = 512
"""Of its hidden states."""
INNER = 1216
"""Of its feed-forward layers."""
LAYERS = 8
LAYER_WEIGHTS = LAYERS * (4 * WIDTH * WIDTH + 3 * WIDTH * INNER)
"""Multiplications of a token in all layers but the output layer, without attention."""


def save_llama(folder: Path, texts: Iterable[str], *, vocabulary: int) -> Path:
    """Write the model and its tokenizer.

    Args:
        folder: Where to.
        texts: What the tokenizer is trained on.
        vocabulary: Entries of the model's input and output layers: 32,000 makes 56 million parameters.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tiny_tokenizer(texts, size=TOKENS).save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=8,
        num_key_value_heads=8,
        max_position_embeddings=4096,
        bos_token_id=0,
        eos_token_id=1,
        # Wider than usual: with the usual width every answer of random weights is nearly as likely as any other.
        initializer_range=0.06,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
