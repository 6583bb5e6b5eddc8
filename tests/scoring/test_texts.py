from __future__ import annotations

import unicodedata
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import CHRF
from statsmodels.stats.proportion import proportion_confint

from seahelm_lite.records import Document, State
from seahelm_lite.scoring.answers import Answer
from seahelm_lite.scoring.chrf import sentence_chrf
from seahelm_lite.scoring.texts import TextTable
from tests.scoring.making import passage, said

# Sarawak Malay and Malay, Isan and Thai.
ROWS = [
    ("Kamek nak makan nasik.", "Saya hendak makan nasi."),
    ("Sik ada apa-apa.", "Tidak ada apa-apa."),
    ("ข้อยสิเมือบ้าน", "ฉันจะกลับบ้าน"),
    ("Kitak nak ke sine?", "Kamu hendak ke mana?"),
]
DOCUMENTS = [passage(number, *row) for number, row in enumerate(ROWS)]
SOURCES = [source for source, _ in ROWS]
REFERENCES = [reference for _, reference in ROWS]
WRITTEN = ["Saya nak makan nasi.", "Tiada apa-apa.", "ฉันกลับบ้าน", "Kamu mahu ke mana?"]


def table(texts: list[str | None], repeats: int = 1, documents: list[Document] = DOCUMENTS) -> TextTable:
    """A table of what was written, document by document and repeat by repeat."""
    samples = [said(document, repeat=repeat) for document in documents for repeat in range(repeats)]
    answers = [Answer("unparsed") if text is None else Answer("scored", text=text) for text in texts]
    return TextTable(samples, answers, seed=1)


def sacrebleu(hypotheses: list[str], references: list[str] = REFERENCES) -> float:
    return float(CHRF(word_order=2).corpus_score(hypotheses, [references]).score) / 100


def test_the_score_is_sacrebleus_corpus_score() -> None:
    found = table([*WRITTEN]).estimate("chrf")
    assert found.value == pytest.approx(sacrebleu(WRITTEN), abs=1e-9)
    assert (found.method, found.n, found.n_clusters) == ("cluster-bootstrap", 4, 4)


def test_the_gain_is_over_giving_the_source_back() -> None:
    expected = sacrebleu(WRITTEN) - sacrebleu(SOURCES)
    assert table([*WRITTEN]).estimate("chrf_gain").value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("repeats", [1, 3, 7])
def test_a_copy_gains_exactly_nothing(repeats: int) -> None:
    copied = table([source for source in SOURCES for _ in range(repeats)], repeats)
    found = copied.estimate("chrf_gain")
    assert (found.value, found.se, found.lo, found.hi) == (0.0, None, None, None)
    assert found.reason, "no spread is no certainty"
    assert copied.per_sample("chrf_gain") == [0.0] * 4 * repeats


@given(st.lists(st.text(min_size=1), min_size=1, max_size=6))
@settings(deadline=None)
def test_a_copy_of_any_source_gains_exactly_nothing(sources: list[str]) -> None:
    documents = [passage(number, source, "Saya hendak makan.") for number, source in enumerate(sources)]
    copied = [unicodedata.normalize("NFC", source) for source in sources]
    assert table([*copied], documents=documents).estimate("chrf_gain").value == 0.0


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_sources_and_references_are_compared_in_one_unicode_form(form: str) -> None:
    source, reference = (unicodedata.normalize(form, text) for text in ("Tiếng Việt", "Tiếng Kinh"))
    documents = [passage(0, source, reference)]
    assert table(["Tiếng Kinh"], documents=documents).estimate("chrf").value == pytest.approx(1)
    assert table(["Tiếng Việt"], documents=documents).estimate("chrf_gain").value == 0.0


@pytest.mark.parametrize("state", ["unparsed", "refused", "truncated"])
def test_a_sample_without_an_answer_has_written_nothing(state: State) -> None:
    # What was written before the length limit is kept for the reader, and does not count.
    answers = [Answer("scored", text=text) for text in WRITTEN[:3]] + [Answer(state, text=REFERENCES[3])]
    made = TextTable([said(document) for document in DOCUMENTS], answers, 1)
    assert made.estimate("chrf").value == pytest.approx(sacrebleu([*WRITTEN[:3], ""]), abs=1e-9)
    assert made.per_sample("chrf")[3] == 0.0
    assert made.per_sample("chrf_gain")[3] == -sentence_chrf(SOURCES[3], REFERENCES[3])


def test_each_sample_has_its_sentence_score_and_a_failed_one_none() -> None:
    answers = [Answer("scored", text=WRITTEN[0]), Answer("error")]
    made = TextTable([said(document) for document in DOCUMENTS[:2]], answers, 1)
    expected = CHRF(word_order=2).sentence_score(WRITTEN[0], [REFERENCES[0]]).score / 100
    assert made.per_sample("chrf") == [pytest.approx(expected), None]


