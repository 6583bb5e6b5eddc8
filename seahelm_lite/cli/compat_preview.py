"""The prompts of `seahelm-lite tasks preview TASK --compat PEER`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seahelm_lite.catalog.definitions import TaskDefinition
    from seahelm_lite.records import Document
    from seahelm_lite.sources.where import Where


def compat_prompts(
    task: TaskDefinition, options: argparse.Namespace, where: Where
) -> tuple[Document, list[dict[str, Any]]]:
    """The document that is shown, and what another harness sends for it.

    Raises:
        SeahelmError: If there is no such harness or document, or the card does not say how the harness asks.
    """
    from seahelm_lite.catalog.compat import COMPAT, PEERS
    from seahelm_lite.catalog.names import unknown
    from seahelm_lite.engine.compat import load_as_peer
    from seahelm_lite.errors import ProtocolError, SeahelmError
    from seahelm_lite.models.base import Unsuited

    if options.compat not in PEERS:
        raise unknown("harness to be compatible with", options.compat, PEERS, listing=", ".join(PEERS))
    if options.protocol is not None or options.shots:
        what = f"--compat {options.compat} has prompts of its own"
        raise SeahelmError(what, remedy="Leave --protocol and --shots out.")
    try:
        asked = load_as_peer(task, options.compat, where)
    except Unsuited as reason:
        known = ", ".join(task.card.compat.peers)
        remedy = (
            f"It does for {known}." if known else "`seahelm-lite tasks list --json` shows which tasks have `compat`."
        )
        raise ProtocolError(f"{task.name}: {reason}", remedy=remedy) from None
    by_id = {document.id: document for document in asked.data.test}
    if options.document is not None and options.document not in by_id:
        raise unknown("document", options.document, by_id, listing=f"seahelm-lite tasks show {task.name}")
    document = by_id[options.document] if options.document is not None else asked.data.test[0]
    requests = [request.canonical() for request in asked.requests(document, seed=options.seed)]
    return document, [{"protocol": COMPAT + options.compat, "layout": asked.layout, "requests": requests}]
