"""What is sent to every endpoint of every card, and what is read of its answer, beside what the vendors document.

The address of a card is swapped for a server of this machine; its path, and everything else of the card, is kept.
"""

from __future__ import annotations

import copy
import ssl
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from seahelm_lite.catalog.access import Access
from seahelm_lite.catalog.model_card import ModelCard, model_cards
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api.client import ApiModel
from seahelm_lite.models.base import Thinking
from seahelm_lite.records import Message, Request, Response, Usage
from tests.loopback import Canned, ChatServer, Seen
from tests.models.api import documented, replies
from tests.models.api.asking import answers
from tests.models.api.documented import DOCUMENTED, Documented
from tests.models.api.wires.test_sdk_types import known

CARDS = model_cards()
REQUEST = Request(
    "generate",
    {"max_tokens": documented.LIMIT, "temperature": 0, "stop": [documented.STOP]},
    messages=(Message("system", documented.SYSTEM), Message("user", documented.QUESTION)),
    seed=documented.SEED,
)

each_access = pytest.mark.parametrize("name", sorted(DOCUMENTED))


def _remote(card: ModelCard) -> Iterator[Access]:
    return (access for access in card.access if access.kind != "in-process")


def test_every_endpoint_of_every_card_is_documented_here_and_nothing_else_is() -> None:
    assert {f"{card.id}@{access.id}" for card in CARDS.values() for access in _remote(card)} == set(DOCUMENTED)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for card in CARDS.values():
        for access in _remote(card):
            for name in filter(None, (access.auth.scope_env, access.tls.ca_bundle_env)):
                monkeypatch.delenv(name, raising=False)
            if access.auth.env is not None:
                monkeypatch.setenv(access.auth.env, documented.KEY)


def here(access: Access, server: ChatServer) -> Access:
    """The same access with the server in the place of the vendor's hosts; their paths are kept."""
    place = urlsplit(server.base_url)

    def moved(url: str) -> str:
        return urlsplit(url)._replace(scheme=place.scheme, netloc=place.netloc).geturl()

    assert access.base_url is not None
    token_url = access.auth.token_url and moved(access.auth.token_url)
    auth = access.auth.model_copy(update={"token_url": token_url})
    return access.model_copy(update={"base_url": moved(access.base_url), "auth": auth})


def model_of(name: str, server: ChatServer, thinking: Thinking = "auto") -> ApiModel:
    """The client of an access of a card, as a SPEC opens it, asking the server."""
    card_id, _, access_id = name.partition("@")
    card = CARDS[card_id]
    return ApiModel(
        here(card.endpoint(access_id), server),
        reasoning=card.reasoning,
        thinking=thinking,
        system_role=card.chat.system_role,
    )


async def vendors(seen: Seen) -> Canned:
    """Every vendor, each answering with its thinking where it tells it."""
    if seen.path.endswith("/oauth"):
        return Canned({"access_token": documented.TOKEN, "expires_at": 4102444800000})
    return await replies.vendor(replies.THOUGHT)(seen)


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with ChatServer(vendors) as running:
        yield running


def asked(server: ChatServer, name: str, thinking: Thinking = "auto") -> tuple[Seen, Response]:
    """What arrived, and what was read of the answer."""
    (response,) = answers(model_of(name, server, thinking), [REQUEST])
    assert isinstance(response, Response), response
    return server.requests[-1], response


