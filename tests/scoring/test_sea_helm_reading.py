"""Replies as SEA-HELM reads them, faults included, and what they say in truth."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import NamedTuple

import pytest
from sklearn.metrics import balanced_accuracy_score

from seahelm_lite.prompts.words import language_words
from seahelm_lite.records import AnswerForm, Document, FinishReason, Response
from seahelm_lite.scoring.answers import Answer, read_answer
from seahelm_lite.scoring.extraction import read_choice
from seahelm_lite.scoring.scores import ScoredTask, score_task
from seahelm_lite.scoring.sea_helm import read_label
from tests.scoring.making import WORDS, choice, choice_card, said

LETTERS = ("A", "B", "C", "D")
ANIMALS = ("buaya darat", "ikan keli", "buaya tembaga", "ular sawa")
TOXICITY = ("Sạch", "Công kích", "Thù ghét")
SEA_HELM = {
    "config": {
        "repo": "aisingapore/SEA-HELM",
        "commit": "0" * 40,
        "path": "seahelm_tasks/made/config.yaml",
        "sha256": "0" * 64,
    },
    "task": "made",
    "language": "ms",
    "variables": "row",
    "labels": LETTERS,
    "answer": "answer",
}
FORM = AnswerForm("sea-helm", tag="Jawapan:", labels=LETTERS)


class Case(NamedTuple):
    reply: str
    theirs: str | None
    """The label that SEA-HELM finds."""
    right: str
    """What the reply says: a letter, or the kind of a reading without an answer."""


# Table 3.2 of the scoring reference

MALAY = [
    Case("Jawapan: C", "C", "C"),
    Case("**Jawapan:** C", "C", "C"),
    Case("Jawapan: **C**", "C", "C"),
    Case('"Jawapan: C"', "C", "C"),
    Case("C", "C", "C"),
    Case("C.", "C", "C"),
    Case("jawapan: C", "C", "C"),
    Case("Jawapan:\nC", "C", "C"),
    Case("Jawapan: C: teks", "C", "C"),
    Case("**Jawapan**: C", None, "C"),
    Case("Jawapan: (C)", None, "C"),
    Case("Jawapan: [C]", None, "C"),
    Case("Jawapan: `C`", None, "C"),
    Case("Jawapan： C", None, "C"),
    Case("Jawapan : C", None, "C"),
    Case("Jawapan - C", None, "C"),
    Case("Jawapan: Pilihan C", None, "C"),
    Case("Jawapan: Berdasarkan petikan, jawapan yang betul ialah C", "B", "C"),
    Case("Jawapan: Dalam petikan, B", "A", "B"),
    Case("Jawapan: Baca petikan: C", "A", "C"),
    Case("Jawapan: Cabang D", "A", "D"),
    Case("Jawapan: Adalah C", "A", "C"),
    Case("Jawapan: AB", "B", "ambiguous"),
    Case("Jawapan: A atau C? Saya fikir... Jawapan: C", "A", "C"),
    Case("Jawapan: A atau C", "A", "ambiguous"),
    Case("Saya memilih B", None, "B"),
    Case("Jawapan: buaya tembaga", "B", "C"),
    Case("<think>… Jawapan: A …</think> Jawapan: C", "A", "C"),
    Case("", None, "unparsed"),
]

INDONESIAN = [
    Case("Jawaban: ANSWER", "A", "unparsed"),
    Case("Jawaban: ANSWER ... Jawaban: C", "A", "C"),
    Case("Jawaban: Keduanya", None, "unparsed"),
]


def _ours(reply: str, options: tuple[str, ...], language: str) -> str:
    reading = read_choice(reply, options, language_words(language))
    return reading.kind if reading.index is None else LETTERS[reading.index]


@pytest.mark.parametrize(
    ("language", "tag", "case"),
    [
        *(pytest.param("ms", "Jawapan:", case, id=case.reply) for case in MALAY),
        *(pytest.param("id", "Jawaban:", case, id=case.reply) for case in INDONESIAN),
    ],
)
def test_the_compat_mode_keeps_the_faults_of_sea_helm_and_ours_is_right(language: str, tag: str, case: Case) -> None:
    index = read_label(case.reply, tag, LETTERS)
    assert (None if index is None else LETTERS[index]) == case.theirs
    assert _ours(case.reply, ANIMALS, language) == case.right


def test_sea_helm_does_not_see_that_two_unicode_forms_are_one_word_and_ours_does() -> None:
    reply = unicodedata.normalize("NFD", "Câu trả lời: Sạch")
    assert read_label(reply, "Câu trả lời:", TOXICITY) is None
    assert _ours(reply, TOXICITY, "vi") == "A"


def test_ours_reads_every_reply_of_the_parity_file(shared_data: Path) -> None:
    path = shared_data / "derived" / "seahelm_parity" / "first_items.json"
    for item in json.loads(path.read_text(encoding="utf-8")):
        labels = tuple(item["label_counts"])
        options = labels if len(labels[0]) > 1 else ANIMALS[: len(labels)]
        wanted = labels.index(item["gold"]) if options is labels else LETTERS.index(item["gold"])
        for reply in item["extraction_examples"]:
            reading = read_choice(reply, options, language_words(item["lang"]))
            assert reading.index == wanted, (item["task"], reply, reading)


# From a reply to a state and a score

QUESTION = choice(0, answer=2, options=list(LETTERS))


@pytest.mark.parametrize(
    ("text", "finish", "state", "chosen"),
    [
        ("Jawapan: C", "stop", "scored", 2),
        ("Jawapan: Cabang D", "stop", "scored", 0),
        ("Jawapan: C kerana", "length", "scored", 2),
        ("Jawapan: (C)", "stop", "unparsed", None),
        ("Petikan itu mengatakan bahawa", "length", "truncated", None),
        ("", "stop", "unparsed", None),
        ("", "content_filter", "refused", None),
        ("Maaf, saya tidak boleh menjawab soalan itu.", "stop", "unparsed", None),
    ],
)
def test_a_reply_is_scored_just_where_sea_helm_finds_a_label(
    text: str, finish: FinishReason, state: str, chosen: int | None
) -> None:
    answer = _read(QUESTION, text, FORM, finish)
    assert (answer.state, answer.choice) == (state, chosen)


def test_a_label_that_the_row_does_not_ask_for_is_no_answer_to_it() -> None:
    form = AnswerForm("sea-helm", tag="Jawaban:", labels=("Benar", "Salah", "Ya", "Tidak"))
    row = choice(0, answer=1, options=["Ya", "Tidak"])
    assert _read(row, "Jawaban: Tidak", form).choice == 1
    assert _read(row, "Jawaban: Salah", form).state == "unparsed"


def _read(row: Document, text: str, form: AnswerForm, finish: FinishReason = "stop") -> Answer:
    return read_answer(said(row, Response(text=text, finish_reason=finish)), choice_card(), form, WORDS)


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_the_score_is_balanced_accuracy_with_no_answer_as_a_wrong_one() -> None:
    replies = ["A", "A", "(A)", "B", "C", "Cabang", "C.", "D", "", "A"]
    keys = [0, 0, 0, 1, 2, 2, 1, 3, 3, 1]
    samples = [
        said(choice(n, answer=key, options=list(LETTERS)), text)
        for n, (key, text) in enumerate(zip(keys, replies, strict=True))
    ]
    card = choice_card("macro_f1", compat={"sea-helm": SEA_HELM})
    made = score_task(ScoredTask("made_up", "1.0", "compat:sea-helm", 0, card, "0", len(samples), samples, FORM))
    balanced, accuracy = made.scores
    found = [read_label(text, "Jawapan:", LETTERS) for text in replies]
    wanted = balanced_accuracy_score(keys, [-1 if label is None else label for label in found])
    assert (balanced["metric"], accuracy["metric"]) == ("balanced_acc", "acc")
    assert balanced["value"] == pytest.approx(wanted)
    assert balanced["value_chance_corrected"] == pytest.approx((wanted - 1 / 4) / (1 - 1 / 4))
    assert accuracy["value"] == pytest.approx(sum(a == b for a, b in zip(keys, found, strict=True)) / len(keys))
    assert balanced["counts"]["unparsed"] == 2
