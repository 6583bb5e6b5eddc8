"""What is sent to every endpoint of every card, and what is read of its answer, beside what the vendors document.

The address of a card is swapped for a server of this machine; its path, and everything else of the card, is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
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
