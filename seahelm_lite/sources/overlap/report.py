"""The file that `data overlap --out` writes and `board build --overlap` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seahelm_lite.errors import SourceError

SCHEMA: Literal["seahelm-lite/overlap/1"] = "seahelm-lite/overlap/1"

Text = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]

_REMEDY = "Name a file that `seahelm-lite data overlap --out FILE` wrote with this version."


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CanarySearch(_Part):
    """Whether the string that marks a task's files was met."""

    canary: Text
    found: bool
    """If so, the corpus holds a copy of our file, whatever became of the wording of its items."""


class TaskOverlap(_Part):
    """What of a task was met in the corpus. Both lists hold ids of documents, in the task's order."""

    task: Text
    version: Text
    data_sha256: Sha256
    documents: Positive
    """Of the task."""
    looked_for: Count
    """Those with a text that is long enough, and that no other document of the task shares. The rest is never counted
    as found."""
    found: tuple[Text, ...]
    with_answer: tuple[Text, ...] | None
    """Those found with their right answer right behind the question; None where the makers of the task keep it."""
    canary: CanarySearch | None
    """None where the task's card has none."""

    @model_validator(mode="after")
    def _adds_up(self) -> TaskOverlap:
        if not len(self.found) <= self.looked_for <= self.documents:
            raise ValueError("there are more documents found than looked for, or more looked for than there are")
        if not set(self.with_answer or ()) <= set(self.found):
            raise ValueError("a document is found with its answer and not found")
        return self

    @property
    def share(self) -> float | None:
        """Documents found among those looked for; None where none could be looked for."""
        return len(self.found) / self.looked_for if self.looked_for else None


class Unread(_Part):
    """A file of the corpus that could not be read, or not to its end."""

    path: Text
    """Within the corpus."""
    reason: Text


class Skipped(_Part):
    """A task whose documents were not looked for."""

    task: Text
    reason: Text


class Corpus(_Part):
    """What was searched."""

    name: Text
    """As whoever searched it calls it."""
    sha256: Sha256
    """Of the canonical JSON of the list of its files, each with path, size and SHA-256, by path."""
    files: Positive
    size: Count
    """Bytes of these files as they lie on disk."""
    unread: tuple[Unread, ...]
    other_files: dict[str, Positive]
    """Files of kinds that are not searched: ending to number."""


class OverlapReport(_Part):
    """Which documents of some tasks were met word for word in a corpus."""

    schema_: Literal["seahelm-lite/overlap/1"] = Field(alias="schema")
    version: Text
    """Of seahelm-lite, which decides what counts as found."""
    corpus: Corpus
    tasks: tuple[TaskOverlap, ...]
    skipped: tuple[Skipped, ...]

    def text(self) -> str:
        """The text of the file."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"


def read_report(path: Path) -> OverlapReport:
    """Read a report.

    Raises:
        SourceError: If there is none, or it is not what this version writes.
    """
    try:
        return OverlapReport.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", where=str(path), remedy=_REMEDY) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        what = f"is no report of an overlap: {place + ': ' if place else ''}{fault['msg']}"
        raise SourceError(what, where=str(path), remedy=_REMEDY) from None
