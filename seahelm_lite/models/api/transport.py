"""HTTP with aiohttp: one kept-alive session, one POST at a time, and a bounded pool of workers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import aiohttp

_CONNECT_TIMEOUT_S = 30.0
_TLS_REMEDY = "If the server uses a private certificate authority, set SSL_CERT_FILE to its bundle."
_REMEDY = "Is the server running? Check the host and port of the base URL."

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent back, whatever it means."""

    status: int
    body: bytes
    retry_after: str | None
    """The Retry-After header as sent."""
    location: str | None
    """Where a redirect points; redirects are not followed."""
    latency_s: float
    """Seconds from sending to the last byte, of this attempt alone."""


@dataclass(frozen=True, slots=True)
class NoReply:
    """A request that no whole reply came back for."""

    what: str
    unreachable: str | None
    """What to do about a server that could not even be connected to; None when the connection stood."""


def open_session(*, key: str | None, concurrency: int, timeout_s: float) -> aiohttp.ClientSession:
    """Open a session for one endpoint; call it in a running event loop, close it when done.

    Certificates are verified, proxies of the environment are ignored (prompts go to the named host and nowhere else),
    and cookies are not kept, so that requests stay independent.
    """
    import aiohttp

    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return aiohttp.ClientSession(
        headers=headers,
        connector=aiohttp.TCPConnector(limit=concurrency),
        timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=_CONNECT_TIMEOUT_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


async def post(session: aiohttp.ClientSession, url: str, body: bytes) -> Reply | NoReply:
    """Send one body. Network faults come back as values, for aiohttp's exceptions carry the headers and so the key."""
    import aiohttp

    started = time.perf_counter()
    try:
        # A followed redirect would turn the POST into a GET, or carry the prompts to another host.
        async with session.post(url, data=body, allow_redirects=False) as reply:
            content = await reply.read()
    except aiohttp.ClientSSLError as error:
        return NoReply(f"no TLS connection ({error})", unreachable=_TLS_REMEDY)
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
    )


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
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()
