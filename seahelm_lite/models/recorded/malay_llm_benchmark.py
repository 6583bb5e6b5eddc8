"""`malay-llm-benchmark`: answers stored at github.com/mesolitica/llm-benchmarks, a file per examination, model, shots.

The folder names the examination and the model, the file the shots; some files bear another model's name. Only the
files of Claude keep the prompt: of the others the task and the question are all there is, without the example shown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import (
    Declared,
    LogFile,
    Origin,
    RecordedAnswer,
    Shown,
    declared_or_logged,
    member,
    number,
)
from seahelm_lite.models.recorded.json_logs import json_lines, json_value, whole
from seahelm_lite.records import (
    AnswerForm,
    Failure,
    FinishReason,
    JsonValue,
    Message,
    Outcome,
    Request,
    Response,
)


@dataclass(frozen=True)
class _Exam:
    task: str
    path: str
    """Of the questions."""
    first: int
    """The number of the first question."""


_EXAMS = {
    "tatabahasa": _Exam("malay_grammar_quiz", "llm-benchmark/tatabahasabm.tripod.com/quiz-tatabahasa.jsonl", 0),
    "BM-PT3": _Exam("malay_grammar_pt3", "llm-benchmark/BM-pt3/BM-A-pt3", 1),
}
_FOLDER = re.compile(r"(?:.*/)?(?P<exam>tatabahasa|BM-PT3)/(?P<model>[^/]+)/[^/]+")
_SHOTS = re.compile(r"-(?:shot-(?P<after>\d{1,3})|(?P<before>\d{1,3})shot)[-.][^/]*$")
_OPTION = re.compile(r"^([A-H])\.(?: |$)", re.MULTILINE)
_DIGITS = 6
"""Of the number of a question, at most."""
_FORM = AnswerForm("letter")
_FINISH: dict[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "refusal": "content_filter",
}
_DECODING = ("temperature", "top_p", "frequency_penalty", "presence_penalty")


@dataclass(frozen=True)
class _Record:
    """A question with all that was answered to it."""

    place: str
    item: Mapping[str, JsonValue]
    prompt: str
    params: Mapping[str, JsonValue]
    outcomes: Sequence[Outcome]
    """One for each sample that was drawn."""


class MalayLlmBenchmark:
    """Reads lists of records with one answer or several samples each, and the JSON lines of Claude."""

    name = "malay-llm-benchmark"
    origin = Origin(
        source="malay-llm-benchmark",
        title="Malay LLM benchmark: answers of several models to Malay grammar examinations",
        licence="none stated",
        url="https://github.com/mesolitica/llm-benchmarks",
    )

    def siblings(self, name: str) -> Sequence[str]:
        """None: the path says the rest."""
        return ()

    def read(self, file: LogFile, declared: Declared) -> Iterator[RecordedAnswer]:
        """The answers of a file, its samples as repeats; raises as `LogFormat.read`."""
        folder = _FOLDER.fullmatch(file.name)
        model = declared_or_logged(declared.model, folder and folder["model"], "the model", "--model", file.name)
        exam = _exam(declared.task, folder and folder["exam"], file.name)
        found = _SHOTS.search(file.name)
        logged = int(found["after"] or found["before"]) if found else None
        shots = declared_or_logged(declared.shots, logged, "the number of examples", "--shots", file.name)
        for record in _records(file):
            shown = _shown(record, exam)
            for repeat, outcome in enumerate(record.outcomes):
                turn = Message("user", record.prompt)
                yield RecordedAnswer(
                    place=record.place,
                    model=model,
                    task=exam.task,
                    shots=shots,
                    row=_row(record, exam),
                    shown=shown,
                    repeat=repeat,
                    form=_FORM,
                    requests=(Request("generate", record.params, messages=(turn,), repeat=repeat),),
                    outcomes=(outcome,),
                )


def _exam(declared: str | None, folder: str | None, name: str) -> _Exam:
    by_task = {exam.task: exam for exam in _EXAMS.values()}
    if declared is not None and declared not in by_task:
        known = " or ".join(by_task)
        raise LogError(f"cannot answer {declared!r}", where=name, remedy=f"Logs of this format answer {known}.")
    logged = _EXAMS[folder].task if folder else None
    return by_task[declared_or_logged(declared, logged, "the task", "--task", name)]


def _records(file: LogFile) -> Iterator[_Record]:
    if file.name.endswith(".jsonl"):
        for place, line in json_lines(file):
            yield _from_claude(line, place)
        return
    records = json_value(file.data, file.name)
    if not isinstance(records, list):
        raise LogError("is no list of records", where=f"{file.name}:1", remedy="Is it a log of this format?")
    for position, record in enumerate(records, start=1):
        yield _from_list(record, f"{file.name}: record {position}")


def _from_list(record: JsonValue, place: str) -> _Record:
    if not isinstance(record, dict):
        raise LogError("is no JSON object", where=place, remedy="Is it a log of this format?")
    output = record.get("output")
    samples = output if isinstance(output, list) else [] if output is None else [output]
    if not all(isinstance(sample, str) for sample in samples):
        raise LogError("'output' is neither a text nor a list of texts", where=place)
    return _Record(
        place=place,
        item=record,
        prompt=_text(record, "objektif", place) + "\n" + _text(record, "soalan", place),
        params={},
        outcomes=[Response(text=sample) for sample in samples] or [_nothing()],
    )


def _from_claude(line: dict[str, JsonValue], place: str) -> _Record:
    question = member(line, "question", (dict, str), place)
    item = _literal(question, place) if isinstance(question, str) else question
    reply = _reply(line.get("message"), place)
    finish = _FINISH.get(str(line.get("finish_reason")))
    return _Record(
        place=place,
        item=item,
        prompt=_text(line, "prompt", place),
        params={name: line[name] for name in _DECODING if number(line.get(name)) is not None},
        outcomes=[_nothing() if reply is None else Response(text=reply, finish_reason=finish)],
    )


def _literal(text: str, place: str) -> dict[str, JsonValue]:
    """A dictionary that was written down as Python text; it is read, never run."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise LogError("'question' is no dictionary written as text", where=place, remedy="Is it a log of this format?")
    return dict(whole(value))


