from __future__ import annotations

import asyncio
import base64
import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.access import Access, Auth
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api import ApiModel
from seahelm_lite.models.api.retry import RetryPolicy
from seahelm_lite.records import Failure, Response
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.models.api.asking import access, answers, ask

PAIR = "client:s3cret-of-the-client"
BASIC = f"Basic {base64.b64encode(PAIR.encode()).decode()}"
NOW = {"Retry-After": "0"}


class TokenServer(ChatServer):
    """Gives tokens that are good for some requests, and answers those that show the newest."""

    def __init__(self, *, good_for: int = 1000, **token: Any) -> None:
        super().__init__(self._answer)
        self._good_for = good_for
        self._token = token
        self.exchanges: list[Seen] = []
        self.refused = 0
        self.faults: list[Canned] = []
        """What comes in the place of the next tokens."""
        self._left = 0

    async def _answer(self, seen: Seen) -> Canned:
        if seen.path == "/v1/token":
            self.exchanges.append(seen)
            if self.faults:
                return self.faults.pop(0)
            self._left = self._good_for
            await asyncio.sleep(0.02)
            return Canned({"access_token": f"token-{len(self.exchanges)}", **self._token})
        if seen.headers.get("Authorization") != f"Bearer token-{len(self.exchanges)}" or not self._left:
            self.refused += 1
            return Canned({"error": {"message": "Token has expired"}}, 401)
        self._left -= 1
        return Canned(chat("B"))


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAIR", PAIR)


def oauth(server: ChatServer, *, concurrency: int = 1, policy: RetryPolicy | None = None, **auth: Any) -> ApiModel:
    kind = {"kind": "oauth2-client", "env": "PAIR", "token_url": f"{server.base_url}/token"}
    facts = access(server.base_url, concurrency=concurrency, auth=Auth.model_validate({**kind, **auth}))
    return ApiModel(facts, policy=policy)


