"""A package that counts as installed where its folder is on `sys.path`: `InstalledPlugin(folder).install()`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seahelm_lite.prompts.export import lm_eval_fields, to_yaml
from tests.small_task import SmallTask


@dataclass
class InstalledPlugin:
    """A package with an entry point, laid out as an installer leaves it."""

    site: Path
    name: str = "kuih"
    package: str = "kuih_suite"
    value: str = ""
    """What the entry point names, where it is not the package."""
    files: Mapping[str, str] = field(default_factory=lambda: {"__init__.py": ""})
    """Modules of the package."""
    group: str = "seahelm_lite.tasks"
    """Of its entry point."""
    project: str = ""
    """The name under which it is installed, where it is not that of the entry point."""

    @property
    def tasks(self) -> Path:
        """Its folder of task files."""
        return self.site / self.package / "tasks"

    def install(self) -> InstalledPlugin:
        """Write the package, and what `importlib.metadata` reads."""
        for name, text in self.files.items():
            path = self.site / self.package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        project = self.project or self.name
        info = self.site / f"{project}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n", encoding="utf-8")
        points = f"[{self.group}]\n{self.name} = {self.value or self.package}\n"
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        return self

    def add(self, name: str, **changes: Any) -> SmallTask:
        """A task of its own, in the suite `kuih` unless `changes` say otherwise."""
        task = SmallTask(self.tasks, changes={"id": name, "suite": "kuih", **changes})
        task.write()
        return task


def write_with_reader(task: SmallTask, reader: str) -> Path:
    """The task file, with a reader in code for its rows."""
    card = task.raw_card
    card["data"]["test"][0] |= {"format": "code", "reader": reader}
    path = task.root / task.name / f"{task.name}.yaml"
    fields = lm_eval_fields(task.card, task.card.protocols[0])
    path.write_text(to_yaml(fields, {"version": "1.0", "seahelm_lite": card}), encoding="utf-8")
    return path


READER = """\
import json

def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
"""
"""A module with a reader that reads what `SmallTask` writes."""
