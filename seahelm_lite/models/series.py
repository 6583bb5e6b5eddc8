"""`hf:DIR/step_*`: the checkpoints of one training, each a model of its own."""

from __future__ import annotations

import gc
import os
import re
import sys
from glob import glob
from pathlib import Path

from seahelm_lite.errors import ModelError
from seahelm_lite.models.training import of_folder

_PATTERN = re.compile(r"[*?[]")


def series_of(spec: str) -> list[str] | None:
    """The SPECs of a series, in order of training; None where a SPEC names one model.

    Args:
        spec: Model SPEC. A series is an `hf:` folder with `*`, `?` or `[…]`, and every match gets the SPEC's options.

    Raises:
        ModelError: If no folder matches.
    """
    kind, _, rest = spec.partition(":")
    target, comma, options = rest.partition(",")
    if kind != "hf" or not _PATTERN.search(target):
        return None
    place = os.path.expanduser(target)
    if Path(place).is_dir():
        return None
    folders = [name for name in glob(place) if Path(name).is_dir()]
    if not folders:
        raise ModelError(
            f"no folder matches {target}", where=spec, remedy="Check the path, from the folder you are in."
        )
    return [f"hf:{folder}{comma}{options}" for folder in _in_order(folders)]


def _in_order(folders: list[str]) -> list[str]:
    """By steps where all have them, else by tokens, else by name, numbers in names by their size."""
    by_name = sorted(folders, key=_natural)
    trained = [of_folder(Path(folder)) for folder in by_name]
    for kind in ("step", "tokens"):
        known = [getattr(told, kind) for told in trained if told is not None]
        if len(known) == len(by_name) and None not in known:
            return [folder for _, folder in sorted(zip(known, by_name, strict=True), key=lambda pair: pair[0])]
    return by_name


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name.rstrip("/"))]


def make_room() -> None:
    """Give back the memory of a model that nobody holds any more, before the next is loaded."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
