"""What can be told without reading the question."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.naive_bayes import MultinomialNB

from seahelm_lite.lint.probes.artefacts import (
    TESTS,
    Contrast,
    NaiveBayes,
    artefacts,
    characters,
    leave_one_group_out,
    longest,
    words,
)
from tests.conftest import REPOSITORY

WILD = (
    *("github.com", "aisingapore", "SEA-HELM", "6844e6c5cae439a413281df31271d388fcbad12f", "seahelm_tasks", "safety"),
    *("safeguard", "cultural_in_the_wild", "data"),
)
SAFE = {"Aman", "Selamat", "ဘေးကင်း", "பாதுகாப்பானது", "ปลอดภัย", "Maingat", "An toàn"}

text = st.lists(st.sampled_from(["ban", "allow", "may", "not", "must", "sure"]), min_size=1, max_size=6).map(" ".join)


@given(st.lists(text, min_size=2, max_size=6), st.lists(text, min_size=2, max_size=6), text)
def test_naive_bayes_is_that_of_scikit_learn(wanted: list[str], other: list[str], asked: str) -> None:
    known = sorted({word for said in (*wanted, *other) for word in words(said)})
    counts = np.asarray([[words(said).count(word) for word in known] for said in (*wanted, *other)])
    oracle = MultinomialNB().fit(counts, [1] * len(wanted) + [0] * len(other))
    row = np.asarray([[words(asked).count(word) for word in known]])
    log_proba = oracle.predict_joint_log_proba(row)[0]
    ours = NaiveBayes([words(said) for said in wanted], [words(said) for said in other]).score(words(asked))
    assert math.isclose(ours, log_proba[1] - log_proba[0], abs_tol=1e-9)


def _pairs(wanted: str, other: str) -> list[Contrast]:
    return [Contrast(f"{country}-{n}", country, wanted, other) for country in ("MY", "TH") for n in range(3)]


def test_a_word_that_only_right_answers_have_is_found_in_another_country() -> None:
    assert leave_one_group_out(_pairs("please check first", "go ahead first"), words) == [1.0] * 6


def test_what_one_country_has_alone_is_not_learnt_from_it() -> None:
    contrasts = [Contrast("MY-1", "MY", "nasi lemak", "roti canai"), Contrast("TH-1", "TH", "ข้าวมันไก่", "ก๋วยเตี๋ยว")]
    assert leave_one_group_out(contrasts, words) == [0.5, 0.5]


def test_a_script_without_spaces_is_seen_by_its_characters() -> None:
    contrasts = _pairs("ไม่ควรทำอย่างนั้น", "ทำได้เลยวันนี้")
    assert leave_one_group_out(contrasts, characters) == [1.0] * 6


def test_mirrored_twins_cannot_be_told_by_any_test() -> None:
    there = [Contrast(f"{c}-{n}", c, "buy two beers", "buy rose tea") for c in ("MY", "TH") for n in range(4)]
    mirrored = [
        contrast for pair in there for contrast in (pair, Contrast(pair.id + "-B", pair.group, pair.other, pair.wanted))
    ]
    for told in artefacts(mirrored):
        assert told.estimate.value == pytest.approx(0.5), told.test


def test_equal_lengths_are_a_tie() -> None:
    assert longest([Contrast("a", "MY", "four", "five"), Contrast("b", "MY", "longer", "long")]) == [0.5, 1.0]


def test_every_test_of_the_issue_is_there() -> None:
    assert list(TESTS) == ["words", "character n-grams", "choice only", "first two words", "longest"]


def test_the_gate_can_fail_as_it_does_on_safeguardbench_in_the_wild() -> None:
    folder = (REPOSITORY.parent / "shared" / "data").joinpath(*WILD)
    if not folder.is_dir():
        pytest.skip("the mirror ../shared/data is absent")
    files: list[list[tuple[list[str], bool]]] = []
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n")]
        files.append([(words(row["prompts"][0]["en_prompt"]), row["label"] in SAFE) for row in rows])
    found = []
    for left_out in files:
        known = [text for file in files if file is not left_out for text in file]
        model = NaiveBayes([said for said, safe in known if safe], [said for said, safe in known if not safe])
        found += [(model.score(said) > 0) == safe for said, safe in left_out]
    assert len(found) == 3010
    # The project's notes measured 89.6 % with a naive Bayes of their own.
    assert np.mean(found) == pytest.approx(0.896, abs=0.005)
