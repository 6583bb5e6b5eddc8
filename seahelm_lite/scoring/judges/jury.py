"""Who may judge whom: a jury is of different families, and none of the tested model's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.model_card import ModelCard
from seahelm_lite.errors import ModelError

MOST_JUDGES = 2

_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_NAME = 4
"""Words of the longest name of a model."""


@dataclass(frozen=True)
class Lineage:
    """From whom a model comes, as far as its name and the model cards say."""

    spec: str
    families: frozenset[str]
    """Names of models and developers, letters alone, in lower case."""
    known: bool
    """Whether any card knows it; if not, it is taken for a family of its own."""


def lineage_of(spec: str, names: Iterable[str], cards: Mapping[str, ModelCard]) -> Lineage:
    """The families of a model: its own, those it was made from, and their developers.

    A model counts as made from every model of a card whose name is in its own, as in `Gemma-SEA-LION-v4`.

    Args:
        spec: The model SPEC.
        names: Other names of the same model.
        cards: All model cards, by id.
    """
    target = _target(spec)
    known = {_squashed(card.identity.name): _squashed(card.identity.developer.name) for card in cards.values()}
    texts = [target, *map(_target, names)]
    own = [card for card in cards.values() if {text.casefold() for text in texts} & _names_of(card)]
    texts += [text for card in own for text in (card.identity.name, *(parent.model for parent in card.lineage.parents))]
    families = {family for text in texts for family in _runs(text) & known.keys()}
    families |= {known[family] for family in families}
    families |= {_squashed(card.identity.developer.name) for card in own}
    families.discard("unknown")
    if families:
        return Lineage(spec, frozenset(families), known=True)
    return Lineage(spec, frozenset({next(iter(_words(target.rpartition("/")[2])), target)}), known=False)


def refuse_kin(tested: Lineage, judges: Sequence[Lineage]) -> None:
    """Refuse a jury that would judge its own kin, or that is of one family.

    Raises:
        ModelError: Naming the judge, and what it has in common with whom.
    """
    if len(judges) > MOST_JUDGES:
        raise ModelError(f"{len(judges)} judges are named", remedy=f"A jury has {MOST_JUDGES} at most.")
    for judge in judges:
        if common := judge.families & tested.families:
            raise ModelError(
                f"may not judge {tested.spec}, which is of its own family ({', '.join(sorted(common))})",
                where=judge.spec,
                remedy="Choose a judge of another developer and another lineage.",
            )
    if len(judges) == MOST_JUDGES and (common := judges[0].families & judges[1].families):
        raise ModelError(
            f"is of the same family as {judges[0].spec} ({', '.join(sorted(common))}), so they are no two opinions",
            where=judges[1].spec,
            remedy="Choose a second judge of another developer and another lineage.",
        )


def _target(spec: str) -> str:
    """What of a SPEC names the weights or the model."""
    kind, colon, rest = spec.partition(":")
    if not colon:
        return spec.partition("@")[0]
    if "#" in rest:
        return rest.rpartition("#")[2]
    options = dict(part.partition("=")[::2] for part in rest.split(","))
    return options.get("pretrained") or options.get("model") or rest.split(",", maxsplit=1)[0] or kind


def _names_of(card: ModelCard) -> set[str]:
    """By which a SPEC may name the weights of a card."""
    names = {card.id, *(weights.repo for weights in card.weights), *(access.model_id for access in card.access)}
    return {name.casefold() for name in names}


def _runs(text: str) -> set[str]:
    """All runs of words of a text, joined: a name may be written with hyphens, spaces, or in one."""
    words = _words(text)
    lengths = range(1, _LONGEST_NAME + 1)
    return {"".join(words[start : start + length]) for start in range(len(words)) for length in lengths}


def _words(text: str) -> list[str]:
    return _LETTERS.findall(text.casefold())


def _squashed(name: str) -> str:
    return "".join(_words(name))
