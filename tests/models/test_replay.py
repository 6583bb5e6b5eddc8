from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.errors import ModelError
from seahelm_lite.models.base import Unsuited
from seahelm_lite.models.replay import Replay
from seahelm_lite.records import Failure, Outcome, Request, Response
from tests.small_task import SmallTask

DOCUMENT = "small/rows.jsonl#0"


def _line(**changes: Any) -> dict[str, Any]:
    return {"task": "small", "document": DOCUMENT, "text": "A", **changes}


def _file(folder: Path, *lines: Any) -> Path:
    path = folder / "answers.jsonl"
    texts = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    path.write_bytes(b"\n".join(texts) + b"\n")
    return path


def _answers(model: Replay, *asked: tuple[str, str, int]) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    requests = [Request("generate", {}, context="", task=t, document=d, repeat=r) for t, d, r in asked]
    model.answer(requests, outcomes.__setitem__)
    return [outcomes[index] for index in range(len(requests))]


@pytest.mark.parametrize(
    ("faulty", "what"),
    [
        (b"{", "Expecting property name"),
        (b'{"task": "small"} x', "Extra data"),
        (b"null", "Input should be a valid dictionary"),
        (b"[1]", "Input should be a valid dictionary"),
        ({"task": "small", "document": DOCUMENT}, "text: Field required"),
        (_line(text=None), "text: Input should be a valid string"),
        (_line(text=3), "text: Input should be a valid string"),
        (_line(doc="x"), "doc: Extra inputs are not permitted"),
        (_line(repeat="first"), "repeat: Input should be a valid integer"),
        (_line(finish_reason="done"), "finish_reason: Input should be 'stop', 'length' or 'content_filter'"),
        (b'{"task": "small", "document": "x", "text": "\xff"}', "can't decode byte 0xff"),
    ],
)
def test_a_faulty_line_is_named_with_what_a_line_should_be(tmp_path: Path, faulty: Any, what: str) -> None:
    path = _file(tmp_path, _line(), b"", faulty)
    with pytest.raises(ModelError) as caught:
        Replay(path)
    assert caught.value.where == f"{path}:3"
    assert what in caught.value.what
    assert caught.value.remedy.startswith("Each line is ")
    assert "\n" not in str(caught.value)


def test_a_document_answered_twice_names_both_lines(tmp_path: Path) -> None:
    path = _file(tmp_path, _line(), _line(document="x"), _line(text="B"))
    with pytest.raises(ModelError, match=f"document {DOCUMENT} is answered twice") as caught:
        Replay(path)
    assert caught.value.where == f"{path}:3"
    assert f"{path}:1" in caught.value.remedy


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="the replay file cannot be read") as caught:
        Replay(tmp_path / name)
    assert caught.value.where == str(tmp_path / name)


def test_an_answer_to_a_document_the_task_does_not_have_names_the_line(tmp_path: Path) -> None:
    small = SmallTask(tmp_path)
    path = _file(tmp_path, _line(), _line(document="small/rows.jsonl#99"))
    with pytest.raises(ModelError, match=r"answers 'small/rows\.jsonl#99', which small does not have") as caught:
        Replay(path).learn(small.catalog().task("small"), small.documents(), seed=0)
    assert caught.value.where == f"{path}:2"


def test_a_task_without_any_answer_does_not_suit(tmp_path: Path) -> None:
    small = SmallTask(tmp_path)
    with pytest.raises(Unsuited, match="the replay file has no answer for it"):
        Replay(_file(tmp_path, _line(task="other"))).learn(small.catalog().task("small"), small.documents(), seed=0)


def test_recorded_answers_come_back_by_task_document_and_repeat(tmp_path: Path) -> None:
    model = Replay(
        _file(
            tmp_path,
            _line(),
            _line(repeat=1, text="B", finish_reason="length"),
            _line(task="other", text=""),
        )
    )
    assert _answers(model, ("small", DOCUMENT, 0), ("small", DOCUMENT, 1), ("other", DOCUMENT, 0)) == [
        Response(text="A"),
        Response(text="B", finish_reason="length"),
        Response(text=""),
    ]


def test_a_document_without_an_answer_is_an_error_and_no_wrong_answer(tmp_path: Path) -> None:
    (outcome,) = _answers(Replay(_file(tmp_path, _line())), ("small", "small/rows.jsonl#1", 0))
    assert isinstance(outcome, Failure)
    assert outcome.cause == "the replay file has no answer for this document"


@pytest.mark.parametrize("text", ["a\u2028b", "a\u0085b", "a\x0bb\x0cc", "ก ข\u3000ค", "a\r\nb"])
def test_an_answer_may_hold_any_character(tmp_path: Path, text: str) -> None:
    (outcome,) = _answers(Replay(_file(tmp_path, _line(text=text))), ("small", DOCUMENT, 0))
    assert outcome == Response(text=text)


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    lines = [json.dumps(_line()), "", json.dumps(_line(document="x"))]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert _answers(Replay(path), ("small", "x", 0)) == [Response(text="A")]


def test_a_replay_is_known_by_the_bytes_of_its_file(tmp_path: Path) -> None:
    first = Replay(_file(tmp_path, _line())).facts
    again = Replay(_file(tmp_path, _line())).facts
    other = Replay(_file(tmp_path, _line(text="B"))).facts
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.name == "replay-answers"
    assert first.capabilities.by_document
