"""Real runs of small tasks of our own, and boards of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from seahelm_lite import runs
from seahelm_lite.boards.build import build_board
from seahelm_lite.boards.results import BoardResults, Cell, Row
from seahelm_lite.boards.runs import read_runs
from seahelm_lite.catalog.board_card import Board, load_boards
from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.sources.where import Where
from tests.small_task import SmallTask, row

CARD = {
    "schema": "seahelm-lite/board/1",
    "id": "made",
    "title": "Made",
    "measures": "That boards work.",
    "languages": ["ms"],
    "protocol": "gen-letter",
    "tasks": [{"task": "one"}, {"task": "two"}],
}


@dataclass
class Workshop:
    """A folder with two tasks of twelve documents each, in which models are run by what they answer."""

    root: Path

    def __post_init__(self) -> None:
        self.task("one")
        self.task("two")

    @property
    def out(self) -> Path:
        """Where the runs go."""
        return self.root / "out"

    def task(self, name: str, documents: int = 12, version: str = "1.0", **changes: Any) -> None:
        """Write a task whose right answers are all A."""
        rows = [row(n, answer=0) for n in range(documents)]
        shots = [row(100 + n, answer=1) for n in range(4)]
        path = SmallTask(self.root / "tasks", rows, shots, {"id": name, **changes}).write()
        path.write_text(path.read_text(encoding="utf-8").replace("'1.0'", f"'{version}'"), encoding="utf-8")

    @property
    def catalog(self) -> Catalog:
        """The tasks as they are now."""
        return load_catalog([self.root / "tasks"])

    def run(self, model: str, out: Path | None = None, /, tasks: Sequence[str] = (), **settings: Any) -> RunFolder:
        """Ask a model SPEC, or replay answers written with `answers`."""
        catalog = self.catalog
        where = Where(None, self.root / "cache", True, catalog.roots)
        spec = RunSpec(model=model, tasks=tuple(tasks) or ("one", "two"), **settings)
        return runs.execute(runs.prepare(spec, catalog=catalog, where=where, out=out or self.out)).folder

    def answers(self, name: str, **tasks: str) -> str:
        """The SPEC of a model that answers each document of a task by one letter of a text; `-` is no answer."""
        path = self.root / f"{name}.jsonl"
        lines = [
            json.dumps({"task": task, "document": f"{task}/rows.jsonl#{number}", "text": letter})
            for task, letters in tasks.items()
            for number, letter in enumerate(letters)
            if letter != "-"
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
        return f"replay:{path}"

    def model(self, name: str, **tasks: str) -> RunFolder:
        """Run a model that answers so."""
        return self.run(self.answers(name, **tasks), tasks=list(tasks))

    def board(self, **changes: Any) -> Board:
        """The board card, changed."""
        folder = self.root / "boards"
        folder.mkdir(exist_ok=True)
        # JSON is YAML.
        (folder / "made.yaml").write_text(json.dumps({**CARD, **changes}), encoding="utf-8")
        return load_boards(self.catalog.tasks, folder)["made"]

    def build(self, *folders: Path, **changes: Any) -> BoardResults:
        """The board of the runs of some folders, or of all made here."""
        return build_board(self.board(**changes), read_runs(folders or [self.out]))


def letters(right: int, of: int = 12) -> str:
    """Answers of which so many are right."""
    return "A" * right + "B" * (of - right)


def edit(folder: RunFolder, name: str, change: Callable[[Any], None], *, seal: bool = True) -> None:
    """Change a JSON file of a run, and seal it again unless it should be found out."""
    path = folder.path / name
    body = json.loads(path.read_text(encoding="utf-8"))
    change(body)
    path.write_text(json.dumps(body), encoding="utf-8")
    if seal:
        folder.seal()


def give(folder: RunFolder, task: str, right: int, of: int = 12) -> None:
    """Make a run of a task look as one of which so many answers are right, in scores and samples, and seal it."""
    path = folder.path / "samples" / f"{task}@gen-letter.parquet"
    table = pq.read_table(path)
    values = pa.array([1.0] * right + [0.0] * (of - right))
    pq.write_table(table.set_column(table.column_names.index("value"), "value", values), path)

    def change(body: Any) -> None:
        for score in body["scores"]:
            if score["task"] == task:
                score["value"] = right / of

    edit(folder, "scores.json", change)


def unseal(folder: RunFolder, status: str) -> None:
    """Make a run look as one that never ended."""
    edit(folder, "manifest.json", lambda body: body.update(status=status), seal=False)
    (folder.path / "MANIFEST.sha256").unlink()


IMPORTED: Mapping[str, Any] = {
    "format": "made-logs",
    "source": "somewhere",
    "title": "Somebody's answers",
    "url": None,
    "licence": "none stated",
    "recorded": ["2025-04-17", "2026-02-20"],
    "files": [{"path": "github.com/a/b/log.jsonl", "sha256": "0" * 64, "answers": 24}],
    "set_aside": {},
}


def as_imported(folder: RunFolder, **spec: Any) -> None:
    """Make a run look as one that was imported."""
    given = {"import": "made-logs", "files": ["github.com/a/b/log.jsonl"]}
    given |= dict.fromkeys(("model", "task", "shots", "source", "licence")) | spec

    def manifest(body: Any) -> None:
        body.update(imported=dict(IMPORTED), spec=given)
        for task in body["tasks"]:
            task["protocol"] = "recorded:somewhere"

    def scores(body: Any) -> None:
        for score in body["scores"]:
            score["protocol"] = "recorded:somewhere"

    edit(folder, "manifest.json", manifest)
    edit(folder, "scores.json", scores)


def copied(folder: RunFolder, name: str) -> RunFolder:
    """The same run under another name."""
    return RunFolder(Path(shutil.copytree(folder.path, folder.path.with_name(name))))


def of(results: BoardResults, model: str) -> Row:
    """The row of a model; replayed ones are named by their file."""
    (found,) = [row for row in results.rows if row.model.name in (model, f"replay-{model}")]
    return found


def cell(results: BoardResults, model: str, task: str) -> Cell:
    """A cell."""
    index = [column.task for column in results.columns].index(task)
    return of(results, model).cells[index]
