"""A task asked once more, with one thing changed that should not matter: how much does the score hang on it?

One thing is varied at a time, the rest as in the task itself: further wordings are asked with the first draw of
examples, further draws in the first wording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from seahelm_lite.catalog.task_card import Protocol
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.models.base import ModelFacts
from seahelm_lite.prompts.asking import Asking
from seahelm_lite.prompts.protocols import has_wordings
from seahelm_lite.prompts.shots import other_draws
from seahelm_lite.prompts.words import WORDINGS
from seahelm_lite.records import Document

Over = Literal["templates", "shot_seeds", "rotations", "shuffled"]
"""What is varied, by the name of the setting."""


@dataclass(frozen=True)
class Way:
    """Another way of asking a task."""

    name: str
    """Sets its files apart: `wording-2`, `draw-3`. The first of each is the task itself."""
    over: Over
    asking: Asking


def other_ways(first: Asking, protocol: Protocol, pool: Sequence[Document], spec: RunSpec, task: str) -> Iterator[Way]:
    """The ways in which a task is asked besides the first.

    Args:
        first: How it is asked at first.
        protocol: The protocol, which stays.
        pool: Where examples come from.
        spec: The run's settings.
        task: The task's name.

    Raises:
        DataError: If the pool has too few examples for so many draws.
    """
    if first.by_document:
        return  # the answers would be the same ones, and a spread of them would say nothing
    if spec.templates == "all" and has_wordings(protocol):
        for wording in range(2, WORDINGS + 1):
            yield Way(f"wording-{wording}", "templates", replace(first, wording=wording))
    if spec.shot_seeds > 1:
        draws = other_draws(pool, spec.shots, spec.shot_seeds - 1, seed=spec.seed, task=task)
        for number, shots in enumerate(draws, start=2):
            yield Way(f"draw-{number}", "shot_seeds", replace(first, shots=shots))


def unvaried(asked: Sequence[tuple[str, str]], spec: RunSpec, facts: ModelFacts) -> Iterator[str]:
    """What was to be varied and is not, in sentences.

    Args:
        asked: Each task's name, and the protocol it is asked in.
        spec: The run's settings.
        facts: The model.
    """
    wanted = {"--templates all": spec.templates == "all", f"--shot-seeds {spec.shot_seeds}": spec.shot_seeds > 1}
    if facts.capabilities.by_document:
        for option in (option for option, is_wanted in wanted.items() if is_wanted):
            yield f"{option} varies nothing: {facts.name} answers by document, whatever the prompt"
    elif spec.templates == "all":
        for task, protocol in asked:
            if not has_wordings(protocol):
                yield f"{task}: --templates all varies nothing: {protocol} has no instruction in several wordings"
