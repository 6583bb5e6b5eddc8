"""How many tokens a pass takes where nothing is said."""

from __future__ import annotations

from typing import Any

ON_A_PROCESSOR = 512
"""Measured: fewer make matrices too small to be fast, more compare too many tokens that cannot see each other."""
MOST = 8192
LEAST = 256


def pack_tokens_of(module: Any) -> int:
    """The tokens of a pass, from the memory that is free beside the weights.

    Args:
        module: A loaded model.
    """
    import torch

    devices = {weights.device for weights in module.parameters() if weights.device.type == "cuda"}
    if not devices:
        return ON_A_PROCESSOR
    free = min(torch.cuda.mem_get_info(device)[0] for device in devices)
    config = module.config.get_text_config()
    width = max(getattr(config, "intermediate_size", None) or 0, 4 * config.hidden_size)
    return largest_pack(free, vocabulary=config.vocab_size, width=width, number_bytes=module.dtype.itemsize)


def largest_pack(free: int, *, vocabulary: int, width: int, number_bytes: int) -> int:
    """The largest power of two whose pass takes at most half of some memory.

    A power of two, so that a little more or less memory, which depends on what else runs, hardly ever makes other
    packs; half, since the stems and what the libraries need are not counted.

    Args:
        free: In bytes.
        vocabulary: Logits of a token. In the worst case they are asked for at every token.
        width: Numbers of a token in the widest layer; four such are held at once.
        number_bytes: Size of a number.
    """
    size = MOST
    while size > LEAST and number_bytes * size * (vocabulary + 4 * width + 2 * size) > free / 2:
        size //= 2
    return size