@pytest.mark.parametrize(
    ("auth", "value", "header", "shown"),
    [
        ({"kind": "bearer"}, "k", "Authorization", "Bearer k"),
        ({"kind": "header", "header": "x-api-key"}, "k", "x-api-key", "k"),
        ({"kind": "basic"}, PAIR, "Authorization", BASIC),
        ({"kind": "basic", "credentials": "encoded"}, "YTpi", "Authorization", "Basic YTpi"),
    ],
)
def test_a_key_is_shown_as_the_card_says(
    auth: dict[str, Any], value: str, header: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", value)
    with ChatServer() as server:
        answers(ApiModel(access(server.base_url, auth=Auth.model_validate({**auth, "env": "KEY"}))), [ask()])
    assert server.requests[0].headers[header] == shown
    assert len({"Authorization", "x-api-key"} & set(server.requests[0].headers)) == 1


def test_nothing_is_shown_where_nothing_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with ChatServer() as server:
        answers(ApiModel(access(server.base_url, auth=Auth())), [ask()])
    assert "Authorization" not in server.requests[0].headers


def test_headers_of_a_card_are_sent_and_random_ids_differ_from_request_to_request() -> None:
    headers = {"OpenAI-Project": "p", "RqUID": "{uuid4}"}
    with ChatServer() as server:
        answers(ApiModel(access(server.base_url, headers=headers)), [ask("a"), ask("b")])
    assert {seen.headers["OpenAI-Project"] for seen in server.requests} == {"p"}
    assert len({seen.headers["RqUID"] for seen in server.requests}) == 2


@pytest.mark.parametrize("kind", ["bearer", "basic", "oauth2-client"])
@pytest.mark.parametrize("value", [None, " \n"])
def test_a_key_that_is_needed_and_not_set_is_named_before_anything_is_sent(
    kind: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ABSENT_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("ABSENT_KEY", value)
    token_url = "http://h/token" if kind == "oauth2-client" else None
    auth = Auth.model_validate({"kind": kind, "env": "ABSENT_KEY", "token_url": token_url})
    with pytest.raises(ModelError, match="the key variable ABSENT_KEY is not set"):
        ApiModel(access("http://h/v1", auth=auth))


@pytest.mark.parametrize("kind", ["basic", "oauth2-client"])
def test_credentials_that_are_no_pair_are_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAIR", "only-one-word")
    token_url = "http://h/token" if kind == "oauth2-client" else None
    auth = Auth.model_validate({"kind": kind, "env": "PAIR", "token_url": token_url})
    with pytest.raises(ModelError, match="PAIR are not a pair") as caught:
        ApiModel(access("http://h/v1", auth=auth))
    assert "only-one-word" not in str(caught.value)


# Tokens


@pytest.mark.usefixtures("pair")
def test_a_token_is_got_as_rfc_6749_says_and_shared_by_all_requests() -> None:
    with TokenServer(expires_in=1800) as server:
        outcomes = answers(oauth(server, concurrency=8), [ask(str(number)) for number in range(40)])
    assert all(isinstance(outcome, Response) for outcome in outcomes)
    (exchange,) = server.exchanges
    assert exchange.headers["Authorization"] == BASIC
    assert exchange.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert exchange.body == {"grant_type": "client_credentials"}


def test_gigachat_gets_its_scope_and_a_new_id_for_each_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGACHAT_CREDENTIALS", "YTpi")
    monkeypatch.setenv("SCOPE", "GIGACHAT_API_CORP")
    in_ms = (time.time() + 1800) * 1000
    card = {"credentials": "encoded", "env": "GIGACHAT_CREDENTIALS", "scope": "GIGACHAT_API_PERS", "scope_env": "SCOPE"}
    with TokenServer(good_for=1, expires_at=in_ms) as server:
        model = oauth(server, **card, token_headers={"RqUID": "{uuid4}"}, token_fields={})
        assert all(isinstance(outcome, Response) for outcome in answers(model, [ask("a"), ask("b")]))
        monkeypatch.delenv("SCOPE")
        answers(model, [ask("c")])
    assert [seen.headers["Authorization"] for seen in server.exchanges] == ["Basic YTpi"] * 3
    assert [seen.body["scope"] for seen in server.exchanges] == ["GIGACHAT_API_CORP"] * 2 + ["GIGACHAT_API_PERS"]
    assert all(set(seen.body) == {"scope"} for seen in server.exchanges)
    assert len({seen.headers["RqUID"] for seen in server.exchanges}) == 3


@pytest.mark.usefixtures("pair")
def test_a_token_that_has_expired_is_renewed_once_and_the_request_sent_again() -> None:
    with TokenServer(good_for=5) as server:
        outcomes = answers(oauth(server), [ask(str(number)) for number in range(20)])
    assert all(isinstance(outcome, Response) for outcome in outcomes)
    assert (len(server.exchanges), server.refused) == (4, 3)


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("token", "auth"),
    [({"expires_in": 0}, {}), ({"expires_at": 1.0}, {}), ({"expires_at": 1000.0 * 1e9}, {})],
    ids=["seconds left", "seconds since 1970", "milliseconds"],
)
def test_a_token_is_renewed_before_it_expires(token: dict[str, Any], auth: dict[str, Any]) -> None:
    with TokenServer(**token) as server:
        answers(oauth(server, **auth), [ask(str(number)) for number in range(4)])
    assert (len(server.exchanges), server.refused) == (4, 0)


@pytest.mark.usefixtures("pair")
def test_a_refusal_of_a_new_token_is_a_refusal() -> None:
    with TokenServer(good_for=0) as server, pytest.raises(ModelError, match="HTTP 401: Token has expired") as caught:
        answers(oauth(server), [ask()])
    assert "PAIR" in caught.value.remedy
    assert (len(server.exchanges), server.refused) == (2, 2)


@pytest.mark.usefixtures("pair")
def test_an_exchange_that_fails_for_now_is_tried_again_once_for_all_that_wait() -> None:
    with TokenServer() as server:
        server.faults = [Canned("busy", 503, NOW), Canned("slow down", 429, NOW)]
        outcomes = answers(oauth(server, concurrency=8), [ask(str(number)) for number in range(8)])
    assert all(isinstance(outcome, Response) for outcome in outcomes)
    assert len(server.exchanges) == 3


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("reply", "what", "remedy"),
    [
        (Canned({"error": "invalid_client"}, 401), "HTTP 401 from 127.0.0.1, which gives the tokens: inva", "in PAIR."),
        (Canned({"error": "invalid_scope"}, 400), "HTTP 400 from 127.0.0.1, which gives", "the scope in SCOPE."),
        (Canned("<html>"), "127.0.0.1 gave no token", "token_url"),
        (Canned({"access_token": ["x"]}), "127.0.0.1 gave no token", "token_url"),
        (Canned({"access_token": "a\nb"}), "127.0.0.1 gave no token", "token_url"),
    ],
)
def test_credentials_that_bring_no_token_stop_the_run(reply: Canned, what: str, remedy: str) -> None:
    with TokenServer() as server:
        server.faults = [reply] * 9
        scope = {"scope_env": "SCOPE"} if "SCOPE" in remedy else {}
        with pytest.raises(ModelError) as caught:
            answers(oauth(server, **scope), [ask()])
    assert caught.value.what.startswith(what)
    assert remedy in caught.value.remedy
    assert len(server.exchanges) == 1


@pytest.mark.usefixtures("pair")
def test_a_token_that_cannot_be_renewed_in_the_middle_fails_the_requests_alone() -> None:
    with TokenServer(good_for=2) as server:
        model = oauth(server)
        first = answers(model, [ask("a"), ask("b")])
        server.faults = [Canned({"error": "gone"}, 400)]
        second = answers(model, [ask("c")])
    assert all(isinstance(outcome, Response) for outcome in first)
    assert second == [Failure("HTTP 400 from 127.0.0.1, which gives the tokens: gone")]


# Certificates


def _server(authority: Path) -> ChatServer:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    return ChatServer(tls=tls)


def _behind_tls(base_url: str) -> Access:
    return access(base_url, tls={"ca_bundle_env": "OUR_CA"})


def test_a_bundle_of_the_environment_makes_a_private_authority_trusted(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_CA", str(authority / "cert.pem"))
    with _server(authority) as server:
        assert isinstance(answers(ApiModel(_behind_tls(server.base_url)), [ask()])[0], Response)


def test_without_the_bundle_nothing_is_sent_and_the_variable_is_named(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OUR_CA", raising=False)
    policy = RetryPolicy(max_attempts=1)
    with _server(authority) as server, pytest.raises(ModelError, match=r"no TLS connection .*Set OUR_CA"):
        answers(ApiModel(_behind_tls(server.base_url), policy=policy), [ask()])
    assert server.requests == []


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_bundle_that_cannot_be_used_is_named_before_anything_is_sent(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content, encoding="utf-8")
    monkeypatch.setenv("OUR_CA", str(bundle))
    with pytest.raises(ModelError, match=r"the CA bundle .*bundle\.pem cannot be used: ") as caught:
        ApiModel(_behind_tls("https://h/v1"))
    assert "OUR_CA" in caught.value.remedy
