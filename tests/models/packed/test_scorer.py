from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from tokenizers import normalizers

from seahelm_lite.errors import ModelError
from seahelm_lite.models.packed.forward import Scored, TreeModel
from seahelm_lite.models.packed.packs import Pack, cut
from seahelm_lite.models.packed.scorer import PackedScorer
from seahelm_lite.models.packed.sequences import Encoded, SequenceList, sequences_of
from seahelm_lite.records import Failure
from tests.models.packed.architectures import ARCHITECTURES, random_model
from tests.tiny_model import tiny_tokenizer

PAIRS = [(f"Soalan: Berapakah {n} tambah {m}?\nJawapan:", f" {n + m}") for n in range(6) for m in range(6)]


class _Encoder:
    """A tokenizer as lm-eval's `hf` holds it."""

    def __init__(self) -> None:
        self.tokenizer = tiny_tokenizer()
        self.prefix_token_id = self.tokenizer.bos_token_id
        self.add_bos_token = None

    def tok_encode(self, string: str, add_special_tokens: bool | None = None) -> list[int]:
        return list(self.tokenizer.encode(string))


class _SmallMemory(TreeModel):
    """A model that runs out of memory above a number of tokens."""

    most = 10**9

    def score(self, sequences: SequenceList, pack: Pack) -> list[Scored]:
        if pack.size > self.most:
            raise torch.OutOfMemoryError("tried to allocate too much")
        return super().score(sequences, pack)


@pytest.fixture(scope="module")
def module() -> Any:
    return random_model(ARCHITECTURES[0])


def _scorer(module: Any, *, budget: int = 256, most: int = 10**9, max_length: int = 512) -> PackedScorer:
    model = _SmallMemory(module, "one", None)
    model.most = most
    return PackedScorer(_Encoder(), model, max_length=max_length, budget=budget)


def _score(scorer: PackedScorer, pairs: Sequence[tuple[str, str]]) -> dict[int, Scored | Failure]:
    found: dict[int, Scored | Failure] = {}

    def deliver(index: int, outcome: Scored | Failure) -> None:
        assert index not in found, "delivered twice"
        found[index] = outcome

    scorer.score(pairs, deliver)
    return found


def _values(found: dict[int, Scored | Failure]) -> list[float]:
    return [outcome.loglikelihood for _, outcome in sorted(found.items()) if isinstance(outcome, Scored)]


def test_what_is_asked_again_alone_gives_the_same_bytes_once_all_is_planned(module: Any) -> None:
    whole = _values(_score(_scorer(module), PAIRS))
    again = _scorer(module)
    again.plan(PAIRS)
    part = PAIRS[20:23] + PAIRS[5:6]
    assert _values(_score(again, part)) == [whole[PAIRS.index(pair)] for pair in part]


def test_a_unit_of_the_plan_alone_gives_the_same_bytes_whatever_was_run_before_it(module: Any) -> None:
    scorer = _scorer(module, budget=64)
    whole = _values(_score(scorer, PAIRS))
    units = scorer.plan(PAIRS).units
    assert len(units) > 4
    for unit in reversed(units):
        assert _values(_score(scorer, [PAIRS[index] for index in unit])) == [whole[index] for index in unit]


def test_every_pair_is_in_one_unit_twins_in_the_same_and_one_without_an_answer_by_itself(module: Any) -> None:
    pairs = [*PAIRS, ("Jawapan:", ""), *PAIRS]
    units = _scorer(module).plan(pairs).units
    assert sorted(index for unit in units for index in unit) == list(range(len(pairs)))
    assert (len(PAIRS),) in units
    unit_of = {index: number for number, unit in enumerate(units) for index in unit}
    assert all(unit_of[index] == unit_of[index + len(PAIRS) + 1] for index in range(len(PAIRS)))


def test_nothing_to_ask_is_no_unit(module: Any) -> None:
    assert _scorer(module).plan([]).units == ()


def test_a_pair_that_is_asked_twice_is_answered_twice(module: Any) -> None:
    found = _score(_scorer(module), [PAIRS[0], PAIRS[1], PAIRS[0]])
    assert found[0].loglikelihood == found[2].loglikelihood  # type: ignore[union-attr]


def test_a_pack_that_does_not_fit_into_memory_is_halved_until_it_does(module: Any) -> None:
    whole = _values(_score(_scorer(module), PAIRS))
    halved = _values(_score(_scorer(module, most=60), PAIRS))
    assert halved == pytest.approx(whole, abs=1e-3)


def test_a_sequence_that_does_not_fit_into_memory_fails_by_itself_and_says_what_to_try(module: Any) -> None:
    long = ("Soalan: " + "Berapakah 1 tambah 1? " * 9 + "Jawapan:", " 2")
    found = _score(_scorer(module, most=60), [*PAIRS, long])
    failed = found[len(PAIRS)]
    assert isinstance(failed, Failure)
    assert re.search(r"a sequence of \d+ tokens does not fit into memory.*fewer --shots", failed.cause)
    assert len(_values(found)) == len(PAIRS)


