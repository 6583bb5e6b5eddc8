"""A chat API on this machine, for tests: `with ChatServer(handler) as server: ... server.base_url`."""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    number: int
    """Counted from 0 in the order of arrival."""
    path: str
    """With its query, where it has one."""
    headers: Mapping[str, str]
    body: Any
    """JSON, or the fields of a form."""


@dataclass(frozen=True)
class Canned:
    """A reply: JSON, or text and bytes as they are."""

    body: Any = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Close the connection after half of the body."""


Act = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""A reply that is more than what is sent: how slowly, or where it breaks off."""

Handler = Callable[[Seen], Awaitable[Canned | Act]]


def chat(content: Any = "A", *, finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    """The JSON of a chat answer; further arguments become fields of its message."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    named = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "loopback-1"}
    return {**named, "choices": [choice], "usage": usage}


def text_for(messages: Any) -> str:
    """The answer that `answers_by_hash` gives to these messages: a letter and a few digits."""
    digest = hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()
    return f"{'ABCD'[int(digest, 16) % 4]} {digest[:8]}"


def answers_by_hash(delay_s: float = 0.0) -> Handler:
    """Answers that depend on the messages alone, each after a delay."""

    async def handler(seen: Seen) -> Canned:
        await asyncio.sleep(delay_s)
        return Canned(chat(text_for(seen.body["messages"])))

    return handler


def script(*replies: Canned) -> Handler:
    """The replies one after the other; the last one again and again."""

    async def handler(seen: Seen) -> Canned:
        return replies[min(seen.number, len(replies) - 1)]

    return handler


class ChatServer:
    """A server in a thread of its own that hands every POST to a handler and remembers what arrived.

    Args:
        handler: Decides the replies.
        tls: Context of a server that speaks https.
    """

    def __init__(self, handler: Handler | None = None, *, tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler or answers_by_hash()
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._in_flight = 0
        self.requests: list[Seen] = []
        self.peak = 0
        """The most requests that were in work at the same time."""
        self.base_url = ""

    def __enter__(self) -> ChatServer:
        self._thread.start()
        try:
            port = asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        except BaseException:
            self._stop_loop()
            raise
        self.base_url = f"{'https' if self._tls else 'http'}://127.0.0.1:{port}/v1"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._stop_loop()

    def stop(self) -> None:
        """Go down: connections that stand are closed, new ones are refused."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()

    def start_again(self) -> None:
        """Come back at the same address."""
        asyncio.run_coroutine_threadsafe(self._start(self._port), self._loop).result()

    def _stop_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def route(self, app: web.Application) -> None:
        """Which address is answered by what."""
        app.router.add_post("/{path:.*}", self._serve)

    async def _start(self, port: int = 0) -> int:
        app = web.Application(client_max_size=2**28)
        self.route(app)
        # Handlers may hang on purpose; they are cut off when the client goes away or the test is over.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=self._tls).start()
        self._port: int = self._runner.addresses[0][1]
        return self._port

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        seen = Seen(len(self.requests), request.path_qs, dict(request.headers), body)
        self.requests.append(seen)
        self._in_flight += 1
        self.peak = max(self.peak, self._in_flight)
        try:
            reply = await self._handler(seen)
            return await (_send(request, reply) if isinstance(reply, Canned) else reply(request))
        finally:
            self._in_flight -= 1


async def _body(request: web.Request) -> Any:
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    return await request.json()


async def _send(request: web.Request, canned: Canned) -> web.StreamResponse:
    if isinstance(canned.body, (str, bytes)):
        data, kind = canned.body, "text/plain"
    else:
        data, kind = json.dumps(canned.body), "application/json"
    data = data.encode() if isinstance(data, str) else data
    headers = {"Content-Type": kind, **canned.headers}
    if not canned.cut:
        return web.Response(body=data, status=canned.status, headers=headers)
    reply = web.StreamResponse(status=canned.status, headers=headers)
    reply.content_length = len(data)
    await reply.prepare(request)
    await reply.write(data[: len(data) // 2])
    if request.transport is not None:
        request.transport.close()
    return reply
