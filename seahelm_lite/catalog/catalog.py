"""All tasks and suites that can be named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seahelm_lite.catalog.definitions import Pair, Suite, TaskDefinition, suite_from, task_from
from seahelm_lite.catalog.names import unknown
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.catalog.plugins import BrokenPlugin, CodeRoot, TaskRoot, installed, seeming_names, trusted
from seahelm_lite.catalog.yaml_files import YamlFile, read_yaml
from seahelm_lite.errors import CardError, UnknownNameError


@dataclass(frozen=True)
class Catalog:
    """Tasks and suites by name."""

    roots: tuple[Path, ...]
    tasks: Mapping[str, TaskDefinition]
    suites: Mapping[str, Suite]
    code: tuple[CodeRoot, ...] = ()
    """Where the row readers that tasks name may come from."""
    broken: tuple[BrokenPlugin, ...] = ()
    """Plugins whose tasks are left out."""

    def task(self, name: str) -> TaskDefinition:
        """The task of that name.

        Raises:
            UnknownNameError: With the nearest names, or the plugin that it was left out with.
        """
        if name not in self.tasks:
            raise self._unknown("task", name, [*self.tasks, *self.suites], "seahelm-lite tasks list")
        return self.tasks[name]

    def suite(self, name: str) -> Suite:
        """The suite of that name; raises as `task`."""
        if name not in self.suites:
            raise self._unknown("suite", name, self.suites, "seahelm-lite tasks list --suites")
        return self.suites[name]

    def _unknown(self, kind: str, name: str, known: Iterable[str], listing: str) -> UnknownNameError:
        for plugin in self.broken:
            if name in plugin.names:
                return UnknownNameError(
                    f"the {kind} {name!r} cannot be had: {plugin.sentence()}",
                    remedy="Mend or uninstall the plugin.",
                )
        error = unknown(kind, name, known, listing=listing)
        left_out = " and ".join(plugin.owner for plugin in self.broken)
        if left_out:
            # Nobody knows what the tasks of a plugin are called whose files could not be found.
            error = UnknownNameError(error.what, remedy=f"{error.remedy} Left out: {left_out}.")
        return error

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

    def not_obtainable(self, suites: Sequence[str]) -> list[Pair]:
        """What suites that stand for another harness's list would hold if its data could be had; raises as `select`."""
        return [pair for name in suites for pair in self.suite(name).pairs if pair.how == "not obtainable"]


@dataclass
class _Part:
    """What one folder holds."""

    root: TaskRoot
    tasks: dict[str, TaskDefinition] = field(default_factory=dict)
    suites: dict[str, Suite] = field(default_factory=dict)
    suite_files: dict[str, YamlFile] = field(default_factory=dict)

    def place_of(self, suite: str) -> str:
        """Where a suite comes from: its file, or the first task whose card names it."""
        if suite in self.suite_files:
            return self.suite_files[suite].at(("group",))
        task = self.tasks[self.suites[suite].tasks[0]]
        return task.file.at(("metadata", "seahelm_lite", "suite"))


def load_catalog(roots: Iterable[Path] | None = None, *, trust: Iterable[Path] = ()) -> Catalog:
    """Read every YAML file under the task folders.

    Every file must be a task or a suite of ours: one that does not parse is an error, never skipped; of an installed
    plugin, it takes the plugin out, which `Catalog.broken` then names. The tasks whose cards name the same suite also
    form a suite of that name.

    Args:
        roots: Folders whose files may name no code; when not given, the shipped one and all installed plugins.
        trust: Further folders, whose files may name code that lies in them.

    Raises:
        CardError: With file and line, at the first file that cannot be used, or at a name taken twice.
    """
    broken: list[BrokenPlugin] = []
    if roots is not None:
        parts = [_read(TaskRoot(root, str(root))) for root in roots]
    else:
        parts, broken = _with_plugins(_read(TaskRoot(shipped_folder("tasks"), "seahelm-lite")))
    parts += [_read(root) for root in trusted(trust)]
    tasks, suites = _merged(parts)
    for part in parts:
        _check_members(part, tasks)
    code = tuple(part.root.code for part in parts if part.root.code is not None)
    return Catalog(tuple(part.root.path for part in parts), tasks, suites, code, tuple(broken))


def _with_plugins(shipped: _Part) -> tuple[list[_Part], list[BrokenPlugin]]:
    """The shipped folder and every plugin that can be read, and those that cannot."""
    parts, broken = [shipped], list[BrokenPlugin]()
    for found in installed():
        if isinstance(found, BrokenPlugin):
            broken.append(found)
            continue
        try:
            part = _read(found)
            # A plugin may list our tasks and its own, so that no other plugin can take it down.
            _check_members(part, {**shipped.tasks, **part.tasks})
            parts.append(part)
        except CardError as error:
            broken.append(BrokenPlugin(found.owner, error.sentence(), seeming_names(found)))
    return parts, broken


