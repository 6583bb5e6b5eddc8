from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from seahelm_lite.records import Message, Request, Response, Usage, canonical_json, sha256_hex

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
# RFC 8785 knows integers up to 2^53 - 1, as JavaScript does; we print larger ones digit by digit.
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)

BASE = Request(
    "generate",
    {"max_tokens": 16, "temperature": 0, "stop": ["\n\n"]},
    context="Soalan: Apa?\nJawapan:",
)
CHAT = Request("generate", {"max_tokens": 16, "temperature": 0}, messages=(Message("user", "Apa?"),))
PAIR = Request("loglikelihood", {}, context="Soalan: Apa?\nJawapan:", continuation=" A")


@given(JSON)
@example({"b": [1.0, -0.0, 1e21, 1e-7], "a": {"é": '\x7f\u2028"\\/\b\x1f'}})
def test_canonical_json_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical_json(value).encode() == rfc8785.dumps(value)


@given(st.binary(min_size=8, max_size=8).map(lambda data: struct.unpack("d", data)[0]))
@example(1e16)
@example(123456789012345680000.0)
@example(1e-6)
@example(9.999999999999999e-7)
@example(5e-324)
@example(1.7976931348623157e308)
def test_every_finite_float_is_printed_as_rfc_8785_prints_it(value: float) -> None:
    if value - value != 0:
        with pytest.raises(ValueError, match="has no JSON form"):
            canonical_json([value])
        return
    assert canonical_json(value).encode() == rfc8785.dumps(value)
    assert float(canonical_json(value)) == value


@given(st.dictionaries(KEYS, INTEGERS, min_size=2), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, int], chance: Any) -> None:
    shuffled = list(value.items())
    chance.shuffle(shuffled)
    assert canonical_json(dict(shuffled)) == canonical_json(value)


def test_large_integers_keep_all_their_digits() -> None:
    assert canonical_json([2**60 + 1]) == "[1152921504606846977]"


@pytest.mark.parametrize("value", [{1: 2}, {"a": {1, 2}}, [b"x"], object()])
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, seed=1),
        replace(BASE, repeat=1),
        replace(BASE, context=f"{BASE.context} "),
        replace(BASE, context=str(BASE.context).lower()),
        replace(BASE, params={**BASE.params, "max_tokens": 17}),
        replace(BASE, params={**BASE.params, "temperature": 0.5}),
        replace(BASE, params={**BASE.params, "stop": ["\n"]}),
        replace(BASE, params={**BASE.params, "top_p": 1}),
        replace(BASE, params={}),
        replace(BASE, kind="loglikelihood"),
        replace(BASE, continuation=""),
        replace(BASE, task="x"),
        replace(BASE, document="x"),
        replace(BASE, task="x", document="x"),
        replace(BASE, context=None, messages=(Message("user", str(BASE.context)),)),
        replace(BASE, context=None, messages=(Message("system", str(BASE.context)),)),
    ],
)
def test_each_part_of_a_request_takes_part_in_its_hash(other: Request) -> None:
    assert other.hash() != BASE.hash()


@pytest.mark.parametrize(
    "messages",
    [
        (Message("user", "Apa? "),),
        (Message("assistant", "Apa?"),),
        (Message("user", "Apa?"), Message("user", "Apa?")),
        (Message("system", ""), Message("user", "Apa?")),
        (),
    ],
)
def test_each_turn_takes_part_in_the_hash(messages: tuple[Message, ...]) -> None:
    assert replace(CHAT, messages=messages).hash() != CHAT.hash()


def test_the_same_text_cut_elsewhere_is_another_request() -> None:
    assert replace(PAIR, context=f"{PAIR.context} ", continuation="A").hash() != PAIR.hash()


def test_the_order_in_which_parameters_were_written_is_no_part_of_the_hash() -> None:
    backwards = dict(reversed(BASE.params.items()))
    assert list(backwards) != list(BASE.params)
    assert replace(BASE, params=backwards).hash() == BASE.hash()


def test_a_parameter_of_one_and_of_one_point_zero_is_the_same() -> None:
    assert replace(BASE, params={"temperature": 1.0}).hash() == replace(BASE, params={"temperature": 1}).hash()


def test_the_hash_is_that_of_the_canonical_json() -> None:
    assert PAIR.hash() == sha256_hex(
        '{"context":"Soalan: Apa?\\nJawapan:","continuation":" A",'
        '"kind":"loglikelihood","params":{},"repeat":0,"seed":0}'
    )


@pytest.mark.parametrize(
    "response",
    [
        Response(),
        Response(text=""),
        Response(text="A", reasoning="hm", finish_reason="stop", latency_s=0.25, model="m", usage=Usage(prompt=3)),
        Response(loglikelihood=-1.5, is_greedy=False, joined=True, usage=Usage()),
        Response(text=None, finish_reason="content_filter"),
    ],
)
def test_a_response_comes_back_from_its_json(response: Response) -> None:
    assert Response.from_json(json.loads(canonical_json(response.to_json()))) == response
