"""Folders, a file server on this machine, and a guard against sockets."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.sources import GithubPin, Where

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CONTENT = b"premise,label\nHujan turun.,1\n"


@pytest.fixture
def where(tmp_path: Path) -> Where:
    """A mirror and a cache, both empty, with a network."""
    (tmp_path / "mirror").mkdir()
    return Where(mirror=tmp_path / "mirror", cache=tmp_path / "cache", offline=False, task_roots=(tmp_path / "tasks",))


@pytest.fixture
def offline(where: Where) -> Where:
    """The same places without a network."""
    return Where(mirror=where.mirror, cache=where.cache, offline=True, task_roots=where.task_roots)


@pytest.fixture
def pin() -> GithubPin:
    return pin_of(CONTENT)


def pin_of(content: bytes, path: str = "data/test.csv") -> GithubPin:
    return GithubPin(repo="owner/name", commit=COMMIT, path=path, sha256=hashlib.sha256(content).hexdigest())


def put(root: Path | None, content: bytes, path: str = "data/test.csv") -> Path:
    """Lay a file of the pinned repository into a mirror or cache."""
    assert root is not None
    target = root / "github.com" / "owner" / "name" / COMMIT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@dataclass
class FileServer:
    """Answers with `replies` in turn, the last one for good; `seen` has the raw request paths."""

    replies: list[tuple[int, bytes, int]] = field(default_factory=list)
    """Status, body, and how many bytes the header announces."""
    seen: list[str] = field(default_factory=list)
    url: str = ""

    def serve(self, body: bytes, status: int = 200, announced: int | None = None) -> None:
        self.replies.append((status, body, len(body) if announced is None else announced))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """A stand-in for raw.githubusercontent.com, which `locate` is pointed at."""
    state = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, announced = state.replies[min(len(state.seen), len(state.replies) - 1)]
            state.seen.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(announced))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """`seen` has the requests."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{httpd.server_address[1]}"
    monkeypatch.setenv("SEAHELM_LITE_GITHUB_BASE", state.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("seahelm_lite.sources.fetch._PAUSE_S", 0.0)
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every attempt to connect or to resolve a name fails, and is listed."""
    attempts: list[str] = []

    def refuse(name: str) -> Callable[..., Any]:
        def attempt(*args: Any, **options: Any) -> Any:
            attempts.append(f"{name}{args[-1:]}")
            raise OSError("a test opened a socket")

        return attempt

    monkeypatch.setattr(socket.socket, "connect", refuse("connect"))
    monkeypatch.setattr(socket, "getaddrinfo", refuse("getaddrinfo"))
    return attempts
