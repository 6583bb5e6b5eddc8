"""`inspect`: JSON logs of Inspect AI (`inspect eval … --log-format json`), schema version 2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import (
    Declared,
    LogFile,
    Origin,
    RecordedAnswer,
    Shown,
    count,
    day,
    declared_or_logged,
    member,
    number,
)
from seahelm_lite.models.recorded.json_logs import json_value
from seahelm_lite.models.recorded.rows import card_of, reply_form, task_name
from seahelm_lite.records import (
    AnswerForm,
    Failure,
    FinishReason,
    JsonValue,
    Message,
    Outcome,
    Request,
    Response,
    Usage,
)

_VERSION = 2
_ROW = re.compile(r"[^#]+#\d+")
_FINISH: dict[str, FinishReason] = {
    "stop": "stop",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
}
_SHOTS = ("shots", "num_fewshot", "fewshot")
_DECODING = ("temperature", "top_p", "top_k", "max_tokens", "seed", "frequency_penalty", "presence_penalty")
_ATTACHED = "attachment://"


class InspectLog:
    """Reads logs whose samples are documents of one task; epochs are repeats."""

    name = "inspect"
    origin = Origin(source="inspect", title="answers logged by Inspect AI", licence="not stated")

    def siblings(self, name: str) -> Sequence[str]:
        """None: a log says everything."""
        return ()

    def read(self, file: LogFile, declared: Declared) -> Iterator[RecordedAnswer]:
        """The answers of a log, in its order; raises as `LogFormat.read`."""
        log = json_value(file.data, file.name)
        place = f"{file.name}:1"
        version = member(log, "version", int, place)
        if version != _VERSION:
            fault = f"is of version {version} of Inspect's logs, and version {_VERSION} is known"
            raise LogError(fault, where=place, remedy="Write it again with `inspect log convert --to json`.")
        model = declared_or_logged(
            declared.model, member(log, "eval.model", str, place), "the model", "--model", file.name
        )
        task = task_name(declared.task, member(log, "eval.task", str, place).rpartition("/")[2], file.name)
        form = reply_form(card_of(task, place))
        shots = declared_or_logged(declared.shots, _shots(log, place), "the number of examples", "--shots", file.name)
        if not isinstance(log.get("samples"), list):
            raise LogError("holds no samples", where=place, remedy="Run the evaluation with --log-samples.")
        params, recorded_on = _params(log), day(log["eval"].get("created"))
        for position, sample in enumerate(log["samples"], start=1):
            answer = _answer(sample, f"{file.name}: sample {position}", model, task, shots, form, params)
            yield replace(answer, recorded_on=recorded_on)


def _shots(log: Mapping[str, JsonValue], place: str) -> int | None:
    arguments = member(log, "eval.task_args", dict, place)
    found = [shots for name in _SHOTS if (shots := count(arguments.get(name))) is not None]
    return found[0] if found else None


def _params(log: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The decoding parameters that were set; the task's own come after the model's."""
    plan, evaluation = log.get("plan"), log["eval"]
    stages = (evaluation.get("model_generate_config"), plan.get("config") if isinstance(plan, dict) else None)
    return {
        name: stage[name]
        for stage in stages
        if isinstance(stage, dict)
        for name in _DECODING
        if number(stage.get(name)) is not None
    }


def _answer(
    sample: JsonValue,
    place: str,
    model: str,
    task: str,
    shots: int,
    form: AnswerForm,
    params: Mapping[str, JsonValue],
) -> RecordedAnswer:
    identity = member(sample, "id", (str, int), place)
    repeat = member(sample, "epoch", int, place) - 1
    if repeat < 0:
        raise LogError("'epoch' counts from 1", where=place, remedy="Is it a log of Inspect AI?")
    outcome = _outcome(sample, place)
    turns = _prompt(sample, place)
    return RecordedAnswer(
        place=place,
        model=model,
        task=task,
        shots=shots,
        row=identity if isinstance(identity, str) and _ROW.fullmatch(identity) else None,
        shown=_shown(sample, place),
        repeat=repeat,
        form=form,
        requests=(Request("generate", params, messages=turns, repeat=repeat),) if turns else (),
        outcomes=(outcome,),
    )


def _shown(sample: Mapping[str, JsonValue], place: str) -> Shown:
    asked = member(sample, "input", (str, list), place)
    if isinstance(asked, list):
        asked = "\n\n".join(_content(turn, sample, place) for turn in asked)
    choices = sample.get("choices") or []
    if not isinstance(choices, list):
        raise LogError("'choices' is no list", where=place, remedy="Is it a log of Inspect AI?")
    return Shown(_attached(asked, sample), tuple(map(str, choices)))


def _prompt(sample: Mapping[str, JsonValue], place: str) -> tuple[Message, ...]:
    """What was sent: the conversation up to the last answer, examples and earlier answers included."""
    turns = list(member(sample, "messages", list, place))
    while turns and member(turns[-1], "role", str, place) == "assistant":
        turns.pop()
    return tuple(Message(member(turn, "role", str, place), _content(turn, sample, place)) for turn in turns)


def _content(turn: JsonValue, sample: Mapping[str, JsonValue], place: str) -> str:
    content = member(turn, "content", (str, list), place)
    if isinstance(content, str):
        return _attached(content, sample)
    parts = [part for part in content if isinstance(part, dict) and part.get("type") == "text"]
    return "".join(_attached(str(part.get("text", "")), sample) for part in parts)


def _attached(text: str, sample: Mapping[str, JsonValue]) -> str:
    """A text that stands among the sample's attachments, where it is only pointed to."""
    attachments = sample.get("attachments")
    if text.startswith(_ATTACHED) and isinstance(attachments, dict):
        return str(attachments.get(text.removeprefix(_ATTACHED), text))
    return text


def _outcome(sample: Mapping[str, JsonValue], place: str) -> Outcome:
    # What went wrong may quote keys or addresses, so only that it did is kept.
    if sample.get("error") is not None:
        return Failure("the evaluation that recorded it ended in an error at this sample")
    output = member(sample, "output", dict, place)
    choices = member(output, "choices", list, place)
    if not choices:
        return Failure("the log holds no answer to this sample")
    message = member(choices[0], "message", dict, place)
    return Response(
        text=_attached(member(output, "completion", str, place), sample),
        reasoning=_reasoning(message),
        finish_reason=_FINISH.get(str(choices[0].get("stop_reason"))),
        usage=_usage(output.get("usage")),
        latency_s=number(output.get("time")),
        model=output.get("model") if isinstance(output.get("model"), str) else None,
    )


def _reasoning(message: Mapping[str, JsonValue]) -> str | None:
    parts = message["content"] if isinstance(message.get("content"), list) else []
    texts = [part.get("reasoning") for part in parts if isinstance(part, dict) and part.get("type") == "reasoning"]
    return "".join(text for text in texts if isinstance(text, str)) or None


def _usage(counted: JsonValue) -> Usage | None:
    if not isinstance(counted, dict):
        return None
    read, written = count(counted.get("input_tokens_cache_read")), count(counted.get("input_tokens_cache_write"))
    sent = count(counted.get("input_tokens"))
    return Usage(
        # Inspect leaves out what the cache took or gave; servers count it among the tokens of the prompt.
        prompt=None if sent is None else sent + (read or 0) + (written or 0),
        completion=count(counted.get("output_tokens")),
        reasoning=count(counted.get("reasoning_tokens")),
        cached=read,
    )
