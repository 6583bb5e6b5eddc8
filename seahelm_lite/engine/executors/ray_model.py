"""A model that is opened on the nodes of a Ray cluster and answers there; only this process writes the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seahelm_lite.engine.executors.cluster import Cluster, ray_version
from seahelm_lite.engine.executors.crew import Crew
from seahelm_lite.engine.executors.parcels import Parcels
from seahelm_lite.engine.executors.worker import Opener
from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Deliver, ModelFacts, Planned
from seahelm_lite.records import Request

_PATIENCE_S = 300.0
"""Long enough for a scheduler to give back a node that was lost."""


class RayModel:
    """The same model in several actors, among which requests are shared out by the units of its plan.

    Its answers have the bytes of the model in one process on the same hardware: each unit is computed as a whole, with
    as many threads. An actor that is lost is replaced, and what it had not answered is sent to others.
    """

    def __init__(self, opener: Opener, *, address: str | None = None, patience_s: float = _PATIENCE_S) -> None:
        """Start the actors, and wait until one of them has the model.

        Args:
            opener: Opens the model, in each actor.
            address: Of a cluster elsewhere, as for `Cluster`.
            patience_s: Seconds to wait for room while no node has any.

        Raises:
            ModelError: If the cluster cannot be reached, or the model cannot be opened, or is none to share out.
        """
        self._cluster = Cluster(address)
        self._crew: Crew | None = None
        self._planned: Planned | None = None
        self._places: dict[str, int] = {}
        try:
            self._crew = Crew(self._cluster, opener, patience_s=patience_s)
            self.facts: ModelFacts = self._crew.facts
            if self.facts.capabilities.by_document or self.facts.capabilities.host is not None:
                raise ModelError(
                    f"{self.facts.name} has no weights that run on the nodes of a cluster",
                    remedy="Leave out --executor: this model is asked from one process.",
                )
        except BaseException:
            self.close()
            raise

    def plan(self, requests: Sequence[Request]) -> Planned:
        """As `PlanningModel.plan`, on every node."""
        assert self._crew is not None
        self._places = {request.hash(): place for place, request in enumerate(requests)}
        self._planned = self._crew.plan(requests)
        return self._planned

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        """Answer requests that were planned, from this thread, as `Model.answer`."""
        assert self._crew is not None
        assert self._planned is not None
        asked = {self._places[request.hash()]: index for index, request in enumerate(requests)}
        units = [tuple(place for place in unit if place in asked) for unit in self._planned.units]
        parcels = Parcels([unit for unit in units if unit], self._cluster.actors)
        self._crew.answer(parcels, lambda place, outcome: deliver(asked[place], outcome))

    def session(self) -> dict[str, Any]:
        """What the manifest says of where the answers were computed."""
        assert self._crew is not None
        return {
            "name": "ray",
            "version": ray_version(),
            "actors": self._cluster.actors,
            "nodes": len(self._crew.nodes),
            "lost": self._crew.lost,
            "requests_sent_again": self._crew.sent_again,
        }

    def close(self) -> None:
        """End the actors and leave the cluster."""
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.stop()
        self._cluster.close()
