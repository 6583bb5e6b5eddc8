"""A made-up task of any size, for benchmarks that real data is too small for."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.task_card import Protocol, TaskCard
from seahelm_lite.prompts.export import lm_eval_fields, to_yaml
from seahelm_lite.records import sha256_hex


def made_up_task(folder: Path, protocol: Protocol, *, documents: int, shots: int) -> Path:
    """Write a task of random words, pinned like any other and found in a mirror.

    Args:
        folder: Gets `tasks/made_up/made_up.yaml` and `mirror/`.
        protocol: The one that the task has.
        documents: Documents of its test split.
        shots: Examples that lm-eval puts before each question.

    Returns:
        The task file.
    """
    source = {"kind": "github", "repo": "made/up", "commit": "0" * 40}
    files = folder / "mirror" / "github.com" / "made" / "up" / source["commit"]
    files.mkdir(parents=True)
    chance = random.Random(1)
    pins = {}
    for name, count in (("test", documents), ("shots", 50)):
        text = "".join(json.dumps(_row(chance), ensure_ascii=False) + "\n" for _ in range(count))
        (files / f"{name}.jsonl").write_text(text, encoding="utf-8")
        pins[name] = [{"path": f"{name}.jsonl", "format": "jsonl", "sha256": sha256_hex(text)}]
    card = {
        "id": "made_up",
        "suite": "made_up",
        "title": "Random words",
        "measures": "Nothing: it is made to be timed.",
        "language": "ms",
        "pillar": "knowledge",
        "kind": "multiple_choice",
        "protocols": [protocol],
        "metrics": ["acc"],
        "licence": {"stated": "CC0-1.0", "redistributable": True},
        "citation": "none",
        "data": {"from": source, **pins},
        "document": {"question": "question", "options": "options", "answer": "answer"},
    }
    path = folder / "tasks" / "made_up" / "made_up.yaml"
    path.parent.mkdir(parents=True)
    fields = lm_eval_fields(TaskCard.model_validate(card), protocol, shots=shots)
    path.write_text(to_yaml(fields, {"version": "1.0", "seahelm_lite": card}), encoding="utf-8")
    return path


def _row(chance: random.Random) -> dict[str, Any]:
    options = [" ".join(_words(chance, 4)) + f" {number}" for number in range(4)]
    return {"question": " ".join(_words(chance, 40)) + "?", "options": options, "answer": chance.randrange(4)}


def _words(chance: random.Random, count: int) -> list[str]:
    return ["".join(chance.choices("aeioubdgjklmnprst", k=chance.randrange(3, 10))) for _ in range(count)]
