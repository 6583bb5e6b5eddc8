"""The guide's table of architectures is what the self-test finds. UPDATE_GUIDE=1 writes it."""

from __future__ import annotations

import os

from seahelm_lite.models.packed.selftest import try_trees
from tests.conftest import REPOSITORY
from tests.models.packed.architectures import ARCHITECTURES, Architecture, random_model

GUIDE = REPOSITORY / "seahelm_lite" / "models" / "GUIDE.md"
BEGIN, END = "<!-- architectures -->\n", "<!-- end of architectures -->"
HOW = {
    "one": "packed",
    "windowed": "packed, with the window in the mask",
    "by-layer": "packed, with a mask for each kind of layer",
    None: "not packed, scored by lm-eval's own `hf`",
}


def _row(architecture: Architecture) -> str:
    verdict = try_trees(random_model(architecture), longest=400)
    return f"| {architecture.name} | {architecture.models} | {HOW[verdict.masks]} |\n"


def test_the_guide_says_of_each_architecture_what_becomes_of_it() -> None:
    head = "| architecture | models | log-likelihoods |\n|---|---|---|\n"
    found = head + "".join(map(_row, ARCHITECTURES))
    before, rest = GUIDE.read_text(encoding="utf-8").split(BEGIN)
    told, after = rest.split(END)
    if os.environ.get("UPDATE_GUIDE"):
        GUIDE.write_text(before + BEGIN + found + END + after, encoding="utf-8")
        return
    assert told == found, "UPDATE_GUIDE=1 writes the table anew"
