"""How these tests ask a `ChatServer` and read what came of it."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

from seahelm_lite.catalog.access import Access, Auth, Limits
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.retry import RetryPolicy
from seahelm_lite.models.base import Model
from seahelm_lite.records import Message, Outcome, Request, Response
from tests.loopback import Canned, ChatServer, chat, script

KEY = "sk-planted-0123456789"
NOW = {"Retry-After": "0"}
BUSY = Canned("busy", status=503, headers=NOW)
PAGE = Canned("<!doctype html><title>Welcome</title>", headers={"Content-Type": "text/html", **NOW})


def ask(text: str = "Ibu negara Malaysia?", **params: Any) -> Request:
    return Request("generate", params or {"max_tokens": 8, "temperature": 0}, messages=(Message("user", text),))


def access(base_url: str, *, concurrency: int | None = None, **more: Any) -> Access:
    """What an `openai:` SPEC stands for, with changes."""
    facts = {"wire": "openai-chat", "model_id": "m", "auth": Auth(kind="bearer", env="OPENAI_API_KEY", required=False)}
    return Access(id="test", base_url=base_url, limits=Limits(max_concurrency=concurrency), **{**facts, **more})


def client(
    server: ChatServer | str, *, max_attempts: int = 5, retry_budget_s: float = 120, **settings: Any
) -> ApiModel:
    """A model behind a server, or at an address; further settings are those of its access."""
    base_url = server if isinstance(server, str) else server.base_url
    policy = RetryPolicy(max_attempts=max_attempts, budget_s=retry_budget_s)
    return ApiModel(access(base_url, **settings), policy=policy)


def answers(model: Model, requests: Sequence[Request]) -> list[Outcome]:
    """Every outcome in the order of the requests; each must have come exactly once."""
    outcomes: dict[int, Outcome] = {}

    def deliver(index: int, outcome: Outcome) -> None:
        assert index not in outcomes
        outcomes[index] = outcome

    model.answer(requests, deliver)
    assert sorted(outcomes) == list(range(len(requests)))
    return [outcomes[index] for index in range(len(requests))]


def one(server: ChatServer, request: Request | None = None, **settings: Any) -> Outcome:
    return answers(client(server, **settings), [request or ask()])[0]


def one_after_an_answer(reply: Canned, **settings: Any) -> tuple[Outcome, ChatServer]:
    """The outcome of a reply that the second request gets, once the endpoint has shown that it works."""
    with ChatServer(script(Canned(chat()), reply)) as server:
        _, outcome = answers(client(server, concurrency=1, **settings), [ask("a"), ask("b")])
    return outcome, server


def text(outcome: Outcome) -> str | None:
    assert isinstance(outcome, Response)
    return outcome.text


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
