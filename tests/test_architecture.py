"""The house rules that a reader of the imports can check."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "seahelm_lite"
ROOMS = (
    *("catalog", "sources", "prompts", "models", "engine", "scoring"),
    *("stats", "lint", "comparisons", "boards", "pages", "cli"),
)
"""In the order in which data flows through them."""

LOWER = {
    **{room: set(ROOMS[:place]) for place, room in enumerate(ROOMS)},
    # Scoring is pure and offline, so that it can be repeated without a model; it comes after stats, which it uses.
    "scoring": {"catalog", "prompts", "stats"},
    "stats": set(),
}
"""The rooms that a room may import."""

SHARED = {"errors", "records"}
"""Modules that every room but `stats` may import."""

BRIDGE = PACKAGE / "models" / "lm_eval_bridge.py"
FILES = sorted(PACKAGE.rglob("*.py"))

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere in it, with the names it takes from each."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _room(path: Path) -> str:
    """The room of a file; the modules beside the rooms are in none."""
    inside = path.relative_to(PACKAGE).parts
    return inside[0] if len(inside) > 1 else ""


def _parts(module: str) -> tuple[str, ...]:
    """What of ours a module is, below the package; empty for the package itself and for the modules of others."""
    first, *rest = module.split(".")
    return tuple(rest) if first == "seahelm_lite" else ()


def test_every_folder_is_a_room_or_holds_no_code() -> None:
    assert {_room(path) for path in FILES} <= {"", *ROOMS, "schemas"}


@each_file
def test_a_room_imports_only_what_comes_before_it(path: Path) -> None:
    room = _room(path)
    if room not in ROOMS:
        return
    allowed = LOWER[room] | {room} | (set() if room == "stats" else SHARED | {"schemas"})
    if room == "cli":
        allowed |= {
            "runs",
            "comparing",
            "bridging",
            "judging",
            "judgements",
            "calibrating",
            "imports",
            "publishing",
            "reviewing",
            "review_sheets",
            "scaffold",
            "scaffold_files",
            "__version__",
        }
    taken = {parts[0] for module in _imports(path) if (parts := _parts(module))}
    assert taken <= allowed, f"{room} must not import {', '.join(sorted(taken - allowed))}"


@each_file
def test_what_every_room_may_import_imports_no_room(path: Path) -> None:
    if path.parent == PACKAGE and path.stem in SHARED:
        assert not [module for module in _imports(path) if module.startswith("seahelm_lite")]


@each_file
def test_lm_eval_is_imported_by_the_bridge_alone_and_without_its_private_modules(path: Path) -> None:
    taken = [module for module in _imports(path) if module.split(".")[0] == "lm_eval"]
    assert not taken or path == BRIDGE
    assert not [module for module in taken if any(part.startswith("_") for part in module.split("."))]


def test_the_bridge_imports_lm_eval() -> None:
    assert any(module.startswith("lm_eval.") for module in _imports(BRIDGE))


@each_file
def test_nothing_outside_the_command_line_prints(path: Path) -> None:
    if _room(path) == "cli":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        assert not (isinstance(called, ast.Name) and called.id == "print"), f"line {called.lineno}"
        written = isinstance(called, ast.Attribute) and ast.unparse(called) in ("sys.stdout.write", "sys.stderr.write")
        assert not written, f"line {called.lineno}"


@each_file
def test_a_file_is_about_one_thing_and_not_too_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


@each_file
def test_a_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_two_test_files_share_a_name() -> None:
    """pytest imports them by their names alone, and leaves out the second."""
    names = [path.name for path in (REPOSITORY / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names))
