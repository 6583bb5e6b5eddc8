"""Rows of a format of its own, read by a function that a plugin or a trusted folder ships."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from seahelm_lite.catalog.plugins import CodeRoot
from seahelm_lite.errors import CardError, DataError
from seahelm_lite.records import sha256_hex
from seahelm_lite.sources.files import file_sha256
from seahelm_lite.sources.text_files import Row


@dataclass(frozen=True)
class RowReader:
    """A function from a file to its rows, and where it comes from."""

    name: str
    """`module.function`, as the card names it."""
    root: CodeRoot
    file: Path

    @property
    def sha256(self) -> str:
        """Of the module's file: other code may read other rows out of the same bytes."""
        return file_sha256(self.file)

    def read(self, path: Path) -> list[Row]:
        """The rows of a file.

        Raises:
            DataError: If the function fails, or gives anything but rows; the reader and its owner are named.
            CardError: If there is no such function, or its module cannot be imported.
        """
        function = self._function()
        try:
            rows = function(path)
        except Exception as error:  # code of others may raise anything; it is told, never swallowed
            told = f"{type(error).__name__}: {error}"
            raise DataError(f"{self} cannot read it: {told}", where=str(path), remedy="Mend the reader.") from error
        if not isinstance(rows, list):
            raise DataError(f"{self} gave a {type(rows).__name__}, not a list of rows", where=str(path))
        for number, row in enumerate(rows):
            if not isinstance(row, dict) or not all(isinstance(column, str) for column in row):
                raise DataError(f"{self} gave no mapping of column names to values", where=f"{path} (row {number})")
        return rows

    def __str__(self) -> str:
        return f"the reader {self.name!r} of {self.root.owner}"

    def _function(self) -> Callable[[Path], Any]:
        module, _, name = self.name.rpartition(".")
        try:
            loaded = importlib.import_module(module) if self.root.package is not None else _from_file(self.file)
        except Exception as error:  # as above
            told = f"{type(error).__name__}: {error}"
            raise CardError(f"{self} cannot be imported: {told}", where=str(self.file)) from error
        function = getattr(loaded, name, None)
        if not callable(function):
            raise CardError(f"{self}: there is no function {name!r}", where=str(self.file))
        return function  # type: ignore[no-any-return]


def row_reader(name: str, roots: Sequence[CodeRoot]) -> RowReader:
    """The reader of that name.

    Args:
        name: `module.function`.
        roots: Whose modules may be named: installed plugins, and folders that the user trusts.

    Raises:
        CardError: If the module belongs to none of them, or to more than one.
    """
    module = name.rpartition(".")[0]
    found = [RowReader(name, root, file) for root in roots if (file := root.module_file(module)) is not None]
    if not found:
        remedy = "Code runs only from an installed plugin or a folder named with --trust."
        raise CardError(f"the reader {name!r} is not trusted: {module!r} is no module of either", remedy=remedy)
    if len(found) > 1:
        owners = " and ".join(reader.root.owner for reader in found)
        raise CardError(f"the reader {name!r} may be that of {owners}", remedy="Leave one out, or rename the module.")
    return found[0]


def _from_file(path: Path) -> ModuleType:
    """A module of a trusted folder, under a name that no installed module has; loaded once a process."""
    name = f"seahelm_lite_trusted_{sha256_hex(str(path.resolve()))[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Registered before it runs, as an import would: its data classes look themselves up.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
