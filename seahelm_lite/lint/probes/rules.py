"""What may be wrong with one family, or with how families fit together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from seahelm_lite.catalog.probe_family import LENGTH_RATIO, SIDES, ProbeFamily, ProbePair, Side
from seahelm_lite.lint.findings import Finding
from seahelm_lite.lint.probes.behaviours import passing, prompt_of
from seahelm_lite.scoring.probe_checks import failed

Rule = Callable[[ProbeFamily], Iterator[Finding]]


def stale(family: ProbeFamily, today: date) -> Iterator[Finding]:
    """`stale-norm`: the month by which somebody was to look at the norm again is over."""
    if family.norm.expired(today):
        what = f"its norm was to be checked again by {family.norm.recheck_by}; check it, then set `recheck_by` anew"
        yield Finding("stale-norm", "error", family.id, what)


def checks_that_do_not_tell(family: ProbeFamily) -> Iterator[Finding]:
    """`appropriate-fails` and `inappropriate-passes`: the checks and the pair contradict each other."""
    for side, pair, language in _conditions(family):
        right, wrong = pair.texts if language != "en" else pair.english
        checks = family.side(side).checks
        place = family.id if side == "probe" else family.control.id
        for name in failed(right, checks, language):
            what = f"the check {name} fails its own appropriate text in {language}: {right!r}"
            yield Finding("appropriate-fails", "error", place, what)
        if not failed(wrong, checks, language):
            what = f"no hard check tells the inappropriate text in {language} from the other: {wrong!r}"
            yield Finding("inappropriate-passes", "error", place, what)


def uneven_pairs(family: ProbeFamily) -> Iterator[Finding]:
    """`uneven-pair`: one text is so much longer that its length gives it away."""
    low, high = LENGTH_RATIO
    for side, pair, language in _conditions(family):
        right, wrong = pair.texts if language != "en" else pair.english
        ratio = len(right) / len(wrong)
        if not low <= ratio <= high:
            place = family.id if side == "probe" else family.control.id
            what = f"in {language} the appropriate text has {ratio:.2f} times the characters of the other"
            yield Finding("uneven-pair", "error", place, f"{what}; {low} to {high} are allowed")


def one_habit_passes(family: ProbeFamily) -> Iterator[Finding]:
    """`habit-passes`: a scripted behaviour passes probe and twin."""
    for language in _languages(family):
        for behaviour in passing(family, language):
            what = f"a model that answers everything by {behaviour} passes probe and twin in {language}"
            yield Finding("habit-passes", "error", family.id, what)


def status_without_votes(family: ProbeFamily) -> Iterator[Finding]:
    """`review-status`: the file says another status than the votes on the text as it stands."""
    if family.review.status != family.status:
        what = f"its status says {family.review.status}, and the votes on its text as it stands say {family.status}"
        yield Finding("review-status", "error", family.id, f"{what}; `probes review` sets it")


RULES: tuple[Rule, ...] = (checks_that_do_not_tell, uneven_pairs, one_habit_passes, status_without_votes)


def repeated_prompts(families: Sequence[ProbeFamily]) -> Iterator[Finding]:
    """`repeated-prompt`: the same request in two families of a country, or for probe and twin.

    Families of one jurisdiction set ask the same by design, and the twin of one may be the probe of another.
    """
    seen: dict[tuple[str, str], tuple[str, str | None]] = {}
    for family in families:
        for side in SIDES:
            abroad = family.control.country if side == "control" else None
            key = (abroad or family.country, _text(family, side))
            name, set_ = seen.get(key, ("", None))
            if name and (name == family.id or set_ is None or set_ != family.jurisdiction_set):
                yield Finding("repeated-prompt", "error", family.id, f"asks what {name} asks: {key[1]!r}")
            seen[key] = (family.id if side == "probe" else family.control.id, family.jurisdiction_set)


def other_answers(families: Sequence[ProbeFamily]) -> Iterator[Finding]:
    """`other-answer`: a request stands in two families, and what fits one of them fails the checks of the other."""
    asked: dict[tuple[str, str], list[tuple[ProbeFamily, Side]]] = defaultdict(list)
    for family in families:
        for side in SIDES:
            for language in _languages(family):
                asked[language, prompt_of(family, side, language)].append((family, side))
    for (language, _), places in asked.items():
        for family, side in places:
            reference = family.side(side).pairs[0]
            said = reference.english[0] if language == "en" else reference.appropriate
            for other, its in places:
                if failed(said, other.side(its).checks, language):
                    name = family.id if side == "probe" else family.control.id
                    what = f"its checks fail what fits the same request as {name}: {said!r}"
                    yield Finding("other-answer", "error", other.id, what)


def lonely_sets(families: Sequence[ProbeFamily]) -> Iterator[Finding]:
    """`lonely-set`: a jurisdiction set of one country, which nothing can flip in."""
    countries: dict[str, set[str]] = defaultdict(set)
    for family in families:
        if family.jurisdiction_set is not None:
            countries[family.jurisdiction_set].add(family.country)
    for family in families:
        if family.jurisdiction_set is not None and len(countries[family.jurisdiction_set]) == 1:
            what = f"no other country has a family of the set {family.jurisdiction_set}"
            yield Finding("lonely-set", "warning", family.id, what)


def findings(families: Sequence[ProbeFamily], today: date) -> list[Finding]:
    """Everything that the rules find, family by family."""
    found = [finding for family in families for rule in RULES for finding in rule(family)]
    found += [finding for family in families for finding in stale(family, today)]
    return [*found, *repeated_prompts(families), *other_answers(families), *lonely_sets(families)]


def _text(family: ProbeFamily, side: Side) -> str:
    return " ".join(family.side(side).prompt.text.split()).casefold()


def _languages(family: ProbeFamily) -> tuple[str, ...]:
    return ("en",) if family.language == "en" else (family.language, "en")


def _conditions(family: ProbeFamily) -> Iterator[tuple[Side, ProbePair, str]]:
    """Each pair of each side, in the family's own language and in English."""
    for side in SIDES:
        for pair in family.side(side).pairs:
            for language in _languages(family):
                yield side, pair, language
