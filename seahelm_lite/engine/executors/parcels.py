"""The units of a run as parcels: what is sent to an actor at once, and sent again where an actor is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

ATTEMPTS = 3
"""Actors that may be lost over a unit before its requests are given up."""

_IN_HAND = 2
"""Parcels of an actor: the one that it is at, and the next, so that it does not wait for us."""

_REQUESTS = 32
"""Of a parcel: enough that sending it costs little beside computing it."""

_SHARE = 8
"""Parcels for each actor at least, so that none waits long for the others at the end."""

Unit = tuple[int, ...]
"""Requests that are computed together."""


@dataclass(frozen=True)
class Parcel:
    """Whole units that are sent together."""

    units: tuple[Unit, ...]
    attempts: int = 0
    """Actors that were lost while they had it."""

    @property
    def requests(self) -> list[int]:
        """The requests of all its units."""
        return [index for unit in self.units for index in unit]


class Parcels:
    """What is still to be answered."""

    def __init__(self, units: Sequence[Unit], actors: int) -> None:
        """Put neighbouring units together, which a model computes faster one after the other.

        Args:
            units: What has to be answered.
            actors: Among how many actors.
        """
        most = min(_REQUESTS, sum(map(len, units)) // (_SHARE * actors))
        self._waiting: deque[Parcel] = deque()
        self._sent = 0
        gathered: list[Unit] = []
        for unit in units:
            gathered.append(unit)
            if sum(map(len, gathered)) >= most:
                self._waiting.append(Parcel(tuple(gathered)))
                gathered = []
        if gathered:
            self._waiting.append(Parcel(tuple(gathered)))

    @property
    def done(self) -> bool:
        """Whether nothing is waiting, and nothing is with an actor."""
        return not self._waiting and not self._sent

    def take(self, *, in_hand: int) -> Parcel | None:
        """The next to be sent to an actor.

        What an actor was lost over is sent to one that has nothing else: should that be lost too, it is known why.

        Args:
            in_hand: Parcels that the actor has already.

        Returns:
            None where it gets nothing more for now.
        """
        if not self._waiting or in_hand >= (_IN_HAND if not self._waiting[0].attempts else 1):
            return None
        self._sent += 1
        return self._waiting.popleft()

    def settle(self) -> None:
        """One that was sent has its answers, or will never have them."""
        self._sent -= 1

    def give_back(self, parcel: Parcel) -> bool:
        """One came back without answers, as its actor was lost. It will be sent again, in single units.

        Only after all others, since one of its units may be what the actor died of.

        Returns:
            False where it has been tried often enough: it is not sent again, and still has to be settled.
        """
        if parcel.attempts + 1 >= ATTEMPTS:
            return False
        self._sent -= 1
        self._waiting += [Parcel((unit,), parcel.attempts + 1) for unit in parcel.units]
        return True
