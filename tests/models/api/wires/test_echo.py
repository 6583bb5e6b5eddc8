from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lm_eval.models.openai_completions import LocalCompletionsAPI

from seahelm_lite.models.api.wires.base import NoLikelihoodError
from seahelm_lite.models.api.wires.echo import Likelihood, likelihood
from tests.models.api.wires.wire_cases import json_values
from tests.tiny_model import tiny_tokenizer

TEXTS = (
    "Ibu kota Malaysia ialah Kuala Lumpur. Soalan: Jawapan: A, B, C atau D.",
    "คำถาม: เมืองหลวงของประเทศไทยคือเมืองใด คำตอบ: กรุงเทพมหานคร ก ข ค ง จ",
    "សំណួរ៖ រាជធានីនៃប្រទេសកម្ពុជា គឺទីក្រុងអ្វី? ចម្លើយ៖ ភ្នំពេញ",
    "မေးခွန်း။ မြန်မာနိုင်ငံ၏ မြို့တော်မှာ နေပြည်တော် ဖြစ်သည်။",
    "ຄຳຖາມ: ນະຄອນຫຼວງຂອງລາວ ແມ່ນ ວຽງຈັນ 🐈",
    "கேள்வி: தலைநகரம் எது? பதில்: சென்னை",
)


@cache
def byte_level(size: int) -> Any:
    """Trained on Latin and Thai alone, so that characters of other scripts are several tokens each."""
    return tiny_tokenizer(TEXTS[:2], size=size)


@cache
def sentencepiece() -> Any:
    """As Llama 2 has it: a token begins with the space before it, and what is no Latin or Thai falls back to bytes."""
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import PreTrainedTokenizerFast

    merges = [("▁", "A"), ("a", "n"), ("ก", "ร"), ("▁", "ก")]
    pieces = [
        "<unk>",
        "<s>",
        *(f"<0x{byte:02X}>" for byte in range(256)),
        "▁",
        *sorted(set("".join(TEXTS[:2])) - {" "}),
    ]
    vocabulary = {piece: place for place, piece in enumerate([*pieces, *map("".join, merges)])}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(steps)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", unk_token="<unk>")


def as_vllm_shows(tokens: Any, ids: Sequence[int]) -> list[str]:
    """Each token decoded by itself."""
    return [tokens.decode([each]) for each in ids]


def as_vllm_showed(tokens: Any, ids: Sequence[int]) -> list[str]:
    """What each token adds to the text, once that is whole characters."""
    shown, known = [], ""
    for end in range(1, len(ids) + 1):
        text = tokens.decode(ids[:end])
        whole = not text.endswith("\ufffd")
        shown.append(text[len(known) :] if whole else "")
        known = text if whole else known
    return shown


def _raw(tokens: Any, ids: Sequence[int]) -> list[bytes]:
    """The bytes of each token."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    letters = {letter: byte for byte, letter in bytes_to_unicode().items()}
    return [bytes(letters[letter] for letter in token) for token in tokens.convert_ids_to_tokens(ids)]


def as_llama_cpp_python_shows(tokens: Any, ids: Sequence[int]) -> list[str]:
    """The bytes of each token, without those that are no whole character."""
    return [raw.decode(errors="ignore") for raw in _raw(tokens, ids)]


def as_openai_shows(tokens: Any, ids: Sequence[int]) -> list[str]:
    """Parts of characters byte by byte."""
    shown = []
    for raw in _raw(tokens, ids):
        try:
            shown.append(raw.decode())
        except UnicodeDecodeError:
            shown.append("bytes:" + "".join(f"\\x{byte:02x}" for byte in raw))
    return shown


SHOWS = {
    "vllm": (as_vllm_shows, lambda: byte_level(300)),
    "vllm, more tokens": (as_vllm_shows, lambda: byte_level(400)),
    "vllm, SentencePiece": (as_vllm_shows, sentencepiece),
    "vllm of old": (as_vllm_showed, lambda: byte_level(300)),
    "vllm of old, SentencePiece": (as_vllm_showed, sentencepiece),
    "llama-cpp-python": (as_llama_cpp_python_shows, lambda: byte_level(300)),
    "OpenAI": (as_openai_shows, lambda: byte_level(300)),
}
"""How servers show tokens, and of which tokenizer."""


@dataclass(frozen=True)
class Echo:
    """What a server answers, and what lm-eval makes of it with the server's tokenizer at hand."""

    context: str
    continuation: str
    logprobs: dict[str, list[Any]]
    theirs: tuple[float, bool] | None
    """None where a token reaches across the boundary, so that lm-eval leaves more than one out now and then."""

    def read(self, *, generated: int) -> Likelihood:
        """What we make of it, with or without a generated token."""
        logprobs = {name: values[: len(values) - 1 + generated] for name, values in self.logprobs.items()}
        said = self.context + self.continuation + "\n" * generated
        return likelihood(logprobs, self.context, self.continuation, generated=generated, said=said)


