"""From what came back to what was answered: the state of a document, and its prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass

from seahelm_lite.catalog.task_card import Protocol, TaskCard
from seahelm_lite.prompts.words import LanguageWords
from seahelm_lite.records import Failure, Response, Sample, State
from seahelm_lite.scoring.extraction import read_choice
from seahelm_lite.scoring.normalise import nfc, strip_reasoning


@dataclass(frozen=True)
class Answer:
    """How a sample ended."""

    state: State
    choice: int | None = None
    """Index of the chosen option."""
    text: str | None = None
    """The text of a generation task."""
    note: str = ""
    """Why there is no answer, or how it was read."""

    @property
    def prediction(self) -> str | None:
        """The answer as the samples file holds it: the index of an option, or the text."""
        return self.text if self.choice is None else str(self.choice)


def read_answer(sample: Sample, card: TaskCard, protocol: Protocol, words: LanguageWords) -> Answer:
    """The state of a sample and the answer in it, by the rules of the document states."""
    for outcome in sample.outcomes:
        if isinstance(outcome, Failure):
            return Answer("error", note=outcome.cause)
    responses = [outcome for outcome in sample.outcomes if isinstance(outcome, Response)]
    if protocol in ("ll-letter", "ll-cloze"):
        return _most_likely(responses)
    if protocol == "gen":
        return _written(responses[0])
    return _chosen(responses[0], sample, card, words)


def _most_likely(responses: list[Response]) -> Answer:
    likelihoods = [response.loglikelihood for response in responses]
    values = [value for value in likelihoods if value is not None and not math.isnan(value)]
    if len(values) < len(likelihoods):
        return Answer("error", note="a log-likelihood is missing or not a number")
    if len(set(values)) == 1:
        # Servers that ignore `echo` give every option the same value, which would pass for a model at chance.
        return Answer("error", note="every option has the same log-likelihood: the backend does not score the options")
    return Answer("scored", choice=values.index(max(values)), note="highest log-likelihood")


def _without_answer(response: Response) -> Answer | None:
    """The endings that the model's words do not decide."""
    if response.finish_reason == "content_filter":
        return Answer("refused", note="content filter")
    if not (response.text or "").strip():
        if response.finish_reason == "length":
            return Answer("truncated", note="length limit before any answer")
        return Answer("unparsed", note="empty reply")
    return None


def _chosen(response: Response, sample: Sample, card: TaskCard, words: LanguageWords) -> Answer:
    ending = _without_answer(response)
    if ending is not None:
        return ending
    fields = sample.document.fields
    reading = read_choice(response.text or "", fields["options"], words)
    if reading.kind == "answer":
        return Answer("scored", choice=reading.index, note=reading.how)
    if reading.kind == "unclosed":
        return Answer("truncated", note="reasoning that never closed")
    if response.finish_reason == "length":
        return Answer("truncated", note="length limit before an answer")
    if reading.kind == "refused":
        return Answer("scored" if card.refusal == "scored" else "refused", note="refusal")
    return Answer("unparsed", note="two different answers" if reading.kind == "ambiguous" else "no answer found")


def _written(response: Response) -> Answer:
    ending = _without_answer(response)
    if ending is not None:
        return ending
    text, unclosed = strip_reasoning(response.text or "")
    if unclosed:
        return Answer("truncated", note="reasoning that never closed")
    text = nfc(text).strip()
    if not text:
        return Answer("unparsed", note="nothing after the reasoning")
    if response.finish_reason == "length":
        return Answer("truncated", text=text, note="length limit before the end of the text")
    return Answer("scored", text=text)
