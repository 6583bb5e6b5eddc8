"""Models that know nothing: what a score has to beat."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.catalog.names import unknown
from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts, Unsuited
from seahelm_lite.prompts.words import language_words
from seahelm_lite.records import Document, Request, Response, sha256_hex
from seahelm_lite.sources.documents import TaskDocuments

Choose = Callable[[Document, Request], int]
"""Index of the option a baseline picks."""

Answer = Callable[[Request], str]
"""What a baseline says to a request of a task."""

KINDS = ("random", "majority", "longest", "ngram")

_ORDER = 5
"""Characters an n-gram looks back at, and one."""


class Baseline:
    """`baseline:random|majority|longest|ngram`: picks an option of each multiple-choice document by a simple rule.

    Where a text is asked, `random` gives what is wanted of another document of the task: a text of the right kind that
    knows nothing of this one. The others have no text to give.
    """

    def __init__(self, kind: str) -> None:
        """Make the baseline.

        Raises:
            UnknownNameError: If there is no such rule.
        """
        if kind not in KINDS:
            raise unknown("baseline", kind, KINDS, listing=", ".join(KINDS))
        self.kind = kind
        self._tasks: dict[str, Answer] = {}

    @property
    def facts(self) -> ModelFacts:
        """Identity and abilities."""
        uses_keys = ("majority knows the answer keys of the test split",) if self.kind == "majority" else ()
        return ModelFacts(
            name=f"baseline-{self.kind}",
            fingerprint={"kind": "baseline", "rule": self.kind},
            capabilities=Capabilities(chat=True, by_document=True, writes=self.kind == "random"),
            deviations=uses_keys,
        )

    def learn(self, definition: TaskDefinition, data: TaskDocuments, *, seed: int) -> None:
        """See the documents of a task.

        Raises:
            Unsuited: If the task asks for a text that the rule does not have, or `ngram` has nothing to learn from.
        """
        if definition.card.kind != "multiple_choice":
            self._tasks[definition.name] = self._texts(data, seed)
            return
        if definition.card.answers == "withheld" and self.kind == "majority":
            raise Unsuited("baseline:majority needs the answer keys, and those of this task are withheld")
        letters = language_words(definition.card.words_language).letters
        documents = {document.id: document for document in data.test}
        choose = self._rule(data, seed)

        def answer(request: Request) -> str:
            document = documents[request.document or ""]
            # A compat mode may ask for words instead of letters.
            return str(document.fields.get("labels", letters)[choose(document, request)])

        self._tasks[definition.name] = answer

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        """Answer each request with the letter of the picked option, or with a text."""
        for index, request in enumerate(requests):
            deliver(index, Response(text=self._tasks[request.task or ""](request), finish_reason="stop"))

    def _texts(self, data: TaskDocuments, seed: int) -> Answer:
        if self.kind != "random":
            raise Unsuited(f"baseline:{self.kind} chooses among options, and this task asks for a text")
        if len(data.test) < 2:
            raise Unsuited("baseline:random answers with the text of another document, and this task has one only")
        places = {document.id: place for place, document in enumerate(data.test)}

        def answer(request: Request) -> str:
            drawn = _draw(request, seed, len(data.test) - 1)
            other = data.test[drawn + (drawn >= places[request.document or ""])].fields
            # Where a reply is checked rather than compared, no text is wanted; the other request itself is one.
            return str(other["reference"] or other["question"])

        return answer

    def _rule(self, data: TaskDocuments, seed: int) -> Choose:
        if self.kind == "random":
            return lambda document, request: _draw(request, seed, len(document.fields["options"]))
        if self.kind == "majority":
            ranking = [key for key, _ in Counter(int(d.fields["answer"]) for d in data.test).most_common()]
            return lambda document, _: next(key for key in ranking if key < len(document.fields["options"]))
        if self.kind == "longest":
            return lambda document, request: _longest(document, request, seed)
        if not data.shots:
            raise Unsuited("baseline:ngram learns from the few-shot split, and this task has none")
        model = CharacterNgrams(
            f"{shot.fields['question']}\n{shot.fields['options'][shot.fields['answer']]}\n" for shot in data.shots
        )
        return lambda document, _: model.likeliest(document.fields["question"], document.fields["options"])


def _draw(request: Request, seed: int, count: int) -> int:
    """A draw that depends on the document and repeat alone, not on the order of requests."""
    key = sha256_hex(f"{seed}:{request.task}:{request.document}:{request.repeat}")
    return random.Random(int(key, 16)).randrange(count)


def _longest(document: Document, request: Request, seed: int) -> int:
    """The longest option by characters; a seeded draw among equals."""
    lengths = [len(option) for option in document.fields["options"]]
    ties = [index for index, length in enumerate(lengths) if length == max(lengths)]
    return ties[_draw(request, seed, len(ties))]


class CharacterNgrams:
    """A character language model, interpolated over orders by Witten-Bell smoothing (Witten and Bell 1991)."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Count the n-grams of some texts."""
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for end in range(len(text)):
                for length in range(min(_ORDER - 1, end) + 1):
                    self._counts[text[end - length : end]][text[end]] += 1
        self._alphabet = max(len(self._counts[""]), 1) + 1

    def log_probability(self, context: str, text: str) -> float:
        """Mean natural log-probability per character of a text after a context."""
        whole = context + text
        places = range(len(context), len(whole))
        steps = [math.log(self._next(whole[max(0, end - _ORDER + 1) : end], whole[end])) for end in places]
        return math.fsum(steps) / max(len(steps), 1)

    def likeliest(self, question: str, options: Sequence[str]) -> int:
        """Index of the option that continues the question best."""
        return max(range(len(options)), key=lambda index: self.log_probability(question + "\n", options[index]))

    def _next(self, context: str, character: str) -> float:
        probability = 1 / self._alphabet
        for length in range(len(context) + 1):
            seen = self._counts.get(context[len(context) - length :])
            if not seen:
                break
            total, kinds = seen.total(), len(seen)
            probability = (seen[character] + kinds * probability) / (total + kinds)
        return probability
