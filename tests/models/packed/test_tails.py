"""Tokens put together from tails are those of the whole texts, for every kind of tokenizer that is trusted with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from seahelm_lite.models.packed.tails import has_words_ends, tokens_by_tails
from tests.tiny_model import SENTENCES, tiny_tokenizer

TEXTS = [*SENTENCES, "Soalan:\n\n\tApa? (1) 12,345.67\r\n", "  dua   ruang  ", "Jawapan:\n A\n B", "don't we'll"]
LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def _fast(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")


def _split_by_a_regex() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    parts = [pre_tokenizers.Split(Regex(LLAMA_3), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(parts)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", special_tokens=[("<s>", 0)])
    return tokenizer


def _without_any_splitting() -> Tokenizer:
    """As SentencePiece's BPE is converted: spaces are written as a letter, and merges run over the whole text."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()  # for training: no token over the end of a word
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=["<s>", "</s>", "<unk>", *bytes_])
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.pre_tokenizer = None
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", special_tokens=[("<s>", 0)])
    return tokenizer


def _unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=["<s>", "</s>", "<unk>"], unk_token="<unk>")
    tokenizer.train_from_iterator(TEXTS, trainer)
    return tokenizer


def _with_tokens_of_a_chat() -> Tokenizer:
    tokenizer = tiny_tokenizer().backend_tokenizer
    tokenizer.add_special_tokens([AddedToken("<|end|>", rstrip=True), AddedToken("<|user|>", lstrip=True)])
    return tokenizer


TRUSTED: dict[str, Callable[[], Tokenizer]] = {
    "byte-level": lambda: tiny_tokenizer().backend_tokenizer,
    "split by a regex": _split_by_a_regex,
    "without any splitting": _without_any_splitting,
    "unigram": _unigram,
    "with tokens of a chat": _with_tokens_of_a_chat,
}


@pytest.fixture(scope="module", params=TRUSTED)
def trusted(request: pytest.FixtureRequest) -> PreTrainedTokenizerFast:
    return _fast(TRUSTED[request.param]())


class Counting:
    """A tokenizer that counts the characters it is given."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer
        self.characters = 0

    def __call__(self, texts: Sequence[str], whole: bool) -> Sequence[Any]:
        self.characters += sum(map(len, texts))
        return self.tokenizer(list(texts), add_special_tokens=whole).encodings if texts else ()


PIECES = (
    *("Soalan:", "Apa?", "ibu", "kota", "<|end|>", "<|user|>", "หลวง", "กรุงเทพ", "12,345", "A", "B.", "(c)", "don't"),
    *("\n", "\n\n", "  ", " \n", "\t", "é", "e\u0301", "\u00a0", "ﬁ", "字"),
)
words = st.sampled_from(PIECES)
phrases = st.lists(words, min_size=0, max_size=14).map(" ".join) | st.lists(words, max_size=6).map("".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=phrases, ends=st.lists(st.tuples(phrases, phrases), min_size=1, max_size=4))
def test_tails_give_the_tokens_of_the_whole_text(
    trusted: PreTrainedTokenizerFast, first: str, ends: list[tuple[str, str]]
) -> None:
    beginning = "Soalan: apa ibu kota negara itu sekarang? Jawapan: A\n\n" + first
    texts = {beginning + more for end, last in ends for more in ("", end, end + last)}
    found = dict(tokens_by_tails(list(texts), Counting(trusted)))
    assert {text: list(tokens) for text, tokens in found.items()} == {text: trusted.encode(text) for text in texts}


def test_what_texts_have_in_common_is_encoded_once(trusted: PreTrainedTokenizerFast) -> None:
    assert has_words_ends(trusted)
    beginning = "Soalan: apa ibu kota negara itu? Jawapan: A\n\n" * 40
    texts = [f"{beginning}Soalan: {number} tambah satu? Jawapan:{end}" for number in range(200) for end in ("", " A")]
    encodings = Counting(trusted)
    assert len(list(tokens_by_tails(texts, encodings))) == 400
    assert encodings.characters < sum(map(len, texts)) / 5


def _with_an_entry_of_two_words() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.train_from_iterator(["ibu kota ibu kota"] * 3, trainers.BpeTrainer(vocab_size=300))
    return tokenizer


def _that_ends_every_text() -> Tokenizer:
    tokenizer = tiny_tokenizer().backend_tokenizer
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", special_tokens=[("</s>", 1)])
    return tokenizer


def _word_pieces() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(TEXTS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=["<unk>"]))
    return tokenizer


@pytest.mark.parametrize("build", [_with_an_entry_of_two_words, _that_ends_every_text, _word_pieces])
def test_a_tokenizer_whose_tokens_may_depend_on_what_is_far_away_is_not_trusted(build: Callable[[], Any]) -> None:
    assert not has_words_ends(_fast(build()))


def test_a_tokenizer_that_reads_further_than_two_words_is_found_out_by_the_sample() -> None:
    tokenizer = tiny_tokenizer().backend_tokenizer
    # What stands before a mark is written otherwise, however far away the mark is.
    tokenizer.normalizer = normalizers.Replace(Regex(r"kota(?=[^!]*!)"), "bandar")
    fast = _fast(tokenizer)
    texts = [f"Soalan: apa ibu kota negara itu sekarang, satu dua tiga {n}{mark}" for n in range(9) for mark in ".!"]
    found = dict(tokens_by_tails(texts, Counting(fast)))
    assert {text: list(tokens) for text, tokens in found.items()} == {text: fast.encode(text) for text in texts}
