"""The snapshots of thaiexamjs: their shape, and the right answers of 102 models against the known table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.run_folder import ScoredSample
from seahelm_lite.errors import LogError
from seahelm_lite.imports import Import, import_answers
from seahelm_lite.models.recorded.base import Declared, LogFile
from seahelm_lite.models.recorded.thaiexamjs import ThaiExamJs
from seahelm_lite.records import Failure, Outcome, Response
from seahelm_lite.sources.where import Where
from tests.recorded_logs import as_lines, snapshot_line

SNAPSHOTS = "github.com/dtinth/thaiexamjs/2187eac2c72053cb8cbba8a0ce36401ced017f76/snapshot"
EXAMS = {"thai_exam_ic": "ic", "openthai_onet_m6": "onet_m6"}


def read(line: dict[str, object]) -> Response:
    outcome = outcome_of(line)
    assert isinstance(outcome, Response)
    return outcome


def outcome_of(line: dict[str, object]) -> Outcome:
    (answer,) = ThaiExamJs().read(LogFile("x.jsonl", as_lines([line]), ""), Declared(task="small"))
    (outcome,) = answer.outcomes
    return outcome


@pytest.mark.parametrize(
    ("stated", "meant"),
    [("stop", "stop"), ("length", "length"), ("content-filter", "content_filter"), ("unknown", None)],
)
def test_finish_reasons_are_ours_or_unknown(stated: str, meant: str | None) -> None:
    assert read(snapshot_line(0, finishReason=stated)).finish_reason == meant


@pytest.mark.parametrize(("stated", "broke_off"), [("unknown", True), ("stop", False), ("length", False)])
def test_an_empty_reply_that_nothing_ended_is_a_broken_connection_and_no_answer(stated: str, broke_off: bool) -> None:
    assert isinstance(outcome_of(snapshot_line(0, text=" ", finishReason=stated)), Failure) == broke_off


def test_reasoning_tokens_and_time_are_kept() -> None:
    response = read(snapshot_line(0, reasoning="hm"))
    assert response.usage is not None
    assert (response.reasoning, response.latency_s) == ("hm", 1.5)
    assert (response.usage.prompt, response.usage.completion) == (50, 7)


def test_tokens_that_the_server_did_not_count_are_unknown_and_not_nought() -> None:
    usage = read(snapshot_line(0, usage={"promptTokens": float("nan"), "completionTokens": None})).usage
    assert usage is not None
    assert (usage.prompt, usage.completion) == (None, None)


@pytest.mark.parametrize("value", [-1, True, 2.5, 10**400])
def test_what_is_no_count_of_tokens_is_unknown(value: object) -> None:
    usage = read(snapshot_line(0, usage={"promptTokens": value, "completionTokens": 7})).usage
    assert usage is not None
    assert (usage.prompt, usage.completion) == (None, 7)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"reasoning": ["hm"]}, "'reasoning' is a list"),
        ({"temperature": True}, "'temperature' is a bool"),
        ({"time": True}, "'time' is a bool"),
        ({"time": 10**400}, "'time' is missing"),
        ({"time": float("inf")}, "'time' is missing"),
    ],
)
def test_a_member_of_another_type_is_refused(result: dict[str, object], told: str) -> None:
    with pytest.raises(LogError, match=rf"x\.jsonl:1: {told}"):
        outcome_of(snapshot_line(0, **result))


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"model": "model-y"}, "says the model is model-x, but --model says model-y"),
        ({"task": "thai_exam_onet"}, "says the task is thai_exam_ic, but --task says thai_exam_onet"),
        ({"shots": 0}, "says the number of examples is 1, but --shots says 0"),
    ],
)
def test_what_the_id_says_cannot_be_overridden(declared: dict[str, Any], told: str) -> None:
    log = LogFile("x.jsonl", as_lines([snapshot_line(3, file="thai_exam/data/ic/ic_test.jsonl")]), "")
    with pytest.raises(LogError, match=rf"x\.jsonl:1: {told}"):
        list(ThaiExamJs().read(log, Declared(**declared)))


@pytest.mark.parametrize(
    ("file", "task"),
    [
        ("thai_exam/data/ic/ic_test.jsonl", "thai_exam_ic"),
        ("thai_exam/data/a_level/a_level_test.jsonl", "thai_exam_a_level"),
        ("openthaigpt_eval/onet_m6_math.jsonl", "openthai_onet_m6"),
    ],
)
def test_the_task_is_read_off_the_id(file: str, task: str) -> None:
    (answer,) = ThaiExamJs().read(LogFile("x.jsonl", as_lines([snapshot_line(3, file=file)]), ""), Declared())
    assert (answer.task, answer.row, answer.shots) == (task, f"{file}#3", 1)


@pytest.mark.parametrize("content", ["Hello", "[" * 100_000], ids=["a word", "nested without end"])
def test_a_prompt_that_shows_no_question_is_refused(content: str) -> None:
    line = snapshot_line(0)
    line["result"]["inputMessages"][-1]["content"] = content
    with pytest.raises(LogError, match=r"x\.jsonl:1: the last message of the prompt is no question in JSON"):
        read(line)


@dataclass(frozen=True)
class Cell:
    """The answers of one model to one exam."""

    model: str
    exam: str
    samples: list[ScoredSample]

    @property
    def right(self) -> int:
        return sum(sample.value == 1 for sample in self.samples)

    @property
    def answered(self) -> int:
        return sum(sample.state != "error" for sample in self.samples)


@pytest.fixture(scope="module")
def cells(shared_data: Path, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> list[Cell]:
    """Every model on both exams, imported from the real snapshots."""
    out = tmp_path_factory.mktemp("imported")
    files = sorted(str(path) for path in (shared_data / SNAPSHOTS).rglob("*.br"))
    where = Where(mirror=shared_data, cache=out / "cache", offline=True, task_roots=catalog.roots)
    imported = import_answers(Import(ThaiExamJs(), files), catalog=catalog, where=where, out=out)
    return [
        Cell(one.run.manifest["model"]["name"], EXAMS[entry["task"]], one.run.folder.read_samples(entry["key"]))
        for one in imported
        for entry in one.run.manifest["tasks"]
    ]


@pytest.fixture(scope="module")
def published(shared_data: Path) -> dict[str, dict[str, str]]:
    """Right answers by model, by the rule of those who recorded them."""
    path = shared_data / "derived" / "thai_exam" / "reference_results_thaiexamjs.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["model"]: row for row in csv.DictReader(file)}


def slug(model: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", model).strip("-")


def letters_by_their_rule(sample: ScoredSample) -> list[str]:
    """Every letter that stands in the member they asked for; exactly one is an answer to them."""
    (outcome,) = sample.sample.outcomes
    text = (outcome.text or "") if isinstance(outcome, Response) else ""
    return [letter.lower() for letter in re.findall(r'"correct_answer_key"\s*:\s*"([a-e])"', text, re.IGNORECASE)]


def samples_that_differ(cells: list[Cell]) -> Iterator[tuple[Cell, ScoredSample, list[str]]]:
    for cell in cells:
        for sample in cell.samples:
            fields, letters = sample.sample.document.fields, letters_by_their_rule(sample)
            key = (sample.sample.letters or "ABCDE")[fields["answer"]].lower()
            if sample.state != "error" and (sample.value == 1) != (letters == [key]):
                yield cell, sample, letters


BROKEN_OFF = {
    "deepseek-r1-0528": 4,
    "gemini-3-flash-preview[high]": 3,
    "glm-4.7-flash": 2,
    "glm-5": 2,
    "gpt-oss-120b": 1,
    "grok-4": 4,
    "minimax-m2.5": 1,
    "qwen3-32b": 7,
    "qwen3.5-397b-a17b": 2,
    "step-3.5-flash": 1,
}
"""Replies without text and without a reason why they ended: to those who recorded them a wrong answer."""


def test_all_102_models_are_there_with_as_many_answers_as_are_known(
    cells: list[Cell], published: dict[str, dict[str, str]]
) -> None:
    assert {slug(cell.model) for cell in cells} == set(published)
    broken_off: Counter[str] = Counter()
    for cell in cells:
        broken_off[cell.model] += int(published[slug(cell.model)][f"{cell.exam}_n"]) - cell.answered
    assert +broken_off == BROKEN_OFF


def test_right_answers_are_theirs_but_for_replies_their_rule_cannot_read(
    cells: list[Cell], published: dict[str, dict[str, str]]
) -> None:
    differing: Counter[tuple[str, str]] = Counter()
    for cell, sample, letters in samples_that_differ(cells):
        # Where they read exactly one letter we read the same; where they read none or several, ours is the right one.
        assert len(letters) != 1, (cell.model, sample.sample.document.id)
        assert sample.value == 1
        differing[cell.model, cell.exam] += 1
    for cell in cells:
        known = int(published[slug(cell.model)][f"{cell.exam}_correct"])
        assert cell.right - known == differing[cell.model, cell.exam], (cell.model, cell.exam)
    assert sum(differing.values()) == 50