def echo(context: str, continuation: str, server: str, *, first: str | None) -> Echo:
    """The answer of a server, which puts a token before every text or does not."""
    show, make = SHOWS[server]
    tokens, draw = make(), random.Random(context + continuation)
    own = tokens(context.rstrip(), add_special_tokens=False)["input_ids"]
    ids = tokens(context + continuation, add_special_tokens=False)["input_ids"]
    texts = [*([] if first is None else [first]), *show(tokens, ids), "\n"]
    values = [-draw.uniform(0.1, 9) for _ in texts]
    # Another token is the likeliest at one place of ten.
    others = [value + (0.05 if draw.random() < 0.1 else -0.05) for value in values]
    tops = [{text: value, "another": other} for text, value, other in zip(texts, values, others, strict=True)]
    logprobs: dict[str, list[Any]] = {
        "tokens": texts,
        "token_logprobs": [None, *values[1:]],
        "top_logprobs": [None, *tops[1:]],
        "text_offset": [0] * len(texts),
    }
    choices = [{"index": 0, "logprobs": logprobs}]
    before = len(own) + (first is not None)
    theirs = LocalCompletionsAPI.parse_logprobs({"choices": choices}, ctxlens=[before])[0]
    return Echo(context, continuation, logprobs, theirs if ids[: len(own)] == own else None)


@pytest.mark.parametrize("server", SHOWS)
@pytest.mark.parametrize("first", [None, "<s>"])
@pytest.mark.parametrize("text", TEXTS, ids=["ms", "th", "km", "my", "lo", "ta"])
@pytest.mark.parametrize("continuation", [" A", " กรุงเทพ", " ភ្នំពេញ", "\nB"], ids=["A", "th", "km", "B"])
def test_log_likelihoods_are_lm_evals_however_tokens_are_shown(
    server: str, first: str | None, text: str, continuation: str
) -> None:
    answer = echo(text, continuation, server, first=first)
    assert answer.theirs is not None
    assert answer.read(generated=1) == Likelihood(*answer.theirs, joined=False)


WORDS = st.lists(st.sampled_from([word for text in TEXTS for word in text.split()]), min_size=1, max_size=4)


@given(WORDS, WORDS, st.sampled_from(["", " ", "\n", ": "]), st.sampled_from(sorted(SHOWS)), st.integers(0, 1))
@settings(max_examples=150, deadline=None)
def test_log_likelihoods_are_lm_evals_or_refused(
    before: list[str], after: list[str], between: str, server: str, generated: int
) -> None:
    answer = echo(" ".join(before) + between, " ".join(after), server, first="<s>")
    with suppress(NoLikelihoodError):
        found = answer.read(generated=generated)
        assert answer.theirs is None or found == Likelihood(*answer.theirs, joined=False)


VALUES = [None, -2.0, -1.0, -0.5, -3.0]
LOGPROBS: dict[str, Any] = {
    "tokens": ["So", "al", ":", " A", "\n"],
    "token_logprobs": VALUES,
    "top_logprobs": [None, {"al": -2.0}, {":": -1.0}, {" A": -0.5, " B": -0.75}, {"\n": -3.0}],
    "text_offset": [0, 2, 4, 5, 7],
}


def asked(said: str = "Soal: A\n", context: str = "Soal:", continuation: str = " A", **logprobs: Any) -> Any:
    """The likelihood in a small reply, some of its fields changed."""
    return likelihood({**LOGPROBS, **logprobs}, context, continuation, generated=1, said=said)


def test_the_likelihood_is_the_sum_over_the_continuations_tokens() -> None:
    assert asked() == Likelihood(-0.5, True, False)
    assert asked(context="So", continuation="al: A") == Likelihood(-3.5, True, False)


def test_spaces_at_the_end_of_the_context_belong_to_the_continuation() -> None:
    assert asked(context="Soal: ", continuation="A") == Likelihood(-0.5, True, False)


def test_a_token_across_the_boundary_belongs_to_the_context() -> None:
    assert asked(context="Soa", continuation="l: A") == Likelihood(-1.5, True, True)


@pytest.mark.parametrize("generated", [None, 1])
def test_the_token_that_was_generated_does_not_count(generated: int | None) -> None:
    found = likelihood(LOGPROBS, "Soal:", " A", generated=generated, said="Soal: A\n")
    assert found.loglikelihood == -0.5


