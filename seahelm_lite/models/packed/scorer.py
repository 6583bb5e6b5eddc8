"""The log-likelihoods of a run: everything that will be asked is planned first, then the packs that are wanted run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Planned
from seahelm_lite.models.packed.encoding import Encoder, Pair, encode
from seahelm_lite.models.packed.forward import Scored, TreeModel
from seahelm_lite.models.packed.packs import Pack, cut, halves
from seahelm_lite.models.packed.sequences import SequenceList, sequences_of
from seahelm_lite.records import Failure

Deliver = Callable[[int, Scored | Failure], None]
"""Called with the index of a pair and its outcome, as soon as its pack is done."""


class PackedScorer:
    """Scores pairs of context and continuation with every distinct token run once."""

    def __init__(self, encoder: Encoder, model: TreeModel, *, max_length: int, budget: int) -> None:
        """Wrap a model that takes trees.

        Args:
            encoder: Its tokenizer, as lm-eval uses it.
            model: The model.
            max_length: Positions it takes; longer contexts lose their left.
            budget: Tokens of a pack.
        """
        self._encoder = encoder
        self._model = model
        self._max_length = max_length
        self._budget = budget
        self._places: dict[Pair, int] = {}
        self._sequences: SequenceList | None = None
        self._packs: list[Pack] = []

    def plan(self, pairs: Sequence[Pair]) -> Planned:
        """Cut everything that will be asked into packs, whether it has been answered before or not.

        The packs then depend on the whole list alone, so that one that is run again gives the same numbers.

        Returns:
            The pairs of each pack, and by itself each pair that is in none.
        """
        distinct = list(dict.fromkeys(pairs))
        encoded = encode(self._encoder, distinct)
        usable = [index for index, pair in enumerate(encoded.pairs) if len(pair.continuation)]
        self._places = {pair: -1 for pair in distinct}
        self._places.update({distinct[index]: place for place, index in enumerate(usable)})
        self._sequences = sequences_of([encoded.pairs[index] for index in usable], self._max_length)
        self._packs = cut(self._sequences, self._budget)
        notes = _notes(self._sequences.truncated, encoded.joined, len(distinct), self._max_length)
        return Planned(tuple(notes), tuple(self._units(pairs)))

    def _units(self, pairs: Sequence[Pair]) -> Iterator[tuple[int, ...]]:
        """Indices of the pairs of each pack, in the order of the packs, then of those that are in none."""
        assert self._sequences is not None
        asking: dict[int, list[int]] = {}
        for index, pair in enumerate(pairs):
            asking.setdefault(self._places[pair], []).append(index)
        for pack in self._packs:
            asks = (ask for sequence in range(pack.first, pack.end) for ask in self._sequences.asks[sequence])
            yield tuple(index for ask in asks for index in asking[ask.request])
        yield from ((index,) for index in asking.get(-1, ()))

    def score(self, pairs: Sequence[Pair], deliver: Deliver) -> None:
        """Run the packs that hold some pairs, delivering each of them once.

        Raises:
            ModelError: If a single sequence does not fit into memory.
        """
        if any(pair not in self._places for pair in pairs):
            self.plan(pairs)
        assert self._sequences is not None
        wanted: dict[int, list[int]] = {}
        for index, pair in enumerate(pairs):
            place = self._places[pair]
            if place < 0:
                deliver(index, Failure("the continuation has no tokens of its own, so it has no log-likelihood"))
            wanted.setdefault(place, []).append(index)
        for pack in self._packs:
            members = range(pack.first, pack.end)
            if any(ask.request in wanted for index in members for ask in self._sequences.asks[index]):
                self._run(pack, wanted, deliver)

    def _run(self, pack: Pack, wanted: dict[int, list[int]], deliver: Deliver) -> None:
        """Run a pack; its halves where it does not fit into memory."""
        import torch

        assert self._sequences is not None
        try:
            scored = self._model.score(self._sequences, pack)
        except torch.OutOfMemoryError:
            self._model.forget()
            parts = halves(self._sequences, pack)
            if len(parts) == 1:
                raise ModelError(
                    f"a single sequence of {pack.base + pack.size} tokens does not fit into memory",
                    remedy="Use fewer --shots, another dtype, device_map=auto over more GPUs, or a shorter max_length.",
                ) from None
            for part in parts:
                self._run(part, wanted, deliver)
            return
        for each in scored:
            for index in wanted.get(each.request, ()):
                deliver(index, each)


def _notes(truncated: int, joined: int, total: int, max_length: int) -> list[str]:
    notes = []
    if truncated:
        notes.append(
            f"{truncated} of {total} prompts are longer than the model's {max_length} tokens and lost their beginning"
        )
    if joined:
        notes.append(
            f"{joined} of {total} prompts end inside a token of the whole text, and were split where the prompt's own "
            "tokens end"
        )
    return notes
