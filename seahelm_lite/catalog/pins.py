"""Pins: what names a piece of data so exactly that two machines read the same bytes."""

from __future__ import annotations

import re
from pathlib import PureWindowsPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_COMMIT = r"^[0-9a-f]{40}$"
_SHA256 = r"^[0-9a-f]{64}$"


def _relative(path: str) -> str:
    """Refuse what would leave the folder it is joined to, on any platform."""
    leaves = any(part in ("", ".", "..") for part in path.split("/")) or PureWindowsPath(path).drive
    if leaves or "\\" in path or "\0" in path:
        raise ValueError(f"{path!r} must be relative, with '/' between its parts and without '.' or '..'")
    return path


Commit = Annotated[str, Field(pattern=_COMMIT)]
Sha256 = Annotated[str, Field(pattern=_SHA256)]
RelativePath = Annotated[str, AfterValidator(_relative)]


class _Pin(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def is_pinned(self) -> bool:
        """Whether the pin fixes the bytes for good."""
        return True


class GithubPin(_Pin):
    """One file of a public GitHub repository at one commit."""

    kind: Literal["github"] = "github"
    repo: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_-][A-Za-z0-9._-]*$")
    """`owner/name`."""
    commit: Commit
    path: RelativePath
    """Path in the repository, not percent-encoded."""
    sha256: Sha256
    """Of the file's bytes."""

    def describe(self) -> str:
        """Short name for messages."""
        return f"github {self.repo}@{self.commit[:7]} {self.path}"


class HubPin(_Pin):
    """One split of a dataset of the Hugging Face hub, at one revision."""

    kind: Literal["hub"] = "hub"
    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$")
    """`org/name`."""
    config: Annotated[str, Field(pattern=r'^[^<>:/\\|?*"]+$'), AfterValidator(_relative)] | None = None
    split: str = Field(pattern=r"^\w+(\.\w+)*$")
    revision: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"), AfterValidator(_relative)]
    """Commit hash; a branch or tag only where nobody could find out the commit, and then the pin is not `is_pinned`."""
    data_files: RelativePath | None = None
    """File or pattern in the dataset's repository, where the split is not what its own card declares."""
    sha256: Sha256 | None = None
    """Of the rows (`rows_sha256`); None while nobody could load them, so that their hash is yet to be written down."""

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit and the rows' hash is known."""
        return re.match(_COMMIT, self.revision) is not None and self.sha256 is not None

    def describe(self) -> str:
        """Short name for messages."""
        revision = self.revision[:7] if re.match(_COMMIT, self.revision) else self.revision
        files = f" ({self.data_files})" if self.data_files is not None else ""
        return f"hub {self.id}@{revision} {self.config or 'default'}/{self.split}{files}"


class PackagedPin(_Pin):
    """One file that this project, or a plugin, wrote itself and ships."""

    kind: Literal["packaged"] = "packaged"
    path: RelativePath
    """Path under a tasks folder."""
    sha256: Sha256
    """Of the file's bytes."""

    def describe(self) -> str:
        """Short name for messages."""
        return f"packaged {self.path}"


FilePin = GithubPin | PackagedPin
"""A pin of one file."""

Pin = Annotated[GithubPin | HubPin | PackagedPin, Field(discriminator="kind")]
"""Any pin, told apart by `kind`."""
