"""chrF++ (Popović 2017) from sacrebleu, with the counts per sentence that a resampled corpus score needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from seahelm_lite.stats.intervals import Floats

WORD_ORDER = 2
_BETA = 2.0


@lru_cache(maxsize=1)
def _metric() -> Any:
    from sacrebleu.metrics import CHRF

    return CHRF(word_order=WORD_ORDER)


def sentence_chrf(hypothesis: str, reference: str) -> float:
    """chrF++ of one sentence, in [0, 1]."""
    return float(_metric().sentence_score(hypothesis, [reference]).score) / 100


def corpus_chrf(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """chrF++ of a corpus, in [0, 1]: n-gram counts are summed over all sentences first."""
    return float(_metric().corpus_score(list(hypotheses), [list(references)]).score) / 100


def chrf_counts(hypotheses: Sequence[str], references: Sequence[str]) -> Floats:
    """Per sentence and n-gram order: n-grams of the hypothesis, of the reference, and shared.

    Returns:
        Shape (sentences, 3 × orders), as `corpus_from_counts` sums them.
    """
    # sacrebleu has no public way to these counts; a test holds `corpus_from_counts` to its corpus score.
    rows = [
        _metric()._extract_corpus_statistics([hypothesis], [[reference]])[0]
        for hypothesis, reference in zip(hypotheses, references, strict=True)
    ]
    return np.asarray(rows, dtype=np.float64)


def corpus_from_counts(totals: Floats) -> Floats:
    """Corpus chrF++ of summed counts.

    Args:
        totals: Shape (m, 3 × orders).

    Returns:
        m values in [0, 1]: F with β = 2 of precision and recall, each averaged over the n-gram orders that both
        sides have.
    """
    hypothesis, reference, shared = totals[:, 0::3], totals[:, 1::3], totals[:, 2::3]
    usable = (hypothesis > 0) & (reference > 0)
    orders = np.maximum(usable.sum(axis=1), 1)
    precision = np.divide(shared, hypothesis, out=np.zeros_like(shared), where=usable).sum(axis=1) / orders
    recall = np.divide(shared, reference, out=np.zeros_like(shared), where=usable).sum(axis=1) / orders
    bottom = _BETA**2 * precision + recall
    top = (1 + _BETA**2) * precision * recall
    return np.asarray(np.divide(top, bottom, out=np.zeros_like(bottom), where=bottom > 0), dtype=np.float64)
