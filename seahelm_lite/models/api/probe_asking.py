"""From a call of a probe to the body that is posted, and from what came back to an answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.catalog.access import Access
from seahelm_lite.models.api.probe import Ask
from seahelm_lite.models.api.probe_answers import Answer
from seahelm_lite.models.api.wires.base import Body, MalformedReplyError, Wire
from seahelm_lite.models.api.wires.common import parse
from seahelm_lite.records import JsonValue, Request


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one posted body came to."""

    body: bytes = b""
    """The reply, where it was answered and not streamed."""
    events: Sequence[bytes] | None = None
    """The data of the events of a reply that was streamed."""
    refusal: str = ""
    """What the endpoint said, where it refused."""
    loss: str = ""
    """Why no reply came, however often it was asked."""


Post = Callable[[Body, bool], Awaitable[Exchange]]
"""Posts a body, with whether its answer shall be streamed. It raises ModelError where no call can succeed."""


def asking(access: Access, wire: Wire, post: Post) -> Ask:
    """What a probe of an endpoint asks with: nothing that the card says is unsupported is left out."""

    async def ask(request: Request, params: Mapping[str, JsonValue], extra: Body, stream: bool) -> Answer:
        body = wire.body(request, _instead_of_zero(access, params), access, stream=stream)
        for ours, theirs in access.params.rename.items():
            if ours in body:
                body[theirs] = body.pop(ours)
        got = await post(_merged(_merged(body, access.params.fixed), extra), stream)
        return _read(got, request, wire)

    return ask


def _instead_of_zero(access: Access, params: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    zero = access.params.zero_temperature_as
    if zero is None or params.get("temperature") != 0:
        return params
    return {**{name: value for name, value in params.items() if name != "temperature"}, **zero}


def _merged(body: Mapping[str, JsonValue], extra: Mapping[str, JsonValue]) -> Body:
    """A body with further members; objects that both have are merged."""
    result = dict(body)
    for name, value in extra.items():
        before = result.get(name)
        result[name] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def _read(got: Exchange, request: Request, wire: Wire) -> Answer:
    if got.refusal or got.loss:
        return Answer(refusal=got.refusal, fault=got.loss, lost=bool(got.loss))
    reply: Body = {}
    try:
        if got.events is not None:
            return _streamed(got.events, wire)
        reply = parse(got.body)
        return Answer(wire.read(reply, request), reply)
    except MalformedReplyError as error:
        return Answer(None, reply, fault=f"no answer came: {error}")


def _streamed(events: Sequence[bytes], wire: Wire) -> Answer:
    reader, pieces = wire.reader(), 0
    try:
        for event in events:
            pieces += reader.feed(json.loads(event))
    except (ValueError, RecursionError):
        raise MalformedReplyError("an event of the stream is no JSON") from None
    return Answer(reader.response(), pieces=pieces)
