"""HTTP with aiohttp: one kept-alive session, one request at a time, and a bounded pool of workers."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import aiohttp

_CONNECT_TIMEOUT_S = 30.0
_AFTER_THE_END_S = 1.0
_REMEDY = "Is the server running? Check the host and port of the base URL."
_STREAM = "text/event-stream"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent back, whatever it means."""

    status: int
    body: bytes
    """Empty where it came as a stream of events."""
    retry_after: str | None
    """The Retry-After header as sent."""
    location: str | None
    """Where a redirect points; redirects are not followed."""
    latency_s: float
    """Seconds from sending to the last byte, of this attempt alone."""
    streamed: bool = False
    first_token_s: float | None = None
    """Seconds from sending to the first event that brought text; None where nothing was streamed."""


@dataclass(frozen=True, slots=True)
class NoReply:
    """A request that no whole reply came back for."""

    what: str
    unreachable: str | None
    """What to do about a server that could not even be connected to; None when the connection stood."""
    tls: bool = False
    """Whether it failed for want of a trusted certificate."""


def open_session(
    *, headers: Mapping[str, str], concurrency: int, timeout_s: float, tls: ssl.SSLContext | None
) -> aiohttp.ClientSession:
    """Open a session for one endpoint; call it in a running event loop, close it when done.

    Certificates are verified, proxies of the environment are ignored (prompts go to the named host and nowhere else),
    and cookies are not kept, so that requests stay independent.

    Args:
        headers: Sent with every request.
        concurrency: Connections at most.
        timeout_s: Seconds until an attempt without a whole reply is given up.
        tls: What certificates are verified against; None for the machine's own authorities.
    """
    import aiohttp

    return aiohttp.ClientSession(
        headers={"Content-Type": "application/json", **headers},
        connector=aiohttp.TCPConnector(limit=concurrency, ssl=tls if tls is not None else True),
        timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=_CONNECT_TIMEOUT_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


async def send(
    session: aiohttp.ClientSession,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str] | None = None,
    take: Callable[[bytes], bool] | None = None,
) -> Reply | NoReply:
    """Send one body. Network faults come back as values, for aiohttp's exceptions carry the headers and so the key.

    Args:
        session: Of the endpoint.
        url: Where to.
        body: What is posted; None for what is only fetched.
        headers: Beside those of the session.
        take: Given each event of a streamed reply as it comes; tells whether it brought text. Its exceptions go
            through.
    """
    import aiohttp

    started = time.perf_counter()
    first_token_s = None
    streamed = False
    try:
        # A followed redirect would turn the POST into a GET, or carry the prompts to another host.
        method = "GET" if body is None else "POST"
        async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as reply:
            if take is not None and reply.status == 200 and reply.content_type == _STREAM:
                content, streamed = b"", True
                first = await _follow(reply, take)
                first_token_s = first - started if first is not None else None
            else:
                content = await reply.read()
    except aiohttp.ClientSSLError as error:
        return NoReply(f"no TLS connection ({error})", unreachable=_REMEDY, tls=True)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        return NoReply(f"no connection ({error})", unreachable=_REMEDY)
    except TimeoutError:
        return NoReply(f"no answer within {session.timeout.total:g} s", unreachable=None)
    except (aiohttp.ClientError, OSError) as error:
        return NoReply(f"connection broke off ({error or type(error).__name__})", unreachable=None)
    return Reply(
        status=reply.status,
        body=content,
        retry_after=reply.headers.get("Retry-After"),
        location=reply.headers.get("Location"),
        latency_s=time.perf_counter() - started,
        streamed=streamed,
        first_token_s=first_token_s,
    )


async def _follow(reply: aiohttp.ClientResponse, take: Callable[[bytes], bool]) -> float | None:
    """Hand on the events of a stream until it ends; when the first came that brought text."""
    first: float | None = None
    events = Events()
    async for chunk in reply.content.iter_any():
        for event in events.of(chunk):
            if take(event) and first is None:
                first = time.perf_counter()
        if events.done:
            # The connection can be used again once the end of the reply has been read.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_AFTER_THE_END_S):
                    await reply.read()
            break
    return first


class Events:
    """Cuts a stream of server-sent events into their data, as https://html.spec.whatwg.org says."""

    def __init__(self) -> None:
        self.done = False
        """Whether the stream has said `[DONE]`."""
        self._rest = b""
        self._data: list[bytes] = []

    def of(self, chunk: bytes) -> list[bytes]:
        """The data of the events that end in the next chunk."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        ended: list[bytes] = []
        for line in (line.removesuffix(b"\r") for line in lines):
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
            elif not line and self._data:
                event, self._data = b"\n".join(self._data), []
                if event == b"[DONE]":
                    self.done = True
                else:
                    ended.append(event)
        return ended


async def run_pool(items: Iterable[Item], work: Callable[[Item], Awaitable[None]], size: int) -> None:
    """Do the work for every item, at most `size` at a time, in tasks that are as many as that and no more.

    The first exception, or a cancellation, stops all workers before it goes on to the caller.
    """
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await work(item)

    workers = [asyncio.create_task(worker()) for _ in range(size)]
    try:
        await asyncio.gather(*workers)
    finally:
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def run_to_end(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine in an event loop of its own; in a thread of its own where this one has a loop running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work())
        return
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[None] | None]] = Future()

    async def stoppable() -> None:
        running.set_result((asyncio.get_running_loop(), asyncio.current_task()))
        await work()

    with ThreadPoolExecutor(max_workers=1) as pool:
        done = pool.submit(lambda: asyncio.run(stoppable()))
        try:
            done.result()
        except KeyboardInterrupt:
            # It reaches this thread alone; the pool is left once the other has ended.
            loop, task = running.result()
            if task is not None and not done.done():
                loop.call_soon_threadsafe(task.cancel)
            raise