def _address(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path


@each_access
def test_the_address_the_headers_and_the_body_are_the_vendors(name: str, server: ChatServer) -> None:
    row = DOCUMENTED[name]
    seen, _ = asked(server, name)
    card_id, _, access_id = name.partition("@")
    host, path = _address(row.url)
    assert _address(str(CARDS[card_id].endpoint(access_id).base_url))[0] == host
    assert seen.path == path
    assert seen.body == row.body()
    assert _headers(seen) == _documented_headers(row)


@each_access
def test_the_vendors_own_types_know_all_of_the_body_but_what_is_named_here(name: str, server: ChatServer) -> None:
    seen, _ = asked(server, name)
    assert _foreign(DOCUMENTED[name].url, seen.body) == _FOREIGN.get(name.partition("@")[2], set())


_FOREIGN = {"mistral": {"random_seed"}, "ytl-anthropic": {"temperature"}}
"""Fields that the official types do not know, by way of access."""


def _foreign(url: str, body: dict[str, Any]) -> set[str]:
    """Fields that are unknown to the official client of a format; a value of a wrong type is an error."""
    if url.endswith(":generateContent"):
        from google.genai import types as gemini

        gemini.GenerationConfig.model_validate(body["generationConfig"])
        for content in (*body["contents"], body["systemInstruction"]):
            gemini.Content.model_validate(content)
        return set(body) - {"generationConfig", "contents", "systemInstruction"}
    if "/messages" in url:
        from anthropic.types import message_create_params as anthropic

        return set(body) - set(known(anthropic.MessageCreateParamsNonStreaming, body))
    from openai.types.chat import completion_create_params as openai

    return set(body) - set(known(openai.CompletionCreateParamsNonStreaming, body))


_OF_HTTP = frozenset({"host", "accept", "accept-encoding", "content-length", "user-agent"})


def _headers(seen: Seen) -> dict[str, str]:
    return {name.lower(): value for name, value in seen.headers.items() if name.lower() not in _OF_HTTP}


def _documented_headers(row: Documented) -> dict[str, str]:
    header, value = row.key
    version = {"anthropic-version": "2023-06-01"} if "/messages" in row.url else {}
    return {"content-type": "application/json", header.lower(): value, **version}


@each_access
def test_the_answer_is_read(name: str, server: ChatServer) -> None:
    _, response = asked(server, name)
    assert (response.text, response.finish_reason) == (replies.TEXT, "stop")
    assert response.model == DOCUMENTED[name].model
    counted = None if "/messages" in DOCUMENTED[name].url else replies.THINKING
    assert response.usage == Usage(replies.PROMPT, replies.COMPLETION, counted, replies.CACHED)
    assert response.reasoning == replies.THOUGHT


@each_access
def test_everything_that_a_vendor_does_not_take_is_told(name: str, server: ChatServer) -> None:
    row = DOCUMENTED[name]
    notes = model_of(name, server).plan([REQUEST]).notes
    told = {param for param in ("temperature", "stop", "seed") for note in notes if f"takes no {param}," in note}
    assert told == set(row.without) - {"temperature"} if row.instead else told == set(row.without)
    assert any("temperature of 0 was sent as top_p 0" in note for note in notes) == bool(row.instead)
    assert any("limit of tokens is 8,192 higher" in note for note in notes) == row.thinks


SWITCHES = [(name, word) for name, row in sorted(DOCUMENTED.items()) for word in row.switch]


@pytest.mark.parametrize(("name", "thinking"), SWITCHES)
def test_thinking_is_switched_as_the_vendor_says(name: str, thinking: Thinking, server: ChatServer) -> None:
    row = DOCUMENTED[name]
    limit = documented.LIMIT + (documented.THINKS if thinking == "on" else 0)
    seen, _ = asked(server, name, thinking)
    assert seen.body == _with(row.body(limit=limit), *row.switch[thinking])


def _with(body: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(dict(body))
    inner = changed
    *parents, last = path.split(".")
    for name in parents:
        inner = inner.setdefault(name, {})
    inner[last] = value
    return changed


@pytest.mark.parametrize("name", sorted(name for name, row in DOCUMENTED.items() if "on" not in row.switch))
def test_where_no_switch_is_documented_nobody_can_have_it_thought(name: str, server: ChatServer) -> None:
    with pytest.raises(ModelError, match="think"):
        model_of(name, server, "on")


def test_how_many_are_asked_at_once_changes_no_body(server: ChatServer) -> None:
    """lm-eval's client adds a stop sequence where it asks one at a time."""
    bodies = []
    for most in (1, 8):
        access = here(CARDS["gpt-4.1"].endpoint("openai"), server)
        access = access.model_copy(update={"limits": access.limits.model_copy(update={"max_concurrency": most})})
        before = len(server.requests)
        answers(ApiModel(access), [REQUEST] * 4)
        bodies += [seen.body for seen in server.requests[before:]]
    assert bodies == [DOCUMENTED["gpt-4.1@openai"].body()] * 8


class Sber:
    """The token service and the API of GigaChat, as developers.sber.ru describes them."""

    def __init__(self) -> None:
        self.exchanges: list[Seen] = []
        self.lives_s = 1800.0
        self.finish = "stop"

    async def __call__(self, seen: Seen) -> Canned:
        if seen.path == "/api/v2/oauth":
            self.exchanges.append(seen)
            until_ms = int((time.time() + self.lives_s) * 1000)
            return Canned({"access_token": f"token-{len(self.exchanges)}-0123456789", "expires_at": until_ms})
        message = {"role": "assistant", "content": replies.TEXT}
        return Canned(
            {
                "choices": [{"message": message, "index": 0, "finish_reason": self.finish}],
                "created": 1678878333,
                "model": "GigaChat-2-Max:2.0.28.2",
                "object": "chat.completion",
                "usage": {
                    **{"prompt_tokens": replies.PROMPT, "completion_tokens": replies.COMPLETION},
                    **{"precached_prompt_tokens": replies.CACHED, "total_tokens": replies.PROMPT + replies.COMPLETION},
                },
            }
        )


def test_gigachats_card_gets_its_tokens_over_tls_and_renews_them(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = CARDS["gigachat-2-max"].endpoint("sber").auth
    assert auth.token_url == "https://ngw.devices.sberbank.ru:9443/api/v2/oauth"
    monkeypatch.setenv("GIGACHAT_CA_BUNDLE_FILE", str(authority / "cert.pem"))
    sber, tls = Sber(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    with ChatServer(sber, tls=tls) as server:
        model = model_of("gigachat-2-max@sber", server)
        sber.lives_s = -1
        first = answers(model, [REQUEST, REQUEST])
        sber.lives_s, sber.finish = 1800, "blacklist"
        monkeypatch.setenv("GIGACHAT_SCOPE", "GIGACHAT_API_B2B")
        (refused,) = answers(model, [REQUEST])
    usage = Usage(replies.PROMPT, replies.COMPLETION, None, replies.CACHED)
    said = [replace(each, latency_s=None) for each in first if isinstance(each, Response)]
    assert said == [Response(replies.TEXT, finish_reason="stop", usage=usage, model="GigaChat-2-Max:2.0.28.2")] * 2
    assert isinstance(refused, Response)
    assert refused.finish_reason == "content_filter"
    assert [seen.headers["Authorization"] for seen in sber.exchanges] == [f"Basic {documented.KEY}"] * 3
    scopes = ["GIGACHAT_API_PERS", "GIGACHAT_API_PERS", "GIGACHAT_API_B2B"]
    assert [seen.body for seen in sber.exchanges] == [{"scope": scope} for scope in scopes]
    ids = {uuid.UUID(seen.headers["RqUID"]) for seen in sber.exchanges}
    assert (len(ids), {each.version for each in ids}) == (3, {4})
    asked_with = [seen.headers["Authorization"] for seen in server.requests if seen.path.endswith("/completions")]
    assert asked_with == [f"Bearer token-{number}-0123456789" for number in (1, 2, 3)]
