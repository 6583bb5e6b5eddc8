"""A chat API that fails in every way that was seen of one: `FaultyServer(share=0.2)`.

Which requests fail, and how, hangs on the request and on how often it was sent before, not on the order in which
requests arrive. Without a fault the answer hangs on the messages alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import socket
import struct
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from tests.loopback import Act, Canned, ChatServer, Seen, chat, text_for

NOW = {"Retry-After": "0"}
WEB = {**NOW, "Content-Type": "text/html"}
LONG_AGO = {"Retry-After": "Thu, 01 Jan 2015 00:00:00 GMT"}
PAGE = "<!doctype html><title>502 Bad Gateway</title><h1>nginx</h1>"
OTHER = "loopback-2"
TOKEN_LASTS = 200
"""Requests that a token is good for at least."""

KINDS = (
    *("429 without Retry-After", "429 with seconds", "429 with a date", "500", "502", "503"),
    *("reset", "slow loris", "half JSON", "wrong content type", "web page", "empty choices", "null content"),
    *("duplicated chunk", "truncated", "other model", "expired token"),
)


class FaultyServer(ChatServer):
    """Fails some of the requests.

    Args:
        share: Of the requests that fail, of 1; can be changed while it runs.
        seed: Decides which, and how.
        kinds: The faults that there are.
    """

    def __init__(self, share: float = 0.2, *, seed: int = 0, kinds: Sequence[str] = KINDS) -> None:
        super().__init__(self._answer)
        self.share = share
        self.faults: Counter[str] = Counter()
        """What failed how often."""
        self.down_after: int | None = None
        """Requests after which every one fails, as behind a gateway whose server is gone."""
        self._seed = seed
        self._kinds = kinds
        self._asked: Counter[str] = Counter()
        self._blank: set[str] = set()
        self._tokens = 0
        self._valid: str | None = None
        """The token that is good; None before one was asked for."""
        self._served = 0

    async def _answer(self, seen: Seen) -> Canned | Act:
        if seen.path.endswith("/token"):
            self._tokens += 1
            self._served = 0
            self._valid = f"token-{self._tokens}-of-the-fault-server"
            return Canned({"access_token": self._valid, "expires_in": 3600})
        if self.down_after is not None and seen.number >= self.down_after:
            return Canned(PAGE, 502, WEB)
        text = text_for(seen.body["messages"])[0]
        digest = hashlib.sha256(json.dumps(seen.body, sort_keys=True).encode()).hexdigest()
        chance = random.Random(f"{self._seed} {digest} {self._asked[digest]}")
        self._asked[digest] += 1
        if self._valid is not None and seen.headers.get("Authorization") != f"Bearer {self._valid}":
            return EXPIRED
        self._served += 1
        streamed = bool(seen.body.get("stream"))
        if chance.random() < self.share:
            kind = chance.choice(self._kinds)
            reply = self._fault(kind, text, digest, streamed=streamed)
            if reply is not None:
                self.faults[kind] += 1
                return reply
        return _stream(_events(text)) if streamed else Canned(_whole(text))

    def _fault(self, kind: str, text: str, digest: str, *, streamed: bool) -> Canned | Act | None:
        """A fault; None where this one cannot be now."""
        if kind == "expired token":
            if self._valid is None or self._served < TOKEN_LASTS:
                return None
            self._valid = ""
            return EXPIRED
        if kind == "null content":
            # Once for each request: an empty answer that stays empty is the model's own.
            if digest in self._blank:
                return None
            self._blank.add(digest)
        return _failing(kind, text, streamed=streamed)


EXPIRED = Canned({"error": {"message": "Token has expired"}}, 401)
SLOW_DOWN = {"error": {"message": "slow down"}}


def _failing(kind: str, text: str, *, streamed: bool) -> Canned | Act:
    whole = json.dumps(_whole(text))
    first, *rest = _events(text)
    either: dict[str, tuple[Canned | Act, Canned | Act]] = {
        "null content": (Canned(chat(None)), _stream([_chunk(finish="stop"), _counts(0)])),
        "duplicated chunk": (Canned(whole[:60] + whole[30:], 200, NOW), _stream([first, first, *rest])),
        "truncated": (Canned(chat(text), cut=True), _stream([first], ends=False)),
        "other model": (Canned({**_whole(text), "model": OTHER}), _stream(_events(text, model=OTHER))),
    }
    if kind in either:
        return either[kind][streamed]
    return {
        "429 without Retry-After": Canned(SLOW_DOWN, 429),
        "429 with seconds": Canned(SLOW_DOWN, 429, NOW),
        "429 with a date": Canned(SLOW_DOWN, 429, LONG_AGO),
        "500": Canned(PAGE, 500, WEB),
        "502": Canned(PAGE, 502, WEB),
        "503": Canned(PAGE, 503, WEB),
        "reset": _reset,
        "slow loris": _slow_loris,
        "half JSON": Canned(whole[:40], 200, {**NOW, "Content-Type": "application/json"}),
        # What counts is what it says, not what it is called.
        "wrong content type": Canned(whole, 200, {"Content-Type": "text/html"}),
        "web page": Canned(PAGE, 200, WEB),
        "empty choices": Canned({**chat(text), "choices": []}, 200, NOW),
    }[kind]


def _whole(text: str) -> dict[str, Any]:
    """As many tokens as its stream has pieces, since scores tell tokens."""
    return {**chat(text), "usage": _counts(len(text))["usage"]}


def _chunk(text: str | None = None, finish: str | None = None, model: str = "loopback-1") -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    return {"id": "chatcmpl-1", "model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _counts(tokens: int) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": tokens}}


def _events(text: str, model: str = "loopback-1") -> list[dict[str, Any]]:
    return [*(_chunk(letter, model=model) for letter in text), _chunk(finish="stop", model=model), _counts(len(text))]


def _stream(events: Sequence[dict[str, Any]], *, ends: bool = True) -> Act:
    async def act(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream", **NOW})
        await reply.prepare(request)
        for event in events:
            await reply.write(b"data: " + json.dumps(event).encode() + b"\n\n")
            await asyncio.sleep(0)
        if ends:
            await reply.write(b"data: [DONE]\n\n")
        return reply

    return act


async def _reset(request: web.Request) -> web.StreamResponse:
    """The connection is gone without a word."""
    assert request.transport is not None
    connection: socket.socket = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
    return web.Response()


async def _slow_loris(request: web.Request) -> web.StreamResponse:
    """A reply that never ends, one byte at a time."""
    reply = web.StreamResponse(headers={"Content-Type": "application/json"})
    await reply.prepare(request)
    while True:
        await reply.write(b" ")
        await asyncio.sleep(0.2)
