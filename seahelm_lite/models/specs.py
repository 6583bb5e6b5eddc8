"""From a model SPEC to a model."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from seahelm_lite.catalog.names import unknown
from seahelm_lite.errors import ModelError, UnknownNameError
from seahelm_lite.models.base import DocumentModel, Model, Thinking
from seahelm_lite.models.series import series_of

_SECRET_ENDS = ("key", "secret", "password", "credentials", "header", "headers")
_SECRET_TOKENS = frozenset({"token", "auth", "auth_token", "hf_token", "access_token", "api_token", "use_auth_token"})
"""Names of arguments that hold what nobody else may read; `eos_token` and the like are no secrets."""

FORMS = (
    "<card id>[@endpoint]",
    "hf:<repo or folder>[,dtype=…,revision=…,device=…,peft=…]",
    "openai:<base-url>#<model>",
    "lmeval:<type>,key=value,…",
    "replay:<file>",
    "baseline:random|majority|longest|ngram",
)


def open_model(spec: str, *, thinking: Thinking = "auto") -> Model | DocumentModel:
    """Build the model that a SPEC names. Heavy libraries are imported only for the kinds that need them.

    Args:
        spec: In one of the `FORMS`.
        thinking: Whether it shall think before it answers.

    Raises:
        UnknownNameError: If the form, or the card, is unknown.
        ModelError: If the model cannot be loaded or reached, or cannot be told whether to think.
    """
    if (checkpoints := series_of(spec)) is not None:
        raise ModelError(
            f"names a series of {len(checkpoints)} checkpoints, where one model is wanted",
            where=spec,
            remedy="`seahelm-lite run` asks them one after another.",
        )
    kind, colon, rest = spec.partition(":")
    if thinking != "auto":
        raise ModelError(
            "cannot be told whether to think", where=spec, remedy="Leave thinking to the model, or name a model card."
        )
    if not colon:
        return _from_card(spec)
    if kind not in _BUILDERS or not rest:
        raise UnknownNameError(f"{spec!r} is not a model SPEC", remedy="Forms: " + " · ".join(FORMS) + ".")
    return _BUILDERS[kind](spec, rest)


def _from_card(spec: str) -> Model:
    from seahelm_lite.catalog.model_card import model_cards

    name, _, wanted = spec.partition("@")
    cards = model_cards()
    if name not in cards:
        raise unknown("model card", name, cards, listing="a SPEC has one of the forms " + " · ".join(FORMS))
    endpoint = cards[name].endpoint(wanted or None)
    if endpoint.kind == "in-process":
        from seahelm_lite.models.local import hugging_face

        revision = {"revision": endpoint.revision} if endpoint.revision is not None else {}
        return hugging_face(endpoint.model_id, revision, spec=spec)
    if endpoint.auth.env is not None and endpoint.auth.required and not os.environ.get(endpoint.auth.env):
        raise ModelError(f"the key variable {endpoint.auth.env} is not set", where=spec, remedy="Export it.")
    from seahelm_lite.models.api import OpenAIChat

    return OpenAIChat(
        base_url=endpoint.base_url or "",
        model=endpoint.model_id,
        api_key_env=endpoint.auth.env or "OPENAI_API_KEY",
        concurrency=endpoint.limits.max_concurrency or 16,
    )


def _baseline(spec: str, rest: str) -> DocumentModel:
    from seahelm_lite.models.baselines import Baseline

    return Baseline(rest)


def _replay(spec: str, rest: str) -> DocumentModel:
    from seahelm_lite.models.replay import Replay

    return Replay(Path(rest).expanduser())


def _hugging_face(spec: str, rest: str) -> Model:
    from seahelm_lite.models.local import hugging_face

    target, _, options = rest.partition(",")
    return hugging_face(target, _arguments(spec, options), spec=spec)


def _lm_eval(spec: str, rest: str) -> Model:
    from seahelm_lite.models.local import LmEvalModel

    kind, _, options = rest.partition(",")
    return LmEvalModel(kind, _arguments(spec, options), spec=spec)


def _openai(spec: str, rest: str) -> Model:
    from seahelm_lite.models.api import OpenAIChat

    base_url, _, model = rest.partition("#")
    if not model or not base_url.startswith(("http://", "https://")):
        raise ModelError(
            "an openai: SPEC is <base-url>#<model>", where=spec, remedy="openai:http://localhost:8000/v1#name"
        )
    return OpenAIChat(base_url=base_url, model=model)


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


_BUILDERS: dict[str, Callable[[str, str], Model | DocumentModel]] = {
    "baseline": _baseline,
    "hf": _hugging_face,
    "lmeval": _lm_eval,
    "openai": _openai,
    "replay": _replay,
}