def _read(root: TaskRoot) -> _Part:
    part = _Part(root)
    members: dict[str, list[str]] = {}
    for path in sorted(root.path.rglob("*.yaml")):
        file = read_yaml(path)
        if "group" in file.data:
            suite = suite_from(file)
            if suite.name in part.suites:
                raise CardError(f"the suite {suite.name!r} exists already", where=file.at(("group",)))
            part.suites[suite.name] = suite
            part.suite_files[suite.name] = file
            continue
        definition = task_from(file)
        if definition.name in part.tasks:
            other = part.tasks[definition.name].file.path
            raise CardError(f"the task {definition.name!r} exists already, in {other}", where=file.at(("task",)))
        _check_code(definition, root)
        part.tasks[definition.name] = definition
        members.setdefault(definition.card.suite, []).append(definition.name)
    for name, names in members.items():
        if name in part.suites:
            raise CardError(
                f"the suite {name!r} is also the suite that tasks name on their cards",
                where=part.suite_files[name].at(("group",)),
            )
        part.suites[name] = Suite(name=name, title=name.replace("_", " "), tasks=tuple(names))
    return part


def _check_code(task: TaskDefinition, root: TaskRoot) -> None:
    """A task file names no code but that of its own package or trusted folder."""
    for split, files in (("test", task.card.data.test), ("shots", task.card.data.shots)):
        for number, file in enumerate(files):
            if file.reader is None:
                continue
            where = task.file.at(("metadata", "seahelm_lite", "data", split, number, "reader"))
            whole = f"the task {task.name!r} of the suite {task.card.suite!r} names code, {file.reader!r}"
            if root.code is None:
                remedy = "Code runs only from an installed plugin or a folder named with --trust."
                raise CardError(f"{whole}, but its folder is not trusted", where=where, remedy=remedy)
            if root.code.module_file(file.reader.rpartition(".")[0]) is None:
                inside = f"package {root.code.package}" if root.code.package is not None else "folder"
                what = f"{whole}, which is no module of {root.owner}"
                raise CardError(what, where=where, remedy=f"Task files may name modules of their own {inside} only.")


def _merged(parts: Sequence[_Part]) -> tuple[dict[str, TaskDefinition], dict[str, Suite]]:
    """All tasks and suites; a name that two folders have is an error, since either could be meant."""
    tasks: dict[str, TaskDefinition] = {}
    suites: dict[str, Suite] = {}
    owners: dict[tuple[str, str], _Part] = {}
    for part in parts:
        for name, task in part.tasks.items():
            if (first := owners.setdefault(("task", name), part)) is not part:
                raise _clash("task", name, part.root, task.file.at(("task",)), first.root, str(tasks[name].file.path))
            tasks[name] = task
        for name, suite in part.suites.items():
            if (first := owners.setdefault(("suite", name), part)) is not part:
                raise _clash("suite", name, part.root, part.place_of(name), first.root, first.place_of(name))
            suites[name] = suite
    return tasks, suites


def _clash(kind: str, name: str, root: TaskRoot, where: str, first: TaskRoot, there: str) -> CardError:
    return CardError(
        f"the {kind} {name!r} of {root.owner} exists already: {first.owner} has it in {there}",
        where=where,
        remedy="Rename it, uninstall one of the two, or leave that --trust out.",
    )


def _check_parallel(definition: TaskDefinition, tasks: Mapping[str, TaskDefinition]) -> None:
    for side, name in definition.card.parallel.named.items():
        place = definition.file.at(("metadata", "seahelm_lite", "parallel", side))
        if name not in tasks:
            error = unknown("task", name, tasks, listing="seahelm-lite tasks list")
            raise CardError(error.what, where=place, remedy=error.remedy)
        if tasks[name].card.document.item is None:
            fault = f"the card of {name!r} has no `document: item:`, by which the items of both are matched"
            raise CardError(fault, where=place)


def _check_members(part: _Part, tasks: Mapping[str, TaskDefinition]) -> None:
    for name, file in part.suite_files.items():
        suite = part.suites[name]
        for names, place in ((suite.tasks, ("task",)), (suite.optional, ("metadata", "seahelm_lite", "optional"))):
            for index, member in enumerate(names):
                if member not in tasks:
                    error = unknown("task", member, tasks, listing="seahelm-lite tasks list")
                    raise CardError(error.what, where=file.at((*place, index)), remedy=error.remedy)
    for definition in part.tasks.values():
        _check_parallel(definition, tasks)
