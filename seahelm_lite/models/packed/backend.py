"""lm-eval's `hf` backend with its log-likelihoods scored by packs: `seahelm-packed`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seahelm_lite.models.base import Planned
from seahelm_lite.models.packed.decoding import only_numbers
from seahelm_lite.models.packed.encoding import Pair
from seahelm_lite.models.packed.endings import Text
from seahelm_lite.models.packed.forward import Scored, TreeModel
from seahelm_lite.models.packed.generation import Asked, PackedGenerator
from seahelm_lite.models.packed.scorer import PackedScorer
from seahelm_lite.models.packed.selftest import try_trees
from seahelm_lite.records import Failure

NAME = "seahelm-packed"

_PACK_TOKENS = {False: 512, True: 8192}
"""Tokens of a pass where none are given: on a processor, and on a GPU."""

_ROWS = {False: 32, True: 128}
"""Prompts that are continued together where no batch size is given: on a processor, and on a GPU."""


def packed_class(hf: type[Any]) -> type[Any]:
    """The backend, as a class that lm-eval can register.

    Args:
        hf: lm-eval's own `hf` backend, which loads, tokenises and generates.
    """

    class Packed(hf):  # type: ignore[misc]
        """A causal language model that runs every distinct token of its log-likelihood requests once."""

        def __init__(self, *args: Any, pack_tokens: int | str | None = None, **kwargs: Any) -> None:
            budget = _from_one("pack_tokens", pack_tokens)
            _from_one("max_length", kwargs.get("max_length"))
            super().__init__(*args, **kwargs)
            self.unpacked_because = ""
            """Why lm-eval's own scoring is used; empty where it is not."""
            self.scorer: PackedScorer | None = None
            self.generator: PackedGenerator | None = None
            if self.backend != "causal":
                self.unpacked_because = "is not a causal language model"
                return
            if self.mixed_precision_dtype is not None:
                self.unpacked_because = "is to be run in mixed precision (mixed_precision_dtype)"
                return
            verdict = try_trees(self.model, longest=self.max_length)
            self.unpacked_because = verdict.reason
            if verdict.masks is not None:
                tree = TreeModel(self.model, verdict.masks, verdict.window)
                budget = budget or _PACK_TOKENS[self.device.type == "cuda"]
                self.scorer = PackedScorer(self, tree, max_length=self.max_length, budget=budget)
                self.generator = PackedGenerator(self, tree, budget=budget, rows=self._rows())

        def _rows(self) -> int:
            """Prompts that are continued together. A batch size of 1 is what lm-eval sets where nobody does."""
            given = self.batch_size if isinstance(self.batch_size, int) else 1
            return given if given > 1 else _ROWS[self.device.type == "cuda"]

        def plan(self, pairs: Sequence[Pair]) -> Planned:
            """See everything that will be asked; the pairs of a pack are a unit."""
            return self.scorer.plan(pairs) if self.scorer is not None else Planned.singly(len(pairs))

        def plan_generations(self, asked: Sequence[Asked]) -> Planned:
            """As `plan`; the generations of a batch are a unit."""
            return self.generator.plan(asked) if self.generator is not None else Planned.singly(len(asked))

        def loglikelihood(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[Any]:
            """Each continuation's log-likelihood and whether it is the likeliest; a Failure where there is none."""
            if self.scorer is None:
                return list(super().loglikelihood(requests, disable_tqdm=disable_tqdm))
            pairs = [request.args for request in requests]
            results: list[Any] = [None] * len(pairs)

            def deliver(index: int, outcome: Scored | Failure) -> None:
                result = outcome if isinstance(outcome, Failure) else (outcome.loglikelihood, outcome.is_greedy)
                results[index] = result
                self.cache_hook.add_partial("loglikelihood", pairs[index], result)

            self.scorer.score(pairs, deliver)
            return results

        def generate_until(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[Any]:
            """Each prompt's continuation; a Failure where there is none."""
            if self.generator is None:
                return list(super().generate_until(requests, disable_tqdm=disable_tqdm))
            asked = [request.args for request in requests]
            greedy = [index for index, each in enumerate(asked) if self.generator.settings(each) is not None]
            others = sorted(set(range(len(asked))).difference(greedy))
            results: list[Any] = [None] * len(asked)

            def deliver(place: int, outcome: Text | Failure) -> None:
                results[greedy[place]] = outcome
                self.cache_hook.add_partial("generate_until", asked[greedy[place]], outcome)

            self.generator.generate([asked[index] for index in greedy], deliver)
            if others:  # without any, lm-eval would still look for the largest batch that fits
                texts = super().generate_until([requests[index] for index in others], disable_tqdm=disable_tqdm)
                for index, text in zip(others, texts, strict=True):
                    results[index] = text
            return results

        def _model_generate(self, *args: Any, **kwargs: Any) -> Any:
            """As lm-eval's, which makes a text of logits that are not numbers."""
            with only_numbers(self.model):
                return super()._model_generate(*args, **kwargs)

    return Packed


def _from_one(name: str, value: object) -> int | None:
    """The value of an argument that is a number from 1, or was not given.

    Raises:
        ValueError: If it is another.
    """
    if value is None:
        return None
    if not str(value).isdecimal() or int(str(value)) < 1:
        raise ValueError(f"{name} is {value!r}; it has to be a whole number from 1")
    return int(str(value))
