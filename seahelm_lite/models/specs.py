"""From a model SPEC to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from seahelm_lite.catalog.access import Access, Auth, Engine
from seahelm_lite.errors import ModelError, UnknownNameError
from seahelm_lite.models.base import Capabilities, DocumentModel, Model, Thinking
from seahelm_lite.models.hosts import refuse_outside
from seahelm_lite.models.series import series_of

if TYPE_CHECKING:
    from seahelm_lite.catalog.model_card import ModelCard, Reasoning, Source
    from seahelm_lite.models.api import ApiModel

_SECRET_ENDS = ("key", "secret", "password", "credentials", "header", "headers")
_SECRET_TOKENS = frozenset({"token", "auth", "auth_token", "hf_token", "access_token", "api_token", "use_auth_token"})
"""Names of arguments that hold what nobody else may read; `eos_token` and the like are no secrets."""

FORMS = (
    "<card id>[@endpoint]",
    "hf:<repo or folder>[,dtype=…,revision=…,device=…,peft=…]",
    "openai:<base-url>#<model>",
    "anthropic:<base-url>#<model>",
    "litellm:<provider>/<model>",
    "lmeval:<type>,key=value,…",
    "replay:<file>",
    "baseline:random|majority|longest|ngram",
)


def open_model(spec: str, *, thinking: Thinking = "auto", offline: bool = False) -> Model | DocumentModel:
    """Build the model that a SPEC names. Heavy libraries are imported only for the kinds that need them.

    Args:
        spec: In one of the `FORMS`.
        thinking: Whether it shall think before it answers.
        offline: Whether it has to be on this machine or on a host that a card calls the evaluator's own.

    Raises:
        UnknownNameError: If the form, or the card, is unknown.
        ModelError: If the model cannot be loaded or reached, cannot be told whether to think, or is elsewhere.
    """
    if (checkpoints := series_of(spec)) is not None:
        raise ModelError(
            f"names a series of {len(checkpoints)} checkpoints, where one model is wanted",
            where=spec,
            remedy="`seahelm-lite run` asks them one after another.",
        )
    kind, colon, rest = spec.partition(":")
    if colon and (kind not in _BUILDERS or not rest):
        raise UnknownNameError(f"{spec!r} is not a model SPEC", remedy="Forms: " + " · ".join(FORMS) + ".")
    wish = Wish(thinking, offline)
    model = _BUILDERS[kind](spec, rest, wish) if colon else _from_card(spec, wish)
    if offline:
        refuse_outside(model.facts.capabilities, spec)
    return model


def open_endpoint(spec: str, *, offline: bool = False) -> ApiModel:
    """The model behind an API that a SPEC names; nothing is loaded and nothing is sent. `offline` as `open_model`.

    Raises:
        UnknownNameError: If the form, or the card, is unknown.
        ModelError: If it is no model behind an API, or cannot be used as it stands.
    """
    from seahelm_lite.models.api import ApiModel

    kind, colon, _ = spec.partition(":")
    local = _card_and_access(spec)[1].engine is not None if not colon else kind in _BUILDERS and kind not in _REMOTE
    model = None if local else open_model(spec, offline=offline)
    if not isinstance(model, ApiModel):
        raise ModelError(
            "has no endpoint that could be asked",
            where=spec,
            remedy="Name one, as openai:<base-url>#<model>, anthropic:<base-url>#<model> or <card id>@<endpoint>.",
        )
    return model


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a model beside its SPEC."""

    thinking: Thinking
    offline: bool

    def refuse_thinking(self, spec: str) -> None:
        """Refuse what a kind of model cannot be told.

        Raises:
            ModelError: If it was to be told anything.
        """
        if self.thinking != "auto":
            raise ModelError(
                "cannot be told whether to think",
                where=spec,
                remedy="Leave out --thinking, or name a model card that has the switch.",
            )


def _from_card(spec: str, wish: Wish) -> Model:
    from seahelm_lite.catalog.model_card import place_on_card

    card, access = _card_and_access(spec)
    if access.engine is not None:
        return _in_process(access, access.engine, card.reasoning, spec, wish)
    from seahelm_lite.models.api import ApiModel
    from seahelm_lite.models.api.wires.registry import wire_named

    if wish.offline:
        # Before the key is looked for, which nobody needs for a host that may not be asked.
        refuse_outside(_hosts_of(access), spec)
    try:
        wire_named(access.wire or "")
    except UnknownNameError as error:
        # Not while cards are read: a list of all must not fail because a plugin is not installed here.
        where = place_on_card(card, access, "wire")
        raise UnknownNameError(error.what, where=where, remedy=error.remedy) from None
    return ApiModel(
        _with_sources_in_words(access, card.sources),
        reasoning=card.reasoning,
        thinking=wish.thinking,
        system_role=card.chat.system_role,
    )


def _card_and_access(spec: str) -> tuple[ModelCard, Access]:
    """The card that a SPEC names, and which of its ways of access."""
    from seahelm_lite.catalog.model_card import model_card

    name, _, wanted = spec.partition("@")
    card = model_card(name, listing="a SPEC has one of the forms " + " · ".join(FORMS))
    return card, card.endpoint(wanted or None)


