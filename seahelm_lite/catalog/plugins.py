"""Folders of task files, whose they are, and what code their files may name.

An installed package adds suites by an entry point of the group `seahelm_lite.tasks` that names a package with a folder
`tasks/`. Finding it runs none of its code: only a row reader that a task names is ever imported, when rows are read.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from seahelm_lite.errors import CardError

GROUP = "seahelm_lite.tasks"


@dataclass(frozen=True)
class CodeRoot:
    """Modules that task files of one owner may name."""

    owner: str
    """For messages: `the plugin …`, or the folder that is trusted."""
    folder: Path
    """Where the modules lie."""
    package: str | None
    """The installed package whose modules they are; None for the modules of a folder."""

    def module_file(self, module: str) -> Path | None:
        """The file of a module, where it is one of these; nothing is imported."""
        if self.package is not None and module != self.package and not module.startswith(f"{self.package}."):
            return None
        inside = module.removeprefix(self.package).lstrip(".") if self.package is not None else module
        path = self.folder.joinpath(*filter(None, inside.split(".")))
        candidates = (path.with_name(f"{path.name}.py"), path / "__init__.py") if inside else (path / "__init__.py",)
        return next((each for each in candidates if each.is_file()), None)


@dataclass(frozen=True)
class TaskRoot:
    """A folder of task files."""

    path: Path
    owner: str
    code: CodeRoot | None = None
    """None where no task file may name code."""


@dataclass(frozen=True)
class BrokenPlugin:
    """A plugin whose tasks are left out."""

    owner: str
    reason: str
    names: frozenset[str] = frozenset()
    """What its tasks and suites seem to be called, as far as its files say."""

    def sentence(self) -> str:
        """The warning."""
        return f"{self.owner} is left out: {self.reason}"


def installed() -> Iterator[TaskRoot | BrokenPlugin]:
    """Every installed plugin, in the order of their names."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        owner = owner_of(point)
        try:
            spec = importlib.util.find_spec(point.module)
        except Exception as error:  # whatever the package above it does while it is imported
            yield BrokenPlugin(owner, f"{point.module} cannot be imported ({type(error).__name__}: {error})")
            continue
        folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec is not None else []
        package = next((folder for folder in folders if (folder / "tasks").is_dir()), None)
        if package is None:
            fault = "has no folder `tasks`" if folders else "is not a package that is installed"
            yield BrokenPlugin(owner, f"{point.module}, which its entry point names, {fault}")
        else:
            yield TaskRoot(package / "tasks", owner, CodeRoot(owner, package, point.module))


def owner_of(point: EntryPoint) -> str:
    """The package that an entry point belongs to, as messages name it."""
    return f"the plugin {point.name}" + (f" ({point.dist.name} {point.dist.version})" if point.dist is not None else "")


def trusted(folders: Iterable[Path]) -> Iterator[TaskRoot]:
    """Folders that the user trusts, each once.

    Raises:
        CardError: If one is no folder, or holds no task file.
    """
    seen: set[Path] = set()
    for folder in folders:
        path = folder.expanduser()
        if not path.is_dir():
            raise CardError("the folder to trust is not there", where=str(folder), remedy="Correct --trust.")
        if next(path.rglob("*.yaml"), None) is None:
            remedy = "--trust takes the folder that holds <suite>/<task>.yaml."
            raise CardError("holds no task file", where=str(folder), remedy=remedy)
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield TaskRoot(path, f"the trusted folder {folder}", CodeRoot(f"the trusted folder {folder}", path, None))


def seeming_names(root: TaskRoot) -> frozenset[str]:
    """What the tasks and suites of a folder are called, going by the names of files and folders."""
    files = [path.relative_to(root.path) for path in root.path.rglob("*.yaml")]
    return frozenset(name for file in files for name in (file.stem, *file.parent.parts))
