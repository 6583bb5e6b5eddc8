"""JSON Schemas (draft 2020-12) of the files we write, and of model cards, for readers that are not this package."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Literal

SchemaName = Literal[
    "run-1",
    "scores-1",
    "board-results-2",
    "board-diff-1",
    "model-1",
    "comparison-2",
    "bridge-1",
    "overlap-1",
    "probe-1",
]


def schema(name: SchemaName) -> dict[str, Any]:
    """The schema of `manifest.json` (`run-1`), `scores.json` (`scores-1`), the results of a board, a model card, a
    probe family (`probe-1`), or of what `compare --json` (`comparison-2`), `compare --bridge --json`,
    `board diff --json` or `data overlap --json` (`overlap-1`) prints."""
    text = (resources.files(__package__) / f"{name}.json").read_text(encoding="utf-8")
    body: dict[str, Any] = json.loads(text)
    return body
