"""The address and model of an API, and what may be repeated of what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from seahelm_lite.catalog.access import Auth, Tls
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api.secrecy import Secrets

_QUOTE_LENGTH = 200
_READ_LENGTH = 4000
"""Characters of a reply that are looked at for a quote; web pages are longer."""


def check_base_url(base_url: str) -> tuple[str, str]:
    """Check the base URL of an API.

    Returns:
        The URL without a trailing slash, and its host name.

    Raises:
        ModelError: If it is not a plain http(s) URL. User names, passwords and queries are refused because the URL is
            part of the fingerprint and of every message, where a secret must not be.
    """
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
        parts.port  # noqa: B018  (reading it checks it)
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host:
        raise ModelError(
            f"{base_url!r} is not a base URL",
            remedy="Write it with its scheme and path, such as http://localhost:8000/v1.",
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ModelError(
            f"the base URL of {host} carries a user name, a query or a fragment",
            remedy="Give the plain address, and the key in the environment.",
        )
    return base_url.rstrip("/"), host


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one model of an API is asked."""

    url: str
    """Full address to which requests are posted."""
    host: str
    model: str
    auth: Auth
    tls: Tls
    has_key: bool
    secrets: Secrets = field(repr=False)

    def quote(self, text: str) -> str:
        """What the endpoint said, fit for a message: one line, at most 200 characters, without any secret.

        Some servers repeat the key that they refuse, so it is taken out before the text is cut.
        """
        return " ".join(self.secrets.clean(text[:_READ_LENGTH]).split())[:_QUOTE_LENGTH]
