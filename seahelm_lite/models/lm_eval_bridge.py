"""The one module that imports lm-eval (0.4.13): its model classes, as sources of answers for our engine.

lm-eval answers a whole list at once; its cache hook tells us each answer as it is made, so that an interrupted run
keeps what was finished.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

# lm-eval's own bars would be drawn across ours. Read by tqdm when it is first imported.
os.environ.setdefault("TQDM_DISABLE", "1")

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM, CacheHook
from lm_eval.api.registry import get_model

from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Deliver
from seahelm_lite.records import Failure, Request, Response

_Key = tuple[str, str]


def load(kind: str, arguments: Mapping[str, Any], *, where: str) -> LM:
    """Build an lm-eval model.

    Args:
        kind: Its registered name, such as `hf`.
        arguments: Its constructor arguments.
        where: The model SPEC, for error texts.

    Raises:
        ModelError: If the kind is unknown or the model cannot be loaded.
    """
    try:
        kind_of_model = get_model(kind)
    except (KeyError, ValueError):
        raise ModelError(f"lm-eval has no model type {kind!r}", where=where) from None
    except ImportError as error:
        raise ModelError(f"lm-eval's {kind!r} needs a package that is missing: {error}", where=where) from None
    try:
        with contextlib.redirect_stdout(sys.stderr):
            model: LM = kind_of_model.create_from_arg_obj(dict(arguments))
    except (OSError, ValueError, TypeError, RuntimeError, ImportError, AssertionError) as error:
        detail = " ".join(str(error).split())[:400]
        raise ModelError(f"the model cannot be loaded: {detail}", where=where) from None
    return model


def answer(model: LM, requests: Sequence[Request], deliver: Deliver) -> None:
    """Have an lm-eval model answer requests, delivering each answer as it is finished."""
    for method, kind in (("loglikelihood", "loglikelihood"), ("generate_until", "generate")):
        indices = [index for index, request in enumerate(requests) if request.kind == kind]
        if indices:
            _answer_with(model, method, [(index, _arguments(model, requests[index])) for index in indices], deliver)


def _answer_with(model: LM, method: str, items: list[tuple[int, tuple[Any, ...]]], deliver: Deliver) -> None:
    hook = _Hook(method, items, deliver)
    model.set_cache_hook(hook)
    instances = [Instance(request_type=method, doc={}, arguments=arguments, idx=0) for _, arguments in items]
    # Some backends print; standard output is for results alone.
    with contextlib.redirect_stdout(sys.stderr):
        results = getattr(model, method)(instances)
    for (index, _), result in zip(items, results, strict=True):
        hook.finish(index, result)


class _Hook(CacheHook):  # type: ignore[misc]
    """Matches finished answers to the requests they belong to."""

    def __init__(self, method: str, items: list[tuple[int, tuple[Any, ...]]], deliver: Deliver) -> None:
        super().__init__(None)
        self._method = method
        self._deliver = deliver
        self._waiting: dict[_Key, list[int]] = defaultdict(list)
        self._open: set[int] = set()
        for index, arguments in reversed(items):
            self._waiting[_key(arguments)].append(index)
            self._open.add(index)

    def add_partial(self, attr: str, req: Any, res: Any) -> None:
        """Called by lm-eval for each finished request."""
        waiting = self._waiting.get(_key(tuple(req))) if attr == self._method else None
        if waiting:
            self.finish(waiting.pop(), res)

    def finish(self, index: int, result: Any) -> None:
        """Deliver the answer of a request, once."""
        if index in self._open:
            self._open.discard(index)
            self._deliver(index, _outcome(self._method, result))


def _key(arguments: tuple[Any, ...]) -> _Key:
    """Backends may rewrite the generation settings they report, so a generation is known by its context alone."""
    context, second = arguments
    return str(context), second if isinstance(second, str) else ""


def _arguments(model: LM, request: Request) -> tuple[Any, ...]:
    if request.messages is not None:
        turns = [{"role": turn.role, "content": turn.content} for turn in request.messages]
        context = model.apply_chat_template(turns, add_generation_prompt=True)
    else:
        context = request.context or ""
    if request.kind == "loglikelihood":
        return context, request.continuation
    params = dict(request.params)
    settings = {"until": list(params.pop("stop", [])), "max_gen_toks": params.pop("max_tokens"), "do_sample": False}
    return context, {**settings, **params}


def _outcome(method: str, result: Any) -> Response | Failure:
    if method == "generate_until":
        return Response(text=str(result)) if result is not None else Failure("the backend returned no text")
    value, greedy = float(result[0]), bool(result[1])
    if math.isnan(value):
        return Failure("the backend returned a log-likelihood that is not a number")
    return Response(loglikelihood=value, is_greedy=greedy)
