"""A key-value cache with room to grow. Import it only where torch is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from transformers import Cache
from transformers.cache_utils import DynamicLayer

from seahelm_lite.models.packed.forward import Layers


class _RoomyLayer(DynamicLayer):  # type: ignore[misc]
    """Keys and values at the beginning of memory that was set aside, so that a new token copies only itself."""

    def __init__(self, keys: Sequence[torch.Tensor], values: Sequence[torch.Tensor], room: int) -> None:
        super().__init__()
        self.lazy_initialization(keys[0], values[0])
        self._place(keys, values, room)

    def _place(self, keys: Sequence[torch.Tensor], values: Sequence[torch.Tensor], room: int) -> None:
        self._keys, self._values = _joined(keys, room), _joined(values, room)
        self._show(sum(each.shape[-2] for each in keys))

    def _show(self, count: int) -> None:
        self.keys, self.values = self._keys[:, :, :count], self._values[:, :, :count]

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Take in new tokens; all keys and values."""
        start = self.keys.shape[-2]
        end = start + key_states.shape[-2]
        self._keys[:, :, start:end], self._values[:, :, start:end] = key_states, value_states
        self._show(end)
        return self.keys, self.values

    def keep(self, kept: torch.Tensor, room: int) -> None:
        """Let go of all tokens but some, and set aside room for more."""
        kept = kept.to(self.keys.device)
        self._place([self.keys[:, :, kept]], [self.values[:, :, kept]], room)


def _joined(parts: Sequence[torch.Tensor], room: int) -> torch.Tensor:
    """Parts one after the other along the tokens, with room after them."""
    batch, heads, _, width = parts[0].shape
    joined = parts[0].new_empty((batch, heads, sum(part.shape[-2] for part in parts) + room, width))
    start = 0
    for part in parts:
        joined[:, :, start : start + part.shape[-2]] = part
        start += part.shape[-2]
    return joined


class RoomyCache(Cache):  # type: ignore[misc]
    """What the parts of a batch hold, one after the other, with room for the tokens to come."""

    def __init__(self, parts: Sequence[Layers], room: int) -> None:
        by_layer: Iterable[Any] = zip(*parts, strict=True)
        super().__init__(layers=[_RoomyLayer([k for k, _ in each], [v for _, v in each], room) for each in by_layer])
        self._capacity = self.get_seq_length() + room

    @property
    def room(self) -> int:
        """Tokens that still fit."""
        return int(self._capacity - self.get_seq_length())

    def keep(self, kept: torch.Tensor, room: int) -> None:
        """Let go of all tokens but those at some indices, and set aside room for more."""
        for layer in self.layers:
            layer.keep(kept, room)
        self._capacity = len(kept) + room
