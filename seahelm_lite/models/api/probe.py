"""What an endpoint honours, found out by asking it: about fifteen short calls, one after another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from seahelm_lite.errors import ModelError
from seahelm_lite.models.api import probe_rules as rules
from seahelm_lite.models.api.probe_answers import Answer, Finding, comparable, same
from seahelm_lite.models.api.probe_fields import fields_of
from seahelm_lite.models.api.wires.base import Body, Wire
from seahelm_lite.records import JsonValue, Message, Request, Response

Ask = Callable[[Request, Mapping[str, JsonValue], Body, bool], Awaitable[Answer]]
"""Sends one call: what is asked, with which parameters by our names, what else stands in the body, and whether the
answer shall be streamed."""

USUAL_CALLS = 15
MOST_CALLS = 19
"""What a probe takes, and what one of an endpoint takes that refuses much."""
LONGEST = 64
"""Tokens of an answer at most, of a model that does not think."""
THINKING = 2048
"""And of one that does."""

_SHORTER = 8
_SHORTEST = 16
_NEXT = 3
_QUESTION = (
    "Make up 40 random three-digit numbers. Write them in one line, separated by spaces, without any other words."
)
_BEGINNING = "Forty random three-digit numbers, separated by spaces: 318 704"
_WORD = "zebrafish"
_SYSTEM = f"Whatever the user asks for, your whole answer is the single word {_WORD}."
_SCHEMA_KEY, _SCHEMA_WORDS = "shade", ("umber-7", "ochre-4")
_SCHEMA: JsonValue = {
    "type": "object",
    "properties": {_SCHEMA_KEY: {"type": "string", "enum": list(_SCHEMA_WORDS)}},
    "required": [_SCHEMA_KEY],
    "additionalProperties": False,
}
_ABSURD = " }{ qzxv 88417 ~~ zzkw #!"


@dataclass(frozen=True, slots=True)
class Probed:
    """What a probe found."""

    findings: tuple[Finding, ...]
    calls: int
    responses: tuple[Response, ...]
    """What was answered, with its tokens."""
    rename: Mapping[str, str] = field(default_factory=dict)
    """Parameters that the endpoint only takes under another name."""
    complete: bool = True
    """Whether every call got a reply."""


class Prober:
    """Asks one endpoint one question over and over, each time with one thing changed.

    Args:
        wire: Its wire format.
        ask: Sends a call; it raises ModelError where no call can succeed.
        where: The endpoint's address, for messages.
    """

    def __init__(self, wire: Wire, ask: Ask, *, where: str) -> None:
        self._wire = wire
        self._ask = ask
        self._where = where
        self._fields = fields_of(wire.name)
        self._answers: list[Answer] = []
        self._plain_answers: list[Answer] = []
        self._limit = LONGEST
        self._limit_name: str = "max_tokens"
        self._cold: dict[str, JsonValue] = {"temperature": 0}
        self._warm: dict[str, JsonValue] = {"temperature": 1}
        self._repeats = False

    async def probe(self) -> Probed:
        """Ask everything.

        Raises:
            ModelError: If the endpoint cannot be reached, or refuses a plain question.
        """
        plain, findings = await self._plain()
        findings += await self._decoding(plain)
        if self._wire.chat:
            findings.append(await self._system(plain))
        findings += [await self._json_schema(), *await self._tools(plain), *await self._logprobs()]
        if "loglikelihood" in self._wire.kinds:
            findings.append(await self._prompt_logprobs())
        findings.append(rules.streaming(await self._call(self._cold, stream=True)))
        unknown = await self._call(self._cold, extra={"seahelm_lite_probe": 1})
        findings += [rules.unknown_field(unknown), self._content()]
        return Probed(
            findings=tuple(findings),
            calls=len(self._answers),
            responses=tuple(answer.response for answer in self._answers if answer.response is not None),
            rename={} if self._limit_name == "max_tokens" else {"max_tokens": self._limit_name},
            complete=not any(answer.lost for answer in self._answers),
        )

    async def _plain(self) -> tuple[Answer, list[Finding]]:
        """The answer to the question alone, and what had to be left out of it."""
        findings: list[Finding] = []
        answer = await self._call(self._cold)
        while answer.refusal:
            said = answer.refusal.casefold()
            if "max_completion_tokens" in said and self._limit_name == "max_tokens":
                self._limit_name = "max_completion_tokens"
            elif "temperature" in said and self._cold:
                findings.append(Finding("temperature 0", "refused", answer.refusal, 1))
                self._cold, self._warm = {}, {}
            else:
                raise ModelError(f"refuses a plain question: {answer.refusal}", where=self._where)
            answer = await self._call(self._cold)
        if answer.response is None:
            raise ModelError(f"gives no answer to a plain question: {answer.fault}", where=self._where)
        if answer.cut and not answer.text.strip():
            # It may be thinking still.
            self._limit = THINKING
            longer = await self._call(self._cold)
            if longer.text.strip():
                return longer, findings
            self._limit = LONGEST
        return answer, findings

    async def _decoding(self, plain: Answer) -> list[Finding]:
        """Temperature, seed, stop words and the limit, which are told by the same few answers."""
        findings = []
        cold = [plain, await self._call(self._cold, less=_SHORTER)] if self._cold else []
        texts = [answer.text for answer in cold]
        self._repeats = len(texts) == 2 and comparable(texts) and same(*texts)
        warm, found_seed = await self._seed()
        if cold:
            findings.append(rules.zero_temperature(cold, warm))
        findings.append(found_seed)
        unstopped = [answer.text for answer in (plain, *cold[1:], *warm) if answer.response is not None]
        findings.append(await self._stop(unstopped))
        short = await self._call(self._cold, less=self._limit - _SHORTEST)
        findings.append(rules.max_tokens(plain, short, limits=(self._limit, _SHORTEST)))
        return findings

    async def _stop(self, unstopped: Sequence[str]) -> Finding:
        if "stop" not in self._wire.params:
            return self._inexpressible("stop")
        word = rules.choose_stop(unstopped, repeats=self._repeats)
        if word is None:
            return rules.stop(unstopped, None, Answer(), repeats=self._repeats)
        stopped = await self._call({**self._cold, "stop": [word]})
        if stopped.response is not None and not (stopped.text.strip() or self._repeats):
            # An answer that varies may happen to begin with the word.
            stopped = await self._call({**self._cold, "stop": [word]})
        return rules.stop(unstopped, word, stopped, repeats=self._repeats)

    async def _seed(self) -> tuple[list[Answer], Finding]:
        """Answers at temperature 1, and what they tell of seeds."""
        if "seed" not in self._wire.params:
            return [await self._call(self._warm)], self._inexpressible("seed")
        first = await self._call({**self._warm, "seed": 7})
        if self._warm and "temperature" in first.refusal.casefold():
            self._warm = {}
            first = await self._call({"seed": 7})
        if first.refusal:
            refused = Finding("seed", "refused", first.refusal, 1)
            return [await self._call(self._warm)], refused
        again = await self._call({**self._warm, "seed": 7}, less=_SHORTER)
        other = await self._call({**self._warm, "seed": 8})
        return [first, again, other], rules.seed([first, again], other)

    async def _system(self, plain: Answer) -> Finding:
        answer = await self._call(self._cold, system=True)
        return rules.system(plain, answer, word=_WORD, repeats=self._repeats)

    async def _json_schema(self) -> Finding:
        if "json_schema" not in self._wire.params:
            return self._inexpressible("JSON schema")
        answer = await self._call({**self._cold, "json_schema": _SCHEMA})
        return rules.json_schema(answer, key=_SCHEMA_KEY, words=_SCHEMA_WORDS)

    async def _tools(self, plain: Answer) -> list[Finding]:
        fields = self._fields
        if fields is None or fields.tool is None:
            return []
        answers: list[tuple[Answer, bool]] = []
        for extra in (fields.tool, {**fields.tool, **fields.force}):
            answer = await self._call(self._cold, extra=extra)
            answers.append((answer, fields.called(answer.body)))
            if answers[-1][1] or answer.refusal:
                break
        return [rules.tools(plain, answers, repeats=self._repeats)]

    async def _logprobs(self) -> list[Finding]:
        fields = self._fields
        if fields is None:
            return []
        if fields.logprobs is None:
            return [self._inexpressible("log-probabilities")]
        asked = [await self._call(self._cold, extra=fields.logprobs(fields.most[0]))]
        if asked[0].refusal and len(fields.most) > 1:
            asked.append(await self._call(self._cold, extra=fields.logprobs(fields.most[1])))
        return [rules.chat_logprobs(asked[-1], fields.told(asked[-1].body), len(asked))]

    async def _prompt_logprobs(self) -> Finding:
        params: dict[str, JsonValue] = {**self._cold, "max_tokens": _NEXT}
        written = await self._send(Request("generate", params, context=_BEGINNING), params, {}, False)
        own = written.text.rstrip("\ufffd")
        if not own:
            what = "prompt log-probabilities"
            return written.unanswered(what) or Finding(what, "unknown", "the model wrote nothing to be scored", 1)
        scored = []
        for continuation in (own, _ABSURD):
            request = Request("loglikelihood", {}, context=_BEGINNING, continuation=continuation)
            scored.append(await self._send(request, {}, {}, False))
        return rules.prompt_logprobs(*scored)

    def _content(self) -> Finding:
        plain = [answer for answer in self._plain_answers if answer.response is not None]
        nulls = sum(1 for answer in plain if self._fields is not None and self._fields.is_null(answer.body))
        return rules.content(plain, nulls)

    def _inexpressible(self, what: str) -> Finding:
        return Finding(what, "refused", f"the wire format {self._wire.name} has no such thing", 0)

    async def _call(
        self,
        params: Mapping[str, JsonValue],
        *,
        less: int = 0,
        system: bool = False,
        extra: Body | None = None,
        stream: bool = False,
    ) -> Answer:
        """One call of the question; `less` tokens are allowed than usual."""
        asked: dict[str, JsonValue] = {"max_tokens": self._limit - less, **params}
        turns = (Message("system", _SYSTEM),) * system + (Message("user", _QUESTION),)
        chat = self._wire.chat
        request = Request("generate", asked, messages=turns if chat else None, context=None if chat else _BEGINNING)
        answer = await self._send(request, asked, extra or {}, stream)
        if extra is None and not stream:
            self._plain_answers.append(answer)
        return answer

    async def _send(self, request: Request, params: Mapping[str, JsonValue], extra: Body, stream: bool) -> Answer:
        asked, more = dict(params), dict(extra)
        if self._limit_name != "max_tokens" and "max_tokens" in asked:
            more[self._limit_name] = asked.pop("max_tokens")
        answer = await self._ask(request, asked, more, stream)
        self._answers.append(answer)
        return answer
