"""How well the random baseline agrees with the chance that a task declares: one exact test a task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.models.baselines import Baseline
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.subset import limited
from seahelm_lite.prompts.words import language_words
from seahelm_lite.records import Document, Outcome, Request, Sample
from seahelm_lite.scoring.answers import Answer, form_of, read_answer
from seahelm_lite.scoring.choices import ChoiceTable
from seahelm_lite.scoring.scores import table_without_answers
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where

SEEDS = range(20)
LIMIT = 200
"""Documents of a task that are asked at most: 4,000 draws, which show a chance that is off by 5 points."""
LEVEL = 0.01
"""Of the whole family of tests; each is held to this divided by their number (Bonferroni)."""


@dataclass(frozen=True)
class Agreement:
    """What random answers to a task scored, and how far that is from what the task declares."""

    task: str
    documents: int
    chance: float
    """As the task declares it, on these documents."""
    accuracy: float
    """Over all seeds."""
    p: float
    """Two-sided, of the number of right answers under the declared chance."""


def family(catalog: Catalog) -> dict[str, TaskDefinition]:
    """The tasks that are tested: multiple choice, with answers that are known."""
    return {
        name: task
        for name, task in catalog.tasks.items()
        if task.card.kind == "multiple_choice" and task.card.answers == "given"
    }


def agreement(definition: TaskDefinition, where: Where) -> Agreement:
    """Ask the random baseline a task once a seed, score it, and test the number of right answers exactly."""
    card, name = definition.card, definition.name
    data = load_documents(card, where)
    documents = limited(data.test, LIMIT, seed=0, task=name)
    asker = Asker(name, card, "gen-letter", Asking("chat", by_document=True))
    requests = [request for document in documents for request in asker.requests(document)]
    words = language_words(card.words_language)

    @cache  # One of a handful of letters: each is read once for each document.
    def read(index: int, text: str) -> Answer:
        outcome = replies[text]
        return read_answer(Sample(documents[index], 0, ("",), (outcome,)), card, form_of("gen-letter"), words)

    right, replies = 0.0, {}
    for seed in SEEDS:
        model = Baseline("random")
        model.learn(definition, data, seed=seed)
        texts = _texts(model, requests, replies)
        answers = [read(index, text) for index, text in enumerate(texts)]
        samples = [Sample(document, 0, (), ()) for document in documents]
        right += sum(value or 0.0 for value in ChoiceTable(samples, answers, 0).per_sample("acc"))
    declared = table_without_answers(card, documents).chance("acc")
    assert declared is not None
    chances = [_chance_of(definition, document) for document in documents]
    assert np.isclose(np.mean(chances), declared), f"{name}: its chance is not the mean over its documents"
    p = two_sided_p(round(right), chances, len(SEEDS))
    return Agreement(name, len(documents), declared, right / len(SEEDS) / len(documents), p)


def two_sided_p(right: int, chances: Sequence[float], times: int) -> float:
    """Exact p-value of a number of right answers, where each document is answered several times independently.

    The number is a sum of independent binomial variables, one for each chance that occurs, so that its distribution is
    their convolution: no approximation, however the number of options varies. Twice the smaller tail, at most 1.
    """
    masses = np.ones(1)
    for chance, count in sorted(Counter(chances).items()):
        trials = count * times
        masses = np.convolve(masses, stats.binom.pmf(np.arange(trials + 1), trials, chance))
    return float(min(1.0, 2 * min(masses[: right + 1].sum(), masses[right:].sum())))


def _texts(model: Baseline, requests: Sequence[Request], replies: dict[str, Outcome]) -> list[str]:
    texts = [""] * len(requests)

    def deliver(index: int, outcome: Outcome) -> None:
        texts[index] = str(getattr(outcome, "text", None))
        replies.setdefault(texts[index], outcome)

    model.answer(requests, deliver)
    return texts


def _chance_of(definition: TaskDefinition, document: Document) -> float:
    chance = table_without_answers(definition.card, [document]).chance("acc")
    assert chance is not None
    return chance
