"""Keys are planted, every path on which something goes wrong is taken, and every file and stream is searched."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.cli.main import main
from seahelm_lite.models.api.retry import RetryPolicy
from seahelm_lite.models.api.secrecy import Secrets
from tests.loopback import Canned, ChatServer, Seen, chat
from tests.models.api.asking import closed_port
from tests.small_card import put_card

KEY = "sk-planted-0123456789abcdef"
ID, SECRET = "client-id", "planted-s3cret/of+the=client"
PAIR = f"{ID}:{SECRET}"
ENCODED = base64.b64encode(PAIR.encode()).decode()
TOKEN = "planted-token.0123456789-abcdef"
PLANTED = (
    KEY,
    SECRET,
    ENCODED,
    TOKEN,
    base64.b64encode(KEY.encode()).decode(),
    base64.b64encode(PAIR.encode()).decode(),
)

AUTHS: dict[str, tuple[dict[str, Any], str]] = {
    "bearer": ({"kind": "bearer"}, KEY),
    "header": ({"kind": "header", "header": "x-api-key"}, KEY),
    "basic": ({"kind": "basic"}, PAIR),
    "basic, encoded": ({"kind": "basic", "credentials": "encoded"}, ENCODED),
    "oauth2": ({"kind": "oauth2-client", "token_url": "{base_url}/token"}, PAIR),
    "oauth2, encoded": ({"kind": "oauth2-client", "credentials": "encoded", "token_url": "{base_url}/token"}, ENCODED),
}
"""Kinds of auth, and what stands in the environment."""

Answer = Callable[[str], Canned]
"""The reply to a request, given what it showed: servers like to repeat it."""
NOW = {"Retry-After": "0"}
REPLIES: dict[str, Answer] = {
    "400": lambda shown: Canned({"error": {"message": f"bad {shown}"}}, 400),
    "401": lambda shown: Canned({"error": {"message": f"invalid key {shown}"}}, 401),
    "401, cut by the server": lambda shown: Canned(f"invalid key {shown[:-4]}", 401),
    "402": lambda shown: Canned({"detail": f"no credit for {shown}"}, 402),
    "403": lambda shown: Canned({"error": shown}, 403),
    "404": lambda shown: Canned(f"<h1>no such thing for {shown}</h1>", 404),
    "429": lambda shown: Canned(f"slow down {shown}", 429, NOW),
    "500": lambda shown: Canned("x" * 190 + shown, 500, NOW),
    "redirect": lambda shown: Canned(
        "", 302, {"Location": f"https://elsewhere.example/?key={shown.replace(' ', '+')}"}
    ),
    "web page": lambda shown: Canned(f"<!doctype html>{shown}", headers=NOW),
    "half JSON": lambda shown: Canned(f'{{"error": "{shown}', headers=NOW),
    "empty choices": lambda shown: Canned({"choices": [], "error": {"message": shown}}, headers=NOW),
    "broken off": lambda shown: Canned(chat("no", finish="error", note=shown), headers=NOW),
    "an answer": lambda shown: Canned({**chat(f"A {shown}", reasoning_content=shown), "model": f"m {shown}"}),
    "cut off": lambda shown: Canned(chat(shown), cut=True, headers=NOW),
    "content filter": lambda shown: Canned({"error": {"code": "content_filter", "message": shown}}, 400),
}


def _shown(seen: Seen) -> str:
    return seen.headers.get("x-api-key") or seen.headers.get("Authorization") or ""


@pytest.fixture
def searched(tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], None]:
    """Search everything that was written, printed or logged."""
    caplog.set_level(logging.DEBUG)

    def search() -> None:
        captured = capfd.readouterr()
        written = {"stdout": captured.out.encode(), "stderr": captured.err.encode(), "log": caplog.text.encode()}
        written |= {str(path): path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
        assert "Traceback" not in captured.err
        for where, content in written.items():
            for secret in PLANTED:
                pieces = (secret.encode(), secret.encode()[:12], secret.encode()[-12:])
                assert not any(piece in content for piece in pieces), where

    return search


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seahelm_lite.models.api.client._POLICY", RetryPolicy(max_attempts=2, first_wait_s=0))


def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base_url: str, kind: str, **more: Any) -> int:
    auth, value = AUTHS[kind]
    monkeypatch.setenv("PLANTED", value)
    filled = {"env": "PLANTED", **{name: text.format(base_url=base_url) for name, text in auth.items()}}
    access = {"base_url": base_url, "auth": filled, "limits": {"max_concurrency": 1}, **more}
    model = put_card(tmp_path, monkeypatch, access)
    limit = str(1 + len(REPLIES))
    what = ["--task", "regional_basics_ms", "--limit", limit, "--out", str(tmp_path / "out")]
    return main(["run", "--model", model, *what])


def _token(seen: Seen) -> Canned | None:
    return Canned({"access_token": TOKEN, "expires_in": 1800}) if seen.path.endswith("/token") else None


@pytest.mark.parametrize("kind", AUTHS)
def test_a_key_that_an_endpoint_repeats_in_the_middle_of_a_run_is_written_nowhere(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: Callable[[], None]
) -> None:
    shown: list[str] = []
    paths = iter(REPLIES.values())
    given: dict[str, Answer] = {}

    async def repeat(seen: Seen) -> Canned:
        if (token := _token(seen)) is not None:
            return token
        shown.append(_shown(seen))
        if len(shown) == 1:
            return Canned(chat("A"))
        asked = str(seen.body["messages"])
        given[asked] = given.get(asked) or next(paths)
        return given[asked](shown[-1])

    with ChatServer(repeat) as server:
        assert _run(tmp_path, monkeypatch, server.base_url, kind) == 1
    assert len(given) == len(REPLIES)
    assert any(secret in shown[0] for secret in PLANTED), "no key was ever sent"
    searched()


@pytest.mark.parametrize("path", ["401", "401, cut by the server", "404", "redirect", "web page"])
@pytest.mark.parametrize("kind", ["header", "basic", "oauth2, encoded"])
def test_a_key_that_an_endpoint_refuses_at_once_is_written_nowhere(
    kind: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: Callable[[], None]
) -> None:
    async def repeat(seen: Seen) -> Canned:
        return _token(seen) or REPLIES[path](_shown(seen))

    with ChatServer(repeat) as server:
        assert _run(tmp_path, monkeypatch, server.base_url, kind) == 2
    searched()


@pytest.mark.parametrize("path", [*REPLIES, "a token under another name", "no token"])
def test_credentials_that_the_giver_of_tokens_repeats_are_written_nowhere(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: Callable[[], None]
) -> None:
    async def repeat(seen: Seen) -> Canned:
        assert seen.path.endswith("/token"), "nothing is asked without a token"
        if path == "a token under another name":
            return Canned({"token": TOKEN})
        if path == "no token":
            return Canned({"access_token": None, "for": _shown(seen)})
        return REPLIES[path](_shown(seen))

    with ChatServer(repeat) as server:
        assert _run(tmp_path, monkeypatch, server.base_url, "oauth2") in (1, 2)
    searched()


@pytest.mark.parametrize("kind", ["bearer", "oauth2"])
@pytest.mark.parametrize("fault", ["nobody there", "no answer", "not TLS", "line break", "CA bundle"])
def test_a_key_is_written_nowhere_when_no_reply_comes(
    kind: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: Callable[[], None]
) -> None:
    async def hang(seen: Seen) -> Canned:
        await asyncio.sleep(3600)
        return Canned("")

    more: dict[str, Any] = {"timeout_s": 0.05}
    with ChatServer(hang) as server:
        base_url = server.base_url
        if fault == "nobody there":
            base_url = f"http://127.0.0.1:{closed_port()}/v1"
        elif fault == "not TLS":
            base_url = base_url.replace("http:", "https:")
        elif fault == "line break":
            auth, value = AUTHS[kind]
            monkeypatch.setitem(AUTHS, kind, (auth, f"{value}\nx"))
        elif fault == "CA bundle":
            monkeypatch.setenv("PLANTED_CA", str(tmp_path / "absent.pem"))
            more["tls"] = {"ca_bundle_env": "PLANTED_CA"}
        assert _run(tmp_path, monkeypatch, base_url, kind, **more) in (1, 2)
    searched()


@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60), st.text(), st.data()
)
def test_whatever_stands_around_it_eight_characters_of_a_secret_are_too_many(
    secret: str, around: str, data: st.DataObject
) -> None:
    secrets = Secrets()
    secrets.add(secret)
    start = data.draw(st.integers(0, len(secret) - 8))
    end = data.draw(st.integers(start + 8, len(secret)))
    cleaned = secrets.clean(f"{around}{secret[start:end]}{around}")
    assert not any(secret[at : at + 8] in cleaned for at in range(len(secret) - 7))


@pytest.mark.parametrize("placeholder", ["x", "1", "EMPTY", "none"])
def test_a_key_that_is_none_takes_nothing_out_of_answers(placeholder: str) -> None:
    secrets = Secrets()
    secrets.add(placeholder)
    assert secrets.clean_answer("The exits: 1. EMPTY, 2. none") == "The exits: 1. EMPTY, 2. none"
    assert secrets.clean(f"key {placeholder!r} is wrong") == "key '***' is wrong"


@pytest.mark.parametrize("garbled", ["HTTP/1.1 200 OK\r\nX-Seen: {}\0\r\n\r\n", "HTTP/1.1 no {}\r\n\r\n"])
def test_a_key_in_a_reply_that_is_not_even_http_is_written_nowhere(
    garbled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: Callable[[], None]
) -> None:
    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        (shown,) = (line for line in head.splitlines() if line.lower().startswith("authorization"))
        writer.write(garbled.format(shown).encode())
        writer.close()

    async def serve() -> str:
        server = await asyncio.start_server(repeat, "127.0.0.1", 0)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    base_url = asyncio.run_coroutine_threadsafe(serve(), loop).result()
    monkeypatch.setattr("seahelm_lite.models.api.client._POLICY", RetryPolicy(max_attempts=1))
    assert _run(tmp_path, monkeypatch, base_url, "bearer") == 1
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    searched()


def test_what_holds_no_secret_is_left_as_it_is() -> None:
    secrets = Secrets()
    secrets.add(KEY)
    assert secrets.clean("The model sk-1 is planted in Selangor.") == "The model sk-1 is planted in Selangor."
    assert secrets.clean_answer("A") == "A"
    assert KEY not in repr(secrets) + repr(vars(secrets).keys())
