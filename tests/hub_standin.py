"""A small stand-in of the Hugging Face hub on this machine: `with HubStandin({...}) as hub: ... hub.url`.

It answers what `datasets.load_dataset` asks for a dataset of plain files. Point `HF_ENDPOINT` at it in a *new* process:
the libraries read that variable when they are imported.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

_TARGET = re.compile(
    r"/(api/)?datasets/(?P<id>[^/]+/[^/]+)/(?P<verb>revision|tree|paths-info|resolve)"
    r"/(?P<revision>[^/]+)(/(?P<path>.+))?"
)


@dataclass(frozen=True)
class StandinDataset:
    """One dataset repository with one commit."""

    commit: str
    files: Mapping[str, bytes]
    gated: bool = False


@dataclass
class HubStandin:
    """The server; `seen` lists `METHOD path` of every request."""

    datasets: Mapping[str, StandinDataset]
    seen: list[str] = field(default_factory=list)

    def __enter__(self) -> HubStandin:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Value for `HF_ENDPOINT`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


@dataclass(frozen=True)
class _Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def _json(value: Any) -> _Reply:
    return _Reply(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _error(status: int, code: str) -> _Reply:
    return _Reply(status, b"{}", {"X-Error-Code": code, "X-Error-Message": code, "Content-Type": "application/json"})


def _answer(hub: HubStandin, target: str, body: bytes) -> _Reply:
    """Targets: `api/datasets/<id>/<verb>/<rev>[/<path>]` and `datasets/<id>/resolve/<rev>/<path>`."""
    found = _TARGET.fullmatch(unquote(urlsplit(target).path))
    if found is None:  # such as the library's list of agents, which it can do without
        return _error(404, "EntryNotFound")
    dataset = hub.datasets.get(found["id"])
    if dataset is None:
        return _error(401, "RepoNotFound")
    if dataset.gated and found["verb"] == "resolve":
        return _error(401, "GatedRepo")
    if found["revision"] != dataset.commit:
        return _error(404, "RevisionNotFound")
    return _content(found, dataset, target, body)


def _content(found: re.Match[str], dataset: StandinDataset, target: str, body: bytes) -> _Reply:
    path = found["path"] or ""
    match found["verb"]:
        case "revision":
            siblings = [{"rfilename": file} for file in dataset.files]
            return _json({"id": found["id"], "sha": dataset.commit, "siblings": siblings})
        case "tree":
            return _tree(dataset, path, recursive="recursive=true" in urlsplit(target).query.lower())
        case "paths-info":
            return _json([entry for wanted in json.loads(body)["paths"] for entry in _entries(dataset, wanted)])
        case _:
            return _file(dataset, path)


def _entries(dataset: StandinDataset, path: str) -> list[dict[str, Any]]:
    if path in dataset.files:
        content = dataset.files[path]
        return [{"type": "file", "path": path, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}]
    inside = any(file.startswith(f"{path}/") for file in dataset.files)
    return [{"type": "directory", "path": path, "oid": "0" * 40, "size": 0}] if inside else []


def _tree(dataset: StandinDataset, folder: str, recursive: bool) -> _Reply:
    prefix = f"{folder}/" if folder else ""
    found: dict[str, None] = {}
    for file in dataset.files:
        if file.startswith(prefix):
            steps = file[len(prefix) :].split("/")
            for depth in range(1, len(steps) + 1 if recursive else 2):
                found[prefix + "/".join(steps[:depth])] = None
    if not found:
        return _error(404, "EntryNotFound")
    return _json([entry for path in found for entry in _entries(dataset, path)])


def _file(dataset: StandinDataset, path: str) -> _Reply:
    if path not in dataset.files:
        return _error(404, "EntryNotFound")
    content = dataset.files[path]
    etag = f'"{hashlib.sha1(content).hexdigest()}"'
    return _Reply(200, content, {"ETag": etag, "X-Repo-Commit": dataset.commit})


def _handler(hub: HubStandin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            hub.seen.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = _answer(hub, self.path, body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_POST = _reply

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the test output clean; `seen` has the requests."""

    return Handler
