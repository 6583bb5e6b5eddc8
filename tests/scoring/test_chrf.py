from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF

from seahelm_lite.scoring.chrf import chrf_counts, corpus_chrf, corpus_from_counts, sentence_chrf

THAI = ("ฉันกินข้าวที่บ้าน", "ฉันไม่กินข้าวที่โรงเรียน")
MALAY = ("Kamek makan nasi di rumah.", "Saya makan nasi di rumah.")

# Few characters, so that n-grams are shared; combining marks, white space and the empty text among them.
texts = st.text("กขาิ่ ab.é\u0301🙂\n", max_size=12) | st.text(max_size=12) | st.sampled_from(["", *THAI, *MALAY])
pairs = st.lists(st.tuples(texts, texts), min_size=1, max_size=8)


def counted(hypotheses: list[str], references: list[str]) -> float:
    return float(corpus_from_counts(chrf_counts(hypotheses, references).sum(axis=0, keepdims=True))[0])


@given(pairs)
@settings(deadline=None)
def test_the_score_of_summed_counts_is_sacrebleus_corpus_score(rows: list[tuple[str, str]]) -> None:
    hypotheses, references = [row[0] for row in rows], [row[1] for row in rows]
    expected = CHRF(word_order=2).corpus_score(hypotheses, [references]).score / 100
    assert counted(hypotheses, references) == pytest.approx(expected, abs=1e-9)
    assert corpus_chrf(hypotheses, references) == pytest.approx(expected, abs=1e-12)


@given(texts, texts)
@settings(deadline=None)
def test_the_score_of_a_sentence_is_sacrebleus(hypothesis: str, reference: str) -> None:
    expected = CHRF(word_order=2).sentence_score(hypothesis, [reference]).score / 100
    assert sentence_chrf(hypothesis, reference) == pytest.approx(expected, abs=1e-12)
    assert counted([hypothesis], [reference]) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("text", [*THAI, *MALAY, "ya"])
def test_a_perfect_text_scores_one_and_an_empty_one_nought(text: str) -> None:
    assert sentence_chrf(text, text) == pytest.approx(1)
    assert sentence_chrf("", text) == 0
    assert counted([""], [text]) == 0


def test_every_row_of_totals_is_scored_by_itself() -> None:
    counts = chrf_counts([THAI[0], MALAY[0]], [THAI[1], MALAY[1]])
    assert corpus_from_counts(counts).tolist() == pytest.approx([sentence_chrf(*THAI), sentence_chrf(*MALAY)])


def test_a_corpus_counts_its_n_grams_together_instead_of_averaging_its_sentences() -> None:
    corpus = corpus_chrf([THAI[0], MALAY[0]], [THAI[1], MALAY[1]])
    assert corpus != pytest.approx(np.mean([sentence_chrf(*THAI), sentence_chrf(*MALAY)]), abs=1e-3)