@pytest.mark.parametrize("generated", [None, 0, 1])
def test_a_server_that_generates_nothing_is_understood(generated: int | None) -> None:
    prompt = {name: values[:4] for name, values in LOGPROBS.items()}
    assert likelihood(prompt, "Soal:", " A", generated=generated, said="Soal: A").loglikelihood == -0.5


@pytest.mark.parametrize(
    ("top", "greedy"),
    [
        ({" A": -0.5}, True),
        ({" B": -0.5}, True),
        ({" A": -0.5, " B": -0.25}, False),
        ({" B": -0.25}, False),
        (None, None),
        ({}, None),
        ({" A": "high"}, None),
    ],
)
def test_greedy_is_what_no_other_token_was_likelier_than(top: Any, greedy: bool | None) -> None:
    assert asked(top_logprobs=[None, {}, {}, top, {}]).is_greedy is greedy


def test_whether_it_is_greedy_is_unknown_where_the_server_does_not_say() -> None:
    assert asked(top_logprobs=None).is_greedy is None


def test_parts_of_characters_that_look_alike_leave_it_open_which_is_likeliest() -> None:
    tokens, values = [":", " \ufffd", "\ufffd", "\n"], [None, -1.0, -2.0, -1.5]
    tops = [None, {" \ufffd": -1.0}, {"\ufffd": -2.0}, None]
    logprobs = {"tokens": tokens, "token_logprobs": values, "top_logprobs": tops}
    found = likelihood(logprobs, ":", " ก", generated=1, said=": ก\n")
    assert found == Likelihood(-3.0, None, False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # llama.cpp's server: only what was generated.
        ({"said": " B"}, "does not echo the prompt"),
        ({"said": "", "tokens": [], "token_logprobs": []}, "does not echo the prompt"),
        ({"tokens": [" A"], "token_logprobs": [-0.1]}, "do not tell where the continuation begins"),
        ({"tokens": None}, "does not tell the log-probabilities"),
        ({"token_logprobs": None}, "does not tell the log-probabilities"),
        ({"token_logprobs": VALUES[1:]}, "does not tell the log-probabilities"),
        ({"tokens": [1, 2, 3, 4, 5]}, "without their texts"),
        ({"tokens": [f"token_id:{place}" for place in range(5)]}, "do not tell where"),
        ({"token_logprobs": [0.0] * 5}, "gives every token of the prompt the log-probability 0.0"),
        ({"token_logprobs": [None, *[-100.0] * 4]}, "gives every token of the prompt the log-probability -100.0"),
        ({"token_logprobs": [None] * 5}, "gives None as the log-probability"),
        ({"token_logprobs": [None, -2.0, -1.0, None, -3.0]}, "gives None as"),
        ({"token_logprobs": [None, -2.0, -1.0, float("nan"), -3.0]}, "gives nan as"),
        ({"token_logprobs": [None, -2.0, -1.0, float("-inf"), -3.0]}, "gives -inf as"),
        ({"token_logprobs": [None, -2.0, -1.0, 0.5, -3.0]}, "gives 0.5 as"),
        ({"token_logprobs": [None, -2.0, -1.0, True, -3.0]}, "gives True as"),
        ({"token_logprobs": [None, -2.0, -1.0, "-0.5", -3.0]}, "gives -0.5 as"),
        (
            {"tokens": ["So", "al", ": A", "\n"], "token_logprobs": VALUES[:4]},
            "no token of the prompt belongs to the continuation",
        ),
        ({"context": "Soal: ", "continuation": "A", "said": "Soal:  A"}, "does not echo the prompt"),
        ({"context": "", "continuation": "Soal: A"}, "gives None as"),
    ],
)
def test_what_is_no_log_likelihood_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(NoLikelihoodError, match=message):
        asked(**changes)


def test_one_token_that_is_certain_is_no_measurement() -> None:
    logprobs = {"tokens": ["Soal:", " A", "\n"], "token_logprobs": [None, 0.0, -1.0]}
    with pytest.raises(NoLikelihoodError, match=r"gives every token of the prompt the log-probability 0\.0"):
        likelihood(logprobs, "Soal:", " A", generated=1, said="Soal: A\n")


FIELDS = ["tokens", "token_logprobs", "top_logprobs"]
LISTS = st.dictionaries(
    st.sampled_from(FIELDS), st.lists(st.none() | st.floats() | st.sampled_from(["Soal", ":", " A"]))
)


@given(json_values(FIELDS) | LISTS)
def test_any_json_is_a_likelihood_or_refused(logprobs: Any) -> None:
    with suppress(NoLikelihoodError):
        likelihood(logprobs, "Soal:", " A", generated=1, said="Soal: A")
