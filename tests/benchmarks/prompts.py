"""24,000 five-shot multiple-choice documents turned into requests, ours beside lm-eval's, compared byte by byte."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.definitions import TaskDefinition, read_task
from seahelm_lite.catalog.task_card import Protocol
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.shots import draw_shots
from seahelm_lite.sources.documents import TaskDocuments, load_documents
from seahelm_lite.sources.where import Where
from tests.benchmarks.made_up import made_up_task
from tests.benchmarks.measuring import cpu_seconds

DOCUMENTS = 24_000
SHOTS = 5
BAR = 20


def main() -> None:
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), "ll-letter")


def _compare(folder: Path, protocol: Protocol) -> None:
    definition = read_task(made_up_task(folder, protocol, documents=DOCUMENTS, shots=SHOTS))
    # lm-eval reads the task through our loader, which looks where the environment says.
    os.environ.update(SEAHELM_LITE_MIRROR=str(folder / "mirror"), SEAHELM_LITE_OFFLINE="1")
    data = load_documents(definition.card, Where.from_environment())
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
