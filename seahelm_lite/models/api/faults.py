"""What can go wrong with one attempt, and what it means for the request and for the run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from seahelm_lite.errors import ModelError
from seahelm_lite.models.api.endpoint import Endpoint
from seahelm_lite.models.api.retry import is_retryable
from seahelm_lite.models.api.transport import NoReply, Reply
from seahelm_lite.models.api.wires.base import MalformedReplyError, NoLikelihoodError, NotAnApiError
from seahelm_lite.models.api.wires.common import error_message

_V1 = "The base URL usually ends in /v1."
_ADDRESS = "Check the base URL, and whether its server speaks this wire format."


class Kind(Enum):
    """Whose fault it is, and whether asking again can help."""

    FAILING = "the endpoint, for now: asked again"
    UNREACHABLE = "the network or the address: asked again, fatal before the first answer"
    NOT_AN_API = "the address: fatal before the first answer, asked again after it"
    DENIED = "key, model or path: not asked again, fatal before the first answer"
    REJECTED = "this request alone: not asked again"


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt."""

    kind: Kind
    what: str
    """The fault in a few words, naming the host where it is not the request's own."""
    said: str = ""
    """What the endpoint said about it, cut and without the key."""
    remedy: str = ""
    """What to do where the fault is fatal."""
    retry_after: str | None = None
    """The Retry-After header as sent."""
    too_much: bool = False
    """Whether the endpoint says that it is asked too much."""

    def cause(self, attempts: int, note: str = "") -> str:
        """The sentence of a request that is given up after so many attempts."""
        count = f" after {attempts} attempts" if attempts > 1 else ""
        return f"{self.what}{count}{note}: {self.said}" if self.said else f"{self.what}{count}{note}"

    def is_fatal(self, answered: bool) -> bool:
        """Whether no request can be expected to succeed: a fault of the configuration, before any answer."""
        return not answered and self.kind in (Kind.UNREACHABLE, Kind.NOT_AN_API, Kind.DENIED)

    def is_worth_retrying(self, answered: bool) -> bool:
        """Whether another attempt can help."""
        return self.kind in (Kind.FAILING, Kind.UNREACHABLE) or (self.kind is Kind.NOT_AN_API and answered)

    def error(self, attempts: int, endpoint: Endpoint) -> ModelError:
        """The error of a run that cannot start."""
        return ModelError(self.cause(attempts), where=endpoint.url, remedy=self.remedy)


def fault_of_no_reply(nothing: NoReply, endpoint: Endpoint, host: str | None = None) -> Fault:
    """The fault of an attempt without a reply; the host is named where it is not the endpoint's own."""
    # What could not be read of a reply is in there, and that may repeat the key.
    what = f"{host or endpoint.host}: {endpoint.quote(nothing.what)}"
    if nothing.unreachable is None:
        return Fault(Kind.FAILING, what)
    return Fault(Kind.UNREACHABLE, what, remedy=_remedy_of_tls(endpoint) if nothing.tls else nothing.unreachable)


def fault_of_status(reply: Reply, endpoint: Endpoint) -> Fault:
    """The fault of a reply whose status is not 200."""
    if is_retryable(reply.status):
        text = endpoint.quote(reply.body.decode(errors="replace"))
        return Fault(
            Kind.FAILING,
            f"HTTP {reply.status} from {endpoint.host}",
            text,
            retry_after=reply.retry_after,
            too_much=reply.status in (429, 503, 529),
        )
    message = endpoint.quote(error_message(reply.body))
    remedy = _remedy_of_denial(reply.status, endpoint)
    if remedy is None:
        return Fault(Kind.REJECTED, f"HTTP {reply.status}", message)
    if reply.location is not None:
        message = endpoint.quote(f"redirects to {reply.location}")
    return Fault(Kind.DENIED, f"HTTP {reply.status}", message, remedy)


def fault_of_malformed(error: MalformedReplyError, retry_after: str | None, endpoint: Endpoint) -> Fault:
    """The fault of a reply of status 200 that is no answer."""
    said = endpoint.quote(str(error))
    if isinstance(error, NotAnApiError):
        what = f"{endpoint.host} did not answer as an API"
        return Fault(Kind.NOT_AN_API, what, said, _remedy_of_address(endpoint), retry_after)
    if isinstance(error, NoLikelihoodError):
        remedy = "Use the protocol gen-letter, or a server that gives the log-probabilities of a prompt."
        return Fault(Kind.DENIED, f"{endpoint.host} gave no log-likelihood", said, remedy)
    return Fault(Kind.FAILING, f"malformed reply from {endpoint.host}", said, retry_after=retry_after)


def _remedy_of_address(endpoint: Endpoint) -> str:
    """What to look at where the address seems to be wrong; only OpenAI's base URL has the version in it."""
    return f"{_V1} {_ADDRESS}" if endpoint.url.endswith("/completions") else _ADDRESS


def _remedy_of_tls(endpoint: Endpoint) -> str:
    variable = endpoint.tls.ca_bundle_env
    if variable is not None:
        return f"Set {variable} to the path of the PEM file with the endpoint's certificate authority."
    return "If the server uses a private certificate authority, set SSL_CERT_FILE to its bundle."


def _remedy_of_denial(status: int, endpoint: Endpoint) -> str | None:
    """What to do about a status that speaks of key, account, model or path; None for any other."""
    variable = endpoint.auth.env
    if status == 401 and variable is None:
        return "It asks for a key: let a model card name the variable that holds yours, under auth."
    if status == 401:
        return f"Set {variable} to {'a key that this endpoint accepts' if endpoint.has_key else 'your key'}."
    if status == 402:
        return "The account has no credit left."
    if status == 403:
        key = f"the key in {variable}" if variable is not None else "you"
        return f"Check that {key} may use the model {endpoint.model}."
    if status == 404:
        return f"Check the model name {endpoint.model}. {_remedy_of_address(endpoint)}"
    return _remedy_of_address(endpoint) if status < 400 or status == 405 else None
