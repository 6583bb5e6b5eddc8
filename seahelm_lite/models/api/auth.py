"""How a request shows that it may be asked: a key or credentials of the environment, or a token got with them."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from seahelm_lite.catalog.access import Auth
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api.endpoint import Endpoint, check_base_url
from seahelm_lite.models.api.faults import Fault, Kind, fault_of_no_reply
from seahelm_lite.models.api.retry import is_retryable
from seahelm_lite.models.api.secrecy import Secrets
from seahelm_lite.models.api.transport import NoReply, Reply, send
from seahelm_lite.models.api.wires.common import error_message

if TYPE_CHECKING:
    import aiohttp

_EARLY_S = 60.0
"""A token is renewed so long before it expires, or earlier where it lives less than ten times that."""
_MILLISECONDS = 1e11
"""No time in seconds is later than this, and none in milliseconds earlier."""


def read_key(auth: Auth) -> str | None:
    """The key or the credentials in the environment; None where there are none and none are needed.

    Raises:
        ModelError: If they are needed and not set, or hold characters that cannot stand in an HTTP header.
    """
    variable = auth.env
    if auth.kind == "none" or variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ModelError(
            f"the key in {variable} has characters that cannot be sent",
            remedy=f"Set {variable} to the key alone, without line breaks.",
        )
    if not key and auth.required:
        raise ModelError(f"the key variable {variable} is not set", remedy="Export it.")
    if key and ":" not in key and auth.credentials == "pair" and auth.kind in ("basic", "oauth2-client"):
        raise ModelError(
            f"the credentials in {variable} are not a pair",
            remedy=f"Set {variable} to id:secret; a card says `credentials: encoded` where a vendor hands them out so.",
        )
    return key or None


def hide(auth: Auth, key: str, secrets: Secrets) -> None:
    """Keep a key, and what is made of it, from being repeated."""
    secrets.add(key)
    if auth.kind in ("basic", "oauth2-client"):
        secrets.add(_encoded(auth, key))
        if auth.credentials == "pair":
            secrets.add(key.partition(":")[2])


def fixed_headers(auth: Auth, key: str | None) -> dict[str, str]:
    """The headers of a session, where they are the same in every request of it."""
    if key is None or auth.kind in ("none", "oauth2-client"):
        return {}
    if auth.kind == "header":
        return {auth.header or "": key}
    return {"Authorization": f"Bearer {key}" if auth.kind == "bearer" else f"Basic {_encoded(auth, key)}"}


def filled(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of a card with a new random id in the place of each `{uuid4}`."""
    return {name: value.replace("{uuid4}", str(uuid.uuid4())) for name, value in headers.items()}


def _encoded(auth: Auth, key: str) -> str:
    return key if auth.credentials == "encoded" else base64.b64encode(key.encode()).decode()


class TokenSource:
    """A token of OAuth 2 client credentials: got when it is first needed, renewed before it expires.

    Raises:
        ModelError: If the address of the exchange is no plain http(s) address.
    """

    def __init__(self, auth: Auth, endpoint: Endpoint, key: str) -> None:
        self._auth = auth
        self._endpoint = endpoint
        self._url, self._host = check_base_url(auth.token_url or "")
        self._basic = f"Basic {_encoded(auth, key)}"
        self._token: str | None = None
        self._renew_at = 0.0
        self._lock = asyncio.Lock()
        self._exchanges = 0
        self._fault: Fault | None = None

    async def token(self, session: aiohttp.ClientSession) -> str | Fault:
        """The token, or why there is none. Those who ask at the same time share one exchange."""
        if (token := self._valid()) is not None:
            return token
        seen = self._exchanges
        async with self._lock:
            if (token := self._valid()) is not None:
                return token
            if self._exchanges != seen and self._fault is not None:
                return self._fault
            got = self._read(await send(session, self._url, self._form(), self._headers()))
            self._exchanges += 1
            self._fault = got if isinstance(got, Fault) else None
            return got

    def reject(self, token: str) -> None:
        """Forget a token that the endpoint no longer takes, unless another has taken its place already."""
        if token == self._token:
            self._token = None

    def _valid(self) -> str | None:
        return self._token if time.monotonic() < self._renew_at else None

    def _form(self) -> bytes:
        variable = self._auth.scope_env
        scope = (os.environ.get(variable, "").strip() if variable is not None else "") or self._auth.scope
        return urlencode({**self._auth.token_fields, **({"scope": scope} if scope else {})}).encode()

    def _headers(self) -> dict[str, str]:
        kinds = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return {**kinds, "Authorization": self._basic, **filled(self._auth.token_headers)}

    def _read(self, got: Reply | NoReply) -> str | Fault:
        if isinstance(got, NoReply):
            return fault_of_no_reply(got, self._endpoint, self._host)
        what = f"HTTP {got.status} from {self._host}, which gives the tokens"
        said = self._endpoint.quote(error_message(got.body))
        if is_retryable(got.status):
            return Fault(Kind.FAILING, what, said, retry_after=got.retry_after)
        if got.status != 200:
            scope = f" and the scope in {self._auth.scope_env}" if self._auth.scope_env else ""
            return Fault(Kind.DENIED, what, said, f"Check the credentials in {self._auth.env}{scope}.")
        try:
            reply = json.loads(got.body)
            token = reply["access_token"]
            if not (isinstance(token, str) and token.isascii() and token.isprintable() and token):
                raise ValueError("no token that can be sent")
        except (ValueError, KeyError, TypeError, RecursionError):
            # The reply is not quoted: it may hold a token under another name.
            return Fault(Kind.NOT_AN_API, f"{self._host} gave no token", "", "Check the card's token_url.")
        self._endpoint.secrets.add(token)
        self._token, self._renew_at = token, self._time_to_renew(reply)
        return token

    def _time_to_renew(self, reply: Mapping[str, Any]) -> float:
        """On the monotonic clock; never where nothing tells how long the token lives."""
        lives_s: float | None = self._auth.ttl_s
        if _is_number(reply.get("expires_at")):
            at = float(reply["expires_at"])
            lives_s = (at / 1000 if at > _MILLISECONDS else at) - time.time()
        elif _is_number(reply.get("expires_in")):
            lives_s = float(reply["expires_in"])
        if lives_s is None:
            return float("inf")
        return time.monotonic() + lives_s - min(_EARLY_S, lives_s / 10)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
