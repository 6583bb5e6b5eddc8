"""Finished runs with answers of a test's own, without a model: `Runs(tmp_path, rows).run("step_100", [1, 0, 1])`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seahelm_lite import runs
from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.sources.where import Where
from tests.small_task import SmallTask, row

Right = Sequence[int] | Mapping[int, Sequence[int]]
"""Whether each document is answered right; or by repeat."""


class Runs:
    """Tasks of six documents or more, and runs of them."""

    def __init__(self, root: Path, documents: int = 6, **tasks: Mapping[str, Any]) -> None:
        """Write the tasks.

        Args:
            root: Folder to work in.
            documents: Of each task; those whose numbers have the same half share a passage.
            tasks: Name to what is otherwise on its card; one task `small` where none is named.
        """
        self.root = root
        self.tasks: dict[str, SmallTask] = {}
        for name, changes in (tasks or {"small": {}}).items():
            rows = [row(n, answer=n % 2, passage=str(n // 2)) for n in range(documents)]
            self.tasks[name] = SmallTask(root / "tasks", rows, changes={"id": name, **changes})
            self.tasks[name].write()

    def run(self, name: str, *, out: str = "out", **answers: Right | Any) -> Path:
        """Run a model that answers as told, and return the folder of the run.

        Args:
            name: Of the model.
            out: Output folder.
            answers: Task to its answers; whatever is no task is a setting of the run.
        """
        told = {task: right for task, right in answers.items() if task in self.tasks}
        settings = {key: value for key, value in answers.items() if key not in self.tasks}
        lines = [line for task, right in told.items() for line in self._lines(task, right)]
        file = self.root / f"{name}.jsonl"
        file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        return self.ask(f"replay:{file}", *told, out=out, **settings)

    def ask(self, model: str, *tasks: str, out: str = "out", **settings: Any) -> Path:
        """Run any model."""
        catalog = load_catalog([self.root / "tasks"])
        where = Where(mirror=None, cache=self.root / "cache", offline=True, task_roots=catalog.roots)
        spec = RunSpec(model=model, tasks=tasks, **settings)
        return runs.execute(runs.prepare(spec, catalog=catalog, where=where, out=self.root / out)).folder.path

    def _lines(self, task: str, right: Right) -> list[dict[str, Any]]:
        documents = self.tasks[task].documents().test
        by_repeat = right if isinstance(right, Mapping) else {0: right}
        return [
            {"task": task, "document": one.id, "repeat": repeat, "text": "AB"[(int(one.fields["answer"]) + 1 - ok) % 2]}
            for repeat, of_documents in by_repeat.items()
            for one, ok in zip(documents, of_documents, strict=False)
        ]


def bits(number: int, length: int) -> list[int]:
    """The lowest bits of a number, as answers."""
    return [number >> place & 1 for place in range(length)]
