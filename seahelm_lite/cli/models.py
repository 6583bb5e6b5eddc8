"""`seahelm-lite models`: the models that have a card, and what is known of each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli import probing
from seahelm_lite.cli.options import add_json, command, print_json

if TYPE_CHECKING:
    from seahelm_lite.catalog.model_card import ModelCard

_COLUMNS = {
    150: ("model", "system", "developer", "weights", "licence", "asked over", "languages", "verified"),
    100: ("model", "system", "developer", "weights", "licence", "verified"),
    0: ("model", "country", "weights", "verified"),
}
"""What a terminal of at least so many columns has room for, the widest first."""

_LIST_NOTE = (
    "A dash: nobody could find out. Verified: what a way of access honours was measured (live), or is as the vendor's "
    "documents say (docs). `models show MODEL` has everything, with its sources."
)


def add(commands: Any) -> None:
    """Add the subcommand."""
    parser = command(commands, "models", "list, show and probe models", "seahelm-lite models show ilmu-v3.1")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    listing = command(actions, "list", "all models that have a card", "seahelm-lite models list --json")
    add_json(listing)
    listing.set_defaults(execute=_list)

    show = command(
        actions,
        "show",
        "everything known of a model: who, where data goes, licence, what it honours, prices, sources",
        "seahelm-lite models show ilmu-v3.1",
    )
    show.add_argument("model", help="id of a card, as `models list` has it")
    add_json(show)
    show.set_defaults(execute=_show)

    probing.add(actions)


def _list(options: argparse.Namespace) -> int:
    from seahelm_lite.catalog.model_card import model_cards
    from seahelm_lite.cli.tables import console, table

    cards = sorted(model_cards().values(), key=lambda card: (card.identity.name.casefold(), card.id))
    if options.json:
        print_json([summary(card) for card in cards])
        return 0
    out = console()
    columns = next(columns for width, columns in _COLUMNS.items() if out.width >= width)
    drawn = table(columns, [_row(card, columns) for card in cards])
    drawn.columns[0].no_wrap = True  # an id that is cut in two cannot be copied
    out.print(drawn)
    out.print(f"\n{_LIST_NOTE}", markup=False)
    return 0


def _show(options: argparse.Namespace) -> int:
    from seahelm_lite.catalog.model_card import model_card
    from seahelm_lite.cli.model_sheet import draw

    card = model_card(options.model)
    if options.json:
        print_json(card.model_dump(mode="json", by_alias=True))
    else:
        draw(card)
    return 0


def summary(card: ModelCard) -> dict[str, Any]:
    """What a program may want to know of a model at a glance."""
    identity = card.identity
    return {
        "id": card.id,
        "name": identity.name,
        "version": identity.version,
        "developer": identity.developer.name,
        "country": identity.developer.country,
        "status": identity.status,
        "weights": card.openness.weights,
        "licence": card.openness.licence,
        "endpoints": [access.id for access in card.access],
        "wires": _once([access.wire for access in card.access if access.wire is not None]),
        "engines": _once([access.engine.lm_eval for access in card.access if access.engine is not None]),
        "languages": _once([*card.languages.official, *card.languages.claimed]),
        "verified": _verified(card),
    }


def _verified(card: ModelCard) -> str:
    """The most that is known of any way of access."""
    found = {access.verified for access in card.access}
    return next((level for level in ("live", "docs") if level in found), "none")


def _row(card: ModelCard, columns: Sequence[str]) -> list[str]:
    told = summary(card)
    cells = {
        "model": told["id"],
        "system": told["name"],
        "developer": f"{told['developer']}, {told['country']}",
        "country": told["country"],
        "weights": _known(told["weights"]),
        "licence": _known(told["licence"]),
        "asked over": ", ".join((*told["wires"], *told["engines"])) or "nothing",
        "languages": ", ".join(told["languages"]) or "–",
        "verified": told["verified"],
    }
    return [cells[column] for column in columns]


def _known(word: str) -> str:
    return "–" if word == "unknown" else word


def _once(names: Sequence[str]) -> list[str]:
    """Each name once, in the order of their first mention."""
    return list(dict.fromkeys(names))
