"""`--executor local|ray[://HOST:PORT]`: where a model is opened."""

from __future__ import annotations

from functools import partial

from seahelm_lite.engine.executors.ray_model import RayModel
from seahelm_lite.errors import SeahelmError
from seahelm_lite.models.base import DocumentModel, Model, Thinking
from seahelm_lite.models.specs import open_model

LOCAL = "local"


def open_with(executor: str, spec: str, *, thinking: Thinking = "auto", offline: bool = False) -> Model | DocumentModel:
    """Open the model that a SPEC names, here or on the nodes of a Ray cluster.

    Args:
        executor: `local`; `ray`, for the cluster of `RAY_ADDRESS`, or the one that `ray start` made on this machine, or
            else one of this machine alone; or `ray://HOST:PORT`, for the client server of a cluster elsewhere.
        spec: Model SPEC. Under Ray every node has to find the same files at its paths.
        thinking: As for `open_model`, and so the next.
        offline: Whether the model has to be on this machine, or on premise.

    Raises:
        SeahelmError: If there is no such executor.
        ModelError: If the model cannot be opened, or the cluster cannot be reached.
    """
    if executor == LOCAL:
        return open_model(spec, thinking=thinking, offline=offline)
    scheme, _, address = executor.partition("://")
    host, colon, port = address.rpartition(":")
    if scheme != "ray" or (executor != "ray" and not (host and colon and port.isdigit())):
        raise SeahelmError(f"there is no executor {executor!r}", remedy="Say local, ray or ray://HOST:PORT.")
    return RayModel(
        partial(open_model, spec, thinking=thinking, offline=offline), address=executor if address else None
    )
