"""Models that need no weights, to be opened in Ray actors."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from seahelm_lite.models.base import Capabilities, Deliver, ModelFacts, Planned, Thinking
from seahelm_lite.models.local import LmEvalModel
from seahelm_lite.models.specs import open_model
from seahelm_lite.records import Request, Response

DEADLY = "question 7"
"""The context of the request that `deadly` dies of."""

Before = Callable[[Sequence[Request]], None]
"""Called before some requests are answered."""


def questions(count: int) -> list[Request]:
    """Requests for a log-likelihood."""
    return [Request(kind="loglikelihood", params={}, context=f"question {n}", continuation=" A") for n in range(count)]


@dataclass
class Made:
    """Answers at once: the number in the context, negative, and the node it is on."""

    before: Before
    files: str = "the same"
    note: str = "made up"

    @property
    def facts(self) -> ModelFacts:
        fingerprint = {"kind": "made", "files": self.files}
        return ModelFacts("made", fingerprint, Capabilities(chat=False, prompt_logprobs=True))

    def plan(self, requests: Sequence[Request]) -> Planned:
        return Planned((self.note,), Planned.singly(len(requests)).units)

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        self.before(requests)
        for index, request in enumerate(requests):
            number = float((request.context or "").split()[-1])
            deliver(index, Response(loglikelihood=-number, is_greedy=False, model=_node()))


def answers_once_two_nodes_are_at_it(folder: Path) -> Made:
    """One that leaves the name of its node in a folder when it is first asked, and waits for another."""

    def meet(_: Sequence[Request]) -> None:
        (folder / _node()).touch()
        while len(list(folder.iterdir())) < 2:
            time.sleep(0.05)

    return Made(meet)


@dataclass
class HeldUp:
    """A real model that never comes to an answer on one node, and on others not before that one is asked too."""

    model: LmEvalModel
    folder: Path
    node: str

    @property
    def facts(self) -> ModelFacts:
        return self.model.facts

    def plan(self, requests: Sequence[Request]) -> Planned:
        return self.model.plan(requests)

    def answer(self, requests: Sequence[Request], deliver: Deliver) -> None:
        (self.folder / _node()).touch()
        while _node() == self.node or not (self.folder / self.node).exists():
            time.sleep(0.05)
        self.model.answer(requests, deliver)


def held_up(folder: Path, node: str, spec: str, *, thinking: Thinking, offline: bool) -> HeldUp:
    """The model of a SPEC, held up."""
    model = open_model(spec, thinking=thinking, offline=offline)
    assert isinstance(model, LmEvalModel)
    return HeldUp(model, folder, node)


def dies_of_everything() -> Made:
    """One whose actor dies of every request."""
    return Made(lambda _: os._exit(1))


def deadly() -> Made:
    """One whose process dies of a certain request."""

    def die(requests: Sequence[Request]) -> None:
        if DEADLY in [request.context for request in requests]:
            os._exit(1)

    return Made(die)


def once_on_each_node(folder: Path) -> Made:
    """One that dies when it is asked, and cannot be opened again."""
    if (folder / _node()).exists():
        raise MemoryError("the GPU is gone")
    (folder / _node()).touch()

    def die(_: Sequence[Request]) -> None:
        os._exit(1)

    return Made(die)


def other_files_on_each_node() -> Made:
    """One that is another model wherever it is opened."""
    return Made(_never, files=_node())


def other_plans_on_each_node() -> Made:
    """One that makes something else of the requests wherever it is opened."""
    return Made(_never, note=_node())


def without_memory() -> Made:
    """One that cannot be opened."""
    raise MemoryError("the weights need 140 GB")


def _never(_: Sequence[Request]) -> None:
    time.sleep(3600)


def _node() -> str:
    import ray

    return str(ray.get_runtime_context().get_node_id())
