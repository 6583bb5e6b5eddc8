"""Keys are planted, every path on which something goes wrong is taken, and every file and stream is searched."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite import runs
from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.cli.main import main
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import SeahelmError
from seahelm_lite.models.api.retry import RetryPolicy
from seahelm_lite.models.api.secrecy import Secrets
from seahelm_lite.sources.where import Where
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


LIMIT = 1 + len(REPLIES)


def _shown(seen: Seen) -> str:
    return seen.headers.get("x-api-key") or seen.headers.get("Authorization") or ""


class Searched:
    """Runs whose every word is searched afterwards: what was written, printed, logged or raised."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._catalog = catalog
        self._raised: list[BaseException] = []

    def model(self, base_url: str, kind: str, **more: Any) -> str:
        """The SPEC of a card with this kind of auth, whose key is in the environment."""
        auth, value = AUTHS[kind]
        self._monkeypatch.setenv("PLANTED", value)
        filled = {"env": "PLANTED", **{name: text.format(base_url=base_url) for name, text in auth.items()}}
        access = {"base_url": base_url, "auth": filled, "limits": {"max_concurrency": 1}, **more}
        return put_card(self._folder, self._monkeypatch, access)

    def command(self, base_url: str, kind: str) -> int:
        """The exit status of the command line."""
        what = ["--task", "regional_basics_ms", "--limit", str(LIMIT), "--out", str(self._folder / "out")]
        return main(["run", "--model", self.model(base_url, kind), *what])

    def ends(self, base_url: str, kind: str, **more: Any) -> str:
        """How a run ends, which takes a tenth of the time without the command line around it."""
        spec = RunSpec(model=self.model(base_url, kind, **more), tasks=("regional_basics_ms",), limit=LIMIT)
        code, roots = self._catalog.code, self._catalog.roots
        where = Where.from_environment(mirror=None, offline=False, task_roots=roots, code=code)
        try:
            prepared = runs.prepare(spec, catalog=self._catalog, where=where, out=self._folder / "out")
            return str(runs.execute(prepared).manifest["status"])
        except SeahelmError as error:
            self._raised.append(error)
            return "refused"

    def texts(self) -> dict[str, bytes]:
        """What was written and raised."""
        written = {str(path): path.read_bytes() for path in (self._folder / "out").rglob("*") if path.is_file()}
        for error in self._raised:
            told: BaseException | None = error
            while told is not None:
                written[f"error {len(written)}"] = f"{told!s} {told!r} {vars(told)}".encode()
                told = told.__cause__ or told.__context__
            written["traceback"] = "".join(traceback.format_exception(error)).encode()
        return written


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def searched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    catalog: Catalog,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Searched]:
    caplog.set_level(logging.DEBUG)
    searched = Searched(tmp_path, monkeypatch, catalog)
    yield searched
    captured = capfd.readouterr()
    texts = {"stdout": captured.out.encode(), "stderr": captured.err.encode(), "log": caplog.text.encode()}
    for where, content in {**texts, **searched.texts()}.items():
        for secret in PLANTED:
            pieces = (secret.encode(), secret.encode()[:12], secret.encode()[-12:])
            assert not any(piece in content for piece in pieces), where


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seahelm_lite.models.api.client._POLICY", RetryPolicy(max_attempts=2, first_wait_s=0))


def _token(seen: Seen) -> Canned | None:
    return Canned({"access_token": TOKEN, "expires_in": 1800}) if seen.path.endswith("/token") else None


@pytest.mark.parametrize(
    ("kind", "through_command"), [*((kind, False) for kind in AUTHS), ("bearer", True), ("oauth2", True)]
)
def test_a_key_that_an_endpoint_repeats_in_the_middle_of_a_run_is_written_nowhere(
    kind: str, through_command: bool, searched: Searched
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
        if through_command:
            assert searched.command(server.base_url, kind) == 1
        else:
            assert searched.ends(server.base_url, kind) == "incomplete"
    assert len(given) == len(REPLIES)
    assert any(secret in shown[0] for secret in PLANTED), "no key was ever sent"


@pytest.mark.parametrize("path", ["401", "401, cut by the server", "404", "redirect", "web page"])
@pytest.mark.parametrize("kind", AUTHS)
def test_a_key_that_an_endpoint_refuses_at_once_is_written_nowhere(kind: str, path: str, searched: Searched) -> None:
    async def repeat(seen: Seen) -> Canned:
        return _token(seen) or REPLIES[path](_shown(seen))

    with ChatServer(repeat) as server:
        assert searched.ends(server.base_url, kind) == "refused"


@pytest.mark.parametrize("path", [*REPLIES, "a token under another name", "no token"])
def test_credentials_that_the_giver_of_tokens_repeats_are_written_nowhere(path: str, searched: Searched) -> None:
    async def repeat(seen: Seen) -> Canned:
        assert seen.path.endswith("/token"), "nothing is asked without a token"
        if path == "a token under another name":
            return Canned({"token": TOKEN})
        if path == "no token":
            return Canned({"access_token": None, "for": _shown(seen)})
        return REPLIES[path](_shown(seen))

    with ChatServer(repeat) as server:
        assert searched.ends(server.base_url, "oauth2") in ("incomplete", "refused")


@pytest.mark.parametrize("kind", AUTHS)
@pytest.mark.parametrize("fault", ["nobody there", "no answer", "not TLS", "line break", "CA bundle"])
def test_a_key_is_written_nowhere_when_no_reply_comes(
    kind: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, searched: Searched
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
        assert searched.ends(base_url, kind, **more) in ("incomplete", "refused")


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
    garbled: str, monkeypatch: pytest.MonkeyPatch, searched: Searched
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
    assert searched.ends(base_url, "bearer") == "incomplete"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def test_what_holds_no_secret_is_left_as_it_is() -> None:
    secrets = Secrets()
    secrets.add(KEY)
    assert secrets.clean("The model sk-1 is planted in Selangor.") == "The model sk-1 is planted in Selangor."
    assert secrets.clean_answer("A") == "A"
    assert KEY not in repr(secrets) + repr(vars(secrets).keys())