def _reply(message: JsonValue, place: str) -> str | None:
    if message is None or isinstance(message, str):
        return message
    parts = message.get("content") if isinstance(message, dict) else message
    if not isinstance(parts, list):
        raise LogError("'message' is neither a text nor a list of content parts", where=place)
    return "".join(_text(part, "text", place) for part in parts)


def _nothing() -> Failure:
    return Failure("the source holds no answer to this question")


def _text(value: JsonValue, name: str, place: str) -> str:
    return str(member(value, name, str, place))


def _row(record: _Record, exam: _Exam) -> str:
    given = str(member(record.item, "no", (int, str), record.place))
    if not given.isdecimal() or len(given) > _DIGITS or int(given) < exam.first:
        fault = f"{given[:20]!r} is no number of a question, which count from {exam.first}"
        raise LogError(fault, where=record.place, remedy="Is --task right?")
    return f"{exam.path}#{int(given) - exam.first}"


def _shown(record: _Record, exam: _Exam) -> Shown:
    text = _text(record.item, "soalan", record.place)
    if exam is _EXAMS["tatabahasa"]:
        question, options = _without_options(text.replace("<br/>", "\n"))
    else:
        question, options = _without_options(_text(record.item, "objektif", record.place) + "\n" + text)
    return Shown(question, options)


def _without_options(text: str) -> tuple[str, tuple[str, ...]]:
    """A question and its options, which stand on lettered lines at the end of the text."""
    marks = list(_OPTION.finditer(text))
    starts = [index for index, mark in enumerate(marks) if mark[1] == "A"]
    marks = marks[starts[-1] :] if starts else []
    if len(marks) < 2 or "".join(mark[1] for mark in marks) != "ABCDEFGH"[: len(marks)]:
        return text, ()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    options = tuple(text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True))
    return text[: marks[0].start()].strip(), options
