"""Our API client as a model of lm-eval's: `seahelm-api`."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tqdm import tqdm

from seahelm_lite.catalog.access import Access, Auth
from seahelm_lite.errors import ModelError, ProtocolError
from seahelm_lite.models.base import Model, PlanningModel, Thinking
from seahelm_lite.models.lm_eval_answers import all_answered
from seahelm_lite.records import Failure, JsonValue, Message, Outcome, Request, Response

NAME = "seahelm-api"

_LOG = logging.getLogger("lm_eval.models.seahelm_api")
"""Heard where lm-eval's command line runs, which has no other place for what a reader should know."""

_FORMS = "Write card=<id>[@<endpoint>], or base_url=<address>,model=<name>[,wire=<format>]"
_AUTH = {
    "anthropic-messages": Auth(kind="header", header="x-api-key", env="ANTHROPIC_API_KEY", required=False),
    "gemini": Auth(kind="header", header="x-goog-api-key", env="GEMINI_API_KEY", required=False),
}
_THINKING: dict[str, Thinking] = {"auto": "auto", "on": "on", "off": "off"}
_BEARER = Auth(kind="bearer", env="OPENAI_API_KEY", required=False)

_MAX_TOKENS = 256
"""Of an answer whose task sets no limit; lm-eval's own API models have the same."""


class Conversation(str):
    """Messages as JSON text: lm-eval hands a prompt on as something that it can hash and log."""

    def messages(self) -> tuple[Message, ...]:
        """The messages that `conversation` was made of."""
        return tuple(Message(turn["role"], turn["content"]) for turn in json.loads(self))


