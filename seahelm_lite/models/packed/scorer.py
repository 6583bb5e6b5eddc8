"""The log-likelihoods of a run: everything that will be asked is planned first, then the packs that are wanted run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Planned
from seahelm_lite.models.packed.encoding import Encoder, Pair, encode
from seahelm_lite.models.packed.forward import Scored, TreeModel, is_out_of_memory
from seahelm_lite.models.packed.packs import Pack, cut, halves
from seahelm_lite.models.packed.sequences import Encoded, SequenceList, sequences_of
from seahelm_lite.records import Failure

Deliver = Callable[[int, Scored | Failure], None]
"""Called with the index of a pair and its outcome, as soon as its pack is done."""

_HOPELESS = 100
"""Pairs without a number, and none with one, after which the others are not tried."""


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
        self._refused: dict[Pair, str] = {}
        self._sequences: SequenceList | None = None
        self._packs: list[Pack] = []

    def plan(self, pairs: Sequence[Pair]) -> Planned:
        """Cut everything that will be asked into packs, whether it has been answered before or not.

        The packs then depend on the whole list alone, so that one that is run again gives the same numbers.

        Returns:
            The pairs of each pack, and by itself each pair that is in none.

        Raises:
            ModelError: If the tokenizer and the model do not belong together.
        """
        distinct = list(dict.fromkeys(pairs))
        encoded = encode(self._encoder, distinct)
        reasons = [_refusal(pair, self._max_length) for pair in encoded.pairs]
        usable = [index for index, reason in enumerate(reasons) if not reason]
        self._refused = {pair: reason for pair, reason in zip(distinct, reasons, strict=True) if reason}
        self._places = dict.fromkeys(distinct, -1)
        self._places.update({distinct[index]: place for place, index in enumerate(usable)})
        self._sequences = sequences_of([encoded.pairs[index] for index in usable], self._max_length)
        self._check_vocabulary(self._sequences)
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
            ModelError: If none of many pairs gets a number, as with weights that overflow in float16.
        """
        if any(pair not in self._places for pair in pairs):
            self.plan(pairs)
        assert self._sequences is not None
        wanted: dict[int, list[int]] = {}
        for index, pair in enumerate(pairs):
            if pair in self._refused:
                deliver(index, Failure(self._refused[pair]))
            else:
                wanted.setdefault(self._places[pair], []).append(index)
        counted = _Counted(deliver)
        for pack in self._packs:
            members = range(pack.first, pack.end)
            if any(ask.request in wanted for index in members for ask in self._sequences.asks[index]):
                self._run(pack, wanted, counted)

    def _run(self, pack: Pack, wanted: dict[int, list[int]], deliver: Deliver) -> None:
        """Run a pack; its halves where it does not fit into memory, or not all of it comes out as numbers.

        A hidden token has no weight in attention, and no weight times a value that is not a number is none either: one
        such sequence leaves nothing of the others in its pack.
        """
        assert self._sequences is not None
        scored, problem = self._tried(self._sequences, pack)
        parts = halves(self._sequences, pack) if problem else []
        if len(parts) > 1:
            for part in parts:
                self._run(part, wanted, deliver)
            return
        asks = (ask.request for index in range(pack.first, pack.end) for ask in self._sequences.asks[index])
        outcomes = [(ask, Failure(problem)) for ask in asks] if problem else [(each.request, each) for each in scored]
        for request, outcome in outcomes:
            for index in wanted.get(request, ()):
                deliver(index, outcome)

    def _tried(self, sequences: SequenceList, pack: Pack) -> tuple[list[Scored], str]:
        """What a pack comes to, and what is wrong with it; nothing is, where that is empty."""
        try:
            scored = self._model.score(sequences, pack)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._model.forget()
            return [], (
                f"a sequence of {pack.base + pack.size} tokens does not fit into memory, not even by itself; fewer "
                "--shots, another dtype, device_map=auto over more GPUs or a smaller max_length may help"
            )
        if not any(math.isnan(each.loglikelihood) for each in scored):
            return scored, ""
        return [], f"the model's log-likelihood is not a number ({self._model.module.dtype}); a wider dtype may help"

    def _check_vocabulary(self, sequences: SequenceList) -> None:
        """Every token has an embedding. Without one, a GPU fails in a way from which its process does not recover."""
        known = int(self._model.module.get_input_embeddings().weight.shape[0])
        targets = (ask.targets for asks in sequences.asks for ask in asks)
        highest = max((int(tokens.max()) for tokens in chain(sequences.tokens, targets)), default=-1)
        if highest >= known:
            raise ModelError(
                f"the tokenizer gives token {highest}, and the model has tokens 0 to {known - 1}",
                remedy="Use the tokenizer that belongs to these weights.",
            )


class _Counted:
    """Delivers, and gives up where there is nothing but failures."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._failed = 0
        self._answered = False

    def __call__(self, index: int, outcome: Scored | Failure) -> None:
        self._deliver(index, outcome)
        self._answered |= isinstance(outcome, Scored)
        self._failed += isinstance(outcome, Failure)
        if isinstance(outcome, Failure) and not self._answered and self._failed == _HOPELESS:
            raise ModelError(f"none of the first {_HOPELESS} requests got a log-likelihood: {outcome.cause}")


def _refusal(pair: Encoded, max_length: int) -> str:
    """Why a pair has no log-likelihood; empty where it has one."""
    count = len(pair.continuation)
    if not len(pair.context):
        return "the context has no tokens, so there is nothing that its continuation follows"
    if not count:
        return "the continuation has no tokens of its own, so it has no log-likelihood"
    if count > max_length:
        return f"the continuation of {count} tokens is longer than the {max_length} that the model takes"
    return ""


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
