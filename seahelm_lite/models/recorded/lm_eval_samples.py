"""`lm-eval`: files that `lm_eval run --log_samples` (0.4) writes, `samples_<task>_<time>.jsonl`.

Model and shots stand in `results_<time>.json` beside them. Documents of our own task files carry our ids; those of
other task files over the same data are read by the task's card. Several filters repeat a line: the first counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import (
    Declared,
    LogFile,
    Origin,
    RecordedAnswer,
    Shown,
    day,
    declared_or_logged,
    member,
)
from seahelm_lite.models.recorded.json_logs import json_lines
from seahelm_lite.models.recorded.lm_eval_results import WRITTEN_BY, LmEvalResults
from seahelm_lite.models.recorded.rows import card_of, is_letter, shown_by, task_name
from seahelm_lite.records import AnswerForm, Failure, JsonValue, Outcome, Request, Response

_NAME = re.compile(r"(?:.*/)?samples_(?P<task>.+)_(?P<time>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)\.jsonl")
_OURS = re.compile(r"[^#]+#\d+")
_PARAMS = {"max_gen_toks": "max_tokens", "until": "stop"}


class LmEvalSamples:
    """Reads sample files: log-likelihoods of the options, or generated replies."""

    name = "lm-eval"
    origin = Origin(source="lm-eval", title="answers logged by lm-eval", licence="not stated")

    def siblings(self, name: str) -> Sequence[str]:
        """The results file of the same run, which names the model."""
        found = _NAME.fullmatch(name)
        return (f"results_{found['time']}.json",) if found else ()

    def read(self, file: LogFile, declared: Declared) -> Iterator[RecordedAnswer]:
        """The answers of a file, in its order; raises as `LogFormat.read`."""
        found = _NAME.fullmatch(file.name)
        logged = found["task"] if found else None
        run = LmEvalResults.beside(file, logged)
        model = run.model_name(declared.model, file.name)
        shots = declared_or_logged(declared.shots, run.shots, "the number of examples", "--shots", file.name)
        task = task_name(declared.task and _ours(declared.task), logged and _ours(logged), file.name)
        recorded_on = day(found["time"][:10]) if found else None
        first_filter: JsonValue = None
        for position, (place, line) in enumerate(json_lines(file)):
            first_filter = line.get("filter") if position == 0 else first_filter
            if line.get("filter") == first_filter:
                for answer in _answers(_Line(line, task, place), model, shots):
                    yield replace(answer, recorded_on=recorded_on, model_sha256=run.model_sha256)


def _ours(task: str) -> str:
    """The name without the protocol, which our exported tasks have after it."""
    return task.partition("@")[0]


@dataclass(frozen=True)
class _Line:
    """A document with what was asked and what came back."""

    body: Mapping[str, JsonValue]
    task: str
    place: str

    @cached_property
    def row(self) -> str | None:
        identity = self._document.get("id")
        return identity if isinstance(identity, str) and _OURS.fullmatch(identity) else None

    @cached_property
    def shown(self) -> Shown:
        if self.row is not None:
            question = member(self._document, "question", str, self.place)
            return Shown(question, tuple(map(str, self._document.get("options") or ())))
        shown = shown_by(card_of(self.task, self.place), self._document, self.place)
        if shown is None:
            fault = f"the document has neither our id nor the columns that {self.task} is read from"
            raise LogError(fault, where=self.place, remedy="Is --task right?")
        return shown

    @property
    def _document(self) -> Mapping[str, JsonValue]:
        document: Mapping[str, JsonValue] = member(self.body, "doc", dict, self.place)
        return document

    @cached_property
    def arguments(self) -> list[list[JsonValue]]:
        """Of each request: its context, and its continuation or decoding parameters."""
        found = [
            [member(pair, name, (str, list, dict), self.place) for name in ("arg_0", "arg_1")]
            for pair in member(self.body, "arguments", dict, self.place).values()
        ]
        if not found:
            raise self.fault("'arguments' is empty")
        return found

    @cached_property
    def replies(self) -> list[list[JsonValue]]:
        """Of each request, what came back each time it was sent."""
        found = member(self.body, "resps", list, self.place)
        if len(found) != len(self.arguments) or not all(isinstance(times, list) and times for times in found):
            raise self.fault("'resps' does not hold a reply to each of the arguments")
        if len({len(times) for times in found}) > 1:
            raise self.fault("requests of the document were sent different numbers of times")
        return list(found)

    def fault(self, what: str) -> LogError:
        return LogError(what, where=self.place, remedy=WRITTEN_BY)


def _answers(line: _Line, model: str, shots: int) -> Iterator[RecordedAnswer]:
    read = _generated if isinstance(line.arguments[0][1], dict) else _likelihoods
    for repeat in range(len(line.replies[0])):
        form, requests, outcomes = read(line, repeat)
        variant = "" if form.kind != "likelihood" else _variant(requests)
        yield RecordedAnswer(
            place=line.place,
            model=model,
            task=line.task,
            shots=shots,
            row=line.row,
            shown=line.shown,
            repeat=repeat,
            form=form,
            requests=requests,
            outcomes=outcomes,
            variant=variant,
        )


def _variant(requests: Sequence[Request]) -> str:
    """The options were rated by their letters or by their texts: two protocols, as among ours."""
    letters = all(is_letter((r.continuation or "").strip().strip("()."), n) for n, r in enumerate(requests))
    return "ll-letter" if letters else "ll-cloze"


_Exchange = tuple[AnswerForm, tuple[Request, ...], tuple[Outcome, ...]]


def _generated(line: _Line, repeat: int) -> _Exchange:
    context, options = line.arguments[0]
    params = {_PARAMS.get(name, name): value for name, value in options.items()}
    reply = line.replies[0][repeat]
    if not isinstance(reply, str):
        raise line.fault("a reply is no text")
    request = Request("generate", params, context=_text(context), repeat=repeat)
    form = AnswerForm("letter" if line.shown.options else "text")
    return form, (request,), (Response(text=reply),)


def _text(context: JsonValue) -> str:
    # Chat models behind an interface are asked with a list of one text, the conversation as JSON.
    return context if isinstance(context, str) else "".join(map(str, context))


def _likelihoods(line: _Line, repeat: int) -> _Exchange:
    asked = [(_text(context), str(continuation)) for context, continuation in line.arguments]
    replies = [times[repeat] for times in line.replies]
    options = [option.strip() for option in line.shown.options]
    if len(asked) != len(options):
        raise line.fault(f"{len(asked)} log-likelihoods are logged for {len(options)} options")
    if line.row is None and not _in_order([continuation for _, continuation in asked], options):
        raise line.fault("the continuations are neither the options nor their letters, in the order of the options")
    # Blank options are none of the document's.
    kept = [index for index, option in enumerate(options) if option]
    requests = [
        Request("loglikelihood", {}, context=asked[index][0], continuation=asked[index][1], repeat=repeat)
        for index in kept
    ]
    outcomes = [_likelihood(replies[index], line) for index in kept]
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    return AnswerForm("likelihood"), tuple(requests), tuple(failures[:1] * len(kept) or outcomes)


def _in_order(continuations: Sequence[str], options: Sequence[str]) -> bool:
    said = [continuation.strip() for continuation in continuations]
    return said == list(options) or all(is_letter(text.strip("(). "), index) for index, text in enumerate(said))


def _likelihood(reply: JsonValue, line: _Line) -> Outcome:
    try:
        value, greedy = float(reply[0]), str(reply[1])
    except (TypeError, ValueError, LookupError):
        raise line.fault("a reply is no pair of a log-likelihood and whether it is the likeliest") from None
    if not math.isfinite(value):
        return Failure("the log-likelihood is not a number")
    return Response(loglikelihood=value, is_greedy=greedy == "True")
