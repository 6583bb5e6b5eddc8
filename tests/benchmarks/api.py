"""What a request costs the API client, and how many it gets through, beside bare aiohttp and the clients of others.

64 connections to a server in a process of its own that answers after 20 ms, so that 3,200 requests a second are the
ceiling. Every client is a process of its own too; they take turns, one pass each.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import IO

from tests.benchmarks.api_server import DELAY_S
from tests.benchmarks.api_side import CONNECTIONS, SIDES

REQUESTS = {"ours": 4000, "aiohttp": 4000, "lm-eval": 2000, "openai": 500}
"""The SDK takes so long over each that fewer tell as much."""
PASSES = 5
BAR_MS = 0.5
BAR_SHARE = 0.9
_NAMES = {"lm-eval": "lm-eval local-chat-completions", "aiohttp": "bare aiohttp", "openai": "openai SDK"}


def main() -> None:
    seconds: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(_process("tests.benchmarks.api_server"))
        base_url = f"http://127.0.0.1:{_line(server)}/v1"
        clients = {
            side: stack.enter_context(_process("tests.benchmarks.api_side", side, base_url, str(REQUESTS[side])))
            for side in SIDES
        }
        for client in clients.values():
            _line(client)
        for _ in range(PASSES):
            for side, client in clients.items():
                assert client.stdin is not None
                client.stdin.write("go\n")
                client.stdin.flush()
                wall, cpu = map(float, _line(client).split())
                seconds[side].append((wall, cpu))
    print(
        f"{CONNECTIONS} connections, a server that answers after {DELAY_S * 1000:.0f} ms "
        f"(ceiling {CONNECTIONS / DELAY_S:,.0f} requests/s); medians of {PASSES} interleaved passes"
    )
    rates = {}
    for side, passes in seconds.items():
        rates[side] = statistics.median(REQUESTS[side] / wall for wall, _ in passes)
        cpu_ms = statistics.median(cpu / REQUESTS[side] * 1000 for _, cpu in passes)
        bar = f" (bar {BAR_MS})" if side == "ours" else ""
        print(f"  {_NAMES.get(side, side)}: {cpu_ms:.2f} CPU ms a request{bar}, {rates[side]:,.0f} requests/s")
    print(f"  ours gets through {rates['ours'] / rates['aiohttp']:.0%} of bare aiohttp's (bar {BAR_SHARE:.0%})")


@contextlib.contextmanager
def _process(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs a module of the benchmarks and ends when its standard input does."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)


def _line(process: subprocess.Popen[str]) -> str:
    out: IO[str] | None = process.stdout
    line = out.readline() if out is not None else ""
    if not line:
        raise SystemExit(f"{' '.join(map(str, process.args))} ended")  # type: ignore[arg-type]
    return line.strip()
