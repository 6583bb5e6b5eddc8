"""The actors of a run: started, checked to be alike, kept at work, and replaced when they are lost."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from seahelm_lite.engine.executors.cluster import Cluster
from seahelm_lite.engine.executors.parcels import ATTEMPTS, Parcel, Parcels
from seahelm_lite.engine.executors.worker import Opener, Worker
from seahelm_lite.errors import ModelError, SeahelmError
from seahelm_lite.models.base import Deliver, ModelFacts, Planned
from seahelm_lite.records import Failure, Outcome, Request

_FALSE_STARTS = 3
"""Actors in a row that may be lost before one of them has its model."""

_IN_VAIN = 2 * ATTEMPTS
"""Actors for each that is wanted that may be lost one after the other without an answer in between."""

_Step = Literal["place", "open", "plan", "answer"]


@dataclass
class _Call:
    """Something that an actor was told to do; it does one after the other."""

    step: _Step
    result: Any
    parcel: Parcel | None = None


@dataclass(eq=False)
class _Member:
    """An actor."""

    handle: Any
    replaces: bool
    """Whether it took the place of one that was lost."""
    calls: deque[_Call] = field(default_factory=deque)
    node: tuple[str, str] | None = None
    """Id and address; None until a node has room for it."""
    is_open: bool = False
    has_planned: bool = False

    def tell(self, step: _Step, *arguments: Any, parcel: Parcel | None = None) -> None:
        """Have it do something more."""
        self.calls.append(_Call(step, getattr(self.handle, step).remote(*arguments), parcel))


class Crew:
    """Actors that each hold the same model."""

    def __init__(self, cluster: Cluster, opener: Opener, *, patience_s: float) -> None:
        """Start them, and wait until one has opened the model.

        Args:
            cluster: Where.
            opener: Opens the model.
            patience_s: Seconds to wait for room while there is no actor at all.

        Raises:
            SeahelmError: What opening the model raised, on any node.
            ModelError: If no actor could be started.
        """
        self.nodes: set[str] = set()
        """Ids of the nodes that actors have run on."""
        self.lost = 0
        """Actors that were lost."""
        self.sent_again = 0
        """Requests that were with them."""
        self._cluster = cluster
        self._opener = opener
        self._patience_s = patience_s
        self._threads = None if cluster.has_gpus else _threads()
        self._false_starts = 0
        self._in_vain = 0
        self._facts: ModelFacts | None = None
        self._requests: Any = None
        self._planned: Planned | None = None
        self._parcels: Parcels | None = None
        self._deliver: Deliver | None = None
        self._answered = False
        self._last_placed = time.monotonic()
        self._members = [self._start() for _ in range(cluster.actors)]
        try:
            self._until(lambda: self._facts is not None)
        except BaseException:
            self.stop()
            raise

    @property
    def facts(self) -> ModelFacts:
        """Of the model, the same on every node."""
        assert self._facts is not None
        return self._facts

    def plan(self, requests: Sequence[Request]) -> Planned:
        """Show all requests to every actor; what they make of them, which has to be the same."""
        import ray

        self._requests, self._planned = ray.put(list(requests)), None
        for member in self._members:
            member.has_planned = False
            member.tell("plan", self._requests)
        self._until(lambda: self._planned is not None)
        assert self._planned is not None
        return self._planned

    def answer(self, parcels: Parcels, deliver: Deliver) -> None:
        """Have planned requests answered, each delivered with its place in the plan.

        Raises:
            ModelError: If a model fails before the first answer, or no actor is left and none can be started.
        """
        self._parcels, self._deliver = parcels, deliver
        for member in self._members:
            self._give_work(member)
        self._until(lambda: parcels.done)

    def stop(self) -> None:
        """End the actors, whatever they are at."""
        for member in self._members:
            _kill(member)

    def _start(self, *, replaces: bool = False) -> _Member:
        import ray

        member = _Member(ray.remote(Worker).options(**self._cluster.options).remote(), replaces)
        member.tell("place")
        member.tell("open", self._opener, os.getcwd(), self._threads)
        if self._requests is not None:
            member.tell("plan", self._requests)
        return member

    def _until(self, done: Callable[[], bool]) -> None:
        """Take what the actors bring, one thing after the other."""
        import ray

        while not done():
            waited_for = {member.calls[0].result: member for member in self._members if member.calls}
            results = list(waited_for)
            ray.wait(results, timeout=1)
            # Of all that is there now one each: a fast actor would else be served again before a slow one.
            for result in ray.wait(results, num_returns=len(results), timeout=0)[0]:
                self._take(waited_for[result])
            if any(member.node for member in self._members):
                self._last_placed = time.monotonic()
            elif time.monotonic() - self._last_placed > self._patience_s:
                raise ModelError(
                    f"no node of the Ray cluster has had room for the model for {self._patience_s:.0f} s",
                    remedy="`ray status` shows who uses what. Answers that came are kept: go on with --resume.",
                )

    def _take(self, member: _Member) -> None:
        """What an actor has done first of what it was told."""
        import ray
        from ray.exceptions import RayError, RayTaskError

        call = member.calls[0]
        try:
            value = ray.get(call.result)
        except RayTaskError as error:
            member.calls.popleft()
            self._raised(member, call, error.cause)
        except RayError as error:
            self._lose(member, error)
        else:
            member.calls.popleft()
            self._done(member, call, value)

    def _done(self, member: _Member, call: _Call, value: Any) -> None:
        if call.step == "place":
            member.node = value
            self.nodes.add(value[0])
        elif call.step == "open":
            if self._facts not in (None, value):
                raise ModelError(
                    "the model is not the same as on other nodes",
                    where=_at(member),
                    remedy="Copy its files there once more.",
                )
            member.is_open, self._false_starts, self._facts = True, 0, value
        elif call.step == "plan":
            if self._planned not in (None, value):
                raise ModelError(
                    "the model plans the requests in another way than on other nodes, so answers would differ",
                    where=_at(member),
                    remedy="Add ,pack_tokens=N to the SPEC, and install the same versions everywhere.",
                )
            member.has_planned, self._planned = True, value
            self._give_work(member)
        else:
            self._in_vain = 0
            self._settle(value)
            self._give_work(member)

    def _give_work(self, member: _Member) -> None:
        if self._parcels is None or not member.has_planned:
            return
        while (parcel := self._parcels.take(in_hand=len(member.calls))) is not None:
            member.tell("answer", parcel.requests, parcel=parcel)

    def _settle(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        """Deliver what a parcel came to."""
        assert self._parcels is not None
        assert self._deliver is not None
        self._parcels.settle()
        for place, outcome in outcomes:
            self._answered = True
            self._deliver(place, outcome)

    def _raised(self, member: _Member, call: _Call, cause: Exception) -> None:
        """An actor lives, and could not do what it was told."""
        if not isinstance(cause, SeahelmError):
            cause = ModelError(f"{type(cause).__name__}: {' '.join(str(cause).split())[:300]}")
        if call.step == "open" and member.replaces:
            self._lose(member, cause)  # what its predecessor was lost of may not be over
            return
        if call.parcel is None or not self._answered:
            where = ", ".join(filter(None, (cause.where, _at(member))))
            raise type(cause)(cause.what, where=where, remedy=cause.remedy) from None
        self._settle([(place, Failure(cause.sentence())) for place in call.parcel.requests])
        self._give_work(member)

    def _lose(self, member: _Member, error: Exception) -> None:
        """An actor is gone, or its node cannot be reached: another takes its place."""
        self._members.remove(member)
        _kill(member)
        self.lost += 1
        cause = " ".join(str(error).split())[:300]
        self._false_starts += not member.is_open
        self._in_vain += 1
        if self._in_vain >= _IN_VAIN * self._cluster.actors:
            raise ModelError(
                f"{self._in_vain} Ray actors in a row were lost without an answer: {cause}",
                where=_at(member),
                remedy="Their logs say why, often for want of memory. Answers that came are kept: go on with --resume.",
            )
        for call in member.calls:
            if call.parcel is not None:
                self._send_again(call.parcel, cause)
        if self._false_starts < _FALSE_STARTS:
            self._members.append(self._start(replaces=True))
        elif not any(other.is_open for other in self._members):
            raise ModelError(f"{_FALSE_STARTS} Ray actors in a row did not get the model: {cause}", where=_at(member))
        for other in self._members:
            self._give_work(other)

    def _send_again(self, parcel: Parcel, cause: str) -> None:
        assert self._parcels is not None
        self.sent_again += len(parcel.requests)
        if not self._parcels.give_back(parcel):
            told = f"{ATTEMPTS} Ray actors were lost over this request: {cause}"
            self._settle([(place, Failure(told)) for place in parcel.requests])


def _at(member: _Member) -> str:
    return f"on the node {member.node[1]}" if member.node is not None else ""


def _kill(member: _Member) -> None:
    import ray

    with contextlib.suppress(ray.exceptions.RayError, ValueError):
        ray.kill(member.handle)


def _threads() -> int | None:
    """Those that torch uses here."""
    try:
        import torch
    except ImportError:
        return None
    return int(torch.get_num_threads())
