"""From verdicts on single criteria to whether a reply passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from seahelm_lite.scoring.judges.criteria import Criterion
from seahelm_lite.scoring.judges.verdicts import Said, Verdict

PASS_MARK = 0.7
"""The least grade that passes."""

_ROUNDING = 1e-9
"""By which a sum of weights may miss the mark that it reaches on paper."""


def grade(criteria: Iterable[Criterion], answers: Mapping[str, Said]) -> float:
    """How far a reply meets its criteria: Σ w·m / Σ w over what it must do, and nought where it does what it must not.

    Args:
        criteria: Of its document.
        answers: By criterion id; a criterion without an answer decides nothing.

    Returns:
        Between 0 and 1; 1 where it had only things not to do, and did none.
    """
    met = of_all = 0.0
    for criterion in criteria:
        answer = answers.get(criterion.id)
        if answer is None:
            continue
        if criterion.wanted:
            of_all += criterion.weight
            met += criterion.weight * (answer == "yes")
        elif criterion.critical and answer == "yes":
            return 0.0
    return met / of_all if of_all else 1.0


def passes(criteria: Sequence[Criterion], verdicts: Iterable[Verdict]) -> bool | None:
    """Whether a reply passes by its judges' verdicts, before any check without a judge.

    Each judge's answers make a grade. What could not be read counts once for the reply and once against it.

    Returns:
        Whether it passes, where every judge's answers say the same however the unread ones are taken; None where they
        do not, or there is nothing to go by: then people have to look.
    """
    by_judge: dict[str, dict[str, Said]] = {}
    for verdict in verdicts:
        by_judge.setdefault(verdict.judge, {})[verdict.criterion] = verdict.answer
    found = {
        grade(criteria, _taken(criteria, answers, kindly=kindly)) >= PASS_MARK - _ROUNDING
        for answers in by_judge.values()
        for kindly in (True, False)
    }
    wanted = {criterion.id for criterion in criteria if criterion.wanted}
    if wanted and not any(wanted & answers.keys() for answers in by_judge.values()):
        # Whether it does what it must is unknown, which saves no reply that does what it must not.
        return False if found == {False} else None
    return found.pop() if len(found) == 1 else None


def _taken(criteria: Iterable[Criterion], answers: Mapping[str, Said], *, kindly: bool) -> dict[str, Said]:
    """The answers, with those that could not be read taken for or against the reply."""
    wanted = {criterion.id: criterion.wanted for criterion in criteria}
    taken: dict[str, Said] = {}
    for criterion, answer in answers.items():
        if criterion in wanted:
            guessed: Said = "yes" if wanted[criterion] == kindly else "no"
            taken[criterion] = guessed if answer == "unparsed" else answer
    return taken
