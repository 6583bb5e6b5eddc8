"""24,000 five-shot multiple-choice documents turned into requests, ours beside lm-eval's, compared byte by byte."""

from __future__ import annotations

import json
import logging
import os
import random
import tempfile
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.definitions import TaskDefinition, read_task
from seahelm_lite.catalog.task_card import Protocol, TaskCard
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.export import lm_eval_fields, to_yaml
from seahelm_lite.prompts.shots import draw_shots
from seahelm_lite.records import sha256_hex
from seahelm_lite.sources.documents import TaskDocuments, load_documents
from seahelm_lite.sources.where import Where
from tests.benchmarks.measuring import cpu_seconds

DOCUMENTS = 24_000
SHOTS = 5
BAR = 20


def main() -> None:
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), "ll-letter")


def _compare(folder: Path, protocol: Protocol) -> None:
    definition, data = _made_up_task(folder, protocol)
    ours_s, ours = cpu_seconds(lambda: _ours(definition, data, protocol))
    task = _loaded_by_lm_eval(folder)
    theirs_s, theirs = cpu_seconds(lambda: _theirs(task), runs=1)
    same = ours == theirs
    print(
        f"{protocol}: ours {ours_s:.2f} CPU s ({DOCUMENTS / ours_s:,.0f} documents/s, hashes included), "
        f"lm-eval {theirs_s:.1f} CPU s ({DOCUMENTS / theirs_s:,.0f} documents/s): {theirs_s / ours_s:.1f}x "
        f"(bar {BAR}x), {len(ours):,} requests {'identical' if same else 'DIFFERENT'}"
    )


def _ours(definition: TaskDefinition, data: TaskDocuments, protocol: Protocol) -> list[tuple[Any, ...]]:
    shots = draw_shots(data.shots, SHOTS, seed=0, task=definition.name)
    asker = Asker(definition.name, definition.card, protocol, Asking(layout="plain", shots=shots))
    requests = [request for document in data.test for request in asker.requests(document)]
    for request in requests:
        request.hash()
    return [(request.context, request.continuation) for request in requests]


def _theirs(task: Any) -> list[tuple[Any, ...]]:
    task.build_all_requests(rank=0, world_size=1)
    return [
        (instance.args[0], instance.args[1] if isinstance(instance.args[1], str) else None)
        for instance in task.instances
    ]


def _loaded_by_lm_eval(folder: Path) -> Any:
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(folder / "tasks"), include_defaults=False)
    (task,) = manager.load(manager.all_subtasks)["tasks"].values()
    return task


def _made_up_task(folder: Path, protocol: Protocol) -> tuple[TaskDefinition, TaskDocuments]:
    """A task of random words, pinned like any other and found in a mirror."""
    source = {"kind": "github", "repo": "made/up", "commit": "0" * 40}
    mirror = folder / "mirror"
    files = mirror / "github.com" / "made" / "up" / source["commit"]
    files.mkdir(parents=True)
    chance = random.Random(1)
    pins = {}
    for name, count in (("test", DOCUMENTS), ("shots", 50)):
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
    path = folder / "tasks" / "made_up.yaml"
    path.parent.mkdir()
    fields = lm_eval_fields(TaskCard.model_validate(card), protocol, shots=SHOTS)
    path.write_text(to_yaml(fields, {"version": "1.0", "seahelm_lite": card}), encoding="utf-8")
    os.environ.update(SEAHELM_LITE_MIRROR=str(mirror), SEAHELM_LITE_OFFLINE="1")
    definition = read_task(path)
    return definition, load_documents(definition.card, Where.from_environment())


def _row(chance: random.Random) -> dict[str, Any]:
    options = [" ".join(_words(chance, 4)) + f" {number}" for number in range(4)]
    return {"question": " ".join(_words(chance, 40)) + "?", "options": options, "answer": chance.randrange(4)}


def _words(chance: random.Random, count: int) -> list[str]:
    return ["".join(chance.choices("aeioubdgjklmnprst", k=chance.randrange(3, 10))) for _ in range(count)]
