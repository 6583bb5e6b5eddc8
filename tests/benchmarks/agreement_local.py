"""Whether packs choose what lm-eval's `hf` chooses: every document of real suites, for every architecture.

Tiny random models in float32 are asked the same requests by both. A document on which they choose differently though
the best two options are clearly apart fails the benchmark.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from lm_eval.api.instance import Instance
from lm_eval.api.registry import get_model

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.task_card import Protocol
from seahelm_lite.models.packed.backend import packed_class
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.shots import draw_shots
from seahelm_lite.sources.documents import TaskDocuments, load_documents
from seahelm_lite.sources.where import Where
from tests.conftest import SHARED_DATA
from tests.models.packed.architectures import ARCHITECTURES, Architecture, random_model
from tests.tiny_model import tiny_tokenizer

SUITES = ("thai_exam", "copal_id")
TASKS = ("global_mmlu_lite_ms",)
WAYS: tuple[tuple[Protocol, int], ...] = (("ll-letter", 1), ("ll-cloze", 0))
"""Protocols, and examples before each question where the task has any."""
MARGIN = 1e-3
"""In nats: where the likeliest two options are closer under lm-eval, either may be chosen."""
VOCABULARY = 1500
POSITIONS = 4096

Pair = tuple[str, str]


@dataclass(frozen=True)
class Question:
    """A document in one protocol: its options as requests."""

    suite: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Agreement:
    """How far both answer alike."""

    questions: int
    differ: int
    """Other choices where the best two are apart."""
    closer: int
    """Questions whose best two are not apart."""
    largest: float
    """Difference between two log-likelihoods of the same request, in nats."""


def main() -> None:
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    if not SHARED_DATA.is_dir():
        raise SystemExit("this needs the mirror of real data (../shared/data), which is not here")
    questions = list(_questions())
    texts = {context for question in questions for context, _ in question.pairs}
    tokenizer = tiny_tokenizer(sorted(texts), size=VOCABULARY)
    asked = len({pair for question in questions for pair in question.pairs})
    print(
        f"{len(questions):,} questions, {asked:,} distinct requests. Closer: the best two are within {MARGIN:g} nats. "
        "Largest: difference between two log-likelihoods of a request, in nats."
    )
    differ = 0
    for architecture in ARCHITECTURES:
        differ += _compare(architecture, tokenizer, questions)
    if differ:
        raise SystemExit(f"{differ} choices differ")


def _compare(architecture: Architecture, tokenizer: Any, questions: Sequence[Question]) -> int:
    """Ask a model both ways and print what came of it; the number of choices that differ."""
    began = time.monotonic()
    model = random_model(architecture, vocab_size=len(tokenizer), max_position_embeddings=POSITIONS)
    hf, settings = get_model("hf"), {"tokenizer": tokenizer, "batch_size": 16, "device": "cpu"}
    pairs = list(dict.fromkeys(pair for question in questions for pair in question.pairs))
    packed = packed_class(hf)(pretrained=model, **settings)
    if packed.scorer is None:
        print(f"{architecture.name}: scored by lm-eval's own hf; it {packed.unpacked_because}", flush=True)
        return 0
    found = _answers(packed, pairs)
    theirs = _answers(hf(pretrained=model, **settings), pairs)
    differ = 0
    for suite in dict.fromkeys(question.suite for question in questions):
        result = agreement([question.pairs for question in questions if question.suite == suite], theirs, found)
        differ += result.differ
        print(
            f"{architecture.name}, {suite}: {result.questions} questions, {result.differ} choices differ, "
            f"{result.closer} closer, largest {result.largest:.1e}",
            flush=True,
        )
    print(f"({architecture.name} took {time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    return differ


def agreement(questions: Sequence[Sequence[Pair]], theirs: dict[Pair, float], ours: dict[Pair, float]) -> Agreement:
    """Compare choices."""
    differ = closer = 0
    largest = 0.0
    for pairs in questions:
        expected, found = (np.asarray([values[pair] for pair in pairs]) for values in (theirs, ours))
        second, best = np.sort(expected)[-2:]
        largest = max(largest, float(np.abs(expected - found).max()))
        if best - second <= MARGIN:
            closer += 1
        else:
            differ += bool(expected.argmax() != found.argmax())
    return Agreement(len(questions), differ, closer, largest)


def _answers(model: Any, pairs: Sequence[Pair]) -> dict[Pair, float]:
    instances = [Instance(request_type="loglikelihood", doc={}, arguments=pair, idx=0) for pair in pairs]
    with torch.inference_mode():
        results = model.loglikelihood(instances, disable_tqdm=True)
    return {pair: float(value) for pair, (value, _) in zip(pairs, results, strict=True)}


def _questions() -> Iterator[Question]:
    catalog = load_catalog()
    where = Where.from_environment(mirror=SHARED_DATA, offline=True, task_roots=catalog.roots, code=catalog.code)
    definitions, _ = catalog.select(SUITES, TASKS)
    for definition in definitions:
        data = load_documents(definition.card, where)
        for protocol, shots in WAYS:
            yield from _asked(definition, data, protocol, min(shots, len(data.shots)))


def _asked(definition: TaskDefinition, data: TaskDocuments, protocol: Protocol, shots: int) -> Iterator[Question]:
    examples = draw_shots(data.shots, shots, seed=0, task=definition.name)
    asker = Asker(definition.name, definition.card, protocol, Asking(layout="plain", shots=examples))
    for document in data.test:
        pairs = tuple((each.context or "", each.continuation or "") for each in asker.requests(document))
        yield Question(definition.card.suite, pairs)