@pytest.mark.parametrize("metric", ["chrf", "chrf_gain"])
def test_repeats_make_no_more_documents_and_equal_ones_change_nothing(metric: str) -> None:
    once, thrice = table([*WRITTEN]), table([text for text in WRITTEN for _ in range(3)], repeats=3)
    assert thrice.estimate(metric) == once.estimate(metric)
    assert thrice.estimate(metric).n == 4


def test_repeats_are_averaged_before_documents_are_summed() -> None:
    one, other = [*WRITTEN[:3], WRITTEN[3]], [*WRITTEN[:3], ""]
    both = [text for pair in zip(one, other, strict=True) for text in pair]
    # A corpus in which every document stands as often as it was asked has the same sums, twofold.
    expected = sacrebleu(both, [reference for reference in REFERENCES for _ in range(2)])
    assert table([*both], repeats=2).estimate("chrf").value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("metric", ["chrf", "chrf_gain"])
def test_a_document_that_was_asked_more_often_weighs_no_more(metric: str) -> None:
    once = [(said(document), Answer("scored", text=text)) for document, text in zip(DOCUMENTS, WRITTEN, strict=True)]
    more = [*once, (said(DOCUMENTS[0], repeat=1), once[0][1]), (said(DOCUMENTS[0], repeat=2), once[0][1])]
    equal, unequal = (TextTable(*zip(*some, strict=True), seed=1) for some in (once, more))
    assert unequal.estimate(metric) == equal.estimate(metric)
    assert unequal.baselines(metric) == equal.baselines(metric)


@pytest.mark.parametrize("metric", ["chrf", "chrf_gain"])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_samples_changes_not_one_bit(metric: str, seed: int) -> None:
    # Seven repeats make sevenths, whose sums depend on their order.
    rows = [
        (
            said(passage(n, *row, cluster=f"{n % 2}"), repeat=repeat),
            Answer("scored", text=WRITTEN[n % 4][repeat * n % 9 :]),
        )
        for n, row in enumerate(ROWS * 6)
        for repeat in range(7)
    ]
    shuffled = list(rows)
    Random(seed).shuffle(shuffled)
    one, other = (TextTable(*zip(*some, strict=True), seed=1) for some in (rows, shuffled))
    assert other.estimate(metric) == one.estimate(metric)
    assert other.baselines(metric) == one.baselines(metric)


def test_baselines_are_of_the_source_given_back() -> None:
    copied = pytest.approx(sacrebleu(SOURCES), abs=1e-12)
    for repeats in (1, 3):
        made = table([None] * 4 * repeats, repeats)
        assert made.baselines("chrf") == {"copy": copied}
        assert made.baselines("chrf_gain") == {"copy": 0.0}


@pytest.mark.parametrize("metric", ["chrf", "chrf_gain"])
def test_a_text_cannot_be_guessed(metric: str) -> None:
    assert table([None] * 4).chance(metric) is None


def test_a_part_of_a_table_is_the_table_of_that_part() -> None:
    part = table([*WRITTEN]).only([True, False, True, False])
    assert part.estimate("chrf") == table([WRITTEN[0], WRITTEN[2]], documents=DOCUMENTS[::2]).estimate("chrf")


@pytest.mark.parametrize(
    ("text", "right"),
    [("Kuala Lumpur", True), ("kuala  lumpur", True), ("KL", True), ("Ipoh", False), ("Kuala Lumpur dan Ipoh", False)],
)
def test_an_exact_answer_is_any_of_the_accepted_texts_whatever_their_case_and_spaces(text: str, right: bool) -> None:
    document = passage(0, "Apa ibu kota Malaysia?", "Kuala Lumpur")
    document = replace(document, fields={**document.fields, "references": ["Kuala Lumpur", "KL"]})
    assert table([text], documents=[document]).per_sample("exact") == [float(right)]


def test_exact_is_the_mean_over_documents_with_wilsons_interval() -> None:
    scored = table([REFERENCES[0], None, REFERENCES[2], "x"]).estimate("exact")
    lo, hi = proportion_confint(2, 4, method="wilson")
    assert (scored.value, scored.lo, scored.hi) == (0.5, pytest.approx(lo), pytest.approx(hi))
    assert table([None] * 4).baselines("exact") == {}


def test_summaries_are_beside_their_lead_and_their_copy() -> None:
    scorer = RougeScorer(["rougeL"])
    sources = [
        "Banjir melanda Johor. Ribuan orang dipindahkan ke sekolah.",
        "Harga beras naik lagi pekan ini, kata menteri.",
    ]
    wanted = ["Ribuan orang Johor mengungsi karena banjir.", "Harga beras naik."]
    documents = [passage(number, *row) for number, row in enumerate(zip(sources, wanted, strict=True))]
    length = (6 + 3) / 2  # words of the wanted summaries, on average
    leads = [" ".join(source.split()[: round(length)]) for source in sources]
    expected = {
        name: pytest.approx(
            np.mean([scorer.score(*pair)["rougeL"].fmeasure for pair in zip(wanted, texts, strict=True)])
        )
        for name, texts in {"lead": leads, "copy": sources}.items()
    }
    assert table([None, None], documents=documents).baselines("rouge_l") == expected
