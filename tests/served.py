"""`transformers serve` with a tiny random model: a chat and completions API that is not ours."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_STARTS_WITHIN_S = 300


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    base_url: str
    model: str
    """The only name it answers to: that of the folder of the weights."""


@contextmanager
def transformers_serve(model: Path, log: Path) -> Iterator[Served]:
    """Serve the weights in a folder on a free port of this machine, until the block is left."""
    port = _free_port()
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", model.name]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with log.open("wb") as written:
        server = subprocess.Popen(
            [*command, *options], stdout=written, stderr=written, env=environment, cwd=model.parent
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", server, log)
            yield Served(f"http://127.0.0.1:{port}/v1", model.name)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while server.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"transformers serve did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
