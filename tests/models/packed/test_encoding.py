from __future__ import annotations

from typing import Any

import pytest
from lm_eval.api.instance import Instance
from lm_eval.api.registry import get_model

from seahelm_lite.models.packed.encoding import Pair, encode
from tests.models.packed.architectures import ARCHITECTURES, random_model
from tests.tiny_model import tiny_tokenizer

PAIRS: list[Pair] = [
    ("Soalan: Apa?\nJawapan:", " A"),
    ("Soalan: Apa?\nJawapan: ", "A"),
    ("Soalan: Apa?\nJawapan:  \n", "A"),
    ("Ibu kota Mal", "aysia"),
    ("คำถาม: เมืองหลวง", "ของประเทศไทย"),
    ("", "Kuala Lumpur"),
    ("", "<s>Kuala Lumpur"),
    ("<s>Soalan:", " B"),
    ("Jawapan:", " A</s>"),
]


@pytest.fixture(scope="module")
def model() -> Any:
    return random_model(ARCHITECTURES[0])


@pytest.mark.parametrize("pair", PAIRS, ids=repr)
@pytest.mark.parametrize("add_bos", [None, True, False])
def test_a_pair_is_split_into_the_tokens_that_lm_eval_splits_it_into(
    model: Any, pair: Pair, add_bos: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lm = get_model("hf")(pretrained=model, tokenizer=tiny_tokenizer(), device="cpu", add_bos_token=add_bos)
    theirs: list[Any] = []
    monkeypatch.setattr(lm, "_loglikelihood_tokens", lambda requests, **_: theirs.extend(requests))
    lm.loglikelihood([Instance(request_type="loglikelihood", doc={}, arguments=pair, idx=0)], disable_tqdm=True)
    ((_, context, continuation),) = theirs
    (ours,) = encode(lm, [pair]).pairs
    assert (list(ours.context), list(ours.continuation)) == (context, continuation)


def test_pairs_that_a_tokenizer_would_join_are_counted(model: Any) -> None:
    lm = get_model("hf")(pretrained=model, tokenizer=tiny_tokenizer(), device="cpu")
    tokenizer = lm.tokenizer
    whole, part = tokenizer.encode("Ibu kota Malaysia"), tokenizer.encode("Ibu kota Mal")
    assert whole[: len(part)] != part, "the tokenizer does not join these; choose another pair"
    assert encode(lm, [("Ibu kota Mal", "aysia"), ("Jawapan:", " A")]).joined == 1


def test_a_context_of_spaces_alone_is_none_and_the_spaces_are_scored(model: Any) -> None:
    lm = get_model("hf")(pretrained=model, tokenizer=tiny_tokenizer(), device="cpu")
    assert encode(lm, [(" ", "A")]).pairs == encode(lm, [("", " A")]).pairs
