"""What the parts of a probe family have in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

TODO = "TODO"
"""How a text begins that somebody still has to write."""


def _done(value: str) -> str:
    if re.match(rf"{TODO}(:|$)", value):
        raise ValueError(f"still to be written ({value})")
    return value


Done = AfterValidator(_done)
Written = Annotated[str, Field(min_length=1, pattern=r"^\S(.|\n)*$"), Done]


class ProbePart(BaseModel):
    """A part of a family: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
