"""Replies that real models gave to the Malay quiz, read by us and by those who published the shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.prompts.words import language_words
from seahelm_lite.scoring.extraction import read_choice

_ANSWERS = "github.com/mesolitica/llm-benchmarks/6f87de758dc4b2dded3587ae99b74e4c2be5be7f/tatabahasa"
_QUESTIONS = (
    "github.com/mesolitica/malaysian-dataset/297ebe60c9c2a55c9f8b760a71ba3bad2ff09859/llm-benchmark/"
    "tatabahasabm.tripod.com/quiz-tatabahasa.jsonl"
)


@pytest.mark.parametrize(
    ("file", "share_by_pattern"),
    [
        ("gpt-4-1106-preview/output-0shot.json", 75.6),
        ("gpt-3.5-turbo-0613/output-0shot.json", 58.2),
        ("claude-3-opus-20240229/tatabahasa-shot-0-claude-3-opus-20240229.jsonl", 75.4),
        ("claude-3-sonnet-20240229/tatabahasa-shot-0-claude-3-sonnet-20240229.jsonl", 65.6),
        ("claude-3-haiku-20240307/tatabahasa-shot-0-claude-3-haiku-20240307.jsonl", 62.8),
    ],
)
def test_the_share_of_right_answers_is_the_known_one_within_three_points(
    shared_data: Path, file: str, share_by_pattern: float
) -> None:
    # The shares are those of the data's index, which says that they hang on the pattern by about three points.
    questions = [json.loads(line) for line in (shared_data / _QUESTIONS).read_text(encoding="utf-8").splitlines()]
    replies = _replies(shared_data / _ANSWERS / file)
    assert len(replies) == len(questions) == 349
    right = unread = 0
    for question, reply in zip(questions, replies, strict=True):
        choices = list(question["choices"].values())
        reading = read_choice(reply, [choice["text"] for choice in choices], language_words("ms"))
        right += reading.index is not None and choices[reading.index]["answer"]
        unread += reading.index is None
    assert 100 * right / 349 == pytest.approx(share_by_pattern, abs=3)
    assert unread / 349 < 0.03


def _replies(path: Path) -> list[str]:
    if path.suffix == ".json":
        return [row.get("output") or "" for row in json.loads(path.read_text(encoding="utf-8"))]
    return [_message(json.loads(line)["message"]) for line in path.read_text(encoding="utf-8").splitlines()]


def _message(message: Any) -> str:
    return message if isinstance(message, str) else "".join(part["text"] for part in message["content"])
