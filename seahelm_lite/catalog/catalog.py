"""All tasks and suites that can be named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seahelm_lite.catalog.definitions import Suite, TaskDefinition, suite_from, task_from
from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.yaml_files import YamlFile, read_yaml
from seahelm_lite.errors import CardError


@dataclass(frozen=True)
class Catalog:
    """Tasks and suites by name."""

    roots: tuple[Path, ...]
    tasks: Mapping[str, TaskDefinition]
    suites: Mapping[str, Suite]

    def task(self, name: str) -> TaskDefinition:
        """The task of that name.

        Raises:
            UnknownNameError: With the nearest names.
        """
        if name not in self.tasks:
            raise unknown("task", name, [*self.tasks, *self.suites], listing="seahelm-lite tasks list")
        return self.tasks[name]

    def suite(self, name: str) -> Suite:
        """The suite of that name; raises as `task`."""
        if name not in self.suites:
            raise unknown("suite", name, self.suites, listing="seahelm-lite tasks list --suites")
        return self.suites[name]

    def select(self, suites: Sequence[str], tasks: Sequence[str]) -> tuple[list[TaskDefinition], frozenset[str]]:
        """The tasks of some suites and some single tasks, each once, in the order named.

        Returns:
            The definitions, and the names of those that may be skipped when their data cannot be had.
        """
        chosen: dict[str, TaskDefinition] = {}
        optional: set[str] = set()
        for name in suites:
            suite = self.suite(name)
            optional.update(suite.optional)
            chosen.update({task: self.task(task) for task in (*suite.tasks, *suite.optional)})
        for name in tasks:
            chosen[self.task(name).name] = self.task(name)
            optional.discard(name)
        return list(chosen.values()), frozenset(optional)


def load_catalog(roots: Iterable[Path] | None = None) -> Catalog:
    """Read every YAML file under the task folders; the shipped one when none is given.

    Every file must be a task or a suite of ours: one that does not parse is an error, never skipped. The tasks whose
    cards name the same suite also form a suite of that name.

    Raises:
        CardError: With file and line, at the first file that cannot be used, or at a name taken twice.
    """
    folders = tuple(roots) if roots is not None else (shipped_folder("tasks"),)
    tasks: dict[str, TaskDefinition] = {}
    suites: dict[str, Suite] = {}
    suite_files: dict[str, YamlFile] = {}
    members: dict[str, list[str]] = {}
    for path in (path for root in folders for path in sorted(root.rglob("*.yaml"))):
        file = read_yaml(path)
        if "group" in file.data:
            suite = suite_from(file)
            if suite.name in suites:
                raise CardError(f"the suite {suite.name!r} exists already", where=file.at(("group",)))
            suites[suite.name] = suite
            suite_files[suite.name] = file
            continue
        definition = task_from(file)
        if definition.name in tasks:
            other = tasks[definition.name].file.path
            raise CardError(f"the task {definition.name!r} exists already, in {other}", where=file.at(("task",)))
        tasks[definition.name] = definition
        members.setdefault(definition.card.suite, []).append(definition.name)
    for name, names in members.items():
        if name in suites:
            raise CardError(
                f"the suite {name!r} is also the suite that tasks name on their cards",
                where=suite_files[name].at(("group",)),
            )
        suites[name] = Suite(name=name, title=name.replace("_", " "), tasks=tuple(names))
    for name, file in suite_files.items():
        _check_members(suites[name], file, tasks)
    for definition in tasks.values():
        _check_parallel(definition, tasks)
    return Catalog(folders, tasks, suites)


def _check_parallel(definition: TaskDefinition, tasks: Mapping[str, TaskDefinition]) -> None:
    for side, name in definition.card.parallel.named.items():
        place = definition.file.at(("metadata", "seahelm_lite", "parallel", side))
        if name not in tasks:
            error = unknown("task", name, tasks, listing="seahelm-lite tasks list")
            raise CardError(error.what, where=place, remedy=error.remedy)
        if tasks[name].card.document.item is None:
            fault = f"the card of {name!r} has no `document: item:`, by which the items of both are matched"
            raise CardError(fault, where=place)


def _check_members(suite: Suite, file: YamlFile, tasks: Mapping[str, TaskDefinition]) -> None:
    for names, place in ((suite.tasks, ("task",)), (suite.optional, ("metadata", "seahelm_lite", "optional"))):
        for index, name in enumerate(names):
            if name not in tasks:
                error = unknown("task", name, tasks, listing="seahelm-lite tasks list")
                raise CardError(error.what, where=file.at((*place, index)), remedy=error.remedy)
