"""How far reviewers of probe families agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.probe_family import ProbeFamily
from seahelm_lite.catalog.probe_review import STATUSES, Status, Vote
from seahelm_lite.stats.raters import krippendorff_alpha


@dataclass(frozen=True)
class Agreement:
    """What native reviewers say of the families of a country, by votes on the texts as they stand.

    Shares are of votes, `unsure` being no agreement; None where nobody voted.
    """

    country: str
    families: int
    status: Mapping[Status, int]
    reviewers: int
    votes: int
    norm: float | None
    wording: float | None
    pairs: float | None
    """Of the choices of replies, those that were the family's own."""
    alpha: float | None
    """Krippendorff's α of the votes on norms; None where nothing can be compared, or all votes are the same."""


def agreement(families: Sequence[ProbeFamily]) -> list[Agreement]:
    """How far reviewers agree, by country, and over all where there are several."""
    countries = sorted({family.country for family in families})
    made = [_agreement(name, [family for family in families if family.country == name]) for name in countries]
    return made if len(made) == 1 else [*made, _agreement("all", families)]


def _agreement(name: str, families: Sequence[ProbeFamily]) -> Agreement:
    by_family = [
        [vote for vote in family.review.votes_on(family.voted_on) if vote.role == "native"] for family in families
    ]
    votes = [vote for one in by_family for vote in one]
    counts = Counter(family.status for family in families)
    return Agreement(
        country=name,
        families=len(families),
        status={status: counts[status] for status in STATUSES if counts[status]},
        reviewers=len({vote.reviewer for vote in votes}),
        votes=len(votes),
        norm=_agreeing(votes, lambda vote: vote.norm),
        wording=_agreeing(votes, lambda vote: vote.wording),
        pairs=_agreeing(votes, lambda vote: vote.pairs),
        alpha=krippendorff_alpha([[vote.norm for vote in one] for one in by_family]),
    )


def _agreeing(votes: Iterable[Vote], opinion: Callable[[Vote], str | None]) -> float | None:
    said = [one for vote in votes if (one := opinion(vote)) is not None]
    return said.count("agree") / len(said) if said else None
