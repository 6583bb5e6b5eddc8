"""Answers as github.com/mesolitica/llm-benchmarks stores them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import RecordedAnswer
from seahelm_lite.records import Failure, Response
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.models.recorded.reading import lines, read, response

ROOT = "github.com/mesolitica/llm-benchmarks/6f87de758dc4b2dded3587ae99b74e4c2be5be7f"
QUIZ = f"{ROOT}/tatabahasa/some-model/output-0shot-some-model.json"
PT3 = f"{ROOT}/BM-PT3/some-model/output-1shot-other-name.json"
CLAUDE = f"{ROOT}/tatabahasa/claude-x/tatabahasa-shot-1-claude-x.jsonl"
ITEM = {
    "no": 7,
    "objektif": "Pilih jawapan.",
    "soalan": "Ali ..... ke pasar.<br/>Dia lapar.\nA. pergi\nB. pergian\nC.\nD. memergi",
    "jawapan": "A",
}
PAPER = {
    "no": "3",
    "objektif": "Pilih ayat.",
    "soalan": "I. Dia lari.\nA. Samad datang.\n\nA. I sahaja\nB. II sahaja",
    "jawapan": "A",
}


def quiz(*records: dict[str, Any], name: str = QUIZ, **declared: Any) -> list[RecordedAnswer]:
    return read("malay-llm-benchmark", name, json.dumps(records).encode(), **declared)


def claude(**changes: Any) -> list[RecordedAnswer]:
    line = {
        "message": "Jawapannya ialah A.",
        "finish_reason": "end_turn",
        "prompt": "Contoh soalan 1 …\nAli ..... ke pasar.",
        "temperature": 0,
        "top_p": 1,
        "question": ITEM,
        **changes,
    }
    return read("malay-llm-benchmark", CLAUDE, lines([line]))


def test_folder_and_file_name_the_task_the_model_and_the_shots() -> None:
    [answer] = quiz({**ITEM, "output": "A"})
    assert (answer.task, answer.model, answer.shots) == ("malay_grammar_quiz", "some-model", 0)
    [answer] = quiz({**PAPER, "output": "A"}, name=PT3)
    assert (answer.task, answer.model, answer.shots) == ("malay_grammar_pt3", "some-model", 1)


def test_the_number_names_the_row() -> None:
    assert quiz({**ITEM, "output": "A"})[0].row == "llm-benchmark/tatabahasabm.tripod.com/quiz-tatabahasa.jsonl#7"
    assert quiz({**PAPER, "output": "A"}, name=PT3)[0].row == "llm-benchmark/BM-pt3/BM-A-pt3#2"


def test_options_are_told_from_the_question_by_the_last_lettered_lines() -> None:
    shown = quiz({**ITEM, "output": "A"})[0].shown
    assert shown is not None
    assert shown.question == "Ali ..... ke pasar.\nDia lapar."
    assert shown.options == ("pergi", "pergian", "", "memergi")
    shown = quiz({**PAPER, "output": "A"}, name=PT3)[0].shown
    assert shown is not None
    assert shown.question == "Pilih ayat.\nI. Dia lari.\nA. Samad datang."
    assert shown.options == ("I sahaja", "II sahaja")


def test_a_text_without_lettered_lines_is_all_question() -> None:
    shown = quiz({**ITEM, "soalan": "Apa?\nB. satu\nA. dua", "output": "A"})[0].shown
    assert shown is not None
    assert (shown.question, shown.options) == ("Apa?\nB. satu\nA. dua", ())


def test_samples_are_repeats_with_requests_of_their_own() -> None:
    answers = quiz({**ITEM, "output": ["A", "", "B. pergian"]})
    assert [(answer.repeat, response(answer.outcomes[0]).text) for answer in answers] == [
        (0, "A"),
        (1, ""),
        (2, "B. pergian"),
    ]
    assert len({answer.requests[0].hash() for answer in answers}) == 3


@pytest.mark.parametrize("record", [ITEM, {**ITEM, "output": None}, {**ITEM, "output": []}])
def test_a_question_without_an_answer_is_a_failure(record: dict[str, Any]) -> None:
    [answer] = quiz(record)
    assert isinstance(answer.outcomes[0], Failure)


@pytest.mark.parametrize(
    "message",
    [
        "Jawapannya ialah A.",
        [{"type": "text", "text": "Jawapannya "}, {"type": "text", "text": "ialah A."}],
        {"role": "assistant", "content": [{"type": "text", "text": "Jawapannya ialah A."}]},
    ],
)
@pytest.mark.parametrize("question", [ITEM, repr(ITEM)])
def test_answers_of_claude_keep_prompt_parameters_and_ending(message: Any, question: Any) -> None:
    [answer] = claude(message=message, question=question)
    [request] = answer.requests
    assert request.messages is not None
    assert request.messages[0].content == "Contoh soalan 1 …\nAli ..... ke pasar."
    assert request.params == {"temperature": 0, "top_p": 1}
    assert answer.outcomes == (Response(text="Jawapannya ialah A.", finish_reason="stop"),)
    assert (answer.model, answer.shots) == ("claude-x", 1)


def test_an_answer_cut_off_says_so() -> None:
    assert response(claude(finish_reason="max_tokens")[0].outcomes[0]).finish_reason == "length"


def test_a_question_written_as_text_is_never_run(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with pytest.raises(LogError, match="'question' is no dictionary"):
        claude(question=f"open({str(trace)!r}, 'w')")
    assert not trace.exists()


def test_a_file_elsewhere_is_read_with_what_the_user_declares() -> None:
    declared = {"model": "m", "task": "malay_grammar_quiz", "shots": 1}
    [answer] = quiz({**ITEM, "output": "A"}, name="answers.json", **declared)
    assert (answer.task, answer.model, answer.shots) == ("malay_grammar_quiz", "m", 1)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"model": "m"}, "says the model is some-model, but --model says m"),
        ({"task": "malay_grammar_pt3"}, "says the task is malay_grammar_quiz, but --task says malay_grammar_pt3"),
        ({"shots": 1}, "says the number of examples is 0, but --shots says 1"),
    ],
)
def test_what_the_path_says_cannot_be_overridden(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(LogError, match=told):
        quiz({**ITEM, "output": "A"}, **declared)


def test_half_a_character_in_a_question_written_as_text_is_marked() -> None:
    [answer] = claude(question=repr({**ITEM, "soalan": "Apa \ud83d?"}).replace("\ud83d", "\\ud83d"))
    assert answer.shown is not None
    assert answer.shown.question == "Apa ??"


@pytest.mark.parametrize("missing", ["model", "task", "shots"])
def test_what_a_file_elsewhere_does_not_say_is_asked_for(missing: str) -> None:
    declared = {"model": "m", "task": "malay_grammar_quiz", "shots": 1, missing: None}
    with pytest.raises(LogError, match=f"Give it with --{missing}"):
        quiz({**ITEM, "output": "A"}, name="answers.json", **declared)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        (QUIZ, b'[\n{"no": 0,', r"some-model\.json:2: is no JSON"),
        (QUIZ, b'{"no": 0}', "is no list of records"),
        (QUIZ, b"[3]", r"record 1: is no JSON object"),
        (QUIZ, json.dumps([{**ITEM, "output": [1]}]).encode(), "record 1: 'output' is neither"),
        (QUIZ, json.dumps([{**ITEM, "no": "x"}]).encode(), "'x' is no number of a question"),
        (PT3, json.dumps([{**PAPER, "no": "0"}]).encode(), "which count from 1"),
        (QUIZ, json.dumps([{**ITEM, "no": "9" * 5000}]).encode(), "'9{20}' is no number of a question"),
        (QUIZ, json.dumps([{**ITEM, "no": True}]).encode(), "'no' is a bool"),
        (QUIZ, json.dumps([{"no": 0, "objektif": ""}]).encode(), "'soalan' is missing"),
        (CLAUDE, lines([{"question": ITEM, "prompt": "p", "message": 3}]), "claude-x.jsonl:1: 'message' is neither"),
        (CLAUDE, lines([{"question": ITEM, "message": "A"}]), "'prompt' is missing"),
        (CLAUDE, lines([{"question": ITEM, "prompt": "p", "message": "A"}]) + b'{"question', ":2: is no JSON"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(name: str, data: bytes, told: str) -> None:
    with pytest.raises(LogError, match=told):
        read("malay-llm-benchmark", name, data)


def test_it_answers_no_other_task() -> None:
    with pytest.raises(LogError, match="cannot answer 'thai_exam_ic'"):
        quiz({**ITEM, "output": "A"}, task="thai_exam_ic")


def test_every_stored_file_shows_every_document_of_its_task(
    shared_data: Path, catalog: Catalog, tmp_path: Path
) -> None:
    where = Where(mirror=shared_data, cache=tmp_path, offline=True, task_roots=catalog.roots)
    documents = {
        name: {
            document.id: (plain(document.fields["question"]), [plain(text) for text in document.fields["options"]])
            for document in load_documents(catalog.task(name).card, where).test
        }
        for name in ("malay_grammar_quiz", "malay_grammar_pt3")
    }
    files = sorted(path for path in (shared_data / ROOT).rglob("*.json*"))
    assert len(files) == 48
    for path in files:
        answers = read("malay-llm-benchmark", path.relative_to(shared_data).as_posix(), path.read_bytes())
        wanted = documents[answers[0].task]
        shown = {
            answer.row: (plain(answer.shown.question), [plain(text) for text in answer.shown.options])
            for answer in answers
            if answer.row in wanted and answer.shown is not None
        }
        assert shown == wanted, path.name


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
