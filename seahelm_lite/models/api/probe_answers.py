"""What came back for the calls of a probe, and what can be said of two texts that should be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from seahelm_lite.models.api.wires.base import Body
from seahelm_lite.records import JsonValue, Response

Outcome = Literal["honoured", "ignored", "refused", "unknown"]

_LEAST = 12
"""Characters below which two texts may be the same by chance."""
_FRAYED = 4
"""Characters at the end of a text that was cut off, which may look otherwise once it goes on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an endpoint was seen to do with one thing that it was asked."""

    what: str
    outcome: Outcome
    """`unknown` where the answers do not tell."""
    seen: str
    """What the outcome rests on, in a few words."""
    calls: int
    """How many calls it rests on; several findings may rest on the same."""
    level: JsonValue = None
    """How far it is honoured, where there are degrees: how many log-probabilities, how repeatable a seed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one call."""

    response: Response | None = None
    """None where the endpoint refused, did not reply, or said something that is no answer."""
    body: Body = field(default_factory=dict)
    """The whole reply, where it was JSON."""
    refusal: str = ""
    """What the endpoint said when it refused the call."""
    fault: str = ""
    """Why there is neither an answer nor a refusal."""
    lost: bool = False
    """Whether that is because no reply came, so that asking another time may tell more."""
    note: str = ""
    """What is wrong with an answer that is one all the same."""
    pieces: int | None = None
    """Events that brought text, of an answer that was streamed."""

    @property
    def text(self) -> str:
        """What the model wrote; empty where there is no answer."""
        return (self.response.text or "") if self.response is not None else ""

    @property
    def cut(self) -> bool:
        """Whether the server says that the limit of tokens ended it."""
        return self.response is not None and self.response.finish_reason == "length"

    @property
    def prompt_tokens(self) -> int | None:
        """As the server counted them."""
        return self.response.usage.prompt if self.response is not None and self.response.usage is not None else None

    @property
    def written_tokens(self) -> int | None:
        """As the server counted them, reasoning included."""
        return self.response.usage.completion if self.response is not None and self.response.usage is not None else None

    def unanswered(self, what: str, calls: int = 1) -> Finding | None:
        """The finding of a call that was refused or lost; None where there is an answer to look at."""
        if self.refusal:
            return Finding(what, "refused", self.refusal, calls)
        return Finding(what, "unknown", self.fault, calls) if self.fault else None


def quoted(text: str) -> str:
    """A short piece of an answer, for a sentence."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 40 else line[:37] + "...")


def shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def comparable(texts: Sequence[str]) -> bool:
    """Whether texts are long enough to say that they are the same."""
    return all(len(_trimmed(text)) >= _LEAST for text in texts)


def same(one: str, other: str) -> bool:
    """Whether a text is the other as far as it goes: answers are asked with limits that differ, so that no cache of
    whole replies can pass for repeatability."""
    one, other = _trimmed(one), _trimmed(other)
    return shared(one, other) >= min(len(one), len(other)) - _FRAYED


def _trimmed(text: str) -> str:
    return text.strip().rstrip("\ufffd")
