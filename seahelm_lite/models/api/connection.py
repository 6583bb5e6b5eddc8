"""One session with one endpoint: its certificates, its headers, and its key or the tokens that are got with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seahelm_lite.catalog.access import Access
from seahelm_lite.models.api.auth import TokenSource, filled, fixed_headers, hide, read_key
from seahelm_lite.models.api.endpoint import Endpoint, check_base_url
from seahelm_lite.models.api.faults import Fault
from seahelm_lite.models.api.secrecy import Secrets
from seahelm_lite.models.api.tls import tls_context
from seahelm_lite.models.api.transport import NoReply, Reply, open_session, send
from seahelm_lite.models.api.wires.base import Wire

if TYPE_CHECKING:
    import aiohttp

_RANDOM_ID = "{uuid4}"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent in one HTTP request."""

    url: str
    body: bytes | None = None
    """None for what is only fetched."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Beside those that every request to the endpoint has."""


class Connection:
    """Sends single HTTP requests, with everything that shows they may be asked.

    Args:
        session: Of the endpoint.
        endpoint: Where it is, and what may be said of it.
        tokens: Where the token of a request comes from; None where it needs none.
        changing: Headers with a new random id in every request.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        endpoint: Endpoint,
        tokens: TokenSource | None,
        changing: Mapping[str, str],
    ) -> None:
        self.endpoint = endpoint
        self._session = session
        self._tokens = tokens
        self._changing = changing

    async def send(self, message: Message, take: Callable[[bytes], bool] | None = None) -> Reply | NoReply | Fault:
        """Send once; once more with a new token where the endpoint no longer takes the old one.

        Args:
            message: What is sent.
            take: As for `transport.send`.
        """
        headers = {**filled(self._changing), **message.headers}
        refused = False
        while True:
            token = await self._tokens.token(self._session) if self._tokens is not None else None
            if isinstance(token, Fault):
                return token
            if token is not None:
                headers["Authorization"] = f"Bearer {token}"
            got = await send(self._session, message.url, message.body, headers, take)
            if isinstance(got, NoReply) or got.status != 401 or self._tokens is None or token is None or refused:
                return got
            self._tokens.reject(token)
            refused = True


@asynccontextmanager
async def connect(access: Access, wire: Wire, *, most: int) -> AsyncIterator[Connection]:
    """Open a session with an endpoint.

    Args:
        access: Where it is.
        wire: Its wire format.
        most: Connections at most.

    Raises:
        ModelError: As `read_key`, `check_base_url` and `tls_context`.
    """
    base_url, host = check_base_url(access.base_url or "")
    key = read_key(access.auth)
    secrets = Secrets()
    if key is not None:
        hide(access.auth, key, secrets)
    endpoint = Endpoint(
        url=base_url + wire.path(access, stream=access.stream),
        host=host,
        model=access.model_id,
        auth=access.auth,
        tls=access.tls,
        has_key=key is not None,
        secrets=secrets,
    )
    changing = {name: value for name, value in access.headers.items() if _RANDOM_ID in value}
    fixed = {name: value for name, value in access.headers.items() if name not in changing}
    headers = {**wire.headers(), **fixed, **fixed_headers(access.auth, key)}
    async with open_session(
        headers=headers, concurrency=most, timeout_s=access.timeout_s, tls=tls_context(access.tls)
    ) as session:
        oauth = key is not None and access.auth.kind == "oauth2-client"
        tokens = TokenSource(access.auth, endpoint, key) if oauth and key is not None else None
        yield Connection(session, endpoint, tokens, changing)