def _hosts_of(access: Access) -> Capabilities:
    """Where requests and tokens would go."""
    host, token_host = (urlsplit(url or "").hostname for url in (access.base_url, access.auth.token_url))
    return Capabilities(chat=True, host=host, on_premise=access.on_premise, token_host=token_host)


def _with_sources_in_words(access: Access, sources: Mapping[str, Source]) -> Access:
    """The access with prices that say where they were found, since no card is at hand where they are shown."""
    prices = tuple(price.model_copy(update={"src": sources[price.src].what}) for price in access.price)
    return access.model_copy(update={"price": prices})


def _in_process(access: Access, engine: Engine, reasoning: Reasoning, spec: str, wish: Wish) -> Model:
    """The weights of a card, run on this machine."""
    from seahelm_lite.models.local import LmEvalModel, hugging_face

    told: dict[str, Any] = {"reasoning": reasoning, "thinking": wish.thinking, "offline": wish.offline, "spec": spec}
    arguments = {name: str(value) for name, value in engine.args.items()}
    if access.revision is not None:
        arguments.setdefault("revision", access.revision)
    if engine.lm_eval == "hf":
        return hugging_face(arguments.pop("pretrained", access.model_id), arguments, **told)
    return LmEvalModel(engine.lm_eval, {"pretrained": access.model_id, **arguments}, **told)


def _baseline(spec: str, rest: str, wish: Wish) -> DocumentModel:
    from seahelm_lite.models.baselines import Baseline

    wish.refuse_thinking(spec)
    return Baseline(rest)


def _replay(spec: str, rest: str, wish: Wish) -> DocumentModel:
    from seahelm_lite.models.replay import Replay

    wish.refuse_thinking(spec)
    return Replay(Path(rest).expanduser())


def _hugging_face(spec: str, rest: str, wish: Wish) -> Model:
    from seahelm_lite.models.local import hugging_face

    target, _, options = rest.partition(",")
    return hugging_face(target, _arguments(spec, options), spec=spec, thinking=wish.thinking, offline=wish.offline)


def _lm_eval(spec: str, rest: str, wish: Wish) -> Model:
    from seahelm_lite.models.local import LmEvalModel

    kind, _, options = rest.partition(",")
    return LmEvalModel(kind, _arguments(spec, options), spec=spec, thinking=wish.thinking, offline=wish.offline)


def _openai(spec: str, rest: str, wish: Wish) -> Model:
    return _addressed(spec, rest, "openai-chat", Auth(kind="bearer", env="OPENAI_API_KEY", required=False), wish)


def _anthropic(spec: str, rest: str, wish: Wish) -> Model:
    auth = Auth(kind="header", header="x-api-key", env="ANTHROPIC_API_KEY", required=False)
    return _addressed(spec, rest, "anthropic-messages", auth, wish)


def _addressed(spec: str, rest: str, wire: str, auth: Auth, wish: Wish) -> Model:
    """A model that has no card."""
    from seahelm_lite.models.api import ApiModel

    wish.refuse_thinking(spec)
    base_url, _, model = rest.partition("#")
    kind = spec.partition(":")[0]
    if not model or not base_url.startswith(("http://", "https://")):
        raise ModelError(
            f"an {kind}: SPEC is <base-url>#<model>", where=spec, remedy=f"{kind}:http://localhost:8000/v1#name"
        )
    return ApiModel(Access(id=kind, wire=wire, base_url=base_url, model_id=model, auth=auth))


def _litellm(spec: str, rest: str, wish: Wish) -> Model:
    from seahelm_lite.models.litellm_model import LitellmModel

    wish.refuse_thinking(spec)
    return LitellmModel(rest, spec=spec)


def _arguments(spec: str, options: str) -> dict[str, str]:
    from seahelm_lite.models.api.endpoint import check_base_url

    pairs = [part.partition("=") for part in options.split(",") if part]
    for name, equals, _ in pairs:
        if not equals:
            raise ModelError(f"{name!r} is not key=value", where=spec)
        if _is_secret(name.strip().lower()):
            # The SPEC is written into the manifest, and a shell keeps its history.
            raise ModelError(
                f"{name.strip()} does not belong into a model SPEC",
                where=spec.partition(",")[0],
                remedy="Set the environment variable that the backend reads, such as OPENAI_API_KEY.",
            )
    arguments = {name.strip(): value.strip() for name, _, value in pairs}
    if "base_url" in arguments:
        check_base_url(arguments["base_url"])
    return arguments


def _is_secret(name: str) -> bool:
    return name.endswith(_SECRET_ENDS) or name in _SECRET_TOKENS


_BUILDERS: dict[str, Callable[[str, str, Wish], Model | DocumentModel]] = {
    "anthropic": _anthropic,
    "baseline": _baseline,
    "hf": _hugging_face,
    "litellm": _litellm,
    "lmeval": _lm_eval,
    "openai": _openai,
    "replay": _replay,
}

_REMOTE = ("anthropic", "openai")
"""The forms of a model behind an API."""
