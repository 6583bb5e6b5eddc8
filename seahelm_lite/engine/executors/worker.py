"""What runs in a Ray actor: one model, which plans the whole run and answers the parts that it is sent."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import DocumentModel, Model, ModelFacts, Planned, PlanningModel
from seahelm_lite.records import Outcome, Request

Opener = Callable[[], Model | DocumentModel]
"""Opens the model, in the process that it is to run in."""


class Worker:
    """A model in another process."""

    def __init__(self) -> None:
        self._model: Model | DocumentModel | None = None
        self._requests: Sequence[Request] = ()

    def place(self) -> tuple[str, str]:
        """The id and the address of the node that this runs on."""
        import ray

        return ray.get_runtime_context().get_node_id(), ray.util.get_node_ip_address()

    def open(self, opener: Opener, folder: str, threads: int | None) -> ModelFacts:
        """Open the model.

        Args:
            opener: Opens it.
            folder: Where relative paths begin.
            threads: Of torch, where the model runs on a processor: the bytes of its answers depend on them.

        Raises:
            ModelError: If it cannot be loaded here.
        """
        if not Path(folder).is_dir():
            raise ModelError(f"there is no folder {folder}", remedy="Start the run in a folder that every node has.")
        os.chdir(folder)
        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        self._model = opener()
        return self._model.facts

    def plan(self, requests: Sequence[Request]) -> Planned:
        """See every request of the run."""
        self._requests = requests
        return self._model.plan(requests) if isinstance(self._model, PlanningModel) else Planned.singly(len(requests))

    def answer(self, places: Sequence[int]) -> list[tuple[int, Outcome]]:
        """Answer some of the requests that were planned.

        Args:
            places: Their indices; whole units, as far as they have no answer yet.

        Returns:
            The index and the outcome of each.
        """
        assert self._model is not None
        outcomes: list[tuple[int, Outcome]] = []
        self._model.answer(
            [self._requests[place] for place in places],
            lambda index, outcome: outcomes.append((places[index], outcome)),
        )
        return outcomes
