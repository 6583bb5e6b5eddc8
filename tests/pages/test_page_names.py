"""Names of files and anchors."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.pages.slugs import slug


@pytest.mark.parametrize("name", ["gpt-4o-2024-08-06", "qwen2.5-72b", "thai_exam_ic", "a"])
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    assert slug(name) == name


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Meta-Llama/Llama-3.1", "meta-llama-llama-3.1"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden.", "hidden"),
        ("con", "_con"),
        ("NUL.txt", "_nul.txt"),
        ("com1", "_com1"),
        ("a" * 300, "a" * 100),
    ],
)
def test_an_unsafe_name_becomes_a_safe_one(name: str, made: str) -> None:
    assert slug(name) == made


def test_names_without_a_safe_letter_differ() -> None:
    assert slug("โมเดล").startswith("unnamed-")
    assert slug("โมเดล") != slug("แบบ")


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_name_becomes_a_file_name(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]{0,100}", slug(name))
    assert slug(slug(name)) == slug(name)