def api_class(lm: type[Any]) -> type[Any]:
    """The model, as a class that lm-eval can register.

    Args:
        lm: lm-eval's `LM`.
    """

    class Api(lm):  # type: ignore[misc]
        """A model behind an API, asked by our client: what fails is an error and never an empty answer."""

        def __init__(
            self, *, batch_size: Any = None, max_batch_size: Any = None, device: Any = None, **arguments: Any
        ) -> None:
            """Batch sizes and device are what lm-eval gives every model; an API has none."""
            super().__init__()
            self._model = _model_of({name: str(value) for name, value in arguments.items()})
            for deviation in self._model.facts.deviations:
                _LOG.warning("%s: %s", self.tokenizer_name, deviation)

        @property
        def tokenizer_name(self) -> str:
            """Tells apart what `--cache_requests` keeps for one model and another."""
            return self._model.facts.name

        def apply_chat_template(
            self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
        ) -> Conversation:
            """The conversation itself, since the endpoint has the template."""
            if not self._model.facts.capabilities.chat:
                raise ProtocolError(
                    f"{self.tokenizer_name} continues plain text and takes no messages",
                    remedy="Leave --apply_chat_template out.",
                )
            if not add_generation_prompt:
                raise ProtocolError(
                    f"{self.tokenizer_name} is behind a chat API, which cannot go on with an answer that is begun",
                    remedy="The task's gen_prefix has to be empty.",
                )
            return Conversation(json.dumps(chat_history, ensure_ascii=False))

        def generate_until(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[str]:
            """Each prompt's answer.

            Raises:
                ModelError: If a request failed or a content filter stopped it, once all the others are answered.
            """
            times: Counter[int] = Counter()
            asked = []
            for request in requests:
                asked.append(self._generation(*request.args[:2], repeat=times[id(request)]))
                times[id(request)] += 1
            texts = self._ask("generate_until", requests, asked, _text, disable_tqdm)
            if empty := sum(not text.strip() for text in texts):
                _LOG.warning("%s gave %d empty answers of %d", self.tokenizer_name, empty, len(texts))
            return texts

        def loglikelihood(self, requests: Sequence[Any], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
            """Each continuation's log-likelihood, and whether it is the likeliest.

            Raises:
                ProtocolError: If the API cannot give any.
                ModelError: If a request failed, once all the others are answered.
            """
            asked = [
                Request("loglikelihood", {}, context=context, continuation=continuation)
                for context, continuation in (request.args for request in requests)
            ]
            silent: list[Response] = []

            def read(outcome: Response) -> tuple[float, bool] | Failure:
                if outcome.is_greedy is None:
                    silent.append(outcome)
                return _likelihood(outcome)

            results = self._ask("loglikelihood", requests, asked, read, disable_tqdm)
            if silent:
                _LOG.warning(
                    "%s does not tell which continuations are the likeliest of all, and lm-eval takes none for it: a "
                    "metric that counts them is not to be trusted. Choices among options are not touched by this.",
                    self.tokenizer_name,
                )
            return results

        def loglikelihood_rolling(self, requests: Sequence[Any]) -> list[float]:
            """Refused: no API tells the likelihood of a text's first token.

            Raises:
                ProtocolError: Always.
            """
            raise ProtocolError(
                f"{self.tokenizer_name} is behind an API, which cannot give the likelihood of a whole text",
                remedy="Leave out tasks that measure perplexity.",
            )

        def _generation(self, context: str, settings: Mapping[str, Any], *, repeat: int) -> Request:
            """A request; of a task that asks several times, each time with another seed."""
            params, seed = _params(settings)
            if isinstance(context, Conversation):
                turns = context.messages()
                return Request("generate", params, messages=turns, seed=seed + repeat, repeat=repeat)
            if not self._model.facts.capabilities.plain:
                raise ProtocolError(
                    f"{self.tokenizer_name} is behind a chat API, which takes messages alone",
                    remedy="Add --apply_chat_template.",
                )
            return Request("generate", params, context=context, seed=seed + repeat, repeat=repeat)

        def _ask(
            self, method: str, requests: Sequence[Any], asked: Sequence[Request], read: Any, disable_tqdm: bool
        ) -> list[Any]:
            """What all answers say, in order; lm-eval's hook is told of each as it comes."""
            results: list[Any] = [None] * len(asked)

            def deliver(index: int, outcome: Outcome) -> None:
                results[index] = outcome if isinstance(outcome, Failure) else read(outcome)
                if not isinstance(results[index], Failure):
                    self.cache_hook.add_partial(method, requests[index].args, results[index])
                bar.update()

            for note in self._notes(asked):
                _LOG.warning("%s: %s", self.tokenizer_name, note)
            with tqdm(total=len(asked), desc=f"Asking {self.tokenizer_name}", disable=disable_tqdm) as bar:
                self._model.answer(asked, deliver)
            return all_answered(results)

        def _notes(self, asked: Sequence[Request]) -> Sequence[str]:
            """What of these requests the endpoint cannot honour."""
            return self._model.plan(asked).notes if isinstance(self._model, PlanningModel) else ()

    return Api


def _model_of(arguments: Mapping[str, str]) -> Model:
    """The model that `--model_args` names.

    Raises:
        ModelError: If they name none, or one that runs in this process.
        UnknownNameError: If there is no such card, endpoint or wire format.
    """
    from seahelm_lite.models.api.client import ApiModel
    from seahelm_lite.models.specs import open_model

    rest = dict(arguments)
    wish = rest.pop("thinking", "auto")
    if wish not in _THINKING:
        raise ModelError(f"thinking is {wish!r}", where=NAME, remedy="It is on or off.")
    thinking = _THINKING[wish]
    if rest.keys() == {"card"}:
        model = open_model(rest["card"], thinking=thinking)
        if not isinstance(model, ApiModel):
            raise ModelError(
                f"{rest['card']} runs on this machine", where=NAME, remedy="Use --model seahelm-packed for it."
            )
        return model
    if not {"base_url", "model"} <= rest.keys() <= {"base_url", "model", "wire"}:
        given = ", ".join(rest) or "none"
        raise ModelError(f"the arguments that name a model are {given}", where=NAME, remedy=f"{_FORMS}.")
    wire = rest.get("wire", "openai-chat")
    auth = _AUTH.get(wire, _BEARER)
    access = Access(id="given", wire=wire, base_url=rest["base_url"], model_id=rest["model"], auth=auth)
    return ApiModel(access, thinking=thinking)


def _params(settings: Mapping[str, Any]) -> tuple[dict[str, JsonValue], int]:
    """The parameters of a generation by our names, and its seed, of lm-eval's `gen_kwargs`."""
    given = dict(settings)
    until = given.pop("until", None) or ()
    sampled = given.pop("do_sample", None)
    limits = [given.pop(name, None) for name in ("max_gen_toks", "max_tokens", "max_new_tokens")]
    params: dict[str, JsonValue] = {
        "max_tokens": next((int(limit) for limit in limits if limit is not None), _MAX_TOKENS),
        "stop": [until] if isinstance(until, str) else list(until),
    }
    temperature = given.pop("temperature", None if sampled else 0)
    if temperature is not None:
        params["temperature"] = temperature if sampled is not False else 0
    seed = int(given.pop("seed", 0))
    return {**params, **given}, seed


def _text(outcome: Response) -> str | Failure:
    if outcome.finish_reason == "content_filter":
        return Failure("a content filter of the endpoint stopped it, for which lm-eval has no word but a wrong answer")
    return outcome.text or ""


def _likelihood(outcome: Response) -> tuple[float, bool] | Failure:
    if outcome.loglikelihood is None:
        return Failure("the reply has no log-likelihood")
    return outcome.loglikelihood, bool(outcome.is_greedy)
