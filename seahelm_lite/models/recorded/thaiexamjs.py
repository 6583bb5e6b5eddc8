"""`thaiexamjs`: snapshots of github.com/dtinth/thaiexamjs, one Brotli-packed JSON-lines file per model and exam."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from types import NoneType

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
)
from seahelm_lite.models.recorded.json_logs import COPY_AGAIN, json_lines, loads
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

_ID = re.compile(r"(?P<model>[^:]+):(?P<exam>[^:]+):(?P<path>[^:]+):(?P<row>\d+)")
_TASKS = (
    (re.compile(r"thai_exam/data/(\w+)/\1_test\.jsonl"), r"thai_exam_\1"),
    (re.compile(r"openthaigpt_eval/onet_m6_\w+\.jsonl"), "openthai_onet_m6"),
)
_FORM = AnswerForm("letter", key="correct_answer_key")
_FINISH: dict[str, FinishReason] = {"stop": "stop", "length": "length", "content-filter": "content_filter"}


class ThaiExamJs:
    """Reads the snapshots. Each prompt holds one made-up example and asks for the letter in a JSON member."""

    name = "thaiexamjs"
    origin = Origin(
        source="thaiexamjs",
        title="thaiexamjs: answers of many models to Thai examinations",
        licence="none stated",
        url="https://github.com/dtinth/thaiexamjs",
    )

    def siblings(self, name: str) -> Sequence[str]:
        """None: each line says everything."""
        return ()

    def read(self, file: LogFile, declared: Declared) -> Iterator[RecordedAnswer]:
        """The answers of a snapshot; raises as `LogFormat.read`."""
        for place, line in json_lines(file, _unpacked(file)):
            yield _answer(line, place, declared)


def _unpacked(file: LogFile) -> bytes:
    if not file.name.endswith(".br"):
        return file.data
    import brotli

    try:
        return bytes(brotli.decompress(file.data))
    except brotli.error:
        raise LogError("is not a whole Brotli file", where=file.name, remedy=COPY_AGAIN) from None


def _answer(line: dict[str, JsonValue], place: str, declared: Declared) -> RecordedAnswer:
    identity = member(line, "_id", str, place)
    found = _ID.fullmatch(identity)
    if found is None:
        fault = f"the id {identity!r} is not <model>:<exam>:<file>:<row>"
        raise LogError(fault, where=place, remedy="Is it a snapshot of thaiexamjs?")
    requests, shown, outcome = _exchange(line, place)
    return RecordedAnswer(
        place=place,
        model=declared_or_logged(declared.model, found["model"], "the model", "--model", place),
        task=_task(found["path"], declared.task, place),
        shots=declared_or_logged(declared.shots, 1, "the number of examples", "--shots", place),
        row=f"{found['path']}#{found['row']}",
        shown=shown,
        repeat=0,
        form=_FORM,
        requests=requests,
        outcomes=(outcome,),
        recorded_on=day(line.get("updatedAt")),
    )


def _task(path: str, declared: str | None, place: str) -> str:
    for pattern, name in _TASKS:
        if found := pattern.fullmatch(path):
            return declared_or_logged(declared, found.expand(name), "the task", "--task", place)
    if declared is None:
        raise LogError(f"answers {path!r}, which no task here reads", where=place, remedy="Leave this file out.")
    return declared


def _exchange(line: dict[str, JsonValue], place: str) -> tuple[tuple[Request, ...], Shown | None, Outcome]:
    state = member(line, "state", str, place)
    if state != "completed":
        # What the endpoint said may quote keys or addresses, so only the state is kept.
        failure = Failure(f"whoever recorded it got no answer (state {state!r})")
        return (), None, failure
    result = member(line, "result", dict, place)
    turns = tuple(
        Message(member(turn, "role", str, place), member(turn, "content", str, place))
        for turn in member(result, "inputMessages", list, place)
    )
    request = Request("generate", {"temperature": member(result, "temperature", (int, float), place)}, messages=turns)
    return (request,), _shown(turns, place), _reply(result, place)


def _reply(result: dict[str, JsonValue], place: str) -> Outcome:
    text = member(result, "text", str, place)
    finish_reason = _FINISH.get(str(result.get("finishReason")))
    if not text.strip() and finish_reason is None:
        # Most of these have no token counts either, or came back after exactly a time limit: the connection broke, and
        # nothing shows that the model had come to an end.
        return Failure("the reply broke off: it has no text, and no reason why it ended")
    return Response(
        text=text,
        reasoning=member(result, "reasoning", (str, NoneType), place) or None,
        finish_reason=finish_reason,
        usage=_usage(result.get("usage")),
        latency_s=member(result, "time", (int, float), place) / 1000,
    )


def _shown(turns: Sequence[Message], place: str) -> Shown:
    try:
        asked = loads(turns[-1].content.encode())
        options = tuple(str(asked.get(letter) or "") for letter in "abcde")
        return Shown(str(asked["question"]), options)
    except (ValueError, LookupError, AttributeError):
        raise LogError("the last message of the prompt is no question in JSON", where=place) from None


def _usage(stated: JsonValue) -> Usage | None:
    if not isinstance(stated, dict):
        return None
    return Usage(prompt=count(stated.get("promptTokens")), completion=count(stated.get("completionTokens")))
