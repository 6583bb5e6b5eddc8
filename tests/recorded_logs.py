"""Logs of our own in the shape of thaiexamjs snapshots, about the rows of `SmallTask`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import brotli

FILE = "small/rows.jsonl"


def snapshot_line(
    number: int,
    text: str = '{"correct_answer_key":"a"}',
    *,
    model: str = "model-x",
    file: str = FILE,
    shown: dict[str, Any] | None = None,
    **result: Any,
) -> dict[str, Any]:
    """An answer to row `number`, whose question and options are those of `small_task.row`."""
    asked = shown or {"question": f"Soalan {number}?", "a": "ya", "b": "tidak"}
    messages = [
        {"role": "user", "content": "Reply in JSON."},
        {"role": "assistant", "content": "{}"},
        {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
    ]
    stated = {"inputMessages": messages, "temperature": 0, "finishReason": "stop", "text": text, "time": 1500.0}
    usage = {"promptTokens": 50, "completionTokens": 7, "totalTokens": 57}
    return {
        "_id": f"{model}:exam:{file}:{number}",
        "state": "completed",
        "result": {**stated, "usage": usage, "warnings": [], **result},
    }


def failed_line(number: int, *, model: str = "model-x") -> dict[str, Any]:
    """A record of a question that got no answer."""
    return {"_id": f"{model}:exam:{FILE}:{number}", "state": "failed", "lastError": "Incorrect API key: sk-secret"}


def as_lines(lines: Sequence[Any]) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def snapshot(path: Path, lines: Sequence[Any]) -> Path:
    """A snapshot file, packed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(brotli.compress(as_lines(lines)))
    return path
