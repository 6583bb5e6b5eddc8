"""What scores without reading: one key for all, the longest option, a favoured position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from string import ascii_uppercase

from seahelm_lite.lint.findings import Finding, Subject
from seahelm_lite.scoring.choices import longest_share

_MARGIN = 0.05
_SKEWED = 0.001


def blind_baselines(subject: Subject) -> Iterator[Finding]:
    """`majority-baseline`, `longest-option`: what scores more than five points above chance without the question.

    The exact binomial tail is given with each, for the majority times the number of keys it was chosen among. Where
    the number of options varies, chance is their mean, for which the tail is too large rather than too small
    (Hoeffding 1956).
    """
    from scipy.stats import binom

    if not subject.chooses or not subject.items or subject.card.answers == "withheld":
        return
    n = len(subject.items)
    chance = sum(1 / len(item.options) for item in subject.items) / n
    keys = max(len(item.options) for item in subject.items)
    key, count = Counter(int(item.document.fields["answer"]) for item in subject.items).most_common(1)[0]
    named = f"class {subject.items[0].options[key]!r}" if subject.labels else f"position {key + 1}"
    earned = {"majority-baseline": (float(count), keys, f"always answering {named}")}
    if not subject.labels:
        # In a task of labels the longest word is always the same class, which the majority speaks for.
        longest = sum(longest_share(item.document.fields) for item in subject.items)
        earned["longest-option"] = (longest, 1, "always taking the longest option")
    for rule, (right, tries, how) in earned.items():
        if right / n > chance + _MARGIN:
            p = min(1.0, tries * float(binom.sf(int(right) - 1, n, chance)))
            scores = f"{how} scores {right / n:.3f} against {chance:.3f} by chance"
            yield Finding(rule, "warning", subject.card.id, f"{scores} (n = {n}, exact binomial p = {p:.2g})")


def skewed_positions(subject: Subject) -> Iterator[Finding]:
    """`position-skew`: keys that favour a position (chi-square over positions, p < 0.001). Classes of a task of labels
    are no positions: how unequal they are is said by the majority."""
    from scipy.stats import chi2

    if not subject.chooses or subject.labels or not subject.items or subject.card.answers == "withheld":
        return
    keys = Counter(int(item.document.fields["answer"]) for item in subject.items)
    sizes = Counter(len(item.options) for item in subject.items)
    # Where fewer options are there, the later positions are expected that much less often.
    expected = [sum(count / size for size, count in sizes.items() if size > place) for place in range(max(sizes))]
    statistic = sum((keys[place] - wanted) ** 2 / wanted for place, wanted in enumerate(expected))
    p = float(chi2.sf(statistic, len(expected) - 1))
    if p < _SKEWED:
        counts = ", ".join(f"{ascii_uppercase[n]} {keys[n]}" for n in range(len(expected)))
        what = f"the keys favour positions: {counts} (chi-square {statistic:.1f}, p = {p:.2g})"
        yield Finding("position-skew", "warning", subject.card.id, what)
