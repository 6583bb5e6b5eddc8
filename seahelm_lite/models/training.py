"""How far a checkpoint had been trained, as its name or its trainer says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seahelm_lite.records import JsonValue

_STEP = re.compile(r"(?<![a-z])(?:steps?|checkpoint|ckpt|iter(?:ation)?)[_=-]?(\d+)([km]?)(?![\d.a-z])", re.I)
_TOKENS = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)([kmbt])[_-]?tok(?:en)?s?(?![a-z])"
    r"|(?<![a-z])tok(?:en)?s?[_=-]?(\d+(?:\.\d+)?)([kmbt])(?![a-z])",
    re.I,
)
_SCALES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}

_NAMES_LOOKED_AT = 2
"""Last names of a path that may say it: those of `step_1000` and of `step_1000/hf`, and not of whatever is above."""

_TRAINER_STATE = "trainer_state.json"


@dataclass(frozen=True, slots=True)
class Training:
    """How far a model had been trained. At least one of the numbers is known."""

    step: int | None
    tokens: int | None
    source: str
    """Where that was read: `name`, `revision` or `trainer_state.json`."""

    def to_json(self) -> dict[str, JsonValue]:
        """The JSON object of a manifest, from which `Training(**body)` is made again."""
        return {"step": self.step, "tokens": self.tokens, "source": self.source}


def training_of(arguments: Mapping[str, object]) -> Training | None:
    """How far the model that a backend's arguments name had been trained.

    Args:
        arguments: Constructor arguments of the backend. Where there is an adapter, it is what was trained; else the
            revision says it before the folder does.
    """
    revision = arguments.get("revision")
    if "peft" not in arguments and isinstance(revision, str) and (found := in_name(revision, source="revision")):
        return found
    target = arguments.get("peft") or arguments.get("pretrained")
    return of_folder(Path(str(target)).expanduser()) if target else None


def of_folder(folder: Path) -> Training | None:
    """How far the checkpoint in a folder, or of a hub repository's name, had been trained."""
    for name in reversed(folder.parts[-_NAMES_LOOKED_AT:]):
        if found := in_name(name):
            return found
    return _of_trainer(folder / _TRAINER_STATE)


def in_name(name: str, *, source: str = "name") -> Training | None:
    """What a name such as `step_1000`, `checkpoint-500`, `iter_0001000` or `10B-tokens` says."""
    step, tokens = _STEP.search(name), _TOKENS.search(name)
    if step is None and tokens is None:
        return None
    return Training(
        _scaled(step[1], step[2]) if step else None,
        _scaled(tokens[1] or tokens[3], tokens[2] or tokens[4]) if tokens else None,
        source,
    )


def _scaled(number: str, scale: str) -> int:
    return round(float(number) * _SCALES[scale.lower()])


def _of_trainer(path: Path) -> Training | None:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    step, tokens = (_count(state, name) for name in ("global_step", "num_input_tokens_seen"))
    # Where tokens were not counted, the trainer writes nought.
    return None if step is None else Training(step, tokens or None, _TRAINER_STATE)


def _count(state: object, name: str) -> int | None:
    value = state.get(name) if isinstance(state, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
