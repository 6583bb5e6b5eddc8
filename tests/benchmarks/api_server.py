"""A chat API as a process of its own that answers everything the same after 20 ms.

`python -m tests.benchmarks.api_server` does next to nothing, so that what is measured is the client. It tells its port
on standard output and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tests.loopback import chat

DELAY_S = 0.02
_BODY = json.dumps(chat("Jawapan: B")).encode()
_HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n".encode()


class _Answers(asyncio.Protocol):
    """One connection. A request has a Content-Length, and the next comes after the answer."""

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = next(
            int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        if len(body) >= length:
            self._received = b""
            asyncio.get_running_loop().call_later(DELAY_S, self._transport.write, _HEAD + _BODY)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Answers, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
