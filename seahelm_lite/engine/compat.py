"""Tasks asked and scored as another harness does: what a run with `--compat` needs beside its plan."""

from __future__ import annotations

from seahelm_lite.catalog.compat import PEER_TITLES, Peer
from seahelm_lite.catalog.definitions import TaskDefinition
from seahelm_lite.errors import ProtocolError
from seahelm_lite.models.base import ModelFacts, Unsuited
from seahelm_lite.models.lm_eval_tasks import load_lm_eval
from seahelm_lite.prompts.peers import PeerTask
from seahelm_lite.prompts.sea_helm import load_sea_helm
from seahelm_lite.sources.where import Where

DIFFERENCES: dict[Peer, str] = {
    "sea-helm": (
        "compat:sea-helm asked once, at temperature 0; SEA-HELM leaves the temperature to the server and publishes the "
        "mean of eight runs, each corrected for chance and raised to nought where it was below"
    ),
    "lm-eval": "compat:lm-eval asked of the pinned rows; lm-eval by itself downloads the data set without a revision",
}
"""What a reader who compares with the harness's own numbers should know."""


def load_as_peer(definition: TaskDefinition, peer: Peer, where: Where) -> PeerTask:
    """A task in the words of another harness.

    Raises:
        Unsuited: If the card does not say how that harness asks it.
        SourceError, DataError, ProtocolError: As `load_sea_helm` and `load_lm_eval`.
    """
    compat = definition.card.compat
    if peer == "sea-helm" and compat.sea_helm is not None:
        return load_sea_helm(definition.card, compat.sea_helm, where)
    if peer == "lm-eval" and compat.lm_eval is not None:
        return load_lm_eval(definition.card, compat.lm_eval, where)
    raise Unsuited(f"its card does not say how {PEER_TITLES[peer]} asks it (compat: {peer}:)")


def refuse_model(peer: Peer, facts: ModelFacts) -> None:
    """A compat mode asks as the other harness would ask this kind of model, or not at all.

    Raises:
        ProtocolError: If the model is of a kind that is asked otherwise.
    """
    if peer == "lm-eval" and not facts.capabilities.prompt_logprobs:
        raise ProtocolError(
            f"{facts.name} gives no prompt log-probabilities, which lm-eval's tasks compare",
            remedy="Use a local model, or leave --compat out.",
        )
    if peer == "sea-helm" and not facts.capabilities.chat:
        raise ProtocolError(
            f"{facts.name} has no chat template; SEA-HELM asks such a model with five examples and in two steps, which "
            "is not rebuilt here",
            remedy="Use an instruction-tuned model, or leave --compat out.",
        )
