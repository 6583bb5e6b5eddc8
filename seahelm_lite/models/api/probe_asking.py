"""From a call of a probe to the body that is posted, and from what came back to an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from seahelm_lite.catalog.access import Access
from seahelm_lite.models.api.caller import Caller
from seahelm_lite.models.api.client import ApiModel
from seahelm_lite.models.api.connection import Message
from seahelm_lite.models.api.endpoint import check_base_url
from seahelm_lite.models.api.faults import Fault, fault_of_status
from seahelm_lite.models.api.params import put
from seahelm_lite.models.api.probe import Ask, Probed, Prober
from seahelm_lite.models.api.probe_answers import Answer
from seahelm_lite.models.api.transport import Reply, run_to_end
from seahelm_lite.models.api.wires.base import Body, MalformedReplyError, NoLikelihoodError, Wire
from seahelm_lite.models.api.wires.common import parse
from seahelm_lite.models.api.wires.registry import wire_named
from seahelm_lite.records import JsonValue, Request, Response


def probe(model: ApiModel) -> Probed:
    """Find out what the endpoint of a model honours.

    Raises:
        ModelError: If it cannot be reached, or gives no answer to a plain question.
    """
    found: list[Probed] = []

    async def run() -> None:
        wire = wire_named(model.access.wire or "")
        async with model.caller() as caller:
            found.append(await Prober(wire, _asking(model.access, wire, caller), where=caller.endpoint.url).probe())

    run_to_end(run)
    return found[0]


def _asking(access: Access, wire: Wire, caller: Caller) -> Ask:
    """What a probe asks with. What the card says is unsupported is not left out: that is what is to be found out."""
    base_url, _ = check_base_url(access.base_url or "")

    async def ask(request: Request, params: Mapping[str, JsonValue], extra: Body, stream: bool) -> Answer:
        zero = access.params.zero_temperature_as if params.get("temperature") == 0 else None
        ours = {name: value for name, value in params.items() if zero is None or name != "temperature"}
        body = wire.body(request, ours, access, stream=stream)
        for name, theirs in access.params.rename.items():
            if name in body:
                body[theirs] = body.pop(str(name))
        for path, value in [*(zero or {}).items(), *access.params.fixed.items(), *extra.items()]:
            put(body, path, value)
        message = Message(base_url + wire.path(access, stream=stream), json.dumps(body).encode())
        if not stream:
            return _read(await caller.call(message), None, request, wire, caller)
        events: list[bytes] = []

        def take(event: bytes) -> bool:
            events.append(event)
            return True

        # Asked again after it broke off, it would bring what has come already.
        return _read(await caller.call(message, take=take, repeatable=False), events, request, wire, caller)

    return ask


def _read(got: Reply | Fault, events: Sequence[bytes] | None, request: Request, wire: Wire, caller: Caller) -> Answer:
    if isinstance(got, Fault):
        return Answer(fault=got.cause(1), lost=True)
    if got.status != 200:
        caller.check(got)
        return Answer(refusal=fault_of_status(got, caller.endpoint).cause(1))
    reply: Body = {}
    try:
        if events is not None and got.streamed:
            return _streamed(events, wire)
        reply = parse(got.body)
        return Answer(wire.read(reply, request), reply)
    except NoLikelihoodError as error:
        return Answer(Response(), reply, note=caller.endpoint.quote(str(error)))
    except MalformedReplyError as error:
        return Answer(None, reply, fault=f"no answer came: {caller.endpoint.quote(str(error))}")


def _streamed(events: Sequence[bytes], wire: Wire) -> Answer:
    reader = wire.reader()
    pieces = sum(1 for event in events if reader.feed(parse(event)))
    return Answer(reader.response(), pieces=pieces)