@pytest.mark.parametrize("error", [RuntimeError("DefaultCPUAllocator: can't allocate memory"), MemoryError()])
def test_a_processor_runs_out_of_memory_like_a_gpu(
    module: Any, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    score = TreeModel.score

    def small(self: TreeModel, sequences: SequenceList, pack: Pack) -> list[Scored]:
        if pack.size > 60:
            raise error
        return score(self, sequences, pack)

    monkeypatch.setattr(TreeModel, "score", small)
    assert len(_values(_score(_scorer(module), PAIRS))) == len(PAIRS)


def _with_a_broken_embedding(text: str) -> Any:
    """A model for which the tokens of a text are not numbers."""
    module = random_model(ARCHITECTURES[0])
    with torch.no_grad():
        module.get_input_embeddings().weight[tiny_tokenizer().encode(text)] = float("nan")
    return module


def test_what_is_no_number_is_a_failure_and_leaves_its_neighbours_as_they_are(module: Any) -> None:
    pairs = [*PAIRS[:20], ("Soalan: ~?\nJawapan:", " 1"), *PAIRS[20:]]
    found = _score(_scorer(_with_a_broken_embedding("~")), pairs)
    assert [index for index, outcome in found.items() if isinstance(outcome, Failure)] == [20]
    assert "not a number" in found[20].cause  # type: ignore[union-attr]
    assert _values(found) == pytest.approx(_values(_score(_scorer(module), PAIRS)), abs=1e-3)


def test_a_model_that_gives_no_number_at_all_is_given_up_early() -> None:
    pairs = [(f"Soalan: {n}\nJawapan:", " A") for n in range(150)]
    with pytest.raises(ModelError, match=r"none of the first 100 requests .* not a number .*dtype"):
        _score(_scorer(_with_a_broken_embedding("S")), pairs)


def test_a_tokenizer_with_more_tokens_than_the_model_is_an_error_that_names_both(module: Any) -> None:
    small = random_model(ARCHITECTURES[0], vocab_size=300)
    with pytest.raises(ModelError, match=r"gives token 3\d\d, and the model has tokens 0 to 299"):
        _scorer(small).plan(PAIRS)


def test_a_continuation_that_is_longer_than_the_model_takes_fails_by_itself(module: Any) -> None:
    long = " ".join(["hujan"] * 40)
    found = _score(_scorer(module, max_length=24), [PAIRS[0], ("Jawapan:", f" {long}"), PAIRS[1]])
    assert isinstance(found[1], Failure)
    assert re.search(r"continuation of \d+ tokens is longer than the 24", found[1].cause)
    assert len(_values(found)) == 2


def test_an_empty_continuation_fails_by_itself(module: Any) -> None:
    found = _score(_scorer(module), [PAIRS[0], ("Jawapan:", ""), PAIRS[1]])
    assert isinstance(found[1], Failure)
    assert "no tokens" in found[1].cause
    assert len(_values(found)) == 2


def test_a_context_without_tokens_fails_by_itself(module: Any) -> None:
    scorer = _scorer(module)
    # As that of SentencePiece models does, which begins no text with a token of its own.
    scorer._encoder.tokenizer.backend_tokenizer.normalizer = normalizers.Replace("\u200b", "")
    found = _score(scorer, [PAIRS[0], ("\u200b", "A B C"), PAIRS[1]])
    assert isinstance(found[1], Failure)
    assert "context has no tokens" in found[1].cause
    assert len(_values(found)) == 2


def test_stems_of_other_sequences_are_not_taken_for_those_that_stand_in_the_same_places(module: Any) -> None:
    model = TreeModel(module, "one", None)
    lists = [_nested(first=10), _nested(first=200)]
    last = cut(lists[0], 20)[-1]
    assert last.stem is not None
    assert last.stem.parent is not None
    for sequences in lists:
        found = model.score(sequences, last)
        assert found == TreeModel(module, "one", None).score(sequences, last)


def _nested(*, first: int) -> SequenceList:
    """Sequences with a stem on a stem, whose places do not depend on the first token."""
    outer, inner = [first] * 40, list(range(100, 140))
    short = [Encoded([*outer, n, n], [9]) for n in range(30)]
    return sequences_of([*short, *(Encoded([*outer, *inner, n, n], [9]) for n in range(30))], 512)


def test_prompts_that_are_cut_are_counted(module: Any) -> None:
    scorer = _scorer(module, max_length=8)
    planned = scorer.plan([*PAIRS, ("A", " B")])
    assert planned.notes == ("36 of 37 prompts are longer than the model's 8 tokens and lost their beginning",)
