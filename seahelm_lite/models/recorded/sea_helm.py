"""`sea-helm`: inference files of SEA-HELM, `<model>_<task>_<language>.jsonl`.

The shape is that of github.com/aisingapore/SEA-HELM at 6844e6c: `src/dataloaders/base_dataloader.py` writes a row's
own columns (`id`, `label`, `prompts`, `metadata`), the `conversations` sent, and one list for each thing that came
back (`responses`, `errors`, `finish_reasons`, …), with an entry for each turn; `parse_output` in
`src/serving/online/litellm_serving.py` names those. Earlier versions lack all of them but `responses` and `errors`.
Tasks here have one turn, so a row has one answer; repeated runs stand in folders `run_<number>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from seahelm_lite.catalog.pins import GithubPin
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import (
    Declared,
    LogFile,
    Origin,
    RecordedAnswer,
    Shown,
    count,
    declared_or_logged,
    member,
)
from seahelm_lite.models.recorded.json_logs import json_lines
from seahelm_lite.models.recorded.rows import card_of, reply_form, shown_by, task_name
from seahelm_lite.records import Failure, FinishReason, JsonValue, Message, Outcome, Request, Response, Usage

_NAME = re.compile(
    r"(?:.*/)?(?P<model>[^/]+)_(?P<task>thai_exam_(?:a_level|ic|onet|tgat|tpat1)|global_mmlu_lite)_(?P<lang>[a-z]{2})"
    r"\.jsonl"
)
_TASKS = {
    **{(f"thai_exam_{exam}", "th"): f"thai_exam_{exam}" for exam in ("a_level", "ic", "onet", "tgat", "tpat1")},
    **{("global_mmlu_lite", lang): f"global_mmlu_lite_{lang}" for lang in ("id", "ms", "my", "vi")},
    ("global_mmlu_lite", "tl"): "global_mmlu_lite_fil",
}
_REPO = "aisingapore/SEA-HELM"
_PART = re.compile(r".*_turn\d+_batch(?:_response)?\.jsonl")
_RUN = re.compile(r"(?:^|/)run_(\d+)/")
_FINISH: dict[str, FinishReason] = {"stop": "stop", "length": "length", "content_filter": "content_filter"}
_EMPTY = "EmptyGenerationError"
"""What SEA-HELM calls an answer that is an empty text; for us it is an answer."""


class SeaHelm:
    """Reads inference files of tasks that are also ours."""

    name = "sea-helm"
    origin = Origin(source="sea-helm", title="answers recorded with SEA-HELM", licence="not stated")

    def siblings(self, name: str) -> Sequence[str]:
        """None: name and rows say everything."""
        return ()

    def read(self, file: LogFile, declared: Declared) -> Iterator[RecordedAnswer]:
        """The answers of a file, in its order; raises as `LogFormat.read`."""
        _refuse_others(file.name)
        found = _NAME.fullmatch(file.name)
        logged = _TASKS.get((found["task"], found["lang"])) if found else None
        task = task_name(declared.task, logged, file.name)
        model = declared_or_logged(declared.model, found and found["model"], "the model", "--model", file.name)
        card = card_of(task, file.name)
        for place, row in json_lines(file):
            turns = _conversation(row, place)
            yield RecordedAnswer(
                place=place,
                model=model,
                task=task,
                shots=declared_or_logged(declared.shots, _examples(turns), "the number of examples", "--shots", place),
                row=_row(row, card),
                shown=_shown(row, turns, card, place),
                repeat=int(folder[1]) if (folder := _RUN.search(file.name)) else 0,
                form=reply_form(card),
                requests=(Request("generate", {}, messages=turns),),
                outcomes=(_outcome(row, place),),
            )


def _refuse_others(name: str) -> None:
    if _PART.fullmatch(name):
        fault = "is a part that SEA-HELM keeps of one turn"
        raise LogError(fault, where=name, remedy="Import <model>_<task>_<language>.jsonl beside it.")
    if "-logprobs" in name:
        fault = "holds log-likelihoods of the right answers alone, which tell no choice"
        raise LogError(fault, where=name, remedy="Leave this file out.")


def _conversation(row: Mapping[str, JsonValue], place: str) -> tuple[Message, ...]:
    turns = tuple(
        Message(member(turn, "role", str, place), member(turn, "content", str, place))
        for turn in member(row, "conversations", list, place)
    )
    if not turns or turns[-1].role != "user":
        raise LogError("the conversation does not end with a question", where=place, remedy="Is it a SEA-HELM file?")
    return turns


def _examples(turns: Sequence[Message]) -> int:
    """Examples are shown as earlier turns, each with its answer."""
    return sum(turn.role == "assistant" for turn in turns)


def _row(row: Mapping[str, JsonValue], card: TaskCard) -> str | None:
    """The row's id where we read SEA-HELM's own file, whose ids are its row numbers; else content has to find it."""
    pins = [pin for file in card.data.test for pin in file.pins]
    number = str(row.get("id"))
    if len(pins) == 1 and isinstance(pins[0], GithubPin) and pins[0].repo == _REPO and number.isdecimal():
        return f"{pins[0].path}#{number}"
    return None


def _shown(row: Mapping[str, JsonValue], turns: Sequence[Message], card: TaskCard, place: str) -> Shown:
    """By the columns of the card's source, or by the fields of the prompt; else the prompt itself."""
    prompts = row.get("prompts")
    fields = prompts[0] if isinstance(prompts, list) and prompts and isinstance(prompts[0], dict) else {}
    shown = shown_by(card, row, place) or shown_by(card, fields, place)
    return shown or Shown(turns[-1].content)


def _outcome(row: Mapping[str, JsonValue], place: str) -> Outcome:
    responses = member(row, "responses", list, place)
    if len(responses) != 1:
        fault = f"'responses' has {len(responses)} entries, and tasks here have one turn"
        raise LogError(fault, where=place, remedy="Leave files of conversations out.")
    text, error = responses[0], _first(row, "errors")
    if error not in (None, _EMPTY) or text is None:
        # What the server said may quote keys or addresses, so only that it failed is kept.
        return Failure("whoever recorded it got no answer")
    if not isinstance(text, str):
        raise LogError("a response is no text", where=place, remedy="Is it a SEA-HELM file?")
    reasoning = _first(row, "reasoning_contents")
    return Response(
        text=text,
        reasoning=reasoning if isinstance(reasoning, str) and reasoning else None,
        finish_reason=_FINISH.get(str(_first(row, "finish_reasons"))),
        usage=_usage(_first(row, "token_usages")),
    )


def _first(row: Mapping[str, JsonValue], column: str) -> JsonValue:
    values = row.get(column)
    return values[0] if isinstance(values, list) and values else None


def _usage(counted: JsonValue) -> Usage | None:
    if not isinstance(counted, dict):
        return None
    return Usage(prompt=count(counted.get("prompt_tokens")), completion=count(counted.get("completion_tokens")))
