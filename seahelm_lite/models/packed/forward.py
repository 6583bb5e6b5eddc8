"""Passes of a transformers model over trees of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from seahelm_lite.models.packed.packs import Pack, Stem
from seahelm_lite.models.packed.sequences import SequenceList
from seahelm_lite.models.packed.tree import Tree, chain_of, tree_of

if TYPE_CHECKING:
    import torch

MaskKind = Literal["one", "windowed", "by-layer"]
"""How a model takes a tree mask: one for all layers, one with the sliding window applied, or one per kind of layer."""

_LOGITS_AT_ONCE = 1 << 24

Layers = list[tuple[Any, Any]]
"""Keys and values of each layer, of shape (1, heads, tokens, width)."""


@dataclass(frozen=True)
class Scored:
    """The log-likelihood of one request."""

    request: int
    loglikelihood: float
    is_greedy: bool


class TreeModel:
    """A causal language model that is run over trees."""

    def __init__(self, module: Any, masks: MaskKind, window: int | None) -> None:
        """Wrap a loaded model.

        Args:
            module: A transformers causal language model.
            masks: How it takes a tree mask.
            window: Positions that layers with a sliding window see, themselves included; None where there are none.
        """
        self.module = module
        self.masks = masks
        self._device = input_device(module)
        self._window = window
        self._stems: list[tuple[Stem, Layers]] = []
        self._sequences: SequenceList | None = None
        """Those that the stems are of."""

    def score(self, sequences: SequenceList, pack: Pack) -> list[Scored]:
        """Run a pack, and its stem where that is not the last one run."""
        tree = tree_of(sequences, pack)
        stem = self._stem(sequences, pack.stem)
        logits, _ = self._pass(tree, stem)
        return list(_read(tree, logits))

    def begin(self, sequences: SequenceList, pack: Pack) -> tuple[Tree, Any, Layers]:
        """Run a pack that will be continued: its nodes, its logits, and what the cache holds of its stem and of it."""
        tree = tree_of(sequences, pack)
        logits, layers = self._pass(tree, self._stem(sequences, pack.stem), keep=True)
        return tree, logits, layers

    def grow(self, tokens: NDArray[np.int64], seen: NDArray[np.bool_], places: NDArray[np.int64], cache: Any) -> Any:
        """Run one more token of each of several branches.

        Args:
            tokens: The tokens.
            seen: Shape (tokens, cached and tokens): where each may look, itself included.
            places: Distance from the root of everything that is cached, then of the tokens.
            cache: Gets the tokens' keys and values.

        Returns:
            Logits of shape (tokens, vocabulary).
        """
        return self._run(tokens, seen, places, cache, np.arange(len(tokens)))

    def forget(self) -> None:
        """Let go of the stems, for their memory."""
        self._stems.clear()

    def _stem(self, sequences: SequenceList, stem: Stem | None) -> Layers | None:
        """Keys and values of a stem. Those of the stems that it continues are kept, and no others."""
        if stem is None or sequences is not self._sequences:
            # A stem is told by its place, and one of other sequences may have the same.
            self._stems.clear()
            self._sequences = sequences
        if stem is None:
            return None
        parent = self._stem_of_parent(sequences, stem)
        if self._stems and self._stems[-1][0] is stem:
            return self._stems[-1][1]
        _, layers = self._pass(chain_of(sequences, stem), parent, keep=True)
        self._stems.append((stem, layers))
        return layers

    def _stem_of_parent(self, sequences: SequenceList, stem: Stem) -> Layers | None:
        kept = [known for known, _ in self._stems]
        if stem in kept:
            del self._stems[kept.index(stem) + 1 :]
            return None
        return self._stem(sequences, stem.parent)

    def _pass(self, tree: Tree, stem: Layers | None, *, keep: bool = False) -> tuple[Any, Layers]:
        """One forward pass: the logits that are asked for, and what the cache holds afterwards."""
        from transformers import DynamicCache

        cache = DynamicCache()
        for layer, (keys, values) in enumerate(stem or ()):
            cache.update(keys, values, layer)
        seen = np.concatenate([np.ones((len(tree.tokens), tree.base), dtype=bool), tree.visible], axis=1)
        places = np.r_[np.arange(tree.base), tree.positions]
        at = tree.logits_at if len(tree.logits_at) else np.asarray([len(tree.tokens) - 1])
        logits = self._run(tree.tokens, seen, places, cache, at)
        return logits, [(layer.keys, layer.values) for layer in cache.layers] if keep else []

    def _run(
        self,
        tokens: NDArray[np.int64],
        seen: NDArray[np.bool_],
        places: NDArray[np.int64],
        cache: Any,
        at: NDArray[np.int64],
    ) -> Any:
        """The logits of the tokens at some indices."""
        import torch

        device = self._device
        with torch.inference_mode():
            out = self.module(
                input_ids=torch.as_tensor(tokens, device=device)[None],
                position_ids=torch.as_tensor(places[-len(tokens) :], device=device)[None],
                attention_mask=self._masks(seen, places),
                past_key_values=cache,
                use_cache=True,
                # Not a tensor: over several devices it would go to the first, and what it picks from is on the last.
                logits_to_keep=at,
            )
        return out.logits[0]

    def _masks(self, seen: NDArray[np.bool_], places: NDArray[np.int64]) -> Any:
        if self.masks == "one":
            return self._mask(seen)
        near = seen
        if self._window is not None:
            near = seen & (places[-len(seen) :, None] - places[None, :] < self._window)
        if self.masks == "windowed":
            return self._mask(near)
        return {"full_attention": self._mask(seen), "sliding_attention": self._mask(near)}

    def _mask(self, seen: NDArray[np.bool_]) -> torch.Tensor:
        """What is added to attention scores, of shape (1, 1, nodes, cached and nodes): 0 where a node may look."""
        import torch

        dtype = self.module.dtype
        mask = torch.zeros(seen.shape, dtype=dtype, device=self._device)
        mask.masked_fill_(torch.as_tensor(~seen, device=mask.device), torch.finfo(dtype).min)
        return mask[None, None]


def is_out_of_memory(error: Exception) -> bool:
    """Whether a pass failed for want of memory, on whichever device."""
    import torch

    # A processor's allocator has no exception of its own.
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error)


def input_device(module: Any) -> torch.device:
    """Where a model takes its inputs. Weights that wait on disk or in main memory are on no device."""
    import torch

    places = (weights.device for weights in module.parameters() if weights.device.type != "meta")
    return next(places, torch.device("cpu"))


def _read(tree: Tree, logits: Any) -> Iterator[Scored]:
    """The log-likelihood of every request of a pack."""
    import torch

    total, best = [], []
    # A few rows at a time, since what is computed on the way takes as much memory as the logits themselves.
    for part in logits.split(max(1, _LOGITS_AT_ONCE // logits.shape[-1])):
        total.append(torch.logsumexp(part.float(), dim=-1))
        best.append(part.argmax(dim=-1))
    rows = np.concatenate([asked.rows for asked in tree.asked])
    targets = np.concatenate([asked.targets for asked in tree.asked])
    where, what = torch.as_tensor(rows, device=logits.device), torch.as_tensor(targets, device=logits.device)
    likelihoods = (logits[where, what].float() - torch.cat(total)[where]).cpu().double().numpy()
    greedy = (torch.cat(best)[where] == what).cpu().numpy()
    start = 0
    for asked in tree.asked:
        end = start + len(asked.rows)
        yield Scored(asked.request, float(likelihoods[start:end].sum()), bool(greedy[start:end].all()))
        start = end
