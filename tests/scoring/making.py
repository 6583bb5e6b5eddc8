"""Cards, documents, replies and scores for the tests of this room, as small as they can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seahelm_lite.catalog.task_card import Protocol, TaskCard
from seahelm_lite.prompts.words import language_words
from seahelm_lite.records import Document, Outcome, Response, Sample
from seahelm_lite.scoring.answers import Answer, form_of, read_answer
from seahelm_lite.scoring.scores import ScoredTask, score_task

WORDS = language_words("en")
LETTERS = WORDS.letters


def choice_card(*metrics: str, **changes: Any) -> TaskCard:
    mapping = {"question": "question", "options": "options", "answer": "answer", **changes.pop("document", {})}
    protocols = ("gen-letter", "ll-letter", "ll-cloze")
    return _card("multiple_choice", protocols, metrics or ("acc",), mapping, **changes)


def text_card(*metrics: str, **changes: Any) -> TaskCard:
    mapping = {"question": "question", "reference": "reference", **changes.pop("document", {})}
    return _card("generation", ("gen",), metrics or ("chrf",), mapping, instruction="Translate.", **changes)


def _card(kind: str, protocols: Sequence[str], metrics: Sequence[str], mapping: object, **changes: Any) -> TaskCard:
    file = {"format": "jsonl", "kind": "packaged", "path": "made/up.jsonl", "sha256": "0" * 64}
    fields = {
        "id": "made_up",
        "suite": "made",
        "title": "Made up",
        "measures": "Nothing.",
        "language": "en",
        "pillar": "knowledge",
        "kind": kind,
        "protocols": protocols,
        "metrics": metrics,
        "licence": {"stated": "CC0-1.0", "redistributable": True},
        "citation": "none",
        "data": {"test": [file]},
        "document": mapping,
    }
    return TaskCard.model_validate({**fields, **changes})


def choice(
    number: int,
    answer: int = 0,
    options: int | Sequence[str] = 4,
    cluster: str | None = None,
    subgroups: Mapping[str, str] | None = None,
) -> Document:
    """A multiple-choice document; a number of options makes that many of the same length."""
    texts = [f"text{index}" for index in range(options)] if isinstance(options, int) else list(options)
    fields = {"language": "en", "question": f"Question {number}?", "options": texts, "answer": answer}
    return _document(number, fields, cluster, subgroups)


def passage(number: int, source: str, reference: str, cluster: str | None = None) -> Document:
    """A document whose answer is a text."""
    return _document(number, {"language": "en", "question": source, "reference": reference}, cluster, None)


def _document(
    number: int, fields: Mapping[str, Any], cluster: str | None, subgroups: Mapping[str, str] | None
) -> Document:
    identity = f"made/up.jsonl#{number}"
    return Document(identity, fields, cluster=cluster or identity, subgroups=subgroups or {})


def said(document: Document, *outcomes: Outcome | str | int, repeat: int = 0) -> Sample:
    """What came back for a document: outcomes, texts, or the index of the option whose letter was written."""
    return Sample(
        document, repeat, tuple(str(n) for n in range(len(outcomes))), tuple(_outcome(one) for one in outcomes)
    )


def _outcome(given: Outcome | str | int) -> Outcome:
    if isinstance(given, int):
        return Response(text=LETTERS[given], finish_reason="stop")
    return Response(text=given, finish_reason="stop") if isinstance(given, str) else given


def read(sample: Sample, card: TaskCard, protocol: Protocol) -> Answer:
    return read_answer(sample, card, form_of(protocol), WORDS)


def scores_of(card: TaskCard, samples: Sequence[Sample], **changes: Any) -> list[dict[str, Any]]:
    """The entries of `scores.json`."""
    return score_task(task_of(card, samples, **changes)).scores


def task_of(card: TaskCard, samples: Sequence[Sample], **changes: Any) -> ScoredTask:
    documents = len({sample.document.id for sample in samples})
    known = {"task": card.id, "version": "1.0", "protocol": card.protocols[0], "shots": 0, "data_hash": "d" * 64}
    return ScoredTask(**{**known, "card": card, "n_total": documents, "samples": samples, **changes})
