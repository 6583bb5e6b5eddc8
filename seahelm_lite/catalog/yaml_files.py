"""YAML files read so that every complaint about them can name a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from seahelm_lite.catalog.names import nearest
from seahelm_lite.errors import CardError

Location = tuple[str | int, ...]
Card = TypeVar("Card", bound=BaseModel)

_Base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FunctionName(str):
    """The text after lm-eval's `!function`."""


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML, except that lm-eval's `!function module.name` is kept as the text `module.name` and never run, and
    that a key such as `on` is a word, where YAML 1.1 makes it a boolean."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:bool":
                key.tag = "tag:yaml.org,2002:str"
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


_Loader.add_constructor("!function", lambda loader, node: FunctionName(node.value))


@dataclass(frozen=True)
class YamlFile:
    """A parsed file and the line on which each of its keys and list items begins."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[Location, int]

    def at(self, location: Sequence[str | int]) -> str:
        """`file:line` of a value, or of the nearest enclosing one that stands in the file."""
        return f"{self.path}:{self.lines.get(self.standing(location), 1)}"

    def standing(self, location: Sequence[str | int]) -> Location:
        """The steps of a location that stand in the file; a checked model may have some that do not."""
        place: Location = ()
        for step in location:
            if (*place, step) in self.lines:
                place = (*place, step)
        return place


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML mapping.

    Raises:
        CardError: If the file cannot be read, is not YAML, or is not a mapping; the line is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CardError(f"cannot be read: {error}", where=str(path)) from None
    try:
        node = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: a value that looks like a date and is none, such as 2026-13-01.
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise CardError(f"is not valid YAML: {problem}", where=f"{path}:{line}", remedy="Mend that line.") from None
    if not isinstance(data, dict) or node is None:
        raise CardError("must be a mapping of keys to values", where=f"{path}:1")
    lines: dict[Location, int] = {}
    for place, line in _lines(node, ()):
        if place in lines:
            what = f"the key {place[-1]!r} stands twice, first on line {lines[place]}"
            raise CardError(what, where=f"{path}:{line}", remedy="Remove one.")
        lines[place] = line
    return YamlFile(path, data, lines)


def _lines(node: yaml.Node, place: Location) -> Iterator[tuple[Location, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            child = (*place, str(key.value))
            yield child, key.start_mark.line + 1
            yield from ((where, line) for where, line in _lines(value, child) if where != child)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*place, index))


def parse(model: type[Card], file: YamlFile, at: Location = ()) -> Card:
    """Check the part of a file under `at` against a pydantic model.

    Raises:
        CardError: Naming file, line and key of the first fault, and how many more there are.
    """
    value: Any = file.data
    for step in at:
        value = value[step]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        # A misspelt key is both unknown and missing, and only the former has a line.
        first = next((fault for fault in faults if fault["type"] == "extra_forbidden"), faults[0])
        location: Location = (*at, *first["loc"])
        steps = file.standing(location)
        if location[-1:] != steps[-1:]:
            steps = (*steps, *location[-1:])
        key = ".".join(str(step) for step in steps[len(at) :])
        more = f" (and {len(faults) - 1} more in this file)" if len(faults) > 1 else ""
        if first["type"] == "extra_forbidden":
            known = nearest(str(first["loc"][-1]), _keys_at(model, first["loc"][:-1]))
            remedy = f"Did you mean {known}?" if known else "Remove it."
            raise CardError(f"unknown key {key!r}{more}", where=file.at(location), remedy=remedy) from None
        if first["type"] == "missing":
            raise CardError(f"the key {key!r} is missing{more}", where=file.at(location), remedy="Add it.") from None
        fault = ": ".join(filter(None, (key, first["msg"].removeprefix("Value error, "))))
        raise CardError(f"{fault}{more}", where=file.at(location)) from None


def _keys_at(model: type[BaseModel], location: Location) -> set[str]:
    """The keys that the part of a model under a location knows."""
    parts = [model]
    for step in location:
        fields = [field for part in parts for name, field in part.model_fields.items() if step in (name, field.alias)]
        # A step that is no field is an index, a key of a mapping, or pydantic's tag of a union.
        parts = [inner for field in fields for inner in _models_in(field.annotation)] or parts
    return {field.alias or name for part in parts for name, field in part.model_fields.items()}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
