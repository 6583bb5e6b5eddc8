"""What the parts of a probe family have in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

TODO = "TODO"
"""How a text begins that somebody still has to write."""


_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"
"""Characters that do something to a terminal or a spreadsheet, and stand for nothing in a text."""


def _done(value: str) -> str:
    if re.search(_CONTROL, value):
        raise ValueError("holds a control character")
    if re.match(rf"{TODO}(:|$)", value):
        raise ValueError(f"still to be written ({value})")
    return value


Done = AfterValidator(_done)
Written = Annotated[str, Field(min_length=1, pattern=r"^\S(.|\n)*$"), Done]


def _one_line(value: str) -> str:
    return " ".join(re.sub(_CONTROL, " ", value).split())


OneLine = Annotated[str, AfterValidator(_one_line)]
"""A text as somebody typed it, on one line."""


class ProbePart(BaseModel):
    """A part of a family: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
