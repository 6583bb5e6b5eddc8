"""Inference files in the shape that SEA-HELM writes (the reader's docstring names the files that show it)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import Shown
from seahelm_lite.records import Failure, Message, Response, Usage
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.models.recorded.reading import lines, read, response

NAME = "some_model-9b-it_global_mmlu_lite_ms.jsonl"
PROMPT = "Jawab.\n\nSoalan:\n```\n1+1?\n```\nA: 1\nB: 2\nC: 3\nD: 4"
ROW = {
    "id": 0,
    "label": "B",
    "metadata": {"language": "ms"},
    "prompts": [{"question": "1+1?", "option_a": "1", "option_b": "2", "option_c": "3", "option_d": "4"}],
    "conversations": [{"role": "user", "content": PROMPT}],
    "finish_reasons": ["stop"],
    "responses": ["Jawapan: B"],
    "reasoning_contents": ["1+1=2"],
    "custom_ids": [None],
    "token_usages": [{"prompt_tokens": 40, "completion_tokens": 5}],
    "errors": [None],
    "cleaned_response": "b",
}


def of(*rows: dict[str, Any], name: str = NAME, **declared: Any) -> list[Any]:
    return read("sea-helm", name, lines(rows), **declared)


def test_a_row_is_an_answer() -> None:
    [answer] = of(ROW)
    assert (answer.task, answer.model, answer.shots) == ("global_mmlu_lite_ms", "some_model-9b-it", 0)
    assert answer.shown == Shown("1+1?", ("1", "2", "3", "4"))
    assert answer.form.kind == "letter"
    assert answer.requests[0].messages == (Message("user", PROMPT),)
    assert answer.outcomes == (
        Response(text="Jawapan: B", reasoning="1+1=2", finish_reason="stop", usage=Usage(prompt=40, completion=5)),
    )


@pytest.mark.parametrize(
    ("name", "model", "task"),
    [
        ("some-model_thai_exam_a_level_th.jsonl", "some-model", "thai_exam_a_level"),
        ("run_1/inferences/th/thai_exam/m_thai_exam_tpat1_th.jsonl", "m", "thai_exam_tpat1"),
        ("m_global_mmlu_lite_tl.jsonl", "m", "global_mmlu_lite_fil"),
    ],
)
def test_the_file_names_model_and_task(name: str, model: str, task: str) -> None:
    row = {**ROW, "prompts": [{"question": "1+1?", "a": "1", "b": "2", "c": "3", "d": "4", "e": ""}]}
    [answer] = of(row, name=name)
    assert (answer.model, answer.task) == (model, task)


def test_the_columns_of_the_prompt_are_read_as_the_card_reads_its_own_source() -> None:
    row = {**ROW, "prompts": [{"question": "1+1?", "a": "1", "b": "2", "c": "3", "d": "", "e": ""}]}
    [answer] = of(row, name="m_thai_exam_ic_th.jsonl")
    assert answer.shown == Shown("1+1?", ("1", "2", "3", ""))


def test_ids_of_their_own_data_name_the_row_and_others_do_not() -> None:
    [answer] = of({**ROW, "id": 202})
    assert answer.row == "seahelm_tasks/knowledge/global_mmlu_lite/global_mmlu_lite_ms_test.jsonl#202"
    [answer] = of(ROW, name="m_thai_exam_ic_th.jsonl")
    assert answer.row is None


def test_where_nothing_better_is_there_the_prompt_is_what_was_shown() -> None:
    [answer] = of({key: value for key, value in ROW.items() if key != "prompts"})
    assert answer.shown == Shown(PROMPT)


def test_examples_are_counted_in_the_conversation() -> None:
    turns = [{"role": role, "content": role} for role in ("user", "assistant", "user", "assistant", "user")]
    assert of({**ROW, "conversations": turns})[0].shots == 2


def test_rows_of_earlier_versions_hold_the_replies_alone() -> None:
    row = {key: ROW[key] for key in ("id", "label", "prompts", "conversations", "responses", "errors")}
    [answer] = of({**row, "tokenized_prompts": [[1, 2]]})
    assert answer.outcomes == (Response(text="Jawapan: B"),)


@pytest.mark.parametrize("failed", [{"responses": [None]}, {"responses": [""], "errors": ["key sk-secret refused"]}])
def test_a_row_without_an_answer_is_a_failure_that_quotes_nothing(failed: dict[str, Any]) -> None:
    [answer] = of({**ROW, **failed})
    [outcome] = answer.outcomes
    assert isinstance(outcome, Failure)
    assert "sk-secret" not in outcome.cause


def test_an_empty_reply_is_an_answer_though_the_source_calls_it_an_error() -> None:
    [answer] = of({**ROW, "responses": [""], "errors": ["EmptyGenerationError"]})
    assert response(answer.outcomes[0]).text == ""


def test_the_length_limit_is_kept() -> None:
    assert response(of({**ROW, "finish_reasons": ["length"]})[0].outcomes[0]).finish_reason == "length"


def test_what_the_name_does_not_say_may_be_declared() -> None:
    [answer] = of(ROW, name="answers.jsonl", model="m", task="global_mmlu_lite_id", shots=0)
    assert (answer.model, answer.task, answer.shots) == ("m", "global_mmlu_lite_id", 0)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"model": "m"}, "says the model is some_model-9b-it, but --model says m"),
        ({"task": "global_mmlu_lite_id"}, "says the task is global_mmlu_lite_ms, but --task says global_mmlu_lite_id"),
        ({"shots": 5}, "says the number of examples is 0, but --shots says 5"),
    ],
)
def test_what_the_file_says_cannot_be_overridden(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(LogError, match=told):
        of(ROW, **declared)


def test_token_counts_below_nought_are_unknown() -> None:
    [answer] = of({**ROW, "token_usages": [{"prompt_tokens": -1, "completion_tokens": True}]})
    assert response(answer.outcomes[0]).usage == Usage()


@pytest.mark.parametrize(
    ("name", "declared", "told"),
    [
        ("answers.jsonl", {"model": "m"}, "Give it with --task"),
        ("answers.jsonl", {"task": "global_mmlu_lite_ms"}, "Give it with --model"),
        ("m_global_mmlu_lite_en.jsonl", {}, "Give it with --task"),
        ("m_global_mmlu_lite_ms_turn1_batch_response.jsonl", {}, "is a part"),
        ("m_thai_exam_ic-logprobs_th.jsonl", {}, "right answers alone"),
        (NAME, {"task": "belebele"}, "no task 'belebele'"),
    ],
)
def test_a_file_that_cannot_be_placed_is_refused(name: str, declared: dict[str, Any], told: str) -> None:
    with pytest.raises(LogError, match=told):
        of(ROW, name=name, **declared)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"responses": None}, "'responses' is missing"),
        ({"responses": ["a", "b"]}, "'responses' has 2 entries"),
        ({"responses": [3]}, "a response is no text"),
        ({"conversations": None}, "'conversations' is missing"),
        ({"conversations": []}, "does not end with a question"),
        ({"conversations": [{"role": "user"}]}, "'content' is missing"),
    ],
)
def test_a_damaged_row_is_refused_with_its_place(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(LogError, match=rf"{NAME}:2: .*{told}"):
        of(ROW, {**ROW, **changes})


def test_half_a_line_is_refused() -> None:
    with pytest.raises(LogError, match=f"{NAME}:2: is no JSON"):
        read("sea-helm", NAME, lines([ROW]) + lines([ROW])[:50])


@pytest.mark.parametrize(("lang", "task"), [("ms", "global_mmlu_lite_ms"), ("my", "global_mmlu_lite_my")])
def test_rows_of_the_pinned_data_show_the_documents(
    shared_data: Path, catalog: Catalog, tmp_path: Path, lang: str, task: str
) -> None:
    where = Where(mirror=shared_data, cache=tmp_path, offline=True, task_roots=catalog.roots)
    card = catalog.task(task).card
    [source] = (shared_data / "github.com/aisingapore/SEA-HELM").rglob(f"global_mmlu_lite_{lang}_test.jsonl")
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    name = f"m_global_mmlu_lite_{lang}.jsonl"
    answers = of(*({**ROW, "id": row["id"], "prompts": row["prompts"]} for row in rows), name=name)
    shown = {answer.row: answer.shown for answer in answers}
    assert len(shown) == len(rows)
    for document in load_documents(card, where).test:
        assert shown[document.id].question.strip() == document.fields["question"]
        assert [option.strip() for option in shown[document.id].options] == document.fields["options"]
