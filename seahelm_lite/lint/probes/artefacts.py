"""Whether the right answers can be told from the others without reading the question.

A set that a bag of words can solve measures the habits of its authors. Each test here sees the answers alone and picks
one of each pair; on a clean set it is right as often as a coin. Classifiers are trained on the other groups (countries,
or files), so that they cannot learn the items themselves.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from seahelm_lite.stats.intervals import Estimate, proportion

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SMOOTHING = 1.0
_N_GRAMS = (2, 3, 4)

Features = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Contrast:
    """Two texts of which a test must find the first, and the group that is left out when it is tested."""

    id: str
    group: str
    wanted: str
    other: str


def words(text: str) -> list[str]:
    """The words of a text, without case and order."""
    return _WORD.findall(text.casefold())


def characters(text: str) -> list[str]:
    """Its runs of two to four characters, which also see scripts without spaces between words."""
    folded = f" {' '.join(text.casefold().split())} "
    return [folded[start : start + size] for size in _N_GRAMS for start in range(len(folded) - size + 1)]


def first_words(text: str, count: int = 2) -> list[str]:
    """How a text begins; of scripts without spaces, all up to the first space."""
    return [" ".join(text.casefold().split()[:count])]


def shape(text: str) -> list[str]:
    """What can be seen of a text without reading it: how long its parts are, and its signs."""
    parts = text.split()
    signs = Counter(char for char in text if not char.isalnum() and not char.isspace())
    digits = sum(char.isdigit() for char in text)
    return [
        *(f"sign {sign} {min(count, 3)}" for sign, count in signs.items()),
        f"digits {min(digits, 6)}",
        f"long words {sum(len(part) > 8 for part in parts)}",
        f"sentences {len(re.findall(r'[.!?។။]', text))}",
    ]


class NaiveBayes:
    """Multinomial naive Bayes of two classes with add-one smoothing (Manning et al. 2008, section 13.2)."""

    def __init__(self, wanted: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> None:
        first, second = Counter[str](), Counter[str]()
        for seen in wanted:
            first.update(seen)
        for seen in other:
            second.update(seen)
        known = sorted({*first, *second})
        totals = [counts.total() + _SMOOTHING * len(known) for counts in (first, second)]
        self._prior = math.log(len(wanted) / len(other)) if wanted and other else 0.0
        self._weights = {
            feature: math.log((first[feature] + _SMOOTHING) / totals[0])
            - math.log((second[feature] + _SMOOTHING) / totals[1])
            for feature in known
        }

    def score(self, features: Iterable[str]) -> float:
        """Log-odds of the first class; features never seen say nothing."""
        return self._prior + sum(self._weights.get(feature, 0.0) for feature in features)


def leave_one_group_out(contrasts: Sequence[Contrast], features: Features) -> list[float]:
    """For each contrast, whether a classifier of the other groups finds the wanted text: 1, 0, or 0.5 for a tie."""
    seen = [
        (contrast.group, wanted, list(features(text)))
        for contrast in contrasts
        for wanted, text in ((True, contrast.wanted), (False, contrast.other))
    ]
    scores = _scores(seen)
    return [_picks(wanted, other) for wanted, other in zip(scores[::2], scores[1::2], strict=True)]


def _scores(seen: Sequence[tuple[str, bool, list[str]]]) -> list[float]:
    """The log-odds of each text by a classifier of all groups but its own; nought where there is no other group."""
    scores = [0.0] * len(seen)
    for group in sorted({group for group, _, _ in seen}):
        others = [(wanted, features) for other, wanted, features in seen if other != group]
        if not others:
            continue
        model = NaiveBayes([f for wanted, f in others if wanted], [f for wanted, f in others if not wanted])
        for place, (own, _, features) in enumerate(seen):
            if own == group:
                scores[place] = model.score(features)
    return scores


def longest(contrasts: Sequence[Contrast]) -> list[float]:
    """For each contrast, whether the wanted text is the longer one."""
    return [_picks(len(contrast.wanted), len(contrast.other)) for contrast in contrasts]


def _picks(wanted: float, other: float) -> float:
    # The last bits of a sum of logarithms are no reason to prefer a text.
    return 0.5 if abs(wanted - other) < 1e-9 else float(wanted > other)


@dataclass(frozen=True)
class Artefact:
    """How often one test finds the right answers, per contrast and in all."""

    test: str
    found: tuple[float, ...]
    estimate: Estimate


TESTS: dict[str, Callable[[Sequence[Contrast]], list[float]]] = {
    "words": lambda contrasts: leave_one_group_out(contrasts, words),
    "character n-grams": lambda contrasts: leave_one_group_out(contrasts, characters),
    "choice only": lambda contrasts: leave_one_group_out(contrasts, lambda text: [*words(text), *shape(text)]),
    "first two words": lambda contrasts: leave_one_group_out(contrasts, first_words),
    "longest": longest,
}


def artefacts(contrasts: Sequence[Contrast]) -> list[Artefact]:
    """Every test on the same contrasts; chance is one half.

    `choice only` is the baseline of a reader who sees both answers and not the question: their words, signs and shape.
    """
    told = []
    for name, test in TESTS.items():
        found = test(contrasts)
        told.append(Artefact(name, tuple(found), proportion(found, [contrast.id for contrast in contrasts])))
    return told
