"""Task and suite files as the rest of the system sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from seahelm_lite.catalog.names import nearest
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.catalog.yaml_files import FunctionName, Location, YamlFile, parse, read_yaml
from seahelm_lite.errors import CardError
from seahelm_lite.records import sha256_hex

LM_EVAL_KEYS = frozenset(
    (
        "task",
        "task_alias",
        "tag",
        "custom_dataset",
        "test_split",
        "fewshot_config",
        "num_fewshot",
        "output_type",
        "doc_to_text",
        "doc_to_choice",
        "doc_to_target",
        "target_delimiter",
        "fewshot_delimiter",
        "generation_kwargs",
        "process_results",
        "metric_list",
        "metadata",
    )
)
"""Keys of lm-eval 0.4.13 that a task file of ours may carry."""

_OUR_FUNCTIONS = ("custom_dataset", "process_results")
"""Keys whose value is a function of this package, for lm-eval to call."""


@dataclass(frozen=True)
class TaskDefinition:
    """One task file: the lm-eval part, our card, and where it came from."""

    name: str
    version: str
    card: TaskCard
    lm_eval: Mapping[str, Any]
    """The file as read, `!function` references as text."""
    file: YamlFile
    sha256: str
    """Of the file's bytes."""


class Pair(BaseModel):
    """A task of another harness in one language, and what there is of it here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    language: str
    """That harness's own names."""
    how: Literal["same data", "substitute", "not obtainable"]
    ours: tuple[str, ...] = ()
    """Our tasks with its items, or with others of the same kind."""
    note: str = ""
    """What differs, or why there is nothing."""

    @model_validator(mode="after")
    def _fits(self) -> Pair:
        if bool(self.ours) == (self.how == "not obtainable"):
            raise ValueError(f"{self.name} is {self.how}, so `ours` must {'be empty' if self.ours else 'name a task'}")
        if self.how != "same data" and not self.note:
            raise ValueError(f"{self.name} is {self.how}, so it needs a `note` that says why")
        return self

    @property
    def name(self) -> str:
        """Task and language as one."""
        return f"{self.task} ({self.language})"


@dataclass(frozen=True)
class Suite:
    """A named list of tasks."""

    name: str
    title: str
    tasks: tuple[str, ...]
    optional: tuple[str, ...] = ()
    """Run where their data can be had, listed under `skipped` with the reason where not."""
    pairs: tuple[Pair, ...] = ()
    """Of a list that stands for another harness's: each of its task-language pairs."""


class _Metadata(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    version: str
    seahelm_lite: TaskCard

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str:
        return str(value)


class _SuiteExtras(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str
    optional: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()


class _SuiteFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    class _SuiteMetadata(BaseModel):
        model_config = ConfigDict(frozen=True, extra="forbid")
        version: float
        seahelm_lite: _SuiteExtras

    group: str
    task: tuple[str, ...] = Field(min_length=1)
    metadata: _SuiteMetadata


def read_task(path: Path) -> TaskDefinition:
    """Read a task file.

    Raises:
        CardError: With file and line, if the file is not a task of ours.
    """
    return task_from(read_yaml(path))


def task_from(file: YamlFile) -> TaskDefinition:
    """Check a parsed task file; raises as `read_task`."""
    for key in file.data:
        if key not in LM_EVAL_KEYS:
            close = nearest(str(key), LM_EVAL_KEYS)
            remedy = f"Did you mean {close}?" if close else "Only keys of lm-eval 0.4.13 that we use may stand here."
            raise CardError(f"unknown key {key!r}", where=file.at((str(key),)), remedy=remedy)
    for key in ("task", "metadata"):
        if key not in file.data:
            raise CardError(f"has no key {key!r}", where=file.at(()))
    for place, function in _functions(file.data, ()):
        if place[0] not in _OUR_FUNCTIONS or len(place) > 1 or not function.startswith("seahelm_lite."):
            raise CardError(
                f"the task {file.data['task']!r} names the function {function!r}, which is not one of ours",
                where=file.at(place),
                remedy="The lm-eval part is derived from the card; a suite's own code is a `reader` under `data`.",
            )
    if not isinstance(file.data["metadata"], dict):
        raise CardError("metadata must hold `version` and `seahelm_lite`", where=file.at(("metadata",)))
    metadata = parse(_Metadata, file, ("metadata",))
    card = metadata.seahelm_lite
    if str(file.data["task"]).partition("@")[0] != card.id:
        raise CardError(
            f"the task is called {file.data['task']!r} but its card says id: {card.id}", where=file.at(("task",))
        )
    return TaskDefinition(
        name=card.id,
        version=metadata.version,
        card=card,
        lm_eval=file.data,
        file=file,
        sha256=sha256_hex(file.path.read_bytes()),
    )


def _functions(value: Any, place: Location) -> Iterator[tuple[Location, FunctionName]]:
    """Every `!function` of a file, with its place."""
    if isinstance(value, FunctionName):
        yield place, value
    elif isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _functions(inner, (*place, step))


def suite_from(file: YamlFile) -> Suite:
    """Check a parsed suite file, which is an lm-eval group that also names its optional tasks."""
    checked = parse(_SuiteFile, file)
    extras = checked.metadata.seahelm_lite
    listed, covered = {*checked.task, *extras.optional}, {name for pair in extras.pairs for name in pair.ours}
    if extras.pairs and listed != covered:
        raise CardError(
            f"the tasks and the pairs do not go together: {', '.join(sorted(listed ^ covered))} is in one of them only",
            where=file.at(("metadata", "seahelm_lite", "pairs")),
        )
    return Suite(checked.group, extras.title, checked.task, extras.optional, extras.pairs)
